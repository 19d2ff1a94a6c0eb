// The journal inside the lock: every record is chained and handed to the store in one write with whatever must be durable
// together with it; what may only happen afterwards waits for `stored`. A store that never answers leaves the lock still.

import { derive } from '@mortise/crypto/entropy.ts';
import { append, GENESIS, pointOf, SALT_BYTES, type ChainPoint, type Entry } from '@mortise/journal/chain.ts';
import { encodeRecord, type JournalRecord } from '@mortise/journal/record.ts';
import { changed, inTurn, type Change, type Moment } from './change.ts';
import type { StoreWrite } from './events.ts';
import { encodeMissed } from './memory-parts.ts';
import { isNoise } from './noise.ts';
import { traitsOf, type Traits } from './profile.ts';
import { sensedOf, stampOf } from './sensing.ts';
import type { AfterStored, JournalState, LockState, PendingStore, ReceiptParts, UnprovenWindow } from './state.ts';

export const MAX_PENDING_STORES = 64;
/** New requests are taken only below this, so that what is under way can still be written down. */
export const MAX_PENDING_STORES_FOR_REQUESTS = 32;
/** Attempts that prove no credential: this many a minute are recorded one by one, the rest by their number. */
export const MAX_UNPROVEN_PER_MINUTE = 20;
export const UNPROVEN_WINDOW_MS = 60_000;
/** Past so many a minute the lock does not look at documents any more until the minute is over: each look costs some signatures. */
export const MAX_LOOKS_PER_MINUTE = 120;

export type Note = Omit<JournalRecord, 'instant' | 'clock' | 'sensed'>;
/** What waits for the write, knowing the entry it made. */
export type After = (receipt: ReceiptParts) => AfterStored;

/** What is to be durable together with a record. */
export type Beside = Pick<StoreWrite, 'configuration' | 'memory'>;

const NOTHING: AfterStored = { kind: 'nothing' };

/** Whether a request may begin that will have to be written down. */
export const hasRoomForRequest = (state: LockState): boolean => state.stores.length < MAX_PENDING_STORES_FOR_REQUESTS;

/** Writes a record, and what is to stand `beside` it in the same write. With no room left it is only counted. */
export const note = (moment: Moment, state: LockState, record: Note, after: After = () => NOTHING, beside: Beside = {}): Change => {
  if (state.stores.length >= MAX_PENDING_STORES) return changed(missing(moment, state));
  const entry = nextEntry(moment, state, record);
  const journal = withEntry(traitsOf(state), state.journal, entry, isNoise(record));
  return store({ ...state, journal }, { ...beside, append: [entry] }, entry.seq, after({ entry, previousHead: state.journal.last.head }));
};

/** Writes without a record. Callers know that there is room. */
export const store = (state: LockState, write: StoreWrite, seq = 0, after: AfterStored = NOTHING): Change => {
  const pending: PendingStore = { id: state.nextId, seq, after };
  return changed({ ...state, nextId: state.nextId + 1, stores: [...state.stores, pending] }, { kind: 'store', id: pending.id, write });
};

/** The write is durable: answers what waited for it; undefined for a write that nothing waits for. */
export const onStored = (state: LockState, id: number): { readonly state: LockState; readonly after: AfterStored } | undefined => {
  const pending = state.stores.find((each) => each.id === id);
  if (pending === undefined) return undefined;
  const stores = state.stores.filter((each) => each !== pending);
  return { state: { ...state, stores, journal: { ...state.journal, durable: durableSeq(state.journal, stores) } }, after: pending.after };
};

/** Whether one more attempt that proves no credential would be recorded now, rather than counted. */
export const mayNoteUnproven = ({ now }: Moment, state: LockState): boolean => {
  const { unproven } = state.journal;
  return state.stores.length < MAX_PENDING_STORES && hasRoomForNoise(state) && (unproven.count < MAX_UNPROVEN_PER_MINUTE || now.monotonicMs >= windowEndMs(unproven));
};

// Whoever touches and lifts ten thousand times begins ten thousand minutes: what they leave in the ring is bounded too.
const hasRoomForNoise = (state: LockState): boolean => state.journal.noise.length < traitsOf(state).noiseEntries;

/** Whether documents of a credential that the roster does not know may be looked at now. */
export const mayLook = ({ now }: Moment, { journal: { unproven } }: LockState): boolean =>
  unproven.count + unproven.suppressed < MAX_LOOKS_PER_MINUTE || now.monotonicMs >= windowEndMs(unproven);

/**
 * As `note`, for what proves no credential that this lock knows: bounded by the minute and by its share of the ring, so that noise cannot
 * wash the journal out. What stands `beside` is written in any case.
 */
export const noteUnproven = (moment: Moment, state: LockState, record: Note, after?: After, beside: Beside = {}): Change =>
  inTurn(
    state,
    (current) => closeWindow(moment, current),
    (current) => {
      const { unproven } = current.journal;
      if (unproven.count >= MAX_UNPROVEN_PER_MINUTE || !hasRoomForNoise(current)) return miss(moment, current, beside);
      const startMs = isEmpty(unproven) ? moment.now.monotonicMs : unproven.startMs;
      return note(moment, withJournal(current, { unproven: { ...unproven, startMs, count: unproven.count + 1 } }), record, after, beside);
    },
  );

/** What stands `beside` a record that is not written; nothing, if nothing does and nothing waits for it. */
export const storeBeside = (state: LockState, beside: Beside, after: AfterStored = NOTHING): Change =>
  Object.keys(beside).length === 0 && after === NOTHING ? changed(state) : store(state, beside, 0, after);

const miss = (moment: Moment, state: LockState, beside: Beside): Change => {
  const missed = missing(moment, state);
  if (!traitsOf(state).storesMissed || !hasRoomForRequest(state)) return storeBeside(missed, beside);
  return storeBeside(missed, withMissed(beside, missed.journal.missed));
};

const withMissed = (beside: Beside, missed: number): Beside => ({ ...beside, memory: { ...beside.memory, missed: encodeMissed(missed) } });

/** Once the minute is over, or where an earlier life left it: writes how many were not recorded, and counts anew. */
export const closeWindow = (moment: Moment, state: LockState): Change => {
  const { unproven, missed } = state.journal;
  if (!state.isStarted || state.stores.length >= MAX_PENDING_STORES || !isOver(unproven, moment.now.monotonicMs)) return changed(state);
  if (missed === 0 || !hasRoomForNoise(state)) return changed(isEmpty(unproven) ? state : withJournal(state, { unproven: NO_UNPROVEN }));
  const beside = traitsOf(state).storesMissed ? withMissed({}, 0) : {};
  return note(moment, withJournal(state, { unproven: NO_UNPROVEN, missed: 0 }), { kind: 'event', reason: 'refusals-suppressed', rule: `count:${missed}` }, undefined, beside);
};

/** When to tell of what was not recorded; undefined: there is nothing to tell, or no room to. */
export const tellMissedMs = (state: LockState): number | undefined =>
  state.journal.missed > 0 && hasRoomForNoise(state) && state.stores.length < MAX_PENDING_STORES ? windowEndMs(state.journal.unproven) : undefined;

export const NO_UNPROVEN: UnprovenWindow = { startMs: 0, count: 0, suppressed: 0 };
export const windowEndMs = (window: UnprovenWindow): number => window.startMs + UNPROVEN_WINDOW_MS;

const isEmpty = ({ count, suppressed }: UnprovenWindow): boolean => count === 0 && suppressed === 0;
const isOver = (window: UnprovenWindow, nowMs: number): boolean => isEmpty(window) || nowMs >= windowEndMs(window);

// The ring: beyond its bound the oldest entries go, and the chain starts after them.
const withEntry = (traits: Traits, journal: JournalState, entry: Entry, noisy: boolean): JournalState => {
  const noise = noisy ? [...journal.noise, entry.seq] : journal.noise;
  const next = { ...journal, last: pointOf(entry), held: [...journal.held, entry], noise };
  const over = next.held.length - traits.heldEntries;
  const dropped = over > 0 ? next.held[over - 1] : undefined;
  return dropped === undefined ? next : startingAfter(traits, next, dropped);
};

/** Goes on after `entry`, one of the held: those up to it are kept for a hub that loses them. */
export const startingAfter = ({ keptEntries }: Traits, journal: JournalState, entry: Entry): JournalState => ({
  ...journal,
  noise: journal.noise.filter((seq) => seq > entry.seq),
  from: pointOf(entry),
  held: journal.held.filter(({ seq }) => seq > entry.seq),
  kept: lastOf([...journal.kept, ...journal.held.filter(({ seq }) => seq <= entry.seq)], keptEntries),
});

/** The last `count` items, of which there may be none. */
export const lastOf = <T>(items: readonly T[], count: number): readonly T[] => items.slice(Math.max(0, items.length - count));

/** Goes on after `seq` once more, or as close to it as what is kept reaches: the hub has no more than that. */
export const startingAgain = (journal: JournalState, seq: number): JournalState => {
  const points: readonly ChainPoint[] = journal.kept[0]?.seq === 1 ? [GENESIS, ...journal.kept] : journal.kept;
  const from = points.findLast((point) => point.seq <= seq) ?? points[0];
  if (from === undefined) return journal;
  const again = journal.kept.filter((entry) => entry.seq > from.seq);
  return { ...journal, acknowledged: from.seq, from: pointOf(from), held: [...again, ...journal.held], kept: journal.kept.filter((entry) => entry.seq <= from.seq) };
};

// One more that is not recorded.
const missing = ({ now }: Moment, state: LockState): LockState => {
  const { unproven, missed } = state.journal;
  const startMs = isEmpty(unproven) ? now.monotonicMs : unproven.startMs;
  return withJournal(state, { missed: missed + 1, unproven: { ...unproven, startMs, suppressed: unproven.suppressed + 1 } });
};

const withJournal = (state: LockState, fields: Partial<JournalState>): LockState => ({ ...state, journal: { ...state.journal, ...fields } });

const nextEntry = ({ crypto, entropy, now }: Moment, state: LockState, record: Note): Entry => {
  const { last } = state.journal;
  const salt = derive(crypto, entropy, `journal salt ${last.seq + 1}`, SALT_BYTES);
  const { instant, clock } = stampOf(state, now);
  const bytes = encodeRecord({ ...record, instant, clock, sensed: sensedOf(state) });
  return append(crypto, { lockId: state.lockId, ...last }, bytes, salt, record.kind);
};

// Durable is what is stored with all before it: a later write that is done counts only once the earlier ones are.
const durableSeq = (journal: JournalState, stores: readonly PendingStore[]): number => {
  const open = stores.filter(({ seq }) => seq > 0).map(({ seq }) => seq);
  return Math.max(journal.durable, Math.min(journal.last.seq, ...open.map((seq) => seq - 1)));
};
