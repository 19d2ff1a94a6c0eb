// A door's policy: read from the newest roster that an owner signed, and changed by signing the next one in this browser. The hub stores and delivers it; it cannot write one.

import type { Door } from '@mortise/api/locks.ts';
import { equalBytes } from '@mortise/base/bytes.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import type { Policy, Roster } from '@mortise/documents/roster.ts';
import { ensureAccess } from './access.ts';
import { openAuthority, readOwnerSet, type Authority } from './authority.ts';
import { openOwnerKey } from './owner-key.ts';
import { changeRoster, readRoster } from './roster.ts';

/** `hash`: of the roster that says so. */
export type SeenPolicy = { readonly policy: Policy; readonly version: number; readonly hash: Roster['hash'] };

/** What the owners want of the door; whether its lock has heard is in the door's roster delivery. Errors are sentences. */
export const readPolicy = async (door: Door): Promise<Result<SeenPolicy, string>> => {
  const ownerSet = await readOwnerSet();
  const roster = ownerSet.ok ? await readRoster(door, { ownerSet: ownerSet.value }) : ownerSet;
  return roster.ok ? ok({ policy: roster.value.policy, version: roster.value.version, hash: roster.value.hash }) : roster;
};

/** Signs the next roster with this policy. Errors are sentences; nothing was changed then. */
export const signPolicy = async (door: Door, seen: SeenPolicy, policy: Policy): Promise<Result<'delivered' | 'waiting', string>> => {
  const owner = await openOwnerKey();
  const authority = owner.ok ? await openAuthority(owner.value) : owner;
  if (!authority.ok) return authority;
  const newest = await readRoster(door, authority.value);
  if (!newest.ok) return newest;
  if (!equalBytes(newest.value.hash, seen.hash)) return err('Somebody has changed what this lock goes by since this page was opened. Leave it and look again.');
  const clocked = await withClock(door, authority.value, policy);
  return clocked.ok ? changeRoster(door, authority.value, { kind: 'policy', policy }) : clocked;
};

// A night and hours need the door's wall clock in the roster.
const withClock = async (door: Door, authority: Authority, policy: Policy): Promise<Result<undefined, string>> => {
  if (policy.door === undefined || (policy.door.night === null && policy.door.holdHours.length === 0)) return ok(undefined);
  const words = await ensureAccess(authority, [door], () => undefined);
  const refused = words.ok ? words.value.find(({ result }) => !result.ok) : undefined;
  if (!words.ok) return words;
  return refused?.result.ok === false ? err(refused.result.error) : ok(undefined);
};
