// A PIN or a code on its way to a person by mail or SMS. Its digits pass the hub here and nowhere else, and stand in the message until a server has taken it.

import type { EntryMessageBody } from '@mortise/api/entries.ts';
import { base64url } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { refuse, type Refusal } from '../http/refusal.ts';
import type { Hub } from '../hub.ts';
import { codeText } from '../notify/code-text.ts';
import { codeById, entryById } from '../store/entry-store.ts';
import { addMessage } from '../store/message-store.ts';

type About = { readonly id: string; readonly person: string; readonly doorId: string; readonly from: number | null; readonly until: number | null; readonly once: boolean };

export const sendDigits = async (hub: Hub, { about, digits, sending }: EntryMessageBody, by: string): Promise<Result<'queued' | 'outbox', Refusal>> => {
  const found = await aboutOf(hub, about);
  if (found === undefined) return refuse('entry-unknown', 'There is no such PIN or code, or it was taken away. Look at the list.');
  const { from, to, siteName, zone, door } = await namesOf(hub, found, by);
  const state = hub.outgoing.sends(sending.kind) ? 'queued' : 'outbox';
  const text = codeText(sending.kind, { from, to, siteName, zone, door, digits, start: found.from, end: found.until, once: found.once, isPin: 'entry' in about });
  const recipient = sending.kind === 'mail' ? sending.address : sending.number;
  await addMessage(hub.database, { id: base64url(hub.random(16)), about: { entry: found.id }, kind: sending.kind, to: recipient, state, at: hub.now(), ...text });
  void hub.outgoing.wake();
  return ok(state);
};

const aboutOf = async (hub: Hub, about: EntryMessageBody['about']): Promise<About | undefined> => {
  if ('code' in about) {
    const code = await codeById(hub.database, about.code);
    return code === undefined || code.takenBackAt !== null || code.until < hub.now() ? undefined : { id: code.id, person: code.person.name, doorId: code.doorId, from: code.from, until: code.until, once: code.kind === 'once' };
  }
  const entry = await entryById(hub.database, about.entry);
  if (entry?.kind !== 'pin' || entry.person === null || entry.terms === null || (entry.terms.until ?? Infinity) < hub.now()) return undefined;
  return { id: entry.id, person: entry.person.name, doorId: entry.doorId, from: entry.terms.from, until: entry.terms.until, once: false };
};

const namesOf = async (hub: Hub, { person, doorId }: About, by: string) => {
  const site = required(await hub.database.selectFrom('site').select(['name', 'zone']).executeTakeFirst(), 'the hub was claimed');
  const lender = required(await hub.database.selectFrom('person').select('name').where('id', '=', by).executeTakeFirst(), 'sessions belong to people');
  const door = required(await hub.database.selectFrom('door').select('name').where('id', '=', doorId).executeTakeFirst(), 'entries have doors');
  return { from: lender.name, to: person, siteName: site.name, zone: site.zone, door: door.name };
};
