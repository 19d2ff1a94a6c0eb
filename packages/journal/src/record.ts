// What a lock writes down about one decision, operation or event (CONTRACTS: journal). Deterministic CBOR, a map with
// whole-number keys; absent fields are left out. Key ids only, never names. A record never grows past MAX_RECORD_BYTES.

import { assert } from '@mortise/base/assert.ts';
import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import { asArray, asBytes, asNumber, asText, decodeCbor, encodeCbor, field, type Cbor } from '@mortise/base/cbor.ts';
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

/** The record's bytes; a field out of its range or a record past its bound is our bug. */
export const encodeRecord = (record: JournalRecord): Bytes => {
  const bytes = encodeCbor(recordMap(record));
  assert(bytes.length <= MAX_RECORD_BYTES, 'a journal record is bounded');
  assert(decodeRecord(bytes) !== undefined, 'a journal record has its fields in range');
  return bytes;
};

/** Takes any bytes; undefined when they are not exactly a record of this version. */
export const decodeRecord = (bytes: Bytes): JournalRecord | undefined => {
  const map = decodeCbor(bytes, MAX_RECORD_BYTES);
  if (field(map, KEY.version) !== VERSION) return undefined;
  const record = requiredFields(map);
  if (record === undefined) return undefined;
  const whole = { ...record, ...optionalFields(map) };
  // Unknown keys and fields out of range were dropped above, so only an exact record comes out as it went in.
  return equalBytes(encodeCbor(recordMap(whole)), bytes) ? whole : undefined;
};

const recordMap = (record: JournalRecord): Cbor =>
  new Map<number, Cbor>(
    [
      entry(KEY.version, VERSION),
      entry(KEY.instant, record.instant),
      entry(KEY.clock, CLOCKS.indexOf(record.clock)),
      entry(KEY.kind, RECORD_KINDS.indexOf(record.kind)),
      entry(KEY.verb, record.verb),
      entry(KEY.interface, record.interface),
      entry(KEY.credential, record.credential),
      entry(KEY.pseudonym, record.pseudonym),
      entry(KEY.grant, record.grant),
      entry(KEY.rule, record.rule),
      entry(KEY.reason, reasonNumber(record.reason)),
      entry(KEY.allowed, record.allowed),
      entry(KEY.sensed, sensedArray(record.sensed)),
      entry(KEY.transactionId, record.transactionId),
      entry(KEY.requestId, record.requestId),
      entry(KEY.lock, record.lock && identifierBytes(record.lock)),
    ].flat(),
  );

const entry = (key: number, value: Cbor | undefined): readonly (readonly [number, Cbor])[] =>
  value === undefined ? [] : [[key, value]];

const sensedArray = (sensed: Sensed): Cbor => [BOLT_STATES.indexOf(sensed.bolt), DOOR_STATES.indexOf(sensed.door), sensed.batteryMv ?? null];

const requiredFields = (map: Cbor | undefined): Pick<JournalRecord, 'instant' | 'clock' | 'kind' | 'reason' | 'sensed'> | undefined => {
  const instant = field(map, KEY.instant);
  const clock = choice(CLOCKS, field(map, KEY.clock));
  const kind = choice(RECORD_KINDS, field(map, KEY.kind));
  const reason = reasonOf(asNumber(field(map, KEY.reason)) ?? 0);
  const sensed = readSensed(asArray(field(map, KEY.sensed), 3));
  if (!isInstant(instant) || clock === undefined || kind === undefined) return undefined;
  return reason === undefined || sensed === undefined ? undefined : { instant, clock, kind, reason, sensed };
};

const optionalFields = (map: Cbor | undefined): Partial<JournalRecord> => ({
  ...present('verb', RECORD_VERBS.find((verb) => verb === field(map, KEY.verb))),
  ...present('interface', asNumber(field(map, KEY.interface), 0, 255)),
  ...present('credential', asBytes(field(map, KEY.credential), 32)),
  ...present('pseudonym', asBytes(field(map, KEY.pseudonym), 16)),
  ...present('grant', asBytes(field(map, KEY.grant), 16)),
  ...present('rule', asText(field(map, KEY.rule), MAX_RULE_LENGTH)),
  ...present('allowed', asBoolean(field(map, KEY.allowed))),
  ...present('transactionId', asBytes(field(map, KEY.transactionId), 16)),
  ...present('requestId', asBytes(field(map, KEY.requestId), 16)),
  ...present('lock', readLock(asBytes(field(map, KEY.lock), IDENTIFIER_BYTES))),
});

const readLock = (bytes: Bytes | undefined): LockId | undefined => bytes && identifierOf<LockId>(bytes);

const readSensed = (items: readonly Cbor[] | undefined): Sensed | undefined => {
  const bolt = choice(BOLT_STATES, items?.[0]);
  const door = choice(DOOR_STATES, items?.[1]);
  if (bolt === undefined || door === undefined || items?.length !== 3) return undefined;
  return { bolt, door, ...present('batteryMv', asNumber(items[2], 0, 0xffff)) };
};

const choice = <T>(choices: readonly T[], value: Cbor | undefined): T | undefined => choices[asNumber(value) ?? choices.length];

const asBoolean = (value: Cbor | undefined): boolean | undefined => (typeof value === 'boolean' ? value : undefined);

const present = <Name extends string, T>(name: Name, value: T | undefined): { readonly [N in Name]?: T } =>
  value === undefined ? {} : one(name, value);

const one = <Name extends string, T>(name: Name, value: T): { readonly [N in Name]?: T } => {
  const out: { [N in Name]?: T } = {};
  out[name] = value;
  return out;
};
