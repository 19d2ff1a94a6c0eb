// A lock's signed word about how it is: COSE_Sign1 of type `mortise-status` by the lock's identity key over CBOR
// [lockId, bolt, door, batteryMv, adopted, rosterVersion, ownerSequence, since, seq, relockAt, instant, clock, count, built, held, warnings,
// reserve]. Whoever carries it can keep it back or say it again; which of two is the newer is in `seq` and `count`, how old it is in `instant`.

import { assert } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { asArray, asBytes, asList, asNumber, decodeCbor, encodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import { IDENTIFIER_BYTES, identifierBytes, identifierOf, type LockId } from '@mortise/base/identifiers.ts';
import { isInstant, type ClockQuality, type Instant } from '@mortise/base/instant.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { openSigned, toSign, type ToSign } from '@mortise/documents/cose.ts';
import { BOLT_STATES, DOOR_STATES, type Sensed } from '@mortise/journal/record.ts';
import { MECHANISM_NAMES, OPENINGS, type Built } from './built.ts';

/** Below this a lock does not move the bolt: the motor would stall half-way, and a bolt left between its ends is worse than one that did not move. */
export const BATTERY_EMPTY_MV = 4000;

/**
 * What is so at this moment and needs somebody: the door stands open for longer than the owners let it, was opened though the bolt was sensed locked, was left unlocked
 * for longer than they let it; the body is being opened; the fire release is on; there is no power from outside.
 */
export const WARNINGS = ['ajar', 'forced', 'leftUnlocked', 'tamper', 'fireRelease', 'powerLost'] as const;
export type Warning = (typeof WARNINGS)[number];

/** It is kept unlocked; `until` null: in the hours of the owners' policy. */
export type Held = { readonly until: Instant | null };

/** What the lock senses and holds. */
export type Status = Sensed & {
  readonly lockId: LockId;
  readonly adopted: boolean;
  /** 0: none. */
  readonly rosterVersion: number;
  /** Of the owner set that it holds; 0: none. */
  readonly ownerSequence: number;
  /** Since when the bolt is where it is, by the lock's clock. */
  readonly since: Instant;
  /** The journal's last entry, which is durable; 0: none. Every life of the lock begins with an entry. */
  readonly seq: number;
  /** When the lock will lock by itself, if it will. */
  readonly relockAt?: Instant;
  readonly built?: Built;
  readonly held?: Held;
  /** Without one: left out. In the order of WARNINGS. */
  readonly warnings?: readonly Warning[];
  /** How often it still opens and locks again while its battery is in reserve; left out: it is not. */
  readonly reserve?: number;
  /** When this was said, by the lock's clock, to be read together with `clock`. */
  readonly instant: Instant;
  readonly clock: ClockQuality;
  /** From 1; grows with each status of one life of the lock, and begins anew in the next. */
  readonly count: number;
};

/** `signature-invalid`: not by this key, or altered; `malformed`: no status; `other-lock`: of another lock. */
export type StatusError = { readonly code: 'signature-invalid' | 'malformed' | 'other-lock' };

/** A status has 250 to 330 bytes; what is longer is none. */
export const MAX_STATUS_BYTES = 512;

/** What the lock's identity key signs to say `status`. */
export const statusToSign = (crypto: Crypto, identityKey: Bytes, status: Status): ToSign => {
  const payload = encodeStatus(status);
  assert(decodeStatus(payload) !== undefined, 'a status within its bounds');
  return toSign(TYPE, VERSION, identityKey, payload, crypto);
};

/** Takes any bytes. `lockId` is the lock that `identityKey` belongs to. */
export const openStatus = (crypto: Crypto, identityKey: Bytes, lockId: LockId, bytes: Bytes): Result<Status, StatusError> => {
  if (bytes.length > MAX_STATUS_BYTES) return err({ code: 'malformed' });
  const opened = openSigned(crypto, bytes, TYPE, [identityKey]);
  if (!opened.ok) return err({ code: 'signature-invalid' });
  const status = opened.value.version === VERSION ? decodeStatus(opened.value.payload) : undefined;
  if (status === undefined) return err({ code: 'malformed' });
  return status.lockId === lockId ? ok(status) : err({ code: 'other-lock' });
};

/** What a status says whose signer is not known yet: nobody's word, to be used for nothing that matters. Takes any bytes. */
export const unprovenStatus = (bytes: Bytes): Status | undefined => {
  const items = asArray(decodeCbor(bytes, MAX_STATUS_BYTES), 4);
  const payload = items?.length === 4 ? asBytes(items[2]) : undefined;
  return payload === undefined ? undefined : decodeStatus(payload);
};

/** Whether of two statuses of one lock the first was said after the second: a later life begins with a further entry. */
export const isAfter = (a: Pick<Status, 'seq' | 'count'>, b: Pick<Status, 'seq' | 'count'>): boolean =>
  a.seq === b.seq ? a.count > b.count : a.seq > b.seq;

/** The payload. */
export const encodeStatus = (status: Status): Bytes =>
  encodeCbor([
    identifierBytes(status.lockId), status.bolt, status.door, status.batteryMv ?? null, status.adopted, status.rosterVersion, status.ownerSequence,
    status.since, status.seq, status.relockAt ?? null, status.instant, status.clock, status.count, ...encodeMore(status),
  ]);

const encodeMore = ({ built, held, warnings = [], reserve }: Status): readonly Cbor[] => [
  built === undefined ? null : [built.mechanism, built.opening], held === undefined ? null : [held.until], warnings, reserve ?? null,
];

/** Reads a payload: any bytes. */
export const decodeStatus = (bytes: Bytes): Status | undefined => {
  const items = asArray(decodeCbor(bytes, MAX_STATUS_BYTES), FIELDS);
  if (items?.length !== FIELDS) return undefined;
  const [lock, bolt, door, battery, adopted, version, sequence, since, last, relock, ...said] = items;
  const [sensed, stamp, more] = [readSensed(bolt, door, battery), readStamp(said), readMore(said.slice(STAMP_FIELDS))];
  const [lockId, rosterVersion, ownerSequence, seq] = [asBytes(lock, IDENTIFIER_BYTES), asNumber(version), asNumber(sequence), asNumber(last)];
  if (sensed === undefined || stamp === undefined || more === undefined || lockId === undefined || rosterVersion === undefined) return undefined;
  if (typeof adopted !== 'boolean' || ownerSequence === undefined || !isInstant(since) || seq === undefined) return undefined;
  const status = { ...sensed, ...stamp, ...more, lockId: identifierOf<LockId>(lockId), adopted, rosterVersion, ownerSequence, since, seq };
  if (relock === null) return status;
  return isInstant(relock) ? { ...status, relockAt: relock } : undefined;
};

const TYPE = 'mortise-status';
const VERSION = 3;
const FIELDS = 17;
const STAMP_FIELDS = 3;
const MAX_RESERVE = 255;
const CLOCKS: readonly ClockQuality[] = ['synced', 'held', 'lost'];

const readStamp = ([at, quality, number]: readonly Cbor[]): Pick<Status, 'instant' | 'clock' | 'count'> | undefined => {
  const clock = CLOCKS.find((each) => each === quality);
  const count = asNumber(number, 1);
  return !isInstant(at) || clock === undefined || count === undefined ? undefined : { instant: at, clock, count };
};

const readSensed = (bolt: Cbor | undefined, door: Cbor | undefined, battery: Cbor | undefined): Sensed | undefined => {
  const [boltIs, doorIs] = [BOLT_STATES.find((each) => each === bolt), DOOR_STATES.find((each) => each === door)];
  if (boltIs === undefined || doorIs === undefined) return undefined;
  if (battery === null) return { bolt: boltIs, door: doorIs };
  const batteryMv = asNumber(battery, 0, 0xffff);
  return batteryMv === undefined ? undefined : { bolt: boltIs, door: doorIs, batteryMv };
};

type More = Pick<Status, 'built' | 'held' | 'warnings' | 'reserve'>;

const readMore = ([built, held, warnings, reserve]: readonly Cbor[]): More | undefined => {
  const [isBuilt, isHeld, isWarned, isReserved] = [orNone(built, readBuilt), orNone(held, readHeld), readWarnings(warnings), orNone(reserve, readReserve)];
  return isBuilt === undefined || isHeld === undefined || isWarned === undefined || isReserved === undefined ? undefined : { ...isBuilt, ...isHeld, ...isWarned, ...isReserved };
};

const orNone = (value: Cbor | undefined, read: (value: Cbor | undefined) => More | undefined): More | undefined => (value === null ? {} : read(value));

const readBuilt = (value: Cbor | undefined): More | undefined => {
  const [name, way, ...rest] = asArray(value, 2) ?? [];
  const [mechanism, opening] = [MECHANISM_NAMES.find((each) => each === name), OPENINGS.find((each) => each === way)];
  return mechanism === undefined || opening === undefined || rest.length > 0 ? undefined : { built: { mechanism, opening } };
};

const readHeld = (value: Cbor | undefined): More | undefined => {
  const items = asArray(value, 1);
  const until = items?.length === 1 ? items[0] : undefined;
  return until === null || isInstant(until) ? { held: { until } } : undefined;
};

// In one order, each once: a status has one form.
const readWarnings = (value: Cbor | undefined): More | undefined => {
  const warnings = asList(value, 0, WARNINGS.length, (each) => WARNINGS.find((warning) => warning === each));
  const isOrdered = warnings?.every((each, index) => index === 0 || WARNINGS.indexOf(each) > WARNINGS.indexOf(warnings[index - 1] ?? each)) ?? false;
  return warnings === undefined || !isOrdered ? undefined : warnings.length === 0 ? {} : { warnings };
};

const readReserve = (value: Cbor | undefined): More | undefined => {
  const reserve = asNumber(value, 0, MAX_RESERVE);
  return reserve === undefined ? undefined : { reserve };
};
