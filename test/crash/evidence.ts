// What the two stores hold, read from outside, and what must hold of them whatever was killed when: nothing that anybody was told
// is lost, rewritten or doubled, and both sides tell one history.

import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { isDeepStrictEqual } from 'node:util';
import type { ActivityItem } from '@mortise/api/activity.ts';
import { required } from '@mortise/base/assert.ts';
import { hex, type Bytes } from '@mortise/base/bytes.ts';
import type { Receipt } from '@mortise/journal/receipt.ts';
import { decodeRecord, type JournalRecord } from '@mortise/journal/record.ts';

export type Kept = { readonly seq: number; readonly head: Bytes; readonly record: Bytes };
/** What the lock has on its disk: its last entries, and up to where the hub said that it holds them. */
export type LockMemory = { readonly entries: readonly Kept[]; readonly acknowledged: number };

const rowsOf = <T>(path: string, read: (database: DatabaseSync) => T): T => {
  const database = new DatabaseSync(path, { readOnly: true, timeout: 2000 });
  try {
    return read(database);
  } finally {
    database.close();
  }
};

type Row = Readonly<Record<string, unknown>>;

const keptOf = ({ seq, head, record }: Row): Kept => {
  if (typeof seq !== 'number' || !(head instanceof Uint8Array) || !(record instanceof Uint8Array)) throw new TypeError('a row is not as it is written');
  return { seq, head, record };
};

/** Of a lock that does not run. */
export const lockMemory = (lockData: string): LockMemory =>
  rowsOf(join(lockData, 'lock.sqlite'), (database) => ({
    entries: database.prepare('SELECT seq, head, record FROM entry ORDER BY seq').all().map(keptOf),
    acknowledged: Number(database.prepare('SELECT acknowledged FROM lock').get()?.['acknowledged']),
  }));

/** The hub's journal of its one lock; the hub may run. */
export const hubJournal = (hubData: string): readonly Kept[] =>
  rowsOf(join(hubData, 'hub.sqlite'), (database) => database.prepare('SELECT seq, head, record FROM journal ORDER BY seq').all().map(keptOf));

export const hubCount = (hubData: string): number =>
  rowsOf(join(hubData, 'hub.sqlite'), (database) => Number(database.prepare('SELECT coalesce(max(seq), 0) AS seq FROM journal').get()?.['seq']));

/** Everything that was told to somebody. */
export type Told = {
  readonly receipts: readonly Receipt[];
  /** Rows that the hub's API served, by cursor, as they were first served. */
  readonly served: ReadonlyMap<number, ActivityItem>;
  /** What the lock had on its disk after each of its ends. */
  readonly memories: readonly LockMemory[];
};

/** The ends: the hub's journal, its activity, and the lock's memory after all is quiet. */
export type Ends = { readonly journal: readonly Kept[]; readonly activity: readonly ActivityItem[]; readonly lock: LockMemory };

/** Empty, or what is wrong, in words. */
export const violations = (told: Told, ends: Ends): readonly string[] => {
  const bySeq = new Map(ends.journal.map((kept) => [kept.seq, kept]));
  return [
    ...gaps(ends.journal), ...lostReceipts(told.receipts, bySeq), ...lostRows(told.served, ends.activity),
    ...told.memories.flatMap((memory) => rewritten(memory, bySeq)), ...doubles(ends.journal), ...unfounded(ends.journal), ...disagreement(ends),
  ];
};

const gaps = (journal: readonly Kept[]): string[] =>
  journal.flatMap(({ seq }, index) => (seq === index + 1 ? [] : [`record ${index + 1} is missing at the hub: ${seq} stands there`])).slice(0, 1);

const recordOf = (kept: Kept): JournalRecord => required(decodeRecord(kept.record), 'the lock writes records that read');

const lostReceipts = (receipts: readonly Receipt[], bySeq: ReadonlyMap<number, Kept>): string[] =>
  receipts.flatMap(({ seq, record }) => {
    const kept = bySeq.get(seq);
    return kept !== undefined && isDeepStrictEqual(recordOf(kept), record) ? [] : [`the record of receipt ${seq} is ${kept === undefined ? 'lost' : 'another one'}`];
  });

const lostRows = (served: Told['served'], activity: readonly ActivityItem[]): string[] => {
  const byCursor = new Map(activity.map((item) => [item.cursor, item]));
  return [...served].flatMap(([cursor, item]) => (isDeepStrictEqual(byCursor.get(cursor), item) ? [] : [`activity row ${cursor} that was served is lost or another one`]));
};

// What was on the lock's disk is the history, also where it had not been sent yet.
const rewritten = ({ entries, acknowledged }: LockMemory, bySeq: ReadonlyMap<number, Kept>): string[] => [
  ...entries.flatMap(({ seq, head }) => (hex(bySeq.get(seq)?.head ?? new Uint8Array()) === hex(head) ? [] : [`record ${seq} that the lock had is lost or another one`])),
  ...(bySeq.has(acknowledged) || acknowledged === 0 ? [] : [`the hub acknowledged ${acknowledged} and does not hold it`]),
];

const doubles = (journal: readonly Kept[]): string[] => {
  const seen = new Set<string>();
  return journal.flatMap((kept) => {
    const { requestId, kind } = recordOf(kept);
    if (requestId === undefined || kind === 'event') return [];
    const key = `${kind} ${hex(requestId)}`;
    if (seen.has(key)) return [`record ${kept.seq} says one ${kind} twice`];
    seen.add(key);
    return [];
  });
};

// The bolt is driven for a request only after its decision was written down.
const unfounded = (journal: readonly Kept[]): string[] => {
  const granted = new Set<string>();
  return journal.flatMap((kept) => {
    const { requestId, kind, allowed } = recordOf(kept);
    if (requestId === undefined) return [];
    if (kind === 'decision' && allowed === true) granted.add(hex(requestId));
    return kind === 'operation' && !granted.has(hex(requestId)) ? [`operation ${kept.seq} has no decision before it`] : [];
  });
};

const disagreement = ({ journal, lock }: Ends): string[] => {
  const [atHub, atLock] = [journal.at(-1), lock.entries.at(-1)];
  const agree = atHub?.seq === atLock?.seq && hex(atHub?.head ?? new Uint8Array()) === hex(atLock?.head ?? new Uint8Array());
  return agree ? [] : [`the hub ends with record ${atHub?.seq ?? 0}, the lock with ${atLock?.seq ?? 0}`];
};
