// Making this browser a key of the site, with an owner key in hand: a new phone key, told to the hub, and the next roster for each lock.
// What the locks go by changes only as each takes its roster.

import { ROUTES } from '@mortise/api/routes.ts';
import type { Door } from '@mortise/api/locks.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import type { OwnerSet } from '@mortise/documents/owner-set.ts';
import type { RosterChange } from '@mortise/wallet/roster-change.ts';
import { call } from '../model/client.ts';
import { failureSentence } from '../words/failures.ts';
import { openAuthority } from './authority.ts';
import { peopleNow, phoneBody, phonesUnder } from './owner-phones.ts';
import { freshPhoneKey, keepPhoneKey, phoneLabel } from './phone-key.ts';
import { changeRoster } from './roster.ts';
import { storageSentence } from './store.ts';

export type RestoreInput = {
  readonly owner: KeyPair;
  readonly ownerName: string;
  readonly doors: readonly Door[];
  /** The person's other phones are lost: the locks shall forget them. Those of other owners stay. */
  readonly replace: boolean;
  readonly personId: string;
  readonly onDoor: (name: string) => void;
};
export type DoorResult = { readonly door: Door; readonly result: Result<'delivered' | 'waiting', string> };

const changeFor = async (replace: boolean, personId: string, ownerSet: OwnerSet, credentialKey: Bytes): Promise<Result<RosterChange, string>> => {
  if (!replace) return ok({ kind: 'addPhone', phone: { credentialKey } });
  const list = await peopleNow();
  return list.ok ? ok({ kind: 'replacePhones', phones: phonesUnder(list.value.filter(({ id }) => id !== personId), ownerSet, [credentialKey]) }) : list;
};

/** Errors are sentences; single doors may fail on their own. */
export const makeBrowserKey = async ({ owner, ownerName, doors, replace, personId, onDoor }: RestoreInput): Promise<Result<readonly DoorResult[], string>> => {
  const authority = await openAuthority(owner);
  if (!authority.ok) return authority;
  const key = await freshPhoneKey();
  const { ownerSet } = authority.value;
  const change = await changeFor(replace, personId, ownerSet, key.publicKey);
  if (!change.ok) return change;
  const told = await call(ROUTES.putPhoneKey, { body: { ...phoneBody(owner, ownerSet.siteId, key.publicKey, phoneLabel(ownerName)), replaces: replace } });
  if (!told.ok) return err(failureSentence(told.error));
  const kept = await keepPhoneKey(key, ownerSet.siteId, authority.value.issuer.publicKey);
  if (!kept.ok) return err(storageSentence(kept.error));
  const results: DoorResult[] = [];
  for (const door of doors) {
    onDoor(door.name);
    results.push({ door, result: await changeRoster(door, authority.value, change.value) });
  }
  return ok(results);
};
