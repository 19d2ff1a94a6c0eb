// What an update has carried, counted for whoever watches it. Nobody's word: what counts is what the key says that it holds, and what the hub says
// that it has.

import type { Bytes } from '@mortise/base/bytes.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import { decodeFromKey, decodeKeyAnswer, decodePost, decodeToKey, decodeTook, type FromKeyMessage, type KeyAnswer } from '@mortise/courier/key-message.ts';
import { decodeFromLock } from '@mortise/courier/link-message.ts';
import { unprovenRange } from '@mortise/journal/batch.ts';

export type Carried = {
  /** Records of the key's own that the hub took, and records of locks that it brought. */
  readonly ownRecords: number;
  readonly lockRecords: number;
  /** Locks that it brought anything of. */
  readonly locks: ReadonlySet<LockId>;
  /** Messages that the key was given and answers, and its answers. */
  readonly given: number;
  readonly answered: number;
  /** What it would not take, newest last: at most MAX_REFUSED. */
  readonly refused: readonly KeyAnswer[];
  /** Up to which record of each journal is counted, by whose it is. */
  readonly upTo: ReadonlyMap<string, number>;
};

export const MAX_REFUSED = 16;
/** Locks whose journals are told apart; records of others count as they come. */
const MAX_JOURNALS = 4096;
const OWN = '';

export const NOTHING_CARRIED: Carried = { ownRecords: 0, lockRecords: 0, locks: new Set(), given: 0, answered: 0, refused: [], upTo: new Map() };

/** What a key answers that took what it was given; the second of orders that it goes by from now on. `busy`: it is given that again. */
const FINE: readonly string[] = ['accepted', 'in-force', 'busy', 'known'];

/** The key's word about one that it was given; undefined: it is none. */
export const answeredBy = ({ type, body }: FromKeyMessage): KeyAnswer | undefined => (type === 'answer' ? decodeKeyAnswer(body) : undefined);

/** The key answered. */
export const countGiven = (carried: Carried, message: FromKeyMessage): Carried => {
  const answer = answeredBy(message);
  const isRefused = answer !== undefined && !FINE.includes(answer.code);
  return { ...carried, answered: carried.answered + 1, refused: isRefused ? [...carried.refused, answer].slice(-MAX_REFUSED) : carried.refused };
};

/** The hub answered: of what was posted it took what it says `took` of; the rest of its answer is for the key. */
export const countTaken = (carried: Carried, posted: readonly Bytes[], answer: readonly Bytes[]): Carried => {
  const said = answer.flatMap((bytes) => decodeToKey(bytes) ?? []);
  const took = new Set(said.flatMap(({ type, body }) => (type === 'took' ? (decodeTook(body) ?? []) : [])));
  const taken = posted.flatMap((bytes) => decodeFromKey(bytes) ?? []).filter(({ seq }) => took.has(seq));
  return { ...taken.reduce(countOne, carried), given: carried.given + said.filter(({ type }) => type !== 'took' && type !== 'journal-ack').length };
};

const countOne = (carried: Carried, { type, body }: FromKeyMessage): Carried => {
  if (type === 'journal') return countRange(carried, OWN, body);
  const post = type === 'post-from-lock' ? decodePost(body) : undefined;
  if (post === undefined) return carried;
  const message = decodeFromLock(post.message);
  const met = { ...carried, locks: carried.locks.size < MAX_JOURNALS ? new Set(carried.locks).add(post.lockId) : carried.locks };
  return message?.type === 'journal' ? countRange(met, post.lockId, message.body) : met;
};

// A batch that comes twice, or overlaps, brings what is beyond the one before.
const countRange = (carried: Carried, whose: string, batch: Bytes): Carried => {
  const range = unprovenRange(batch);
  const from = Math.max(range?.after ?? 0, carried.upTo.get(whose) ?? 0);
  if (range === undefined || range.to <= from) return carried;
  const upTo = carried.upTo.has(whose) || carried.upTo.size < MAX_JOURNALS ? new Map(carried.upTo).set(whose, range.to) : carried.upTo;
  const fresh = range.to - from;
  return whose === OWN ? { ...carried, upTo, ownRecords: carried.ownRecords + fresh } : { ...carried, upTo, lockRecords: carried.lockRecords + fresh };
};
