// The journals as the hub keeps them: verified entries in each lock's order, never rewritten, numbered over all locks in the order
// of arrival; what is missing between them, until it comes; and beside them what contradicts them, as evidence.

import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import { MAX_BATCH_ENTRIES, mergeBatch, type OpenedBatch } from '@mortise/journal/batch.ts';
import { GENESIS, type ChainPoint, type Entry } from '@mortise/journal/chain.ts';
import { contradicts, leftOf, type Gap } from '@mortise/journal/journal-gap.ts';
import { decodeRecord, type JournalRecord } from '@mortise/journal/record.ts';
import { isGap, type RecordRange, type StoredItem } from '@mortise/journal/stored-journal.ts';
import type { Database } from './open-store.ts';
import { factsOf } from './record-facts.ts';

export type EvidenceCode = 'journal-fork' | 'journal-gap' | 'journal-invalid';
/**
 * `stored`: all of the batch is durable now, `fresh` of it new, from `firstPosition` on, and so is everything up to `upTo` that is behind
 * no other gap; `gap`: the records that are missing before it. `gapped`: records before the batch are missing, from `seq` on; nothing was
 * stored. `forked`: it tells another history than what is stored, seen at `seq`.
 */
export type Stored =
  | { readonly kind: 'stored'; readonly upTo: number; readonly fresh: readonly Entry[]; readonly firstPosition: number; readonly gap: RecordRange | undefined }
  | { readonly kind: 'gapped'; readonly upTo: number; readonly seq: number }
  | { readonly kind: 'forked'; readonly seq: number };

/** Of each lock at most so many; the first ones are the ones that tell. */
export const MAX_EVIDENCE_PER_LOCK = 100;

/**
 * `asked`: the lock was asked for what follows this number; what it then sends is stored also where records before it are missing. `own`: the
 * credential of the electronic key whose journal it is. `beside`: what else is to be durable with what is new.
 */
export type Storing = {
  readonly receivedAt: number; readonly asked: number | undefined; readonly own?: string | undefined;
  readonly beside?: (transaction: Database, fresh: readonly Entry[]) => Promise<void>;
};

/** Stores what the verified batch adds, in one transaction: all of it or nothing. */
export const storeBatch = (database: Database, batch: OpenedBatch, { receivedAt, asked, own, beside }: Storing): Promise<Stored> =>
  database.transaction().execute(async (transaction): Promise<Stored> => {
    const kept = await readKept(transaction, batch);
    const merge = mergeBatch(kept.known, batch);
    const forkedAt = contradiction(batch, kept) ?? (merge.kind === 'fork' ? merge.seq : undefined);
    if (forkedAt !== undefined) return { kind: 'forked', seq: forkedAt };
    if (merge.kind === 'gap' && asked !== kept.known.seq) return { kind: 'gapped', upTo: kept.known.seq, seq: merge.missingFrom };
    const gap = merge.kind === 'gap' ? { first: merge.missingFrom, last: batch.from.seq, head: batch.from.head } : undefined;
    const fresh = batch.entries.filter(({ seq }) => !kept.heads.has(seq));
    const left = [...kept.gaps, ...(gap === undefined ? [] : [gap])].flatMap((each) => leftOf(each, batch));
    const firstPosition = (await lastPosition(transaction)) + 1;
    if (fresh.length > 0) await insert(transaction, batch, fresh, { firstPosition, receivedAt, own });
    if (batch.to.seq > kept.known.seq) await moveHead(transaction, batch);
    await keepGaps(transaction, batch.lockId, kept.gaps, left);
    await beside?.(transaction, fresh);
    const next = left.find(({ first }) => first > batch.to.seq);
    return { kind: 'stored', upTo: next === undefined ? Math.max(kept.known.seq, batch.to.seq) : next.first - 1, fresh, firstPosition, gap };
  });

/** Where the stored chain of a lock stands. */
export const knownPoint = async (database: Database, lockId: LockId): Promise<ChainPoint> =>
  (await database.selectFrom('journal_head').select(['seq', 'head']).where('lock_id', '=', lockId).executeTakeFirst()) ?? GENESIS;

/** Keeps what did not add up, once per lock, kind and place. Answers its number, or undefined when it is known or the bound is met. */
export const keepEvidence = async (
  database: Database,
  evidence: { readonly lockId: LockId; readonly code: EvidenceCode; readonly seq: number; readonly batch: Bytes; readonly at: number },
): Promise<number | undefined> => {
  const { lockId, code, seq, batch, at } = evidence;
  if ((await evidenceCount(database, lockId)) >= MAX_EVIDENCE_PER_LOCK) return undefined;
  const kept = await database
    .insertInto('evidence')
    .values({ lock_id: lockId, code, seq, batch, received_at: at })
    .onConflict((conflict) => conflict.columns(['lock_id', 'code', 'seq']).doNothing())
    .returning('id')
    .executeTakeFirst();
  return kept === undefined ? undefined : kept.id;
};

export const evidenceCount = async (database: Database, lockId: LockId): Promise<number> => {
  const row = await database.selectFrom('evidence').select(({ fn }) => fn.countAll().as('count')).where('lock_id', '=', lockId).executeTakeFirst();
  return Number(row?.count ?? 0);
};

/** What is stored about the place of a batch: `heads` by seq, and the gaps from there on, as many as a batch can touch and one more. */
type Kept = { readonly known: ChainPoint; readonly heads: ReadonlyMap<number, Bytes>; readonly gaps: readonly Gap[] };

const readKept = async (database: Database, { lockId, from, to }: OpenedBatch): Promise<Kept> => {
  const rows = await database
    .selectFrom('journal')
    .select(['seq', 'head'])
    .where('lock_id', '=', lockId)
    .where('seq', '>=', from.seq)
    .where('seq', '<=', to.seq)
    .execute();
  const gaps = await gapsFrom(database, lockId, from.seq).limit(MAX_BATCH_ENTRIES + 1).execute();
  return { known: await knownPoint(database, lockId), heads: new Map(rows.map(({ seq, head }) => [seq, head])), gaps };
};

const contradiction = (batch: OpenedBatch, { heads, gaps }: Kept): number | undefined => {
  const others = [batch.from, ...batch.entries].filter(({ seq, head }) => !equalBytes(heads.get(seq) ?? head, head)).map(({ seq }) => seq);
  const places = [...others, ...gaps.filter((gap) => contradicts(gap, batch)).map(({ last }) => last)];
  return places.length === 0 ? undefined : Math.min(...places);
};

const gapsFrom = (database: Database, lockId: LockId, seq: number) =>
  database.selectFrom('journal_gap').select(['first_seq as first', 'last_seq as last', 'head'])
    .where('lock_id', '=', lockId).where('last_seq', '>=', seq).orderBy('first_seq');

const keepGaps = async (database: Database, lockId: LockId, before: readonly Gap[], after: readonly Gap[]): Promise<void> => {
  const [gone, fresh] = [before.filter((gap) => !after.includes(gap)), after.filter((gap) => !before.includes(gap))];
  for (const { first } of gone) await database.deleteFrom('journal_gap').where('lock_id', '=', lockId).where('first_seq', '=', first).execute();
  const rows = fresh.map(({ first, last, head }) => ({ lock_id: lockId, first_seq: first, last_seq: last, head }));
  if (rows.length > 0) await database.insertInto('journal_gap').values(rows).execute();
};

/** The place of the last entry in the order of arrival; 0: there is none. */
export const lastPosition = async (database: Database): Promise<number> =>
  (await database.selectFrom('journal').select(({ fn }) => fn.max('position').as('last')).executeTakeFirst())?.last ?? 0;

type Placed = Pick<Storing, 'receivedAt' | 'own'> & { readonly firstPosition: number };

const insert = async (database: Database, batch: OpenedBatch, fresh: readonly Entry[], { firstPosition, receivedAt, own }: Placed): Promise<void> => {
  const rows = fresh.map(({ seq, leaf, salt, record, head }, index) => ({
    lock_id: batch.lockId, seq, position: firstPosition + index, leaf, salt, record, head,
    statement: seq === batch.to.seq ? batch.statement : null, received_at: receivedAt, ...factsOf(record, own),
  }));
  await database.insertInto('journal').values(rows).execute();
};

const moveHead = async (database: Database, { lockId, to }: OpenedBatch): Promise<void> => {
  await database
    .insertInto('journal_head')
    .values({ lock_id: lockId, seq: to.seq, head: to.head })
    .onConflict((conflict) => conflict.column('lock_id').doUpdateSet({ seq: to.seq, head: to.head }))
    .execute();
};

/** At most `limit` entries after `seq` and the gaps before them, in their order, as journal-file.ts writes them. */
export const journalItems = async (database: Database, lockId: LockId, seq: number, limit: number): Promise<readonly StoredItem[]> => {
  const rows = await database.selectFrom('journal').select(['seq', 'leaf', 'salt', 'record', 'head', 'statement'])
    .where('lock_id', '=', lockId).where('seq', '>', seq).orderBy('seq').limit(limit).execute();
  const entries = rows.map(({ salt, record, statement, ...entry }) => ({ ...entry, salt: salt ?? undefined, record: record ?? undefined, statement: statement ?? undefined }));
  const gaps = await gapsFrom(database, lockId, seq + 1).where('last_seq', '<', entries.at(-1)?.seq ?? 0).execute();
  return [...entries, ...gaps].toSorted((a, b) => endOf(a) - endOf(b));
};

const endOf = (item: StoredItem): number => (isGap(item) ? item.last : item.seq);

/** At most `limit` of the newest records that can be read, the newest first. */
export const newestRecords = async (database: Database, lockId: LockId, limit: number): Promise<readonly JournalRecord[]> => {
  const rows = await database.selectFrom('journal').select('record').where('lock_id', '=', lockId).where('record', 'is not', null).orderBy('seq', 'desc').limit(limit).execute();
  return rows.flatMap(({ record }) => (record === null ? [] : (decodeRecord(record) ?? [])));
};

export const newestStatement = async (database: Database, lockId: LockId): Promise<Bytes | undefined> =>
  (await database.selectFrom('journal').select('statement').where('lock_id', '=', lockId).where('statement', 'is not', null)
    .orderBy('seq', 'desc').limit(1).executeTakeFirst())?.statement ?? undefined;

/** How the hub has the journal of a device. */
export type JournalStand = { readonly seq: number; readonly head: Bytes; readonly missing: number; readonly alerts: number };

export const journalStands = async (database: Database, ids: readonly string[]): Promise<ReadonlyMap<string, JournalStand>> => {
  if (ids.length === 0) return new Map();
  const heads = await database.selectFrom('journal_head').select(['lock_id', 'seq', 'head']).where('lock_id', 'in', ids).execute();
  const gaps = await database.selectFrom('journal_gap').select(['lock_id', 'first_seq', 'last_seq']).where('lock_id', 'in', ids).execute();
  const evidence = await database.selectFrom('evidence').select(['lock_id', ({ fn }) => fn.countAll().as('count')]).where('lock_id', 'in', ids).groupBy('lock_id').execute();
  const alerts = new Map(evidence.map((row) => [row.lock_id, Number(row.count)]));
  const missing = Map.groupBy(gaps, (gap) => gap.lock_id);
  return new Map(ids.map((id) => {
    const head = heads.find((row) => row.lock_id === id) ?? GENESIS;
    return [id, { seq: head.seq, head: head.head, missing: (missing.get(id) ?? []).reduce((sum, gap) => sum + gap.last_seq - gap.first_seq + 1, 0), alerts: alerts.get(id) ?? 0 }];
  }));
};
