// What an owner says of a roster's entries, kept in the transaction that keeps the roster: each is named by what is sealed in it, so that nothing can be said of an entry that is
// not there, and what goes with a version is not said any more.

import type { RosterBody } from '@mortise/api/locks.ts';
import { base64url } from '@mortise/base/bytes.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import type { RosterFields } from '@mortise/documents/roster.ts';
import { entryId } from '@mortise/wallet/entries.ts';
import { refuse, type Refusal } from '../http/refusal.ts';
import type { Hub } from '../hub.ts';
import { addPerson, personNamed, type NamedPerson } from './person-named.ts';
import { addEntries, addUnnoted, dropEntries, endCodes, takeBackCodes, uniqueNames, type HeldEntry, type NotedEntry } from '../store/entry-store.ts';
import { eraseMessagesAbout } from '../store/message-store.ts';
import type { Database } from '../store/open-store.ts';

/** `people`: those who are new; `held`: all entries of this version but phones. */
export type Noted = { readonly noted: readonly NotedEntry[]; readonly people: readonly NamedPerson[]; readonly held: readonly HeldEntry[]; readonly takenBack: readonly string[] };

export const checkNotes = async (hub: Hub, roster: RosterFields & { readonly lockId: string }, { entries, takenBack }: RosterBody): Promise<Result<Noted, Refusal>> => {
  const sealed = new Map(roster.entries.map((entry) => [base64url(entryId(hub.crypto, entry)), entry.kind]));
  const { lockId } = roster;
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
  if (await isTwice(hub.database, lockId, noted, [...sealed.keys()])) return refuse('conflict', 'Another entry of this roster has that slot of the finger sensor, or is that key of codes; the lock would refuse it. Read the newest roster and the entries, and make it again.');
  return ok({ noted, people, held: [...sealed].flatMap(([id, kind]) => (kind === 'trusted' ? [] : [{ id, kind }])), takenBack });
};

/** Whether two entries of this version are of one slot, or of one key of codes: a lock takes no such roster, nor any after it. */
const isTwice = async (database: Database, lockId: string, noted: readonly NotedEntry[], held: readonly string[]): Promise<boolean> => {
  const stay = await uniqueNames(database, lockId, held.filter((id) => noted.every(({ note }) => note.id !== id)));
  const names = [...stay, ...noted.flatMap(({ note }) => (note.kind === 'finger' ? `slot ${note.slot}` : note.kind === 'codeKey' ? `key ${note.keyId}` : []))];
  return new Set(names).size !== names.length;
};

export const keepNotes = async (database: Database, lockId: string, { noted, people, held, takenBack }: Noted, by: string, at: number): Promise<void> => {
  for (const person of people) await addPerson(database, person, at);
  await addEntries(database, lockId, noted, by, at);
  await addUnnoted(database, lockId, held, by, at);
  const dropped = await dropEntries(database, lockId, held.map(({ id }) => id), at);
  const back = await takeBackCodes(database, lockId, takenBack, at);
  await eraseMessagesAbout(database, [...dropped, ...back, ...await endCodes(database, lockId, at)]);
};
