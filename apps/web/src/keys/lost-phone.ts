// A lost phone, as its owner replaces it with another owner key of theirs in hand: from the paper, or by the passkey on another device. First
// comes what adds and takes nothing away, last what ends, so that whoever breaks off anywhere can do the same step again:
//   1. where no paper stays: the owner set with the new kit's key, which is printed by now. From here on the new paper is a way back;
//   2. the passkey, and the owner set with the fresh key that it opens: one request, the hub keeps both or neither;
//   3. this browser's key, told to the hub;
//   4. what was lent to the lost phones' own keys is taken back; each lock's roster, with this browser and without the lost phones and their codes; then the lent keys and the papers of electronic keys, signed
//      anew where the lost keys signed them.
//      The paper's key signs where it stays, for locks know it that have not heard yet; else the fresh key;
//   5. the owner set without the lost keys. With it, in one transaction, the hub ends the other passkeys, phones and sessions of this person.

import { ROUTES } from '@mortise/api/routes.ts';
import { base64url, equalBytes, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { Secret } from '@mortise/base/secret.ts';
import { freshEntropy } from '@mortise/browser/entropy.ts';
import { deriveKeyPair, type KeyPair } from '@mortise/crypto/entropy.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { wrapIssuerKey } from '@mortise/wallet/issuer-key.ts';
import { lostKeys, type LostKeys } from '@mortise/wallet/lost-keys.ts';
import { encodeKit, kitKey } from '@mortise/wallet/recovery-kit.ts';
import { call } from '../model/client.ts';
import { failureSentence } from '../words/failures.ts';
import { openAuthority, wireWrap, type Authority } from './authority.ts';
import { endKeysOf, handOver, type HandedOver } from './hand-over.ts';
import { peopleNow, phonesUnder } from './owner-phones.ts';
import { nextSet, OWNER_CHANGE, putSet, type OnStep } from './owner-set.ts';
import { takePhoneKey } from './restore.ts';
import { makePasskey, type MadePasskey } from './sign-in.ts';

/** `code`: to be printed, kept in memory until the step is done, never stored or sent. */
export type NewKit = { readonly code: string; readonly key: KeyPair };
export type LostInput = {
  readonly owner: KeyPair; readonly byKit: boolean; readonly kitLost: boolean;
  readonly personId: string; readonly ownerName: string;
  /** Printed and confirmed; wanted where no paper stays. */
  readonly newKit: NewKit | undefined;
};
export type LostReplaced = HandedOver & { readonly prf: boolean; readonly hasNewKit: boolean };
type Plan = { readonly authority: Authority; readonly lost: LostKeys };

const bytesOf = (text: string): Bytes => fromBase64url(text) ?? new Uint8Array(0);

/** A recovery kit of its own fresh seed. */
export const makeKit = (): NewKit => {
  const seed = new Secret(freshEntropy());
  return { code: encodeKit(nobleCrypto, seed), key: kitKey(nobleCrypto, seed) };
};

const FAULT = { 'not-theirs': 'The hub says that this owner key is somebody else’s. Nothing was changed.', 'too-many-owners': OWNER_CHANGE['too-many-owners'] } as const;

/** Looks how it stands; changes nothing. */
const planLost = async ({ owner, byKit, kitLost, personId, newKit }: LostInput): Promise<Result<Plan, string>> => {
  const [authority, list, vault] = [await openAuthority(owner), await peopleNow(), await call(ROUTES.vault)];
  if (!authority.ok) return authority;
  if (!list.ok) return list;
  if (!vault.ok) return err(failureSentence(vault.error));
  const own = list.value.find(({ id }) => id === personId)?.ownerKeys.map(bytesOf) ?? [];
  const wrapped = vault.value.vault.map(({ ownerKey }) => bytesOf(ownerKey));
  const lost = lostKeys(authority.value.ownerSet, { own, wrapped, inHand: owner.publicKey, byKit, kitLost, newKit: newKit?.key.publicKey });
  return lost.ok ? ok({ authority: authority.value, lost: lost.value }) : err(FAULT[lost.error.code]);
};

/** Whether a new kit must be printed first. Nothing is changed; errors are sentences. */
export const needsKit = async (input: LostInput): Promise<Result<boolean, string>> => {
  const plan = await planLost(input);
  return plan.ok ? ok(plan.value.lost.kit === undefined) : plan;
};

/** The owner set that also holds `key`, which opens the site's issuer key from then on. `passkey`: opens it. */
const addKey = async (authority: Authority, key: KeyPair, passkey: MadePasskey | undefined): Promise<Result<Authority, string>> => {
  const next = nextSet(authority, { kind: 'add', ownerKeys: [key.publicKey] });
  if (!next.ok) return next;
  const { issuer, ownerSet: { siteId } } = authority;
  const issuerWraps = [wireWrap(wrapIssuerKey(nobleCrypto, { siteId, issuer, voucher: key }, key.publicKey, freshEntropy()))];
  const put = await putSet(authority, next.value.document, passkey === undefined ? { issuerWraps } : { issuerWraps, passkey: passkey.body });
  return put.ok ? ok({ ...authority, ownerSet: next.value.ownerSet, documents: [...authority.documents, next.value.document] }) : put;
};

const withPaper = async ({ authority, lost }: Plan, newKit: NewKit | undefined): Promise<Result<Authority, string>> => {
  if (lost.kit !== undefined) return ok(authority);
  return newKit === undefined ? err('A new recovery kit has to be printed first. Begin again.') : addKey(authority, newKit.key, undefined);
};

type Fresh = { readonly authority: Authority; readonly key: KeyPair; readonly passkey: MadePasskey };

const withPasskey = async (authority: Authority, onStep: OnStep): Promise<Result<Fresh, string>> => {
  onStep({ kind: 'passkey' });
  const key = deriveKeyPair(nobleCrypto, freshEntropy(), 'own-owner-key');
  const passkey = await makePasskey(key, true);
  if (!passkey.ok) return passkey;
  onStep({ kind: 'set' });
  const added = await addKey(authority, key, passkey.value);
  return added.ok ? ok({ authority: added.value, key, passkey: passkey.value }) : added;
};

/** Hands over to who stays, and ends the rest. */
const endLost = async ({ gone, kit }: LostKeys, { authority, key, passkey }: Fresh, { owner, personId, ownerName, newKit }: LostInput, onStep: OnStep): Promise<Result<LostReplaced, string>> => {
  const acting = { ...authority, owner: gone.some((each) => equalBytes(each, owner.publicKey)) ? key : owner };
  const next = nextSet(acting, { kind: 'remove', ownerKeys: gone });
  if (!next.ok) return next;
  const phone = await takePhoneKey({ ...authority, owner: key }, ownerName);
  if (!phone.ok) return phone;
  const list = await peopleNow();
  if (!list.ok) return list;
  const lost = list.value.filter(({ id }) => id === personId).flatMap(({ phoneKeys }) => phoneKeys.map(({ credentialKey }) => credentialKey));
  const ended = await endKeysOf(acting.owner, new Set(lost.filter((each) => each !== base64url(phone.value))), onStep);
  if (!ended.ok) return ended;
  const phones = phonesUnder(list.value.filter(({ id }) => id !== personId), next.value.ownerSet, [phone.value]);
  const handed = await handOver(acting, next.value.ownerSet, phones, onStep);
  if (!handed.ok) return handed;
  onStep({ kind: 'set' });
  const put = await putSet(acting, next.value.document, { remaining: { credentialId: passkey.credentialId, credentialKey: base64url(phone.value) } });
  return put.ok ? ok({ ...handed.value, prf: passkey.prf, hasNewKit: kit === undefined || (newKit !== undefined && equalBytes(kit, newKit.key.publicKey)) }) : put;
};

/** Replaces the lost phone. Errors are sentences; the step can then be done again, with the same new kit. */
export const replaceLostPhone = async (input: LostInput, onStep: OnStep): Promise<Result<LostReplaced, string>> => {
  onStep({ kind: 'owner' });
  const plan = await planLost(input);
  if (!plan.ok) return plan;
  const paper = await withPaper(plan.value, input.newKit);
  if (!paper.ok) return paper;
  const fresh = await withPasskey(paper.value, onStep);
  return fresh.ok ? endLost(plan.value.lost, fresh.value, input, onStep) : fresh;
};
