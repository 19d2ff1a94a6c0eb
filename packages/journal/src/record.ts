// What a lock writes down about one decision, operation or event (CONTRACTS: journal). Deterministic CBOR, a map with
// whole-number keys; absent fields are left out. Key ids only, never names. A record never grows past MAX_RECORD_BYTES.

import { assert } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { asArray, asBoolean, asBytes, asMap, asNumber, asText, decodeCbor, encodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import { IDENTIFIER_BYTES, identifierBytes, identifierOf, type LockId } from '@mortise/base/identifiers.ts';
import { isInstant, type ClockQuality, type Instant } from '@mortise/base/instant.ts';
import { reasonNumber, reasonOf, type Reason } from '@mortise/base/reasons.ts';

export const MAX_RECORD_BYTES = 1024;
export const MAX_RULE_LENGTH = 96;

export const RECORD_KINDS = ['decision', 'operation', 'event'] as const;
export const RECORD_VERBS = [
  'unlock', 'lock', 'unlatch', 'holdUnlocked', 'endHold', 'privacyOn', 'privacyOff', 'lockdownOn', 'lockdownOff', 'syncOnly',
] as const;
const CLOCKS = ['synced', 'held', 'lost'] as const satisfies readonly ClockQuality[];
/** Their places are in records; `unlatched`: the latch is drawn too. */
export const BOLT_STATES = ['locked', 'unlocked', 'moving', 'unknown', 'unlatched'] as const;
export const DOOR_STATES = ['open', 'closed', 'none'] as const;

export type RecordKind = (typeof RECORD_KINDS)[number];
export type RecordVerb = (typeof RECORD_VERBS)[number];

/** What the lock's sensors said when the record was written. `none`: the door has no sensor. */
export type Sensed = {
  readonly bolt: (typeof BOLT_STATES)[number];
  readonly door: (typeof DOOR_STATES)[number];
  /** 0 to 65535. */
  readonly batteryMv?: number;
};

export type JournalRecord = {
  /** The lock's clock, to be read together with `clock`. */
  readonly instant: Instant;
  readonly clock: ClockQuality;
  readonly kind: RecordKind;
  readonly verb?: RecordVerb;
  /** Aliro's interface byte: 5E NFC, C3 Bluetooth, F0 contact, F1 relay. */
  readonly interface?: number;
  /** SHA-256 of the credential's public key (32 bytes). */
  readonly credential?: Bytes;
  /** 16 bytes, from the roster's entry. */
  readonly pseudonym?: Bytes;
  /** The grant's id, 16 bytes. */
  readonly grant?: Bytes;
  /** What decided, for example `trusted:<roster version>`; 1 to MAX_RULE_LENGTH characters. */
  readonly rule?: string;
  readonly reason: Reason;
  readonly allowed?: boolean;
  readonly sensed: Sensed;
  /** Aliro's transaction id, 16 bytes. */
  readonly transactionId?: Bytes;
  /** From B2, 16 bytes. */
  readonly requestId?: Bytes;
  /** In the journal of an electronic key: the lock that it was at. */
  readonly lock?: LockId;
};

// Keys of the map; never reused.
const KEY = {
  version: 0, instant: 1, clock: 2, kind: 3, verb: 4, interface: 5, credential: 6, pseudonym: 7, grant: 8, rule: 9, reason: 10,
  allowed: 11, sensed: 12, transactionId: 13, requestId: 14, lock: 15,
} as const;
const VERSION = 1;
const MAX_BATTERY_MV = 0xffff;

/** The record's bytes; a field out of its range or a record past its bound is our bug. */
export const encodeRecord = (record: JournalRecord): Bytes => {
  const bytes = encodeCbor(recordMap(record));
  assert(bytes.length <= MAX_RECORD_BYTES, 'a journal record is bounded');
  return bytes;
};

/** Takes any bytes; undefined when they are not exactly a record of this version. */
export const decodeRecord = (bytes: Bytes): JournalRecord | undefined => {
  const map = asMap(decodeCbor(bytes, MAX_RECORD_BYTES));
  return map && recordOf(map);
};

const recordOf = (map: Fields): JournalRecord | undefined => {
  if (map.get(KEY.version) !== VERSION) return undefined;
  const record = requiredFields(map);
  const more = optionalFields(map);
  return record === undefined || more === undefined ? undefined : { ...record, ...more };
};

// In the order of the keys.
const recordMap = (record: JournalRecord): Fields => {
  assert(isInstant(record.instant), 'a journal record has an instant');
  const map = new Map<number, Cbor>();
  map.set(KEY.version, VERSION).set(KEY.instant, record.instant);
  map.set(KEY.clock, placeIn(CLOCKS, record.clock)).set(KEY.kind, placeIn(RECORD_KINDS, record.kind));
  for (const name of BEFORE_REASON) put(map, name, record[name]);
  map.set(KEY.reason, reasonNumber(record.reason));
  put(map, 'allowed', record.allowed);
  map.set(KEY.sensed, sensedArray(record.sensed));
  put(map, 'transactionId', record.transactionId);
  put(map, 'requestId', record.requestId);
  put(map, 'lock', record.lock && identifierBytes(record.lock));
  return map;
};

const BEFORE_REASON = ['verb', 'interface', 'credential', 'pseudonym', 'grant', 'rule'] as const satisfies readonly Optional[];

const put = (map: Map<number, Cbor>, name: Optional, value: Cbor | undefined): void => {
  if (value === undefined) return;
  assert(OPTIONAL[name](value) !== undefined, 'a journal record has its fields in range');
  map.set(KEY[name], value);
};

const sensedArray = ({ bolt, door, batteryMv }: Sensed): Cbor => {
  assert(batteryMv === undefined || asNumber(batteryMv, 0, MAX_BATTERY_MV) !== undefined, 'a journal record has its fields in range');
  return [placeIn(BOLT_STATES, bolt), placeIn(DOOR_STATES, door), batteryMv ?? null];
};

const placeIn = <T>(choices: readonly T[], value: T): number => {
  const at = choices.indexOf(value);
  assert(at >= 0, 'a journal record has its fields in range');
  return at;
};

type Fields = ReadonlyMap<number | string, Cbor>;
type Optional = 'verb' | 'interface' | 'credential' | 'pseudonym' | 'grant' | 'rule' | 'allowed' | 'transactionId' | 'requestId' | 'lock';
type OptionalFields = { -readonly [Name in Optional]?: NonNullable<JournalRecord[Name]> };

/** The version, and what `requiredFields` reads. */
const REQUIRED_FIELDS = 6;

const requiredFields = (map: Fields): Pick<JournalRecord, 'instant' | 'clock' | 'kind' | 'reason' | 'sensed'> | undefined => {
  const instant = map.get(KEY.instant);
  const clock = choice(CLOCKS, map.get(KEY.clock));
  const kind = choice(RECORD_KINDS, map.get(KEY.kind));
  const reason = reasonOf(asNumber(map.get(KEY.reason)) ?? 0);
  const sensed = readSensed(asArray(map.get(KEY.sensed), 3));
  if (!isInstant(instant) || clock === undefined || kind === undefined) return undefined;
  return reason === undefined || sensed === undefined ? undefined : { instant, clock, kind, reason, sensed };
};
const OPTIONAL: { readonly [Name in Optional]: (value: Cbor) => OptionalFields[Name] | undefined } = {
  verb: (value) => RECORD_VERBS.find((verb) => verb === value),
  interface: (value) => asNumber(value, 0, 255),
  credential: (value) => asBytes(value, 32),
  pseudonym: (value) => asBytes(value, 16),
  grant: (value) => asBytes(value, 16),
  rule: (value) => asText(value, MAX_RULE_LENGTH),
  allowed: asBoolean,
  transactionId: (value) => asBytes(value, 16),
  requestId: (value) => asBytes(value, 16),
  lock: (value) => readLock(asBytes(value, IDENTIFIER_BYTES)),
};
const OPTIONAL_NAMES = ['verb', 'interface', 'credential', 'pseudonym', 'grant', 'rule', 'allowed', 'transactionId', 'requestId', 'lock'] as const satisfies readonly Optional[];

/** Undefined: one is out of its range, or there is one that we do not know. */
const optionalFields = (map: Fields): OptionalFields | undefined => {
  const fields: OptionalFields = {};
  let known = REQUIRED_FIELDS;
  for (const name of OPTIONAL_NAMES) {
    const value = map.get(KEY[name]);
    if (value === undefined) continue;
    if (!readField(fields, name, value)) return undefined;
    known += 1;
  }
  return known === map.size ? fields : undefined;
};

const readField = <Name extends Optional>(fields: OptionalFields, name: Name, value: Cbor): boolean => {
  const read = OPTIONAL[name](value);
  if (read !== undefined) fields[name] = read;
  return read !== undefined;
};

const readLock = (bytes: Bytes | undefined): LockId | undefined => bytes && identifierOf<LockId>(bytes);

const readSensed = (items: readonly Cbor[] | undefined): Sensed | undefined => {
  const [bolt, door, battery] = [choice(BOLT_STATES, items?.[0]), choice(DOOR_STATES, items?.[1]), items?.[2]];
  if (bolt === undefined || door === undefined || items?.length !== 3) return undefined;
  const batteryMv = asNumber(battery, 0, MAX_BATTERY_MV);
  if (batteryMv === undefined) return battery === null ? { bolt, door } : undefined;
  return { bolt, door, batteryMv };
};

const choice = <T>(choices: readonly T[], value: Cbor | undefined): T | undefined => choices[asNumber(value) ?? choices.length];
