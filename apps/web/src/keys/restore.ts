// Making this browser a key of the site, with an owner key in hand: a new phone key, told to the hub, and the next roster for each lock.
// What the locks go by changes only as each takes its roster.

import type { Door } from '@mortise/api/locks.ts';
import { ROUTES } from '@mortise/api/routes.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { call } from '../model/client.ts';
import { failureSentence } from '../words/failures.ts';
import type { RosterWord } from './access.ts';
import { openAuthority, type Authority } from './authority.ts';
import { phoneBody } from './owner-phones.ts';
import { freshPhoneKey, keepPhoneKey, phoneLabel } from './phone-key.ts';
import { changeRoster } from './roster.ts';
import { storageSentence } from './store.ts';

export type RestoreInput = { readonly owner: KeyPair; readonly ownerName: string; readonly doors: readonly Door[]; readonly onDoor: (name: string) => void };

/** A fresh key of this browser's, told to the hub by `owner`'s word for it, and kept. No lock knows it yet. */
export const takePhoneKey = async ({ owner, issuer, ownerSet: { siteId } }: Pick<Authority, 'owner' | 'issuer' | 'ownerSet'>, ownerName: string): Promise<Result<Bytes, string>> => {
  const key = await freshPhoneKey();
  const told = await call(ROUTES.putPhoneKey, { body: phoneBody(owner, siteId, key.publicKey, phoneLabel(ownerName)) });
  if (!told.ok) return err(failureSentence(told.error));
  const kept = await keepPhoneKey(key, siteId, issuer.publicKey);
  return kept.ok ? ok(key.publicKey) : err(storageSentence(kept.error));
};

/** Errors are sentences; single doors may fail on their own. */
export const makeBrowserKey = async ({ owner, ownerName, doors, onDoor }: RestoreInput): Promise<Result<readonly RosterWord[], string>> => {
  const authority = await openAuthority(owner);
  if (!authority.ok) return authority;
  const credentialKey = await takePhoneKey(authority.value, ownerName);
  if (!credentialKey.ok) return credentialKey;
  const words: RosterWord[] = [];
  for (const door of doors) {
    onDoor(door.name);
    words.push({ doorId: door.id, doorName: door.name, result: await changeRoster(door, authority.value, { kind: 'addPhone', phone: { credentialKey: credentialKey.value } }) });
  }
  return ok(words);
};
