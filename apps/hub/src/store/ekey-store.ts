// Electronic keys and their custody. The log is only added to; state and holder in the key's row are what its last entry says, written with it in
// one transaction. While somebody has the key its credential is one of theirs.

import { required } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { parseIdentifier, type LockId } from '@mortise/base/identifiers.ts';
import { mayFollow, stateAfter, type CustodyAction, type CustodyEntry, type KeyState } from '@mortise/management/custody.ts';
import type { Database } from './open-store.ts';
import type { Tables } from './tables.ts';

export type StoredEkey = {
  readonly id: LockId; readonly identityKey: Bytes; readonly credential: { readonly key: Bytes; readonly hash: string }; readonly name: string; readonly serial: string; readonly state: KeyState;
  readonly person: { readonly id: string; readonly name: string } | undefined; readonly dueBack: number | null; readonly certificate: Bytes; readonly enrolment: Bytes; readonly hubCertificate: Bytes;
  readonly revalidateDays: number | null; readonly buffer: 'stop' | 'overwrite'; readonly pinMinutes: number | null; readonly pinEpoch: number; readonly registeredAt: number;
  /** By whoever has it: the hub could not block it. */
  readonly lostReport: { readonly at: number; readonly note: string } | undefined;
};

const query = (database: Database) =>
  database.selectFrom('ekey').leftJoin('person', 'person.id', 'ekey.person_id').leftJoin('ekey_report', 'ekey_report.ekey_id', 'ekey.id')
    .selectAll('ekey').select(['person.name as person_name', 'ekey_report.at as report_at', 'ekey_report.note as report_note']).orderBy('ekey.name').orderBy('ekey.id');

type Row = Tables['ekey'] & { readonly person_name: string | null; readonly report_at: number | null; readonly report_note: string | null };

const ekeyOf = (row: Row): StoredEkey => ({
  id: required(parseIdentifier<LockId>(row.id), 'stored key ids are identifiers'), identityKey: row.identity_key, credential: { key: row.credential_key, hash: row.credential_hash }, name: row.name,
  serial: row.serial, state: row.state, person: row.person_id === null ? undefined : { id: row.person_id, name: row.person_name ?? '' }, dueBack: row.due_back, certificate: row.certificate, enrolment: row.enrolment,
  hubCertificate: row.hub_certificate, revalidateDays: row.revalidate_days, buffer: row.buffer, pinMinutes: row.pin_minutes, pinEpoch: row.pin_epoch, registeredAt: row.registered_at,
  lostReport: row.report_at === null ? undefined : { at: row.report_at, note: row.report_note ?? '' },
});

export const allEkeys = async (database: Database): Promise<readonly StoredEkey[]> => (await query(database).execute()).map(ekeyOf);

export const ekeyById = async (database: Database, id: string): Promise<StoredEkey | undefined> => {
  const row = await query(database).where('ekey.id', '=', id).executeTakeFirst();
  return row && ekeyOf(row);
};

export const ekeyOfCredential = async (database: Database, hash: string): Promise<StoredEkey | undefined> => {
  const row = await query(database).where('ekey.credential_hash', '=', hash).executeTakeFirst();
  return row && ekeyOf(row);
};

/** Those that this person has now. */
export const ekeysHeldBy = async (database: Database, personId: string): Promise<readonly StoredEkey[]> => (await ekeysKnownTo(database, personId)).filter(({ state }) => state === 'issued');

/** Those that this person has now, and those that were lost by them. */
export const ekeysKnownTo = async (database: Database, personId: string): Promise<readonly StoredEkey[]> =>
  (await query(database).where('ekey.person_id', '=', personId).where('ekey.state', 'in', ['issued', 'lost']).execute()).map(ekeyOf);

// ---- making and changing -----------------------------------------------------------------------------------------------------

export type NewEkey = Pick<StoredEkey, 'id' | 'identityKey' | 'credential' | 'name' | 'serial' | 'certificate' | 'enrolment' | 'hubCertificate'> & { readonly by: string; readonly at: number };

/** Within a transaction of the caller’s; the key is not there yet. */
export const insertEkey = async (database: Database, { id, identityKey, credential, name, serial, certificate, enrolment, hubCertificate, by, at }: NewEkey): Promise<void> => {
  await database.insertInto('ekey').values({
    id, identity_key: identityKey, credential_key: credential.key, credential_hash: credential.hash, name, serial, state: 'inStock', person_id: null, certificate, enrolment,
    hub_certificate: hubCertificate, revalidate_days: 7, buffer: 'stop', pin_minutes: null, pin_epoch: 0, registered_at: at, due_back: null,
  }).execute();
  await database.insertInto('ekey_custody').values({ ekey_id: id, at, action: 'registered', by_person: by, person_id: null, note: '', due_back: null }).execute();
};

export type EkeyChange = Partial<Pick<StoredEkey, 'name' | 'serial' | 'certificate' | 'enrolment' | 'hubCertificate' | 'revalidateDays' | 'buffer' | 'pinMinutes' | 'pinEpoch'>>;

/** What is named changes. */
export const changeEkey = async (database: Database, id: string, change: EkeyChange): Promise<void> => {
  const { name, serial, certificate, enrolment, hubCertificate, revalidateDays, buffer, pinMinutes, pinEpoch } = change;
  const set = {
    ...(name !== undefined && { name }), ...(serial !== undefined && { serial }), ...(certificate && { certificate }), ...(enrolment && { enrolment }), ...(hubCertificate && { hub_certificate: hubCertificate }),
    ...(revalidateDays !== undefined && { revalidate_days: revalidateDays }), ...(buffer && { buffer }), ...(pinMinutes !== undefined && { pin_minutes: pinMinutes }), ...(pinEpoch !== undefined && { pin_epoch: pinEpoch }),
  };
  if (Object.keys(set).length > 0) await database.updateTable('ekey').set(set).where('id', '=', id).execute();
  if (name !== undefined) await database.updateTable('phone_key').set({ label: name }).where('credential_hash', '=', database.selectFrom('ekey').select('credential_hash').where('id', '=', id)).execute();
};

// ---- custody -----------------------------------------------------------------------------------------------------------------

export type Handing = { readonly action: CustodyAction; readonly by: string; readonly personId: string | null; readonly note: string; readonly at: number; /** Of issuing: when it is to be given back. */ readonly dueBack?: number | null };

/** Within a transaction of the caller’s. False: the key is in another state by now, and nothing changed. */
export const handOver = async (database: Database, ekey: StoredEkey, { action, by, personId, note, at, dueBack = null }: Handing): Promise<boolean> => {
  if (!mayFollow(ekey.state, action)) return false;
  const holder = action === 'returned' ? null : personId;
  const moved = await database.updateTable('ekey').set({ state: stateAfter(action), person_id: holder, ...(action === 'issued' && { pin_epoch: ekey.pinEpoch + 1 }), ...(action !== 'lost' && { due_back: dueBack }) })
    .where('id', '=', ekey.id).where('state', '=', ekey.state).where('person_id', ekey.person === undefined ? 'is' : '=', ekey.person?.id ?? null).executeTakeFirst();
  if (moved.numUpdatedRows !== 1n) return false;
  await database.deleteFrom('ekey_report').where('ekey_id', '=', ekey.id).execute();
  await database.insertInto('ekey_custody').values({ ekey_id: ekey.id, at: Math.max(at, await lastAt(database, ekey.id)), action, by_person: by, person_id: personId, note, due_back: dueBack }).execute();
  if (action === 'issued' && personId !== null) await giveCredential(database, ekey, personId, at);
  else await database.updateTable('phone_key').set({ replaced_at: at }).where('credential_hash', '=', ekey.credential.hash).execute();
  return true;
};

// A clock that was turned back does not put the log out of its order.
const lastAt = async (database: Database, id: string): Promise<number> =>
  (await database.selectFrom('ekey_custody').select(({ fn }) => fn.max('at').as('last')).where('ekey_id', '=', id).executeTakeFirst())?.last ?? 0;

const giveCredential = async (database: Database, { credential, name }: StoredEkey, personId: string, at: number): Promise<void> => {
  const theirs = { person_id: personId, label: name, added_at: at, replaced_at: null };
  await database.insertInto('phone_key').values({ credential_hash: credential.hash, credential_key: credential.key, proof: null, ...theirs })
    .onConflict((conflict) => conflict.column('credential_hash').doUpdateSet(theirs)).execute();
};

/** Keeps that whoever has the key says that it is lost, until it is handed on, declared lost or back. The first word stands. False: they have it no more. */
export const reportLost = (database: Database, { id, person }: StoredEkey, { at, note }: Pick<Handing, 'at' | 'note'>): Promise<boolean> =>
  database.transaction().execute(async (transaction) => {
    const held = await transaction.selectFrom('ekey').select('id').where('id', '=', id).where('state', '=', 'issued').where('person_id', '=', person?.id ?? '').executeTakeFirst();
    if (held === undefined) return false;
    await transaction.insertInto('ekey_report').values({ ekey_id: id, at, note }).onConflict((conflict) => conflict.column('ekey_id').doNothing()).execute();
    return true;
  });

export type ToldEntry = CustodyEntry & { readonly by: { readonly id: string; readonly name: string }; readonly personName: string | null; readonly note: string; readonly dueBack: number | null };

/** The newest `most` entries, newest first. */
export const custodyOf = async (database: Database, id: string, most: number): Promise<readonly ToldEntry[]> => {
  const rows = await database.selectFrom('ekey_custody').innerJoin('person as doer', 'doer.id', 'ekey_custody.by_person').leftJoin('person', 'person.id', 'ekey_custody.person_id')
    .select(['ekey_custody.at', 'ekey_custody.action', 'ekey_custody.note', 'ekey_custody.due_back', 'ekey_custody.person_id', 'person.name as person_name', 'doer.id as by_id', 'doer.name as by_name'])
    .where('ekey_custody.ekey_id', '=', id).orderBy('ekey_custody.id', 'desc').limit(most).execute();
  return rows.map((row) => ({ action: row.action, at: row.at, personId: row.person_id, personName: row.person_name, by: { id: row.by_id, name: row.by_name }, note: row.note, dueBack: row.due_back }));
};

/** Whole logs, oldest entry first, by key. */
export const custodyLogs = async (database: Database, ids: readonly string[]): Promise<ReadonlyMap<string, readonly CustodyEntry[]>> => {
  if (ids.length === 0) return new Map();
  const rows = await database.selectFrom('ekey_custody').select(['ekey_id', 'at', 'action', 'person_id']).where('ekey_id', 'in', ids).orderBy('id').execute();
  return new Map([...Map.groupBy(rows, (row) => row.ekey_id)].map(([id, some]) => [id, some.map((row) => ({ action: row.action, at: row.at, personId: row.person_id }))]));
};
