// What an owner does with a lent key: signs it for who asks, changes it, pauses and resumes it, takes it back. A change is a new document and
// the end of the former; what is not named stays as it was.

import type { Grant, GrantPatch, GrantTermsJson } from '@mortise/api/grants.ts';
import { ROUTES } from '@mortise/api/routes.ts';
import { base64url, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { parseIdentifier, type GrantId } from '@mortise/base/identifiers.ts';
import { instant } from '@mortise/base/instant.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { freshEntropy } from '@mortise/browser/entropy.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { patchTerms, type DocumentName } from '@mortise/management/plain-terms.ts';
import { signGrant } from '@mortise/wallet/lend.ts';
import { signTakeBack } from '@mortise/wallet/take-back.ts';
import { call } from '../model/client.ts';
import { hearGrant } from '../model/grants.ts';
import { doorsOf } from '../model/places.ts';
import { failureSentence } from '../words/failures.ts';
import { ensureAccess } from './access.ts';
import { openAuthority } from './authority.ts';
import { documentTerms, freshGrantId } from './lend.ts';
import { openOwnerKey, ownerWays } from './owner-key.ts';

type Done = Result<void, string>;

const NOT_THERE = 'The hub’s word of this key could not be read. Reload the page.';

const told = (answer: Awaited<ReturnType<typeof call<{ readonly grant: Grant }>>>): Done => {
  if (!answer.ok) return err(failureSentence(answer.error));
  hearGrant(answer.value.grant);
  return ok(undefined);
};

const nameOf = ({ id }: Grant, accessId: GrantId | undefined): DocumentName | undefined => {
  const grantId = parseIdentifier<GrantId>(id);
  return accessId === undefined || grantId === undefined ? undefined : { accessId, grantId };
};

/** The key's document with these terms, for the credential that it is for. */
const sign = (owner: KeyPair, credentialKey: string, name: DocumentName, plain: GrantTermsJson): Result<string, string> => {
  const [terms, key] = [documentTerms(name, plain), fromBase64url(credentialKey)];
  if (!terms.ok) return terms;
  if (key === undefined) return err(NOT_THERE);
  return ok(base64url(signGrant(nobleCrypto, owner, terms.value, { credentialKey: key, now: instant(Date.now()) }, freshEntropy())));
};

/** Every revocation document that still counts. */
export const knownRevocations = async (): Promise<Result<readonly Bytes[], string>> => {
  const answer = await call(ROUTES.revocations);
  return answer.ok ? ok(answer.value.revocations.flatMap((each) => fromBase64url(each) ?? [])) : err(failureSentence(answer.error));
};

/** This owner's revocation of the key's present document. */
const revoke = async (owner: KeyPair, { accessId, terms }: Grant): Promise<Result<string, string>> => {
  const [known, id] = [await knownRevocations(), parseIdentifier<GrantId>(accessId)];
  if (!known.ok) return known;
  if (id === undefined) return err(NOT_THERE);
  const signed = signTakeBack(nobleCrypto, owner, { known: known.value, add: [{ accessId: id, until: instant(terms.until) }], now: instant(Date.now()) }, freshEntropy());
  return signed.ok ? ok(base64url(signed.value)) : err('You have taken back a thousand keys that have not ended: no more fit. Have another owner take this one back.');
};

// ---- signing for who asks ----------------------------------------------------------------------------------------------------

/** Signs the key for who asked by its link. */
export const confirmKey = async (grant: Grant): Promise<Done> => {
  const [asking, name] = [grant.invitation?.asking, nameOf(grant, parseIdentifier<GrantId>(grant.accessId))];
  if (asking === null || asking === undefined || name === undefined) return err(NOT_THERE);
  const owner = await openOwnerKey();
  const authority = owner.ok ? await openAuthority(owner.value) : owner;
  if (!authority.ok) return authority;
  const access = await ensureAccess(authority.value, doorsOf(grant.terms.places), () => undefined);
  if (!access.ok) return access;
  const document = sign(authority.value.owner, asking.credentialKey, name, grant.terms);
  return document.ok ? told(await call(ROUTES.confirmGrant, { parameters: { grantId: grant.id }, body: { document: document.value } })) : document;
};

// ---- changing ----------------------------------------------------------------------------------------------------------------

const patch = async (grant: Grant, body: GrantPatch): Promise<Done> => told(await call(ROUTES.patchGrant, { parameters: { grantId: grant.id }, body }));

/** A new document in the place of the former: `plain` are the terms as they then are. */
const replaced = async (owner: KeyPair, grant: Grant, plain: GrantTermsJson): Promise<Result<Omit<GrantPatch, 'changes'>, string>> => {
  const name = nameOf(grant, freshGrantId());
  if (grant.credentialKey === null || name === undefined) return err(NOT_THERE);
  const document = sign(owner, grant.credentialKey, name, plain);
  if (!document.ok) return document;
  const revocation = grant.document === null ? ok(undefined) : await revoke(owner, grant);
  if (!revocation.ok) return revocation;
  return ok({ accessId: name.accessId, document: document.value, ...(revocation.value !== undefined && { revocation: revocation.value }) });
};

/** Changes only what is named. */
export const changeKey = async (grant: Grant, changes: GrantPatch['changes']): Promise<Done> => {
  if (grant.signedBy === 'hub' || grant.state === 'paused') return patch(grant, { changes });
  const owner = await openOwnerKey();
  if (!owner.ok) return owner;
  const { enabled: _, ...terms } = changes;
  const signed = await replaced(owner.value, grant, patchTerms(grant.terms, terms));
  return signed.ok ? patch(grant, { changes, ...signed.value }) : signed;
};

/** Pauses the key, or lets it open again, with the terms that it had. */
export const setEnabled = async (grant: Grant, enabled: boolean): Promise<Done> => {
  const changes = { enabled };
  if (grant.signedBy === 'hub') return patch(grant, { changes });
  const owner = await openOwnerKey();
  if (!owner.ok) return owner;
  if (enabled) {
    const signed = await replaced(owner.value, { ...grant, document: null }, grant.terms);
    return signed.ok ? patch(grant, { changes, ...signed.value }) : signed;
  }
  const revocation = await revoke(owner.value, grant);
  return revocation.ok ? patch(grant, { changes, revocation: revocation.value }) : revocation;
};

/** Signs the key anew as it is, by this owner: whoever signed it is to go. In one step, so that who breaks off leaves no key that opens nothing. */
export const resignKey = async (owner: KeyPair, grant: Grant): Promise<Done> => {
  const signed = await replaced(owner, grant, grant.terms);
  return signed.ok ? patch(grant, { changes: {}, ...signed.value }) : signed;
};

// ---- taking back -------------------------------------------------------------------------------------------------------------

const putTakeBack = async (grant: Grant, revocation: string | null): Promise<Done> => told(await call(ROUTES.takeBack, { parameters: { grantId: grant.id }, body: { revocation } }));

/** By the owner's own signature where it can be made here; else by the hub, which the owners let do that. A link that nobody used needs neither. */
export const takeBack = async (grant: Grant): Promise<Done> => {
  if (grant.document === null) return putTakeBack(grant, null);
  const ways = await ownerWays();
  if (ways.ok && !ways.value.passkey && !ways.value.browser) return putTakeBack(grant, null);
  const owner = await openOwnerKey();
  return owner.ok ? takeBackBy(owner.value, grant) : owner;
};

/** By this owner's signature. */
export const takeBackBy = async (owner: KeyPair, grant: Grant): Promise<Done> => {
  const revocation = await revoke(owner, grant);
  return revocation.ok ? putTakeBack(grant, revocation.value) : revocation;
};
