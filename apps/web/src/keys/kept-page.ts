// What an owner's page knows, kept on this browser for a start without the hub: who is signed in, and the doors as they were heard last. It is no
// more than what the page showed; what a lock says of itself proves itself anew at each start. Gone at sign-out, and when the hub ends the session.

import { me } from '@mortise/api/owner.ts';
import { door, type Door } from '@mortise/api/locks.ts';
import { z } from '@mortise/api/schema.ts';
import type { Result } from '@mortise/base/result.ts';
import type { StorageError } from '@mortise/browser/storage.ts';
import { readStored, writeLosable } from './store.ts';

const [PAGE, LEAVING] = ['owner-page', 'leaving'];

/** `at`: ms since 1970, when the hub was heard last. */
const keptPage = z.object({ me, doors: z.array(door), at: z.number() });
export type KeptPage = z.infer<typeof keptPage>;

/** As it counts away from the hub: nothing is reached through it. Undefined: it is none. Takes any value. */
export const awayPage = (value: unknown): KeptPage | undefined => {
  const parsed = keptPage.safeParse(value);
  if (!parsed.success) return undefined;
  const away = ({ lock, ...rest }: Door): Door => ({ ...rest, lock: { ...lock, online: false } });
  return { ...parsed.data, doors: parsed.data.doors.map(away) };
};

export const readPage = async (): Promise<KeptPage | undefined> => {
  const stored = await readStored('values', PAGE);
  return stored.ok ? awayPage(stored.value) : undefined;
};

export const keepOwnerPage = (page: KeptPage): Promise<Result<void, StorageError>> => writeLosable([{ store: 'values', name: PAGE, value: page }]);

/** `leaving`: whether the hub is still to hear that whoever was here signed out; undefined: as it was. */
export const dropPage = (leaving: boolean | undefined): Promise<Result<void, StorageError>> =>
  writeLosable([{ store: 'values', name: PAGE, value: undefined }, ...(leaving === undefined ? [] : [{ store: 'values' as const, name: LEAVING, value: leaving ? true : undefined }])]);

export const isLeaving = async (): Promise<boolean> => {
  const stored = await readStored('values', LEAVING);
  return stored.ok && stored.value === true;
};
