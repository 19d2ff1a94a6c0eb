// What the key carries for locks and from them, as whole link messages. Each way is bounded in bytes. What is full takes no more, so that nothing is
// lost: a lock that is not told that its batch was taken keeps it. A batch of a lock's journal stays until the hub's signed word
// says that it is there; what a lock says of itself is said anew at each contact, and stays until a courier has it.

import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import { encodePost, MAX_POSTED_BYTES } from '@mortise/courier/key-message.ts';
import { decodeFromLock, decodeToLock, type FromLockType, type ToLockType } from '@mortise/courier/link-message.ts';
import { unprovenRange } from '@mortise/journal/batch.ts';
import type { Put } from './events.ts';
import { valueNames } from './stored-values.ts';
import type { Bag, Posted } from './state.ts';

/** Each way: some ten thousand records of locks, or rosters for some hundred. */
export const MAX_BAG_BYTES = 4_194_304;
export const MAX_POSTS = 8192;

export const EMPTY_BAG: Bag = { forLocks: [], fromLocks: [], nextNumber: 1 };

/** The bag after a change, and what must be written for it. `code`: what became of what was put in. */
export type BagChange = { readonly bag: Bag; readonly puts: readonly Put[]; readonly code: 'accepted' | 'known' | 'bag-full' | 'malformed' | 'type-wrong' };

export const bytesOf = (posts: readonly { readonly message: Bytes }[]): number => posts.reduce((sum, { message }) => sum + message.length, 0);

// Of these a lock needs only the newest; owner sets follow one another.
const REPLACED: ReadonlySet<ToLockType> = new Set(['roster', 'journal-ack', 'time-bound']);
const FOR_LOCKS: ReadonlySet<ToLockType> = new Set(['roster', 'owner-set', 'journal-ack', 'time-bound']);
const FROM_LOCKS: ReadonlySet<FromLockType> = new Set(['journal', 'status', 'statement', 'roster-answer', 'owner-set-answer']);

/** A message for a lock, from whoever updates the key; takes any bytes. */
export const postForLock = (bag: Bag, lockId: LockId, message: Bytes): BagChange => {
  const read = decodeToLock(message);
  if (read === undefined) return unchanged(bag, 'malformed');
  const { type, body } = read;
  if (!FOR_LOCKS.has(type)) return unchanged(bag, 'type-wrong');
  const same = bag.forLocks.filter((post) => post.lockId === lockId && post.type === type);
  if (same.some((post) => equalBytes(post.body, body))) return unchanged(bag, 'known');
  const gone = REPLACED.has(type) ? same : [];
  const post = { number: bag.nextNumber, lockId, type, body, message };
  const forLocks = [...bag.forLocks.filter((each) => !gone.includes(each)), post];
  if (!fits(forLocks)) return unchanged(bag, 'bag-full');
  return { bag: { ...bag, forLocks, nextNumber: bag.nextNumber + 1 }, puts: [...removals(gone, valueNames.forLock), putOf(valueNames.forLock, post)], code: 'accepted' };
};

/** A message from a lock that proved itself; takes any bytes. What an older one said that this one says too goes. What is kept is a copy: `came` may be a view into a frame. */
export const postFromLock = (bag: Bag, lockId: LockId, came: Bytes): BagChange => {
  const message = came.length > MAX_POSTED_BYTES ? undefined : came.slice();
  const read = message && decodeFromLock(message);
  if (message === undefined || read === undefined) return unchanged(bag, 'malformed');
  const { type, body } = read;
  if (!FROM_LOCKS.has(type)) return unchanged(bag, 'type-wrong');
  const post = { number: bag.nextNumber, lockId, type, body, message };
  const gone = bag.fromLocks.filter((each) => each.lockId === lockId && each.type === type && isCovered(each, post));
  const fromLocks = [...bag.fromLocks.filter((each) => !gone.includes(each)), post];
  if (!fits(fromLocks)) return unchanged(bag, 'bag-full');
  return { bag: { ...bag, fromLocks, nextNumber: bag.nextNumber + 1 }, puts: [...removals(gone, valueNames.fromLock), putOf(valueNames.fromLock, post)], code: 'accepted' };
};

/** Without what is not needed any more: posts for locks or from them of these numbers. */
export const withoutPosts = (bag: Bag, isGone: (post: Posted<ToLockType> | Posted<FromLockType>) => boolean): Omit<BagChange, 'code'> => {
  const [forGone, fromGone] = [bag.forLocks.filter(isGone), bag.fromLocks.filter(isGone)];
  if (forGone.length === 0 && fromGone.length === 0) return { bag, puts: [] };
  const left = { ...bag, forLocks: bag.forLocks.filter((post) => !forGone.includes(post)), fromLocks: bag.fromLocks.filter((post) => !fromGone.includes(post)) };
  return { bag: left, puts: [...removals(forGone, valueNames.forLock), ...removals(fromGone, valueNames.fromLock)] };
};

/** Batches of this lock that lie wholly within what the hub says that it holds. */
export const isAcknowledged = (post: Posted<ToLockType> | Posted<FromLockType>, lockId: LockId, seq: number): boolean =>
  post.type === 'journal' && post.lockId === lockId && (unprovenRange(post.body)?.to ?? 0) <= seq;

/** A status says all that an older one said; a batch, whatever lies within its numbers; of the same lock, which proved itself. */
const isCovered = (old: Posted<FromLockType>, post: Posted<FromLockType>): boolean => {
  if (post.type !== 'journal') return post.type === 'status' || equalBytes(old.body, post.body);
  const [before, now] = [unprovenRange(old.body), unprovenRange(post.body)];
  return before === undefined || (now !== undefined && now.after <= before.after && now.to >= before.to);
};

const fits = (posts: readonly { readonly message: Bytes }[]): boolean => posts.length <= MAX_POSTS && bytesOf(posts) <= MAX_BAG_BYTES;

const unchanged = (bag: Bag, code: BagChange['code']): BagChange => ({ bag, puts: [], code });

type Name = (number: number) => string;
const removals = (posts: readonly { readonly number: number }[], name: Name): readonly Put[] => posts.map(({ number }) => [name(number), null]);
const putOf = (name: Name, { number, lockId, message }: { readonly number: number; readonly lockId: LockId; readonly message: Bytes }): Put =>
  [name(number), encodePost({ lockId, message })];
