// What a lock knows of its time zone: a table of offsets from UTC, made where a time zone database is and sent in the roster. It
// ends somewhere, and from there on the wall clock is not known. Written as CBOR [1, initial offset, until, [from, offset, …]].

import { assert } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { asArray, asNumber, decodeCbor, encodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import type { Instant } from '@mortise/base/instant.ts';

/** From `fromS` (Unix seconds) on, the wall clock is `offsetS` ahead of UTC. */
export type Transition = { readonly fromS: number; readonly offsetS: number };

export type ZoneTable = {
  /** Before the first transition; seconds east of UTC, within ±`MAX_OFFSET_S`. */
  readonly initialOffsetS: number;
  /** Ascending, before `untilS`, at most `MAX_TRANSITIONS`. */
  readonly transitions: readonly Transition[];
  /** Unix seconds, 0 to `LAST_SECOND` + 1; nothing is known from here on. */
  readonly untilS: number;
};

/** 9999-12-31T23:59:59, the last second of an instant. */
export const LAST_SECOND = 253_402_300_799;
/** Two a year for 128 years. */
export const MAX_TRANSITIONS = 256;
/** Less than a day. */
export const MAX_OFFSET_S = 86_399;
export const MAX_ZONE_TABLE_BYTES = 4096;

export const UTC: ZoneTable = { initialOffsetS: 0, transitions: [], untilS: LAST_SECOND + 1 };

/** What the wall clock shows, as seconds since 1970-01-01T00:00:00 on it; undefined where the table does not reach. */
export const localSecondsAt = ({ initialOffsetS, transitions, untilS }: ZoneTable, at: Instant): number | undefined => {
  const unixS = Math.floor(at / 1000);
  if (unixS >= untilS) return undefined;
  return unixS + (transitions.findLast(({ fromS }) => fromS <= unixS)?.offsetS ?? initialOffsetS);
};

export const encodeZoneTable = (table: ZoneTable): Bytes => {
  const bytes = encodeCbor([FORMAT, table.initialOffsetS, table.untilS, table.transitions.flatMap(({ fromS, offsetS }) => [fromS, offsetS])]);
  assert(decodeZoneTable(bytes) !== undefined, 'a zone table within its bounds');
  return bytes;
};

/** Takes any bytes; undefined for what is not a zone table within its bounds. */
export const decodeZoneTable = (bytes: Bytes): ZoneTable | undefined => {
  const items = asArray(decodeCbor(bytes, MAX_ZONE_TABLE_BYTES), FIELDS);
  if (items?.length !== FIELDS || items[0] !== FORMAT) return undefined;
  const [, initial, until, rest] = items;
  const [initialOffsetS, untilS] = [asOffset(initial), asNumber(until, 0, LAST_SECOND + 1)];
  if (initialOffsetS === undefined || untilS === undefined) return undefined;
  const transitions = readTransitions(asArray(rest, 2 * MAX_TRANSITIONS), untilS);
  return transitions === undefined ? undefined : { initialOffsetS, transitions, untilS };
};

const FORMAT = 1;
const FIELDS = 4;

const asOffset = (value: Cbor | undefined): number | undefined => asNumber(value, -MAX_OFFSET_S, MAX_OFFSET_S);

const readTransitions = (numbers: readonly Cbor[] | undefined, untilS: number): readonly Transition[] | undefined => {
  if (numbers === undefined) return undefined;
  const transitions: Transition[] = [];
  for (let index = 0; index < numbers.length; index += 2) {
    const fromS = asNumber(numbers[index], (transitions.at(-1)?.fromS ?? -1) + 1, untilS - 1);
    const offsetS = asOffset(numbers[index + 1]);
    if (fromS === undefined || offsetS === undefined) return undefined;
    transitions.push({ fromS, offsetS });
  }
  return transitions;
};
