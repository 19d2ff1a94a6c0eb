// Schedules and rules of an access document between CBOR and data (SPEC §8.3). When a schedule is active is said by
// packages/schedule; here is how it is written.

import { asArray, asMap, asNumber, type Cbor } from '@mortise/base/cbor.ts';
import type { Recurrence, RecurrenceNumbers } from '@mortise/schedule/recurrence.ts';
import { isSchedule, type Schedule } from '@mortise/schedule/schedule.ts';
import { optional } from './document-cbor.ts';

/** Bitmaps of 16 bits. `capabilities`: see `CAPABILITY`. Bit n of `allow` and `deny` is the schedule with index n. */
export type AccessRule = { readonly capabilities: number; readonly allow?: number; readonly deny?: number };

/** Bits of `capabilities`; the others are reserved and grant nothing. */
export const CAPABILITY = { secure: 0, unsecure: 1, toggle: 2, momentaryUnsecure: 3, extendedMomentaryUnsecure: 4, payment: 5 } as const;

const BITMAP = 0xffff;
const UTC_FLAG = 1;
const RECURRENCE_PARTS = 5;

/** No keys but those from 0 to `last`: what we do not know might narrow the right. */
export const asNumbered = (value: Cbor | undefined, last: number): ReadonlyMap<number | string, Cbor> | undefined => {
  const map = asMap(value, last + 1);
  for (const key of map?.keys() ?? []) if (asNumber(key, 0, last) === undefined) return undefined;
  return map;
};

/** Whether an optional field that is there could be read. */
export const isRead = (map: ReadonlyMap<number | string, Cbor>, key: number, read: unknown): boolean => !map.has(key) || read !== undefined;

export const readRule = (value: Cbor): AccessRule | undefined => {
  const map = asNumbered(value, 2);
  const [capabilities, allow, deny] = [0, 1, 2].map((key) => asNumber(map?.get(key), 0, BITMAP));
  if (map === undefined || capabilities === undefined || !isRead(map, 1, allow) || !isRead(map, 2, deny)) return undefined;
  return { capabilities, ...(allow !== undefined && { allow }), ...(deny !== undefined && { deny }) };
};

export const ruleCbor = ({ capabilities, allow, deny }: AccessRule): Cbor =>
  new Map<number, Cbor>([[0, capabilities], ...optional(1, allow), ...optional(2, deny)]);

const whole = (value: Cbor): number | undefined => asNumber(value, Number.MIN_SAFE_INTEGER);

/** What is missing or no number is NaN, which is of no recurrence in form. */
const readRecurrence = (value: Cbor): RecurrenceNumbers => {
  const [durationS = NaN, mask = NaN, pattern = NaN, interval = NaN, ordinal = NaN] = asArray(value, RECURRENCE_PARTS)?.map(whole) ?? [];
  return { durationS, mask, pattern, interval, ordinal };
};

/** Flags beyond UTC are reserved: a schedule that has one is not understood. */
export const readSchedule = (value: Cbor): Schedule | undefined => {
  const map = asNumbered(value, 3);
  const [startS, endS, flags] = [asNumber(map?.get(0)), asNumber(map?.get(1)), asNumber(map?.get(3) ?? 0, 0, UTC_FLAG)];
  const recurrence = map?.get(2);
  if (map === undefined || startS === undefined || flags === undefined || !isRead(map, 1, endS)) return undefined;
  const numbers = { startS, ...(endS !== undefined && { endS }), ...(recurrence !== undefined && { recurrence: readRecurrence(recurrence) }), utc: flags === UTC_FLAG };
  return isSchedule(numbers) ? numbers : undefined;
};

const recurrenceCbor = ({ durationS, mask, pattern, interval, ordinal }: Recurrence): Cbor => [durationS, mask, pattern, interval, ordinal];

export const scheduleCbor = ({ startS, endS, recurrence, utc }: Schedule): Cbor =>
  new Map<number, Cbor>([[0, startS], ...optional(1, endS), ...optional(2, recurrence && recurrenceCbor(recurrence)), [3, utc ? UTC_FLAG : 0]]);
