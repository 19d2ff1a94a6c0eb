// The journals as the hub keeps them: verified entries in each lock's order, never rewritten, numbered over all locks in the order
// of arrival. What contradicts them is kept beside them as evidence.

import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import { mergeBatch, type OpenedBatch } from '@mortise/journal/batch.ts';
import { GENESIS, type ChainPoint, type Entry } from '@mortise/journal/chain.ts';
import type { StoredEntry } from '@mortise/journal/stored-journal.ts';
import type { Database } from './open-store.ts';

export type EvidenceCode = 'journal-fork' | 'journal-gap' | 'journal-invalid';
/** `stored`: all of the batch is durable now, `fresh` of it new, from `firstPosition` on. `seq`: where it does not add up. */
export type Stored =
  | { readonly kind: 'stored'; readonly known: ChainPoint; readonly fresh: readonly Entry[]; readonly firstPosition: number }
  | { readonly kind: 'refused'; readonly code: 'journal-fork' | 'journal-gap'; readonly seq: number; readonly known: ChainPoint };

/** Of each lock at most so many; the first ones are the ones that tell. */
export const MAX_EVIDENCE_PER_LOCK = 100;

/** Stores what the verified batch adds, in one transaction: all of it or nothing. */
export const storeBatch = (database: Database, batch: OpenedBatch, receivedAt: number): Promise<Stored> =>
  database.transaction().execute(async (transaction) => {
    const known = await knownPoint(transaction, batch.lockId);
    const forkedAt = await contradiction(transaction, batch);
    if (forkedAt !== undefined) return { kind: 'refused', code: 'journal-fork', seq: forkedAt, known };
    const merge = mergeBatch(known, batch);
    if (merge.kind === 'gap') return { kind: 'refused', code: 'journal-gap', seq: merge.missingFrom, known };
    if (merge.kind === 'fork') return { kind: 'refused', code: 'journal-fork', seq: merge.seq, known };
    const firstPosition = (await lastPosition(transaction)) + 1;
    if (merge.fresh.length === 0) return { kind: 'stored', known, fresh: [], firstPosition };
    await insert(transaction, batch, merge.fresh, firstPosition, receivedAt);
    return { kind: 'stored', known: batch.to, fresh: merge.fresh, firstPosition };
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

const contradiction = async (database: Database, batch: OpenedBatch): Promise<number | undefined> => {
  const rows = await database
    .selectFrom('journal')
    .select(['seq', 'head'])
    .where('lock_id', '=', batch.lockId)
    .where('seq', '>=', batch.from.seq)
    .where('seq', '<=', batch.to.seq)
    .orderBy('seq')
    .execute();
  const points = new Map([batch.from, ...batch.entries].map((point) => [point.seq, point.head]));
  return rows.find(({ seq, head }) => !equalBytes(points.get(seq) ?? head, head))?.seq;
};

/** The place of the last entry in the order of arrival; 0: there is none. */
export const lastPosition = async (database: Database): Promise<number> =>
  (await database.selectFrom('journal').select(({ fn }) => fn.max('position').as('last')).executeTakeFirst())?.last ?? 0;

const insert = async (database: Database, batch: OpenedBatch, fresh: readonly Entry[], firstPosition: number, receivedAt: number): Promise<void> => {
  const rows = fresh.map(({ seq, leaf, salt, record, head }, index) => ({
    lock_id: batch.lockId, seq, position: firstPosition + index, leaf, salt, record, head,
    statement: seq === batch.to.seq ? batch.statement : null, received_at: receivedAt,
  }));
  await database.insertInto('journal').values(rows).execute();
  await database
    .insertInto('journal_head')
    .values({ lock_id: batch.lockId, seq: batch.to.seq, head: batch.to.head })
    .onConflict((conflict) => conflict.column('lock_id').doUpdateSet({ seq: batch.to.seq, head: batch.to.head }))
    .execute();
};

/** At most `limit` entries after `seq`, in their order, as journal-file.ts writes them. */
export const journalEntries = async (database: Database, lockId: LockId, seq: number, limit: number): Promise<readonly StoredEntry[]> => {
  const rows = await database.selectFrom('journal').select(['seq', 'leaf', 'salt', 'record', 'head', 'statement'])
    .where('lock_id', '=', lockId).where('seq', '>', seq).orderBy('seq').limit(limit).execute();
  return rows.map(({ salt, record, statement, ...entry }) => ({ ...entry, salt: salt ?? undefined, record: record ?? undefined, statement: statement ?? undefined }));
};

export const newestStatement = async (database: Database, lockId: LockId): Promise<Bytes | undefined> =>
  (await database.selectFrom('journal').select('statement').where('lock_id', '=', lockId).where('statement', 'is not', null)
    .orderBy('seq', 'desc').limit(1).executeTakeFirst())?.statement ?? undefined;
