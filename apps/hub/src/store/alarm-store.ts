// Where each owner wants alarms, which is nobody else's to see; and of which of the locks' records messages went there, so that none is told twice. The
// messages themselves are rows of message-store.ts; they go with the address.

import type { MessageKind } from '../notify/sender.ts';
import { dropAlarmsTo, type MessageState } from './message-store.ts';
import type { Database } from './open-store.ts';

export type AlarmAddress = { readonly personId: string; readonly kind: MessageKind; readonly address: string; readonly plain: boolean };
/** Undefined: none of this kind. `plain`: the first words may say what happened. */
export type OwnAddresses = { readonly mail: string | undefined; readonly sms: string | undefined; readonly plain: boolean };

const KINDS = ['mail', 'sms'] as const satisfies readonly MessageKind[];

/** Whose address a message of an alarm goes to, as its `about`. */
export const alarmAbout = (personId: string): string => `alarm:${personId}`;

/** Of everybody who is an owner now. */
export const alarmAddresses = async (database: Database): Promise<readonly AlarmAddress[]> =>
  (await database.selectFrom('alarm_address').innerJoin('person', 'person.id', 'alarm_address.person_id').select(['person_id', 'kind', 'address', 'plain'])
    .where('person.role', '=', 'owner').orderBy('alarm_address.created_at').execute()).map(({ person_id, plain, ...row }) => ({ ...row, personId: person_id, plain: plain === 1 }));

/** Of one owner. */
export const addressesOf = async (database: Database, personId: string): Promise<OwnAddresses> => {
  const own = (await alarmAddresses(database)).filter((row) => row.personId === personId);
  const of = (kind: MessageKind): string | undefined => own.find((row) => row.kind === kind)?.address;
  return { mail: of('mail'), sms: of('sms'), plain: own.some(({ plain }) => plain) };
};

/** Puts these in the place of what was there. What went, or is on its way, to an address that is there no more goes with it. */
export const putAddresses = (database: Database, personId: string, next: OwnAddresses, at: number): Promise<void> =>
  database.transaction().execute(async (transaction) => {
    const before = await addressesOf(transaction, personId);
    await transaction.deleteFrom('alarm_address').where('person_id', '=', personId).execute();
    for (const kind of KINDS.filter((each) => before[each] !== next[each])) await dropAlarmsTo(transaction, alarmAbout(personId), kind);
    const rows = KINDS.flatMap((kind) => (next[kind] === undefined ? [] : [{ person_id: personId, kind, address: next[kind], plain: Number(next.plain), created_at: at }]));
    if (rows.length > 0) await transaction.insertInto('alarm_address').values(rows).execute();
  });

/** They are owners no more. */
export const dropAddresses = async (database: Database, personIds: readonly string[]): Promise<void> => {
  for (const personId of personIds) {
    await database.deleteFrom('alarm_address').where('person_id', '=', personId).execute();
    for (const kind of KINDS) await dropAlarmsTo(database, alarmAbout(personId), kind);
  }
};

export type LastMessage = { readonly state: MessageState; readonly answer: string | null; readonly at: number };

/** What came of the newest message to this address. */
export const lastMessageTo = async (database: Database, personId: string, kind: MessageKind): Promise<LastMessage | undefined> => {
  const row = await database.selectFrom('message').select(['state', 'answer', 'created_at']).where('about', '=', alarmAbout(personId)).where('kind', '=', kind)
    .orderBy('created_at', 'desc').limit(1).executeTakeFirst();
  return row && { state: row.state, answer: row.answer, at: row.created_at };
};

// ---- which records were told ---------------------------------------------------------------------------------------------------

/** `head`: of the lock's chain after the record, base64url. */
export type ToldRecord = { readonly head: string; readonly lockId: string; readonly reason: string; readonly receivedAt: number };
/** At most `perSpan` within `spanMs`; none within `quietMs` after one. */
export type Bound = { readonly perSpan: number; readonly spanMs: number; readonly quietMs?: number | undefined };

/** How this record is to be told: by messages of its own; past the bound, once by one that says that there is more; else not. Kept in the same step. */
export const takeTelling = async (database: Database, { head, lockId, reason, receivedAt }: ToldRecord, { perSpan, spanMs, quietMs = 0 }: Bound): Promise<'own' | 'more' | undefined> => {
  const known = await database.selectFrom('alarm').select('record_head').where('record_head', '=', head).executeTakeFirst();
  if (known !== undefined) return undefined;
  const recent = await database.selectFrom('alarm').select(['told', 'received_at']).where('lock_id', '=', lockId).where('reason', '=', reason).where('received_at', '>', receivedAt - spanMs)
    // A clock of the hub that once ran ahead, and was put right, must not keep alarms in for so long.
    .where('received_at', '<=', receivedAt).execute();
  if (recent.some((row) => row.received_at > receivedAt - quietMs)) return undefined;
  const told = recent.filter((row) => row.told === 'own').length < perSpan ? 'own' as const : 'more' as const;
  if (told === 'more' && recent.some((row) => row.told === 'more')) return undefined;
  await database.insertInto('alarm').values({ record_head: head, lock_id: lockId, reason, told, received_at: receivedAt }).execute();
  return told;
};

