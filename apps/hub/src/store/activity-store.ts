// Journal entries told as activity: newest first by page, oldest first from a cursor on. The actor is joined by the credential's
// hash and by nothing else; that of an electronic key is whoever held it then.

import { sql } from 'kysely';
import { base64url, type Bytes } from '@mortise/base/bytes.ts';
import type { ActivityItem, Alert } from '@mortise/api/activity.ts';
import { decodeRecord, type JournalRecord } from '@mortise/journal/record.ts';
import { knownActors, type ActorOf } from './known-actors.ts';
import type { Database } from './open-store.ts';

export type Page = { readonly before: number | undefined; readonly limit: number; readonly door: string | undefined };

export const activityPage = async (database: Database, page: Page): Promise<{ items: ActivityItem[]; next: number | null }> => {
  const rows = await entries(database)
    .$if(page.before !== undefined, (query) => query.where('journal.position', '<', page.before ?? 0))
    .$if(page.door !== undefined, (query) => query.where('door.id', '=', page.door ?? ''))
    .orderBy('journal.position', 'desc')
    .limit(page.limit + 1)
    .execute();
  const shown = rows.slice(0, page.limit);
  const next = rows.length > page.limit ? (shown.at(-1)?.position ?? null) : null;
  return { items: await told(database, shown), next };
};

/** At most `limit` items after `cursor`, oldest first. `last` is where to go on, also past entries that cannot be told. */
export const activityAfter = async (database: Database, cursor: number, limit: number): Promise<{ items: ActivityItem[]; last: number }> => {
  const rows = await entries(database).where('journal.position', '>', cursor).orderBy('journal.position').limit(limit).execute();
  return { items: await told(database, rows), last: rows.at(-1)?.position ?? cursor };
};

export const alerts = async (database: Database, limit: number): Promise<Alert[]> => {
  const rows = await database.selectFrom('evidence').select(['id', 'lock_id', 'code', 'seq', 'received_at']).orderBy('id', 'desc').limit(limit).execute();
  return rows.map((row) => ({ id: row.id, lockId: row.lock_id, code: row.code, seq: row.seq, at: row.received_at }));
};

const entries = (database: Database) =>
  database
    .selectFrom('journal')
    .innerJoin('lock', 'lock.id', 'journal.lock_id')
    .innerJoin('door', 'door.id', 'lock.door_id')
    .leftJoin('journal_gap', (join) => join.onRef('journal_gap.lock_id', '=', 'journal.lock_id').on(sql`journal_gap.last_seq`, '=', sql`journal.seq - 1`))
    .select(['journal_gap.first_seq', 'journal.position', 'journal.lock_id', 'journal.seq', 'journal.record', 'journal.received_at', 'door.id as door_id', 'door.name as door_name']);

type Row = Awaited<ReturnType<ReturnType<typeof entries>['execute']>>[number];
const told = async (database: Database, rows: readonly Row[]): Promise<ActivityItem[]> => {
  if (rows.length === 0) return [];
  const actorOf = await knownActors(database);
  return rows.flatMap((row) => {
    // Erased, or of a later version: it counts in the chain and cannot be told.
    const record = row.record === null ? undefined : decodeRecord(row.record);
    return record === undefined ? [] : [{ ...toldRecord(record, { lockId: row.lock_id, credential: text(record.credential) }, actorOf), cursor: row.position, lockId: row.lock_id, door: { id: row.door_id, name: row.door_name }, seq: row.seq, missing: row.first_seq === null ? 0 : row.seq - row.first_seq, receivedAt: row.received_at }];
  });
};

export type ToldRecord = Omit<ActivityItem, 'cursor' | 'lockId' | 'door' | 'seq' | 'missing' | 'receivedAt'>;

/** What a record says. `lockId`: of the lock whose record it is, null of a key's; `credential`: whose it is. */
export const toldRecord = (record: JournalRecord, { lockId, credential }: { readonly lockId: string | null; readonly credential: string | null }, actorOf: ActorOf): ToldRecord => ({
  at: record.instant,
  clock: record.clock,
  kind: record.kind,
  verb: record.verb ?? null,
  interface: record.interface ?? null,
  actor: actorOf(lockId, credential, record) ?? null,
  credential,
  rule: record.rule ?? null,
  reason: record.reason,
  allowed: record.allowed ?? null,
  sensed: { bolt: record.sensed.bolt, door: record.sensed.door, batteryMv: record.sensed.batteryMv ?? null },
  requestId: text(record.requestId),
});

const text = (bytes: Bytes | undefined): string | null => (bytes === undefined ? null : base64url(bytes));
