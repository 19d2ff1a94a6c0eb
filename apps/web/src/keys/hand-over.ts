// Before an owner key goes, all that stands by its signature and is to stay is signed by a key that stays: the roster of each lock, with the
// hub's powers and the time keys in it, then the lent keys, then the papers of electronic keys. What ends with it is its offline codes.

import type { Door } from '@mortise/api/locks.ts';
import { ROUTES } from '@mortise/api/routes.ts';
import { base64url, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import type { OwnerSet } from '@mortise/documents/owner-set.ts';
import type { Phone } from '@mortise/wallet/phones.ts';
import type { RosterChange } from '@mortise/wallet/roster-change.ts';
import { call } from '../model/client.ts';
import { grants, loadGrants } from '../model/grants.ts';
import { doors } from '../model/live.ts';
import { failureSentence } from '../words/failures.ts';
import { accessUnder, type RosterWord } from './access.ts';
import type { Authority } from './authority.ts';
import { resignKey, takeBackBy } from './grant-change.ts';
import { countsUnder } from './grant-proof.ts';
import { ownPhone, peopleNow, phonesUnder } from './owner-phones.ts';
import type { OnStep } from './owner-set.ts';
import { resignEkeys } from './resign-ekeys.ts';
import { changeRoster } from './roster.ts';

/** One after the other; the first that fails ends it, before anything is signed that needs it. */
export const changeAll = async (authority: Authority, onStep: OnStep, changeOf: (door: Door) => Promise<Result<RosterChange, string>>): Promise<Result<readonly RosterWord[], string>> => {
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

/** The phones that the locks shall know: of these owners, this browser's, and `more`. */
export const phonesOf = async (owners: OwnerSet, more: readonly Bytes[] = []): Promise<Result<readonly Phone[], string>> => {
  const list = await peopleNow();
  return list.ok ? ok(phonesUnder(list.value, owners, [...ownPhone(owners.siteId), ...more])) : list;
};

/** Signs anew, by `owner`, the keys that would be void under the next owners. The hub's own stand by its delegation. */
const resignKeys = async (authority: Authority, next: OwnerSet, onStep: OnStep): Promise<Result<void, string>> => {
  const listed = await loadGrants();
  if (!listed.ok) return err(failureSentence(listed.error));
  for (const grant of (grants.value ?? []).filter((each) => each.state === 'live' && each.document !== null && each.signedBy !== 'hub' && !countsUnder(each, next))) {
    onStep({ kind: 'grant', person: grant.person.name });
    const resigned = await resignKey(authority.owner, grant);
    if (!resigned.ok) return err(`${grant.person.name}: ${resigned.error}`);
  }
  return ok(undefined);
};

/** Takes back what was lent to these credentials: a grant opens by whoever has the key, whoever signed it. */
export const endKeysOf = async (owner: KeyPair, credentials: ReadonlySet<string>, onStep: OnStep): Promise<Result<void, string>> => {
  const listed = await loadGrants();
  if (!listed.ok) return err(failureSentence(listed.error));
  for (const grant of (grants.value ?? []).filter(({ state, credentialKey }) => (state === 'live' || state === 'paused') && credentialKey !== null && credentials.has(credentialKey))) {
    onStep({ kind: 'grant', person: grant.person.name });
    const ended = await takeBackBy(owner, grant);
    if (!ended.ok) return err(`${grant.person.name}: ${ended.error}`);
  }
  return ok(undefined);
};

/**
 * The change that leaves a lock no keys of codes but those of owners who stay. Whose they are is the hub's word, as it is of owner keys; one of
 * which it says nothing goes.
 */
const codeKeysUnder = async (next: OwnerSet): Promise<Result<RosterChange, string>> => {
  const told = await call(ROUTES.entries);
  if (!told.ok) return err(failureSentence(told.error));
  const stay = new Set(next.keys.map(base64url));
  return ok({ kind: 'keepCodeKeys', ids: told.value.entries.flatMap(({ id, codes }) => (codes !== null && stay.has(codes.ownerKey) ? (fromBase64url(id) ?? []) : [])) });
};

/** `unsigned`: names of electronic keys that must be registered anew. */
export type HandedOver = { readonly rosters: readonly RosterWord[]; readonly unsigned: readonly string[] };

/** Signs by the authority's owner, who is in `next`; the locks know these phones from then on. Errors are sentences; what was signed can be signed again. */
export const handOver = async (authority: Authority, next: OwnerSet, phones: readonly Phone[], onStep: OnStep): Promise<Result<HandedOver, string>> => {
  const codeKeys = await codeKeysUnder(next);
  if (!codeKeys.ok) return codeKeys;
  const rosters = await changeAll(authority, onStep, async (door) => {
    const access = await accessUnder({ ...authority, next }, door);
    if (!access.ok) return access;
    const changes: RosterChange[] = [{ kind: 'resign', ownerKeys: authority.ownerSet.keys }, { kind: 'replacePhones', phones }, codeKeys.value];
    return ok({ kind: 'several', changes: access.value === undefined ? changes : [...changes, access.value] });
  });
  if (!rosters.ok) return rosters;
  const resigned = await resignKeys(authority, next, onStep);
  if (!resigned.ok) return resigned;
  const unsigned = await resignEkeys(authority, next, onStep);
  return unsigned.ok ? ok({ rosters: rosters.value, unsigned: unsigned.value }) : unsigned;
};
