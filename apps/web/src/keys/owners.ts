// Owners who come and go, as an owner does it. For who comes: the locks' rosters name their phone, then the owner set names their key. For who
// goes: each lock gets a roster that none of their signatures stands under, keys that only they signed are signed anew, then the set. In
// this order a lock is never left with what nobody who is an owner has signed.

import type { OwnerInvitation } from '@mortise/api/owners.ts';
import type { Door } from '@mortise/api/locks.ts';
import { ROUTES } from '@mortise/api/routes.ts';
import { base64url, equalBytes, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { identifierOf } from '@mortise/base/identifiers.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { Secret } from '@mortise/base/secret.ts';
import { freshEntropy } from '@mortise/browser/entropy.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { openOwnerSet, type OwnerSet } from '@mortise/documents/owner-set.ts';
import { wrapIssuerKey } from '@mortise/wallet/issuer-key.ts';
import { linkKeyOf, LINK_SECRET_BYTES } from '@mortise/wallet/key-link.ts';
import { nextOwnerSet, type OwnerChange, type OwnerChangeError } from '@mortise/wallet/owner-change.ts';
import { isOwnerPhone } from '@mortise/wallet/owner-phones.ts';
import { isOwnerRequest } from '@mortise/wallet/owner-request.ts';
import type { Phone } from '@mortise/wallet/phones.ts';
import type { RosterChange } from '@mortise/wallet/roster-change.ts';
import { call } from '../model/client.ts';
import { grants, loadGrants } from '../model/grants.ts';
import { doors } from '../model/live.ts';
import type { Person } from '../model/people.ts';
import { failureSentence } from '../words/failures.ts';
import { accessUnder, type RosterWord } from './access.ts';
import { openAuthority, readOwnerSet, wireWrap, type Authority } from './authority.ts';
import { resignKey } from './grant-change.ts';
import { countsUnder } from './grant-proof.ts';
import { freshLink, introductionOf } from './lend.ts';
import { openOwnerKey } from './owner-key.ts';
import { ownPhone, peopleNow, phonesUnder } from './owner-phones.ts';
import { changeRoster } from './roster.ts';
import { readStored, storageSentence, writeStored } from './store.ts';

export type OwnerProgress = { readonly kind: 'owner' | 'set' } | { readonly kind: 'roster'; readonly door: string } | { readonly kind: 'grant'; readonly person: string };
export type OwnersChanged = { readonly rosters: readonly RosterWord[] };
type OnStep = (at: OwnerProgress) => void;

const bytesOf = (text: string): Bytes => fromBase64url(text) ?? new Uint8Array(0);

// ---- inviting ----------------------------------------------------------------------------------------------------------------

const LINK_MS = 3 * 86_400_000;
const linkName = (invitationId: string): string => `owner-link:${invitationId}`;

/** A link by which somebody can ask to become an owner. Its secret is kept in this browser, to know the one who asks by it. */
export const inviteOwner = async (name: string): Promise<Result<{ readonly id: string; readonly link: string; readonly redeemBy: number }, string>> => {
  const ownerSet = await readOwnerSet();
  if (!ownerSet.ok) return ownerSet;
  const link = freshLink(ownerSet.value.siteId, 'join');
  const body = { id: identifierOf(freshEntropy().slice(0, 16)), invitationKey: base64url(link.publicKey), name, redeemBy: Date.now() + LINK_MS };
  const kept = await writeStored([{ store: 'values', name: linkName(body.id), value: link.secret.reveal() }]);
  if (!kept.ok) return err(storageSentence(kept.error));
  const answer = await call(ROUTES.inviteOwner, { body });
  return answer.ok ? ok({ id: body.id, link: link.address, redeemBy: body.redeemBy }) : err(failureSentence(answer.error));
};

/** `vouched`: who asks holds the link that this browser made. `unknown`: another browser made it. `refused`: somebody put another key in. */
export type Vouched = 'vouched' | 'unknown' | 'refused';

/** Whether the phone is of who holds the owner key: then whoever is sure of the one is sure of the other. */
const isTheirPhone = async ({ ownerKey, phoneKey: { credentialKey, proof } }: NonNullable<OwnerInvitation['asking']>): Promise<boolean> => {
  const ownerSet = await readOwnerSet();
  return ownerSet.ok && isOwnerPhone(nobleCrypto, { credentialKey: bytesOf(credentialKey), proof: bytesOf(proof ?? '') }, { siteId: ownerSet.value.siteId, keys: [bytesOf(ownerKey)] });
};

export const isVouched = async ({ id, invitationKey, asking }: OwnerInvitation): Promise<Vouched> => {
  if (asking === null || !(await isTheirPhone(asking))) return 'refused';
  const kept = await readStored('values', linkName(id));
  const secret = kept.ok && kept.value instanceof Uint8Array && kept.value.length === LINK_SECRET_BYTES ? new Secret(kept.value) : undefined;
  if (secret === undefined) return 'unknown';
  const link = linkKeyOf(nobleCrypto, secret).publicKey;
  if (!equalBytes(link, bytesOf(invitationKey))) return 'refused';
  const request = { ownerKey: bytesOf(asking.ownerKey), phoneKey: bytesOf(asking.phoneKey.credentialKey), name: asking.name };
  return isOwnerRequest(nobleCrypto, bytesOf(asking.voucher), link, request) ? 'vouched' : 'refused';
};

// ---- what both need ----------------------------------------------------------------------------------------------------------

const CHANGE: Readonly<Record<OwnerChangeError['code'], string>> = {
  'needs-others': 'The owners of this site must sign together, and this page cannot gather their signatures yet.',
  'is-owner': 'This key is an owner’s already.', 'too-many-owners': 'There are sixteen owner keys, the most there can be.', 'nobody-left': 'Whoever signs must stay an owner.',
};

/** The next set, as it will be once the hub has taken it. */
const nextSet = ({ owner, ownerSet }: Authority, change: OwnerChange): Result<{ readonly document: Bytes; readonly ownerSet: OwnerSet }, string> => {
  const signed = nextOwnerSet(nobleCrypto, owner, ownerSet, change, freshEntropy());
  if (!signed.ok) return err(CHANGE[signed.error.code]);
  const opened = openOwnerSet(nobleCrypto, signed.value, ownerSet);
  return opened.ok ? ok({ document: signed.value, ownerSet: opened.value }) : err(`The owner set could not be made (${opened.error.code}).`);
};

const authorityNow = async (onStep: OnStep): Promise<Result<Authority, string>> => {
  onStep({ kind: 'owner' });
  const owner = await openOwnerKey();
  return owner.ok ? openAuthority(owner.value) : owner;
};

/** One after the other; the first that fails ends it, before anything is signed that needs it. */
const changeAll = async (authority: Authority, onStep: OnStep, changeOf: (door: Door) => Promise<Result<RosterChange, string>>): Promise<Result<readonly RosterWord[], string>> => {
  const words: RosterWord[] = [];
  for (const door of doors.value ?? []) {
    onStep({ kind: 'roster', door: door.name });
    const change = await changeOf(door);
    const result = change.ok ? await changeRoster(door, authority, change.value) : change;
    if (!result.ok) return err(`${door.name}: ${result.error}`);
    words.push({ doorId: door.id, doorName: door.name, result });
  }
  return ok(words);
};

/** With the word of who signs for the locks: who holds a key knows them by an owner who stays. */
const putSet = async (authority: Authority, document: Bytes, wraps: readonly ReturnType<typeof wireWrap>[]): Promise<Result<void, string>> => {
  const answer = await call(ROUTES.putOwnerSet, { body: { document: base64url(document), issuerWraps: [...wraps], introduction: introductionOf(authority) } });
  return answer.ok ? ok(undefined) : err(failureSentence(answer.error));
};

/** The phones that the locks shall know: of these owners, this browser's, and `more`. */
const phonesOf = async (owners: OwnerSet, more: readonly Bytes[] = []): Promise<Result<readonly Phone[], string>> => {
  const list = await peopleNow();
  return list.ok ? ok(phonesUnder(list.value, owners, [...ownPhone(owners.siteId), ...more])) : list;
};

// ---- who comes ---------------------------------------------------------------------------------------------------------------

/** Makes who asks an owner. Errors are sentences; until the set is signed they are none. */
export const acceptOwner = async (invitation: OwnerInvitation, onStep: OnStep): Promise<Result<OwnersChanged, string>> => {
  const { asking } = invitation;
  if (asking === null || (await isVouched(invitation)) === 'refused') return err('The request is not from who has your link.');
  const authority = await authorityNow(onStep);
  if (!authority.ok) return authority;
  const ownerKey = bytesOf(asking.ownerKey);
  const next = nextSet(authority.value, { kind: 'add', ownerKey });
  if (!next.ok) return next;
  // The whole list, not one more: what was begun and broken off can be begun again.
  const phones = await phonesOf(authority.value.ownerSet, [bytesOf(asking.phoneKey.credentialKey)]);
  if (!phones.ok) return phones;
  const rosters = await changeAll(authority.value, onStep, () => Promise.resolve(ok({ kind: 'replacePhones', phones: phones.value })));
  if (!rosters.ok) return rosters;
  onStep({ kind: 'set' });
  const { owner, issuer, ownerSet: { siteId } } = authority.value;
  const wrap = wrapIssuerKey(nobleCrypto, { siteId, issuer, voucher: owner }, ownerKey, freshEntropy());
  const put = await putSet(authority.value, next.value.document, [wireWrap(wrap)]);
  if (!put.ok) return put;
  await writeStored([{ store: 'values', name: linkName(invitation.id), value: undefined }]);
  return ok({ rosters: rosters.value });
};

// ---- who goes ----------------------------------------------------------------------------------------------------------------

/** Signs anew, by `owner`, the keys that would be void under the next owners. The hub's own stand by its delegation. */
const resignKeys = async (authority: Authority, next: OwnerSet, onStep: OnStep): Promise<Result<void, string>> => {
  await loadGrants();
  for (const grant of (grants.value ?? []).filter((each) => each.state === 'live' && each.document !== null && each.signedBy !== 'hub' && !countsUnder(each, next))) {
    onStep({ kind: 'grant', person: grant.person.name });
    const resigned = await resignKey(authority.owner, grant);
    if (!resigned.ok) return err(`${grant.person.name}: ${resigned.error}`);
  }
  return ok(undefined);
};

/** Takes an owner's power away. Errors are sentences; until the set is signed they are an owner still. */
export const removeOwner = async (person: Person, onStep: OnStep): Promise<Result<OwnersChanged, string>> => {
  const authority = await authorityNow(onStep);
  if (!authority.ok) return authority;
  const { ownerSet } = authority.value;
  const ownerKeys = person.ownerKeys.map(bytesOf).filter((key) => ownerSet.keys.some((each) => equalBytes(each, key)));
  if (ownerKeys.length === 0) return err('No key of the owner set is theirs.');
  const next = nextSet(authority.value, { kind: 'remove', ownerKeys });
  if (!next.ok) return next;
  const phones = await phonesOf(next.value.ownerSet);
  if (!phones.ok) return phones;
  if (phones.value.length === 0) return err('Nobody who stays has a phone: the locks would open for nobody. Make this browser a key first.');
  const rosters = await changeAll(authority.value, onStep, async (door) => {
    const access = await accessUnder({ ...authority.value, next: next.value.ownerSet }, door);
    if (!access.ok) return access;
    const changes: RosterChange[] = [{ kind: 'resign', ownerKeys: ownerSet.keys }, { kind: 'replacePhones', phones: phones.value }];
    return ok({ kind: 'several', changes: access.value === undefined ? changes : [...changes, access.value] });
  });
  if (!rosters.ok) return rosters;
  const resigned = await resignKeys(authority.value, next.value.ownerSet, onStep);
  if (!resigned.ok) return resigned;
  onStep({ kind: 'set' });
  const put = await putSet(authority.value, next.value.document, []);
  return put.ok ? ok({ rosters: rosters.value }) : put;
};
