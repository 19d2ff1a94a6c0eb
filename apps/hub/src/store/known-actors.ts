// Who a record is of. An entry's (PIN, code, card, finger) by the pseudonym that owners noted for the lock, a code's by its own words. Else by the credential: a phone's is its person's; an electronic key's to whoever held it when the record was written. Where the clock
// of the record was lost nobody can say when that was, and nobody is named; nor where the key was in nobody's hands. The key itself is, and whether it was reported lost.

import type { ActivityItem } from '@mortise/api/activity.ts';
import { base64url } from '@mortise/base/bytes.ts';
import type { JournalRecord } from '@mortise/journal/record.ts';
import { holderAt, wasLostAt } from '@mortise/management/custody.ts';
import { allEkeys, custodyLogs } from './ekey-store.ts';
import type { Database } from './open-store.ts';

type Actor = NonNullable<ActivityItem['actor']>;
/** `lockId`: whose record it is; `credential`: what it names, null if nothing. */
export type ActorOf = (lockId: string | null, credential: string | null, record: Pick<JournalRecord, 'instant' | 'clock' | 'pseudonym' | 'rule'>) => Actor | undefined;
type CredentialActorOf = (credential: string, record: Pick<JournalRecord, 'instant' | 'clock'>) => Actor | undefined;

const LABELS: Readonly<Record<string, string>> = { pin: 'PIN', code: 'Code', card: 'Card', finger: 'Finger' };

/** The rule of an entry begins with its kind; that of a code, with three words that are its own. */
const labelOf = (rule: string | undefined): string => LABELS[rule?.split(':')[0] ?? ''] ?? 'At the lock';

export const knownActors = async (database: Database): Promise<ActorOf> => {
  const byCredential = await credentialActors(database);
  const byEntry = await entryActors(database);
  return (lockId, credential, record) => (credential === null ? byEntry(lockId ?? '', record) : byCredential(credential, record));
};

const entryActors = async (database: Database): Promise<(lockId: string, record: Pick<JournalRecord, 'pseudonym' | 'rule'>) => Actor | undefined> => {
  const pseudonyms = await database.selectFrom('pseudonym').innerJoin('person', 'person.id', 'pseudonym.person_id').select(['lock_id', 'pseudonym', 'person.id', 'person.name']).execute();
  if (pseudonyms.length === 0 && (await database.selectFrom('offline_code').select('id').limit(1).executeTakeFirst()) === undefined) return () => undefined;
  const codes = await database.selectFrom('offline_code').innerJoin('person', 'person.id', 'offline_code.person_id').select(['lock_id', 'word', 'person.id', 'person.name']).execute();
  const named = new Map<string, { readonly id: string; readonly name: string }>([
    ...pseudonyms.map((row) => [`${row.lock_id} ${row.pseudonym}`, row] as const),
    ...codes.map((row) => [`${row.lock_id} ${row.word}`, row] as const),
  ]);
  return (lockId, { pseudonym, rule }) => {
    const whose = named.get(`${lockId} ${(rule ?? '').split(' ').slice(0, 3).join(' ')}`) ?? named.get(`${lockId} ${pseudonym === undefined ? '' : base64url(pseudonym)}`);
    return whose && { personId: whose.id, name: whose.name, keyLabel: labelOf(rule) };
  };
};

const credentialActors = async (database: Database): Promise<CredentialActorOf> => {
  const rows = await database.selectFrom('phone_key').innerJoin('person', 'person.id', 'phone_key.person_id')
    .select(['phone_key.credential_hash', 'phone_key.label', 'person.id', 'person.name']).execute();
  const phones = new Map(rows.map((row) => [row.credential_hash, { personId: row.id, name: row.name, keyLabel: row.label }]));
  const ekeys = new Map((await allEkeys(database)).map((ekey) => [ekey.credential.hash, ekey]));
  if (ekeys.size === 0) return (credential) => phones.get(credential);
  const logs = await custodyLogs(database, [...ekeys.values()].map(({ id }) => id));
  const people = new Map((await database.selectFrom('person').select(['id', 'name']).execute()).map(({ id, name }) => [id, name]));
  return (credential, { instant, clock }) => {
    const ekey = ekeys.get(credential);
    if (ekey === undefined) return phones.get(credential);
    const log = logs.get(ekey.id) ?? [];
    const personId = clock === 'lost' ? undefined : holderAt(log, instant);
    if (personId !== undefined) return { personId, name: people.get(personId) ?? '', keyLabel: ekey.name };
    if (clock === 'lost') return { personId: null, name: ekey.name, keyLabel: 'Who held it then is not known' };
    return { personId: null, name: ekey.name, keyLabel: wasLostAt(log, instant) ? 'Reported lost' : 'In nobody’s hands' };
  };
};
