// Requests for access as they were made and decided. What has become of one is worked out when it is told (requests/request-view.ts).

import type { Database } from './open-store.ts';
import type { Tables } from './tables.ts';

type Row = Tables['access_request'];
export type StoredRequest = {
  readonly id: string; readonly person: { readonly id: string; readonly name: string }; readonly ekeyId: string; readonly door: { readonly id: string; readonly name: string; readonly lockId: string };
  readonly from: number; readonly until: number; readonly reason: string; readonly askedAt: number; readonly decision: Row['decision']; readonly decidedAt: number | null; readonly decidedBy: string | null;
  readonly answer: string; readonly grantId: string | null;
};

const query = (database: Database) =>
  database.selectFrom('access_request')
    .innerJoin('person', 'person.id', 'access_request.person_id')
    .innerJoin('door', 'door.id', 'access_request.door_id')
    .innerJoin('lock', 'lock.door_id', 'door.id')
    .leftJoin('person as decider', 'decider.id', 'access_request.decided_by')
    .selectAll('access_request')
    .select(['person.name as person_name', 'door.name as door_name', 'lock.id as lock_id', 'decider.name as decider_name'])
    .orderBy('access_request.asked_at', 'desc').orderBy('access_request.id');

type Joined = Awaited<ReturnType<ReturnType<typeof query>['execute']>>[number];

const requestOf = (row: Joined): StoredRequest => ({
  id: row.id, person: { id: row.person_id, name: row.person_name }, ekeyId: row.ekey_id, door: { id: row.door_id, name: row.door_name, lockId: row.lock_id }, from: row.from_at, until: row.until_at,
  reason: row.reason, askedAt: row.asked_at, decision: row.decision, decidedAt: row.decided_at, decidedBy: row.decider_name, answer: row.answer, grantId: row.grant_id,
});

/** Newest first; of one person where one is given. */
export const requestsOf = async (database: Database, personId?: string): Promise<readonly StoredRequest[]> =>
  (await query(database).$if(personId !== undefined, (all) => all.where('access_request.person_id', '=', personId ?? '')).execute()).map(requestOf);

/** Newest first: those that nobody has decided, and whose time is not over. */
export const requestsThatWait = async (database: Database, now: number): Promise<readonly StoredRequest[]> =>
  (await query(database).where('access_request.decision', 'is', null).where('access_request.until_at', '>=', now).execute()).map(requestOf);

/** Those that ask for this key. */
export const requestsForEkey = async (database: Database, ekeyId: string): Promise<readonly StoredRequest[]> =>
  (await query(database).where('access_request.ekey_id', '=', ekeyId).execute()).map(requestOf);

export const requestById = async (database: Database, id: string): Promise<StoredRequest | undefined> => {
  const row = await query(database).where('access_request.id', '=', id).executeTakeFirst();
  return row && requestOf(row);
};

/** The one that this grant came of. */
export const requestOfGrant = async (database: Database, grantId: string): Promise<StoredRequest | undefined> => {
  const row = await query(database).where('access_request.grant_id', '=', grantId).executeTakeFirst();
  return row && requestOf(row);
};

export type NewRequest = { readonly id: string; readonly personId: string; readonly ekeyId: string; readonly doorId: string; readonly from: number; readonly until: number; readonly reason: string; readonly at: number };

/** Stores the request; requests that were decided or whose time is over make room, the oldest first. False: there is none. */
export const addRequest = (database: Database, request: NewRequest, most: number): Promise<boolean> =>
  database.transaction().execute(async (transaction) => {
    if (!(await makeRoom(transaction, most, request.at))) return false;
    await transaction.insertInto('access_request').values({
      id: request.id, person_id: request.personId, ekey_id: request.ekeyId, door_id: request.doorId, from_at: request.from, until_at: request.until, reason: request.reason, asked_at: request.at,
      decision: null, decided_at: null, decided_by: null, answer: '', grant_id: null,
    }).execute();
    return true;
  });

const makeRoom = async (database: Database, most: number, now: number): Promise<boolean> => {
  const counted = await database.selectFrom('access_request').select(({ fn }) => fn.countAll().as('count')).executeTakeFirst();
  if (Number(counted?.count ?? 0) < most) return true;
  const over = await database.selectFrom('access_request').select('id').where((where) => where.or([where('decision', 'is not', null), where('until_at', '<', now)])).orderBy('asked_at').limit(1).executeTakeFirst();
  if (over === undefined) return false;
  await database.deleteFrom('access_request').where('id', '=', over.id).execute();
  return true;
};

export type Deciding = { readonly id: string; readonly decision: 'approved' | 'refused'; readonly by: string; readonly answer: string; readonly grantId: string | null; readonly at: number };

/** False: somebody has decided already, and nothing changed. */
export const decideRequest = async (database: Database, { id, decision, by, answer, grantId, at }: Deciding): Promise<boolean> => {
  const decided = await database.updateTable('access_request').set({ decision, decided_at: at, decided_by: by, answer, grant_id: grantId }).where('id', '=', id).where('decision', 'is', null).executeTakeFirst();
  return decided.numUpdatedRows === 1n;
};
