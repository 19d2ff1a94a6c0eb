// The journal inside the key, as a lock's: every record is chained and handed to the store in one write with whatever must be durable together
// with it. What no hub has acknowledged is never given up: when nothing else is left to give up, nothing more is recorded, and
// long before that the key opens nothing (RESERVED_ENTRIES).

import { derive } from '@mortise/crypto/entropy.ts';
import { append, GENESIS, pointOf, SALT_BYTES, type ChainPoint, type Entry } from '@mortise/journal/chain.ts';
import { encodeRecord, type JournalRecord } from '@mortise/journal/record.ts';
import { changed, inTurn, type Change, type Moment } from './change.ts';
import type { Put, StoreWrite } from './events.ts';
import { stampOf } from './stamping.ts';
import type { AfterStored, EkeyState, JournalState, PendingStore } from './state.ts';

/** Own records that the key holds. */
export const MAX_KEY_ENTRIES = 8192;
/** With no more room than this the key opens nothing: what it does besides, and what must be told of a contact, still has its place. */
export const RESERVED_ENTRIES = 64;
/** What proves nothing is not recorded below this: an end of a contact, a clock that was set and new orders still are. */
export const KEPT_FROM_NOISE = RESERVED_ENTRIES / 2;
export const MAX_PENDING_STORES = 64;
/** New requests are taken only below this, so that what is under way can still be written down. */
export const MAX_PENDING_STORES_FOR_REQUESTS = 32;
/** What proves nothing: this many a minute are recorded one by one, the rest by their number. */
export const MAX_UNPROVEN_PER_MINUTE = 20;
export const UNPROVEN_WINDOW_MS = 60_000;

export type Note = Omit<JournalRecord, 'instant' | 'clock' | 'sensed'> & Partial<Pick<JournalRecord, 'sensed'>>;

const NOTHING: AfterStored = { kind: 'nothing' };
export const NO_UNPROVEN: JournalState['unproven'] = { startMs: 0, count: 0, suppressed: 0 };
export const EMPTY_JOURNAL: JournalState =
  { last: GENESIS, durable: 0, acknowledged: 0, from: GENESIS, entries: [], sentUpTo: 0, acknowledgedAt: undefined, unproven: NO_UNPROVEN };

/** How many records fit before one would go that is not acknowledged. */
export const freeEntries = ({ last, acknowledged }: JournalState): number => MAX_KEY_ENTRIES - (last.seq - acknowledged);

/** Whether something may begin that will have to be written down. */
export const hasRoomForRequest = ({ stores, journal }: EkeyState): boolean => stores.length < MAX_PENDING_STORES_FOR_REQUESTS && freeEntries(journal) > 0;

/** Writes a record, and what is to stand beside it in the same write. With no room left it is only counted, and what is beside it is written. */
export const note = (moment: Moment, state: EkeyState, record: Note, puts: readonly Put[] = [], after: AfterStored = NOTHING): Change => {
  if (state.stores.length >= MAX_PENDING_STORES) return changed(withSuppressed(state));
  if (freeEntries(state.journal) <= 0) return puts.length === 0 && after === NOTHING ? changed(withSuppressed(state)) : store(withSuppressed(state), { put: puts }, after);
  const entry = nextEntry(moment, state, record);
  const journal = withEntry(state.journal, entry);
  const write = { append: [entry], ...(puts.length > 0 && { put: puts }), ...(journal.from !== state.journal.from && { keepFrom: journal.from.seq + 1 }) };
  return store({ ...state, journal }, write, after, entry.seq);
};

/** Writes without a record. Callers know that there is room. */
export const store = (state: EkeyState, write: StoreWrite, after: AfterStored = NOTHING, seq = 0): Change => {
  const pending: PendingStore = { id: state.nextId, seq, after };
  return changed({ ...state, nextId: state.nextId + 1, stores: [...state.stores, pending] }, { kind: 'store', id: pending.id, write });
};

/** The write is durable: answers what waited for it; undefined for a write that nothing waits for. */
export const onStored = (state: EkeyState, id: number): { readonly state: EkeyState; readonly after: AfterStored } | undefined => {
  const pending = state.stores.find((each) => each.id === id);
  if (pending === undefined) return undefined;
  const stores = state.stores.filter((each) => each !== pending);
  return { state: { ...state, stores, journal: { ...state.journal, durable: durableSeq(state.journal, stores) } }, after: pending.after };
};

/** As `note`, for what anybody can cause: bounded by the minute, so that noise cannot fill the journal. What is put is written in any case. */
export const noteUnproven = (moment: Moment, state: EkeyState, record: Note, puts: readonly Put[] = []): Change =>
  inTurn(
    state,
    (current) => closeWindow(moment, current),
    (current) => {
      const { unproven } = current.journal;
      if (unproven.count >= MAX_UNPROVEN_PER_MINUTE || freeEntries(current.journal) <= KEPT_FROM_NOISE) return storePuts(withSuppressed(current), puts);
      const startMs = unproven.count === 0 ? moment.now.monotonicMs : unproven.startMs;
      return note(moment, withUnproven(current, { ...unproven, startMs, count: unproven.count + 1 }), record, puts);
    },
  );

const storePuts = (state: EkeyState, puts: readonly Put[]): Change => (puts.length === 0 ? changed(state) : store(state, { put: puts }));

/** Once the minute is over: writes how many were not recorded, and counts anew. */
export const closeWindow = (moment: Moment, state: EkeyState): Change => {
  const { journal: { unproven }, stores } = state;
  if (unproven.count === 0 && unproven.suppressed === 0) return changed(state);
  if (moment.now.monotonicMs < windowEndMs(unproven) || stores.length >= MAX_PENDING_STORES || freeEntries(state.journal) <= KEPT_FROM_NOISE) return changed(state);
  const fresh = withUnproven(state, NO_UNPROVEN);
  if (unproven.suppressed === 0) return changed(fresh);
  return note(moment, fresh, { kind: 'event', reason: 'refusals-suppressed', rule: `count:${unproven.suppressed}` });
};

export const windowEndMs = (unproven: JournalState['unproven']): number => unproven.startMs + UNPROVEN_WINDOW_MS;

/** Where the entries go on after `seq`; undefined: they do not hold that place. */
export const pointAt = ({ from, entries }: JournalState, seq: number): ChainPoint | undefined => {
  if (seq === from.seq) return from;
  const entry = entries[seq - from.seq - 1];
  return entry === undefined ? undefined : pointOf(entry);
};

/** Without the entries up to `seq`, all of which are acknowledged. */
export const droppingUpTo = (journal: JournalState, seq: number): JournalState => {
  const from = pointAt(journal, seq);
  return from === undefined ? journal : { ...journal, from, entries: journal.entries.slice(seq - journal.from.seq) };
};

// An acknowledged entry gives way to a new one once there is no other room.
const withEntry = (journal: JournalState, entry: Entry): JournalState => {
  const next = { ...journal, last: pointOf(entry), entries: [...journal.entries, entry] };
  return next.entries.length > MAX_KEY_ENTRIES ? droppingUpTo(next, journal.from.seq + 1) : next;
};

const withUnproven = (state: EkeyState, unproven: JournalState['unproven']): EkeyState => ({ ...state, journal: { ...state.journal, unproven } });
const withSuppressed = (state: EkeyState): EkeyState => withUnproven(state, { ...state.journal.unproven, suppressed: state.journal.unproven.suppressed + 1 });

const nextEntry = ({ crypto, entropy, now }: Moment, state: EkeyState, record: Note): Entry => {
  const { last } = state.journal;
  const salt = derive(crypto, entropy, `journal salt ${last.seq + 1}`, SALT_BYTES);
  const { instant, clock } = stampOf(state, now);
  const battery = state.batteryMv === undefined ? {} : { batteryMv: state.batteryMv };
  const bytes = encodeRecord({ ...record, instant, clock, sensed: { bolt: 'unknown', door: 'none', ...record.sensed, ...battery } });
  return append(crypto, { lockId: state.keyId, ...last }, bytes, salt, record.kind);
};

// Durable is what is stored with all before it.
const durableSeq = (journal: JournalState, stores: readonly PendingStore[]): number => {
  const open = stores.filter(({ seq }) => seq > 0).map(({ seq }) => seq);
  return Math.max(journal.durable, Math.min(journal.last.seq, ...open.map((seq) => seq - 1)));
};
