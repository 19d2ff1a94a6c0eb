// What an owner signs for an electronic key: a grant to its credential, once that is proven to be the one that an owner enrolled; the answer to a
// request; and, when it is lost, the revocation of everything that it holds. Errors are sentences; until the hub took it over, nothing has changed.

import type { AccessRequest } from '@mortise/api/access-requests.ts';
import type { EkeyAnswer } from '@mortise/api/ekeys.ts';
import type { GrantTermsJson } from '@mortise/api/grants.ts';
import { ROUTES } from '@mortise/api/routes.ts';
import { base64url, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { parseIdentifier, type GrantId, type LockId } from '@mortise/base/identifiers.ts';
import { instant } from '@mortise/base/instant.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { freshEntropy } from '@mortise/browser/entropy.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { proveEkey, type EkeyProofError } from '@mortise/wallet/ekey-proof.ts';
import { signGrant } from '@mortise/wallet/lend.ts';
import { signTakeBack } from '@mortise/wallet/take-back.ts';
import { call } from '../model/client.ts';
import { hearEkey, hearRequest } from '../model/estate.ts';
import { hearGrant } from '../model/grants.ts';
import { doorsOf } from '../model/places.ts';
import { failureSentence } from '../words/failures.ts';
import { ensureAccess } from './access.ts';
import { openAuthority, type Authority } from './authority.ts';
import { knownRevocations } from './grant-change.ts';
import { documentTerms, freshGrantId, introductionOf } from './lend.ts';
import { openOwnerKey, ownerWays } from './owner-key.ts';

type Onward = (door: string) => void;

const UNPROVEN: Readonly<Record<EkeyProofError['code'], string>> = {
  'status-refused': 'The hub could not show this key’s own word for its credential. It is broken, or it lies. Nothing was signed.',
  'credential-differs': 'The hub gave another credential for this key than the key itself has named. It is broken, or it lies. Nothing was signed.',
  'enrolment-refused': 'No present owner has enrolled this key: whoever did is no owner any more, or the hub made it up. Register it again at a station. Nothing was signed.',
};

const bytes = (text: string): Bytes => fromBase64url(text) ?? new Uint8Array(0);

const readEkey = async (ekeyId: string): Promise<Result<EkeyAnswer, string>> => {
  const answer = await call(ROUTES.ekey, { parameters: { ekeyId } });
  if (!answer.ok) return err(failureSentence(answer.error));
  hearEkey(answer.value.ekey);
  return ok(answer.value);
};

/** The key's credential, as an owner of this site enrolled it: not as the hub says. */
const credentialOf = async (ekeyId: string, { ownerSet }: Authority): Promise<Result<Bytes, string>> => {
  const [read, keyId] = [await readEkey(ekeyId), parseIdentifier<LockId>(ekeyId)];
  if (!read.ok) return read;
  if (keyId === undefined) return err(UNPROVEN['status-refused']);
  const { ekey, proof } = read.value;
  const proven = proveEkey(nobleCrypto, { siteId: ownerSet.siteId, ownerKeys: ownerSet.keys }, { keyId, credentialKey: bytes(ekey.credentialKey), status: bytes(proof.status), enrolment: bytes(proof.enrolment) });
  return proven.ok ? proven : err(UNPROVEN[proven.error.code]);
};

type Signed = { readonly id: GrantId; readonly document: string; readonly credentialKey: string; readonly introduction: string; readonly waiting: readonly string[] };

/** `waiting`: doors whose locks have yet to take the roster by which they judge it. */
const signFor = async (ekeyId: string, plain: GrantTermsJson, onDoor: Onward): Promise<Result<Signed, string>> => {
  const owner = await openOwnerKey();
  const authority = owner.ok ? await openAuthority(owner.value) : owner;
  if (!authority.ok) return authority;
  const credential = await credentialOf(ekeyId, authority.value);
  if (!credential.ok) return credential;
  const access = await ensureAccess(authority.value, doorsOf(plain.places), onDoor);
  if (!access.ok) return access;
  const refused = access.value.find(({ result }) => !result.ok);
  if (refused?.result.ok === false) return err(`${refused.doorName}: ${refused.result.error}`);
  const id = freshGrantId();
  const terms = documentTerms({ accessId: id, grantId: id }, plain);
  if (!terms.ok) return terms;
  const document = signGrant(nobleCrypto, authority.value.owner, terms.value, { credentialKey: credential.value, now: instant(Date.now()) }, freshEntropy());
  const waiting = access.value.flatMap(({ result, doorName }) => (result.ok && result.value === 'waiting' ? [doorName] : []));
  return ok({ id, document: base64url(document), credentialKey: base64url(credential.value), introduction: introductionOf(authority.value), waiting });
};

/** Puts what these terms say on the key, for whoever has it. Answers the doors that must hear of it first. */
export const grantToEkey = async (ekeyId: string, personId: string, terms: GrantTermsJson, onDoor: Onward): Promise<Result<readonly string[], string>> => {
  const signed = await signFor(ekeyId, terms, onDoor);
  if (!signed.ok) return signed;
  const { id, document, credentialKey, introduction, waiting } = signed.value;
  const answer = await call(ROUTES.addGrant, { body: { id, person: { id: personId }, terms, way: { kind: 'direct', credentialKey, document }, introduction } });
  if (!answer.ok) return err(failureSentence(answer.error));
  hearGrant(answer.value.grant);
  return ok(waiting);
};

// ---- requests ----------------------------------------------------------------------------------------------------------------

const told = (answer: Awaited<ReturnType<typeof call<{ readonly request: AccessRequest }>>>): Result<void, string> => {
  if (!answer.ok) return err(failureSentence(answer.error));
  hearRequest(answer.value.request);
  return ok(undefined);
};

/** Approves with these terms, which are about the door that was asked for; `answer` is a word to whoever asked. */
export const approveRequest = async ({ id, ekey }: AccessRequest, terms: GrantTermsJson, answer: string, onDoor: Onward): Promise<Result<void, string>> => {
  const signed = await signFor(ekey.id, terms, onDoor);
  if (!signed.ok) return signed;
  const { id: grantId, document, introduction } = signed.value;
  return told(await call(ROUTES.decideAccess, { parameters: { requestId: id }, body: { kind: 'approve', grantId, terms, document, introduction, answer } }));
};

export const refuseRequest = async ({ id }: AccessRequest, answer: string): Promise<Result<void, string>> =>
  told(await call(ROUTES.decideAccess, { parameters: { requestId: id }, body: { kind: 'refuse', answer } }));

// ---- lost --------------------------------------------------------------------------------------------------------------------

/** By this owner's signature where it can be made here; null: the hub's, if the owners let it. */
const revocationOf = async ({ takingBack }: EkeyAnswer): Promise<Result<string | null, string>> => {
  if (takingBack.length === 0) return ok(null);
  const ways = await ownerWays();
  if (ways.ok && !ways.value.passkey && !ways.value.browser) return ok(null);
  const [owner, known] = [await openOwnerKey(), await knownRevocations()];
  if (!owner.ok) return owner;
  if (!known.ok) return known;
  const add = takingBack.flatMap(({ accessId, until }) => {
    const named = parseIdentifier<GrantId>(accessId);
    return named === undefined ? [] : [{ accessId: named, until: instant(until) }];
  });
  const signed = signTakeBack(nobleCrypto, owner.value, { known: known.value, add, now: instant(Date.now()) }, freshEntropy());
  return signed.ok ? ok(base64url(signed.value)) : err('You have taken back a thousand keys that have not ended: no more fit. Have another owner report this one.');
};

/** Blocks the key: takes back everything that it holds, at once at each lock on the link, elsewhere by any courier. */
export const loseEkey = async (ekeyId: string, note: string): Promise<Result<EkeyAnswer, string>> => {
  const read = await readEkey(ekeyId);
  const revocation = read.ok ? await revocationOf(read.value) : read;
  if (!revocation.ok) return revocation;
  const answer = await call(ROUTES.loseEkey, { parameters: { ekeyId }, body: { revocation: revocation.value, note } });
  if (!answer.ok) return err(failureSentence(answer.error));
  hearEkey(answer.value.ekey);
  return ok(answer.value);
};
