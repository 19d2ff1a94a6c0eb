// Who a record's credential belongs to: a phone's to its person; an electronic key's to whoever held it when the record was written. Where the clock
// of the record was lost nobody can say when that was, and nobody is named.

import type { ActivityItem } from '@mortise/api/activity.ts';
import type { JournalRecord } from '@mortise/journal/record.ts';
import { holderAt } from '@mortise/management/custody.ts';
import { allEkeys, custodyLogs } from './ekey-store.ts';
import type { Database } from './open-store.ts';

type Actor = NonNullable<ActivityItem['actor']>;
export type ActorOf = (credential: string, record: Pick<JournalRecord, 'instant' | 'clock'>) => Actor | undefined;

export const knownActors = async (database: Database): Promise<ActorOf> => {
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
    const personId = clock === 'lost' ? undefined : holderAt(logs.get(ekey.id) ?? [], instant);
    return personId === undefined ? undefined : { personId, name: people.get(personId) ?? '', keyLabel: ekey.name };
  };
};
