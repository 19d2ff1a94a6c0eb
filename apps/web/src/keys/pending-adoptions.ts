// Locks that were adopted at the door, as long as the hub does not know them: kept on this browser from before the offer until the hub has written
// the lock down. With the lock's word one is handed in as soon as the hub answers, whatever page is open; without it the lock is asked
// again. Until then its door is shown from here.

import { signal } from '@preact/signals';
import { adoptedBody, type Door } from '@mortise/api/locks.ts';
import { identifier, publicKey } from '@mortise/api/fields.ts';
import { ROUTES } from '@mortise/api/routes.ts';
import { z } from '@mortise/api/schema.ts';
import { base64url, equalBytes, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import type { Result } from '@mortise/base/result.ts';
import type { StorageError } from '@mortise/browser/storage.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { openAdoptionStatement } from '@mortise/documents/adoption-statement.ts';
import { call, type Failure } from '../model/client.ts';
import { readStored, writeStored } from './store.ts';

const NAME = 'adoptions';
export const MAX_PENDING = 16;

const pendingAdoption = adoptedBody.partial({ statement: true }).extend({
  siteId: identifier, zone: z.string().max(64), readerKey: publicKey, sealKey: publicKey, profile: z.enum(['powered', 'passive']), rosterHash: z.string(),
});
/** `statement`: the lock's word; left out: it did not come back, and the lock may have taken the offer or not. */
export type PendingAdoption = z.infer<typeof pendingAdoption>;

/** Of the site that is shown. */
export const pendingAdoptions = signal<readonly PendingAdoption[]>([]);
/** Why the hub did not take one that it heard of. */
export const handInFailure = signal<Failure | undefined>(undefined);

const stored = async (): Promise<readonly PendingAdoption[]> => {
  const read = await readStored('values', NAME);
  const parsed = z.array(pendingAdoption).safeParse(read.ok ? read.value : undefined);
  return parsed.success ? parsed.data : [];
};

/** Reads what this browser keeps for a site. */
export const readPending = async (siteId: string): Promise<void> => {
  pendingAdoptions.value = (await stored()).filter((each) => each.siteId === siteId);
};

// Another tab may have written meanwhile; what is not of this lock stays as it is.
const put = async (lockId: string, next: readonly PendingAdoption[]): Promise<Result<void, StorageError>> => {
  const kept = await writeStored([{ store: 'values', name: NAME, value: [...(await stored()).filter((each) => each.lockId !== lockId), ...next].slice(-MAX_PENDING) }]);
  if (kept.ok) pendingAdoptions.value = [...pendingAdoptions.value.filter((each) => each.lockId !== lockId), ...next];
  return kept;
};

/** In the place of what was kept for this lock before. */
export const keepPending = (adoption: PendingAdoption): Promise<Result<void, StorageError>> => put(adoption.lockId, [adoption]);

export const dropPending = (lockId: string): Promise<Result<void, StorageError>> => put(lockId, []);

/** Locks that are just being offered to us: nobody asks them meanwhile. */
export const underWay = new Set<string>();

/** A lock said by whom it was adopted: kept where it is the answer to an offer of this browser. Takes any bytes. */
export const hearWord = async (lockId: string, word: Bytes): Promise<void> => {
  const adoption = pendingAdoptions.value.find((each) => each.lockId === lockId);
  const identityKey = fromBase64url(adoption?.identityKey ?? '');
  if (adoption === undefined || adoption.statement !== undefined || identityKey === undefined) return;
  const opened = openAdoptionStatement(nobleCrypto, identityKey, word);
  const fits = opened.ok && opened.value.siteId === adoption.siteId && equalBytes(opened.value.rosterHash, fromBase64url(adoption.rosterHash) ?? new Uint8Array(0));
  if (fits) await keepPending({ ...adoption, statement: base64url(word) });
};

let handing: Promise<readonly Door[]> | undefined;

const handInAll = async (): Promise<readonly Door[]> => {
  const made: Door[] = [];
  for (const adoption of pendingAdoptions.value) {
    const door = adoption.statement === undefined ? undefined : await handInOne(adoption, adoption.statement);
    if (door !== undefined) made.push(door);
  }
  return made;
};

const handInOne = async (adoption: PendingAdoption, statement: string): Promise<Door | undefined> => {
  const { lockId, identityKey, roster, doorName, model, firmware, certified } = adoption;
  const answer = await call(ROUTES.addLock, { body: { lockId, identityKey, roster, doorName, model, firmware, certified, statement } });
  handInFailure.value = answer.ok || answer.error.kind === 'unreachable' ? undefined : answer.error;
  if (!answer.ok) return undefined;
  await dropPending(lockId);
  return answer.value.door;
};

/** Tells the hub of every lock that has said its word; answers the doors that it made. One after the other; what it does not take stays. */
export const handIn = (): Promise<readonly Door[]> => (handing ??= handInAll().finally(() => { handing = undefined; }));

/** A door as it will be, of a lock that took us. Its id is the lock's until the hub gives it one. */
export const provisionalDoor = ({ lockId, identityKey, readerKey, sealKey, statement = '', model, firmware, profile, doorName, zone }: PendingAdoption): Door => ({
  id: lockId, name: doorName, zone,
  lock: {
    lockId, identityKey, readerKey, sealKey, statement, model, firmware, profile, online: false, state: null, roster: { version: 1, delivery: 'delivered', code: null }, reset: null,
    journal: { entries: 0, missing: 0, head: base64url(new Uint8Array(32)), alerts: 0 },
  },
});

/** The doors of the hub's list, and those that it does not know yet. */
export const withProvisional = (list: readonly Door[]): readonly Door[] => [
  ...list, ...pendingAdoptions.value.filter(({ lockId, statement }) => statement !== undefined && !list.some(({ lock }) => lock.lockId === lockId)).map(provisionalDoor),
];

/** Whether the hub has no such door yet. */
export const isProvisional = ({ id, lock }: Door): boolean => id === lock.lockId && pendingAdoptions.value.some(({ lockId }) => lockId === id);

