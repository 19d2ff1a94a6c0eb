// Messages on their way out by mail and SMS: invitations, PINs and codes, alarms to owners. A message that waits holds a link that makes a key of it, so its text is erased
// once it was taken; with the link's end (redeemed, lapsed, taken back) so are its recipient, and what the server said, which may name it.
// `scrub` takes them off the disk, too.

import type { MessageKind, Outbound } from '../notify/sender.ts';
import type { Database } from './open-store.ts';

/** A grant's link; a PIN or code (the id of its entry, or its own); an alarm (whose address it goes to, as alarm-store.ts writes it). */
export type MessageSubject = { readonly grantId: string } | { readonly entry: string } | { readonly alarm: string };
/** `outbox`: nobody is there to send it; it is to be read and passed on by hand. */
export type MessageState = 'queued' | 'sent' | 'refused' | 'outbox';
export type NewMessage = Outbound & { readonly about: MessageSubject; readonly kind: MessageKind; readonly state: 'queued' | 'outbox'; readonly at: number };
export type DueMessage = Outbound & { readonly grantId: string | undefined; readonly kind: MessageKind; readonly attempts: number };

export const addMessage = async (database: Database, { id, about, kind, to, subject, text, state, at }: NewMessage): Promise<void> => {
  await database.insertInto('message')
    .values({ id, ...subjectOf(about), kind, recipient: to, subject, body: text, state, answer: null, attempts: 0, next_at: at, created_at: at })
    // The id of an alarm is made of its record: a second one of it is the same.
    .onConflict((conflict) => conflict.column('id').doNothing()).execute();
};

const subjectOf = (about: MessageSubject): { readonly grant_id: string | null; readonly about: string | null } =>
  'grantId' in about ? { grant_id: about.grantId, about: null } : { grant_id: null, about: 'entry' in about ? about.entry : about.alarm };

/** The message of this kind that is due first; its try is counted, and the next one set, before it is made. */
export const takeDue = (database: Database, kind: MessageKind, now: number, pauseMs: (attempts: number) => number): Promise<DueMessage | undefined> =>
  database.transaction().execute(async (transaction) => {
    const row = await transaction.selectFrom('message').selectAll().where('state', '=', 'queued').where('kind', '=', kind)
      .where('next_at', '<=', now).where('body', 'is not', null).orderBy('next_at').limit(1).executeTakeFirst();
    if (row === undefined || row.recipient === null || row.body === null) return undefined;
    const attempts = row.attempts + 1;
    await transaction.updateTable('message').set({ attempts, next_at: now + pauseMs(attempts) }).where('id', '=', row.id).execute();
    return { id: row.id, grantId: row.grant_id ?? undefined, kind, to: row.recipient, subject: row.subject ?? '', text: row.body, attempts };
  });

/** What has come of a try. A message that is done with has no text any more, and one of a PIN or code nobody's address. */
export const settleMessage = async (database: Database, id: string, state: 'queued' | 'sent' | 'refused', answer: string | null): Promise<void> => {
  const erased = state === 'queued' ? {} : { body: null, subject: null };
  await database.updateTable('message').set({ state, answer, ...erased }).where('id', '=', id).execute();
  if (state !== 'queued') await database.updateTable('message').set({ recipient: null }).where('id', '=', id).where('grant_id', 'is', null).execute();
};

/**
 * Nobody is there any more to send messages of this kind: those that wait are put into the outbox. Answers whose grants they are of. Alarms end: the outbox is
 * every owner's to read, and an alarm that goes out once a server is set again would be taken for a new one.
 */
export const moveToOutbox = async (database: Database, kind: MessageKind): Promise<readonly string[]> => {
  await database.updateTable('message').set({ ...ERASED, state: 'refused', answer: 'No server for it was set on the hub any more.' }).where('state', '=', 'queued').where('kind', '=', kind).where('about', 'like', 'alarm:%').execute();
  const rows = await database.updateTable('message').set({ state: 'outbox', answer: null }).where('state', '=', 'queued').where('kind', '=', kind)
    .where('body', 'is not', null).returning('grant_id').execute();
  return rows.flatMap((row) => row.grant_id ?? []);
};

/** When the next try of any message is due; undefined: none waits. */
export const nextDue = async (database: Database): Promise<number | undefined> => {
  const row = await database.selectFrom('message').select('next_at').where('state', '=', 'queued').where('body', 'is not', null)
    .orderBy('next_at').limit(1).executeTakeFirst();
  return row?.next_at;
};

const ERASED = { body: null, subject: null, recipient: null, answer: null } as const;

/** The link has served. Answers whether there was anything to erase. */
export const eraseMessages = async (database: Database, grantId: string): Promise<boolean> => {
  const erased = await database.updateTable('message').set(ERASED).where('grant_id', '=', grantId)
    .where('recipient', 'is not', null).executeTakeFirst();
  return erased.numUpdatedRows > 0n;
};

/** The same where it is about these PINs or codes. */
export const eraseMessagesAbout = async (database: Database, ids: readonly string[]): Promise<void> => {
  if (ids.length > 0) await database.updateTable('message').set(ERASED).where('about', 'in', ids).execute();
};

/** Alarms to this address, in whatever state. */
export const dropAlarmsTo = async (database: Database, alarm: string, kind: MessageKind): Promise<void> => {
  await database.deleteFrom('message').where('about', '=', alarm).where('kind', '=', kind).execute();
};

/** The same for every link, and every code, that is over at `now`. Answers whose links they were. */
export const eraseLapsed = async (database: Database, now: number): Promise<readonly string[]> => {
  await database.updateTable('message').set(ERASED).where('about', 'in', database.selectFrom('offline_code').select('id').where('until_at', '<', now)).execute();
  const lapsed = database.selectFrom('invitation').select('grant_id').where('redeem_by', '<', now);
  const rows = await database.updateTable('message').set(ERASED).where('recipient', 'is not', null)
    .where('grant_id', 'in', lapsed).returning('grant_id').execute();
  return rows.flatMap((row) => row.grant_id ?? []);
};

export type OutboxRow = Outbound & { readonly kind: MessageKind; readonly at: number };

/** The oldest go beyond `limit`. */
export const outboxMessages = async (database: Database, limit: number): Promise<readonly OutboxRow[]> => {
  const rows = await database.selectFrom('message').selectAll().where('state', '=', 'outbox').where('body', 'is not', null)
    .orderBy('created_at', 'desc').limit(limit).execute();
  return rows.map((row) => ({ id: row.id, kind: row.kind, to: row.recipient ?? '', subject: row.subject ?? '', text: row.body ?? '', at: row.created_at }));
};
