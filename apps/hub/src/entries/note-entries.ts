// What an owner says of a roster's entries, kept in the transaction that keeps the roster: each is named by what is sealed in it, so that nothing can be said of an entry that is
// not there, and what goes with a version is not said any more.

import type { RosterBody } from '@mortise/api/locks.ts';
import { base64url } from '@mortise/base/bytes.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import type { RosterFields } from '@mortise/documents/roster.ts';
import { entryId } from '@mortise/wallet/entries.ts';
import { refuse, type Refusal } from '../http/refusal.ts';
import type { Hub } from '../hub.ts';
import { personNamed, type NamedPerson } from './person-named.ts';
import { addEntries, dropEntries, endCodes, takeBackCodes, type NotedEntry } from '../store/entry-store.ts';
import { eraseMessagesAbout } from '../store/message-store.ts';
import type { Database } from '../store/open-store.ts';

/** `people`: those who are new; `held`: the ids of all entries of this version. */
export type Noted = { readonly noted: readonly NotedEntry[]; readonly people: readonly NamedPerson[]; readonly held: readonly string[]; readonly takenBack: readonly string[] };

export const checkNotes = async (hub: Hub, roster: RosterFields, { entries, takenBack }: RosterBody): Promise<Result<Noted, Refusal>> => {
  const sealed = new Map(roster.entries.map((entry) => [base64url(entryId(hub.crypto, entry)), entry.kind]));
  const noted: NotedEntry[] = [];
  const people: NamedPerson[] = [];
  for (const note of entries) {
    if (sealed.get(note.id) !== note.kind) return refuse('input-invalid', 'entries: one is said of an entry that this roster does not hold. Name each by the SHA-256 of what is sealed.');
    if (note.kind === 'codeKey') {
      noted.push({ note, personId: null });
      continue;
    }
    const person = await personNamed(hub, note.person);
    if (!person.ok) return person;
    if (person.value.isNew && people.every(({ id }) => id !== note.person.id)) people.push(person.value);
    noted.push({ note, personId: note.person.id });
  }
  return ok({ noted, people, held: [...sealed.keys()], takenBack });
};

export const keepNotes = async (database: Database, lockId: string, { noted, people, held, takenBack }: Noted, by: string, at: number): Promise<void> => {
  for (const { id, name } of people) await database.insertInto('person').values({ id, name, role: 'guest', created_at: at }).execute();
  await addEntries(database, lockId, noted, by, at);
  const dropped = await dropEntries(database, lockId, held, at);
  await takeBackCodes(database, lockId, takenBack, at);
  await eraseMessagesAbout(database, [...dropped, ...takenBack, ...await endCodes(database, lockId, at)]);
};
