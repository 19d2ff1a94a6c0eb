// Making this browser a key of the site, with an owner key in hand: a new phone key, told to the hub, and the next roster for each lock.
// What the locks go by changes only as each takes its roster.

import { ROUTES } from '@mortise/api/routes.ts';
import type { Door } from '@mortise/api/locks.ts';
import { base64url } from '@mortise/base/bytes.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { call } from '../model/client.ts';
import { failureSentence } from '../words/failures.ts';
import { openAuthority } from './authority.ts';
import { freshPhoneKey, keepPhoneKey, phoneLabel } from './phone-key.ts';
import { changeRoster } from './roster.ts';
import { storageSentence } from './store.ts';

export type RestoreInput = {
  readonly owner: KeyPair;
  readonly ownerName: string;
  readonly doors: readonly Door[];
  /** Whether the locks shall forget every other phone. */
  readonly replace: boolean;
  readonly onDoor: (name: string) => void;
};
export type DoorResult = { readonly door: Door; readonly result: Result<'delivered' | 'waiting', string> };

/** Errors are sentences; single doors may fail on their own. */
export const makeBrowserKey = async ({ owner, ownerName, doors, replace, onDoor }: RestoreInput): Promise<Result<readonly DoorResult[], string>> => {
  const authority = await openAuthority(owner);
  if (!authority.ok) return authority;
  const key = await freshPhoneKey();
  const told = await call(ROUTES.putPhoneKey, { body: { credentialKey: base64url(key.publicKey), label: phoneLabel(ownerName) } });
  if (!told.ok) return err(failureSentence(told.error));
  const kept = await keepPhoneKey(key, authority.value.ownerSet.siteId, authority.value.issuer.publicKey);
  if (!kept.ok) return err(storageSentence(kept.error));
  const phone = { credentialKey: key.publicKey };
  const results: DoorResult[] = [];
  for (const door of doors) {
    onDoor(door.name);
    const change = replace ? ({ kind: 'replacePhones', phones: [phone] } as const) : ({ kind: 'addPhone', phone } as const);
    results.push({ door, result: await changeRoster(door, authority.value, change) });
  }
  return ok(results);
};
