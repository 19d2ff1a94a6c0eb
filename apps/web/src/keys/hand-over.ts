// Before an owner key goes, all that stands by its signature and is to stay is signed by a key that stays: the roster of each lock, with the
// hub's powers and the time keys in it, then the lent keys.

import type { Door } from '@mortise/api/locks.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import type { OwnerSet } from '@mortise/documents/owner-set.ts';
import type { Phone } from '@mortise/wallet/phones.ts';
import type { RosterChange } from '@mortise/wallet/roster-change.ts';
import { grants, loadGrants } from '../model/grants.ts';
import { doors } from '../model/live.ts';
import { accessUnder, type RosterWord } from './access.ts';
import type { Authority } from './authority.ts';
import { resignKey } from './grant-change.ts';
import { countsUnder } from './grant-proof.ts';
import { ownPhone, peopleNow, phonesUnder } from './owner-phones.ts';
import type { OnStep } from './owner-set.ts';
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
  await loadGrants();
  for (const grant of (grants.value ?? []).filter((each) => each.state === 'live' && each.document !== null && each.signedBy !== 'hub' && !countsUnder(each, next))) {
    onStep({ kind: 'grant', person: grant.person.name });
    const resigned = await resignKey(authority.owner, grant);
    if (!resigned.ok) return err(`${grant.person.name}: ${resigned.error}`);
  }
  return ok(undefined);
};

/** Signs by the authority's owner, who is in `next`; the locks know these phones from then on. Errors are sentences; what was signed can be signed again. */
export const handOver = async (authority: Authority, next: OwnerSet, phones: readonly Phone[], onStep: OnStep): Promise<Result<readonly RosterWord[], string>> => {
  const rosters = await changeAll(authority, onStep, async (door) => {
    const access = await accessUnder({ ...authority, next }, door);
    if (!access.ok) return access;
    const changes: RosterChange[] = [{ kind: 'resign', ownerKeys: authority.ownerSet.keys }, { kind: 'replacePhones', phones }];
    return ok({ kind: 'several', changes: access.value === undefined ? changes : [...changes, access.value] });
  });
  if (!rosters.ok) return rosters;
  const resigned = await resignKeys(authority, next, onStep);
  return resigned.ok ? rosters : resigned;
};
