// From a lock's records to messages that wait for the outgoing queue, within the transaction that stores the records: both are durable or neither. Which records
// are sent is the table's to say (words: alarms.ts). Of one kind at one door so many an hour, then one that says that there are more; what floods one kind hides
// no other. Where no owner has an address, or the hub nothing to send by, an alarm is shown only. No address is logged.

import { base64url, concat, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import type { Entry } from '@mortise/journal/chain.ts';
import { decodeRecord, type JournalRecord } from '@mortise/journal/record.ts';
import { sentAlarm, type SentAlarm } from '@mortise/words/alarms.ts';
import type { Hub } from '../hub.ts';
import { alarmText } from '../notify/alarm-text.ts';
import { alarmAbout, alarmAddresses, takeTelling, type AlarmAddress } from '../store/alarm-store.ts';
import { addMessage } from '../store/message-store.ts';
import type { Database } from '../store/open-store.ts';

/** Told by messages of their own: of one kind, at one door, within an hour. */
export const ALARM_BOUND = { perSpan: 3, spanMs: 3_600_000 } as const;

/** `crypto` to `outgoing`: of the hub. */
export type AlarmParts = Pick<Hub, 'crypto' | 'now' | 'outgoing' | 'log'>;
/** Records that are new to the hub, in their order. */
export type FreshRecords = { readonly lockId: LockId; readonly fresh: readonly Entry[] };

/** Adds the messages for what is an alarm among these; answers how many. */
export const queueAlarms = async (hub: AlarmParts, database: Database, { lockId, fresh }: FreshRecords): Promise<number> => {
  const found = alarmsAmong(fresh);
  if (found.length === 0) return 0;
  const addresses = (await alarmAddresses(database)).filter(({ kind }) => hub.outgoing.sends(kind));
  if (addresses.length === 0) return 0;
  const place = await placeOf(database, lockId);
  let queued = 0;
  for (const each of found) queued += await queueOne(hub, database, { lockId, place, addresses }, each);
  return queued;
};

type Found = { readonly entry: Entry; readonly record: JournalRecord; readonly alarm: SentAlarm };

// What stands before the adoption happened at another site, or while the lock was being fitted.
const alarmsAmong = (fresh: readonly Entry[]): readonly Found[] => {
  const read = fresh.flatMap((entry) => {
    const record = decodeRecord(entry.record);
    return record === undefined ? [] : [{ entry, record }];
  });
  return read.slice(read.findLastIndex(({ record }) => record.reason === 'adopted') + 1).flatMap(({ entry, record }) => {
    const alarm = sentAlarm(record.reason);
    return alarm === undefined ? [] : [{ entry, record, alarm }];
  });
};

type Place = { readonly door: string; readonly siteName: string; readonly zone: string };
type To = { readonly lockId: LockId; readonly place: Place; readonly addresses: readonly AlarmAddress[] };

const queueOne = async (hub: AlarmParts, database: Database, { lockId, place, addresses }: To, { entry, record, alarm }: Found): Promise<number> => {
  const receivedAt = hub.now();
  const told = await takeTelling(database, { head: base64url(entry.head), lockId, reason: record.reason, receivedAt }, { ...ALARM_BOUND, quietMs: alarm.quietMs });
  if (told === undefined) return 0;
  const alarming = { alarm, ...place, at: record.instant, isClockLost: record.clock === 'lost', receivedAt, isMore: told === 'more' };
  for (const { personId, kind, address, plain } of addresses) {
    await addMessage(database, { id: messageId(hub, entry.head, personId, kind), about: { alarm: alarmAbout(personId) }, kind, to: address, state: 'queued', at: receivedAt, ...alarmText(kind, { ...alarming, plain }) });
  }
  hub.log('alarm', { lockId, reason: record.reason, messages: addresses.length, told });
  return addresses.length;
};

/** The same for one record and address at any time, so that a mail program shows a message once also where a hub was put back from a copy. */
const messageId = ({ crypto }: AlarmParts, head: Bytes, personId: string, kind: string): string =>
  base64url(crypto.sha256(concat(utf8('mortise alarm'), head, utf8(`${personId} ${kind}`))).subarray(0, 16));

const placeOf = async (database: Database, lockId: LockId): Promise<Place> => {
  const site = required(await database.selectFrom('site').select(['name', 'zone']).executeTakeFirst(), 'a lock has records here once the hub was claimed');
  const row = required(await database.selectFrom('lock').innerJoin('door', 'door.id', 'lock.door_id').select('door.name').where('lock.id', '=', lockId).executeTakeFirst(), 'a lock whose records are taken has a door');
  return { door: row.name, siteName: site.name, zone: site.zone };
};
