// The bodies of link messages that have no form of their own elsewhere: adoption steps, acknowledgements, answers to rosters,
// time questions, status. CBOR; each decoder takes any bytes and answers or refuses.

import { assert } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { asArray, asBytes, asNumber, asText, decodeCbor, encodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import { isInstant, type Instant } from '@mortise/base/instant.ts';
import { BOLT_STATES, DOOR_STATES, type Sensed } from '@mortise/journal/record.ts';

/** One message of the adoption handshake: its step (0 to 15) and bytes (documents' adoption.ts). */
export type AdoptBody = { readonly step: number; readonly bytes: Bytes };
/** What the lock made of a roster: `accepted` or why not, in kebab case; `version` is the one it holds now (0: none). */
export type RosterAnswerBody = { readonly version: number; readonly code: string };
/** What the lock senses and holds. */
export type StatusBody = Sensed & {
  readonly adopted: boolean;
  /** 0: none. */
  readonly rosterVersion: number;
  /** Since when the bolt is where it is, by the lock's clock. */
  readonly since: Instant;
  /** The journal's last entry; 0: none. */
  readonly seq: number;
  /** When the lock will lock by itself, if it will. */
  readonly relockAt?: Instant;
};

export const NONCE_BYTES = 16;

export const encodeAdoptBody = (body: AdoptBody): Bytes => encodeCbor([body.step, body.bytes]);
export const decodeAdoptBody = (bytes: Bytes): AdoptBody | undefined => {
  const items = exactly(2, bytes);
  const step = asNumber(items?.[0], 0, 15);
  const message = asBytes(items?.[1]);
  return step === undefined || message === undefined ? undefined : { step, bytes: message };
};

/** The number of the last journal entry that is durable at the hub. */
export const encodeJournalAck = (seq: number): Bytes => encodeCbor(seq);
export const decodeJournalAck = (bytes: Bytes): number | undefined => asNumber(decodeCbor(bytes, 16));

export const encodeRosterAnswer = (body: RosterAnswerBody): Bytes => encodeCbor([body.version, body.code]);
export const decodeRosterAnswer = (bytes: Bytes): RosterAnswerBody | undefined => {
  const items = exactly(2, bytes);
  const version = asNumber(items?.[0]);
  const code = asText(items?.[1], 64);
  return version === undefined || code === undefined || !/^[a-z][a-z0-9-]*$/.test(code) ? undefined : { version, code };
};

/** The nonce (16 bytes) that the time answer must name. */
export const encodeTimeAsk = (nonce: Bytes): Bytes => {
  assert(nonce.length === NONCE_BYTES, 'a time nonce has 16 bytes');
  return encodeCbor(nonce);
};
export const decodeTimeAsk = (bytes: Bytes): Bytes | undefined => asBytes(decodeCbor(bytes, 32), NONCE_BYTES);

export const encodeStatus = (body: StatusBody): Bytes =>
  encodeCbor([body.bolt, body.door, body.batteryMv ?? null, body.adopted, body.rosterVersion, body.since, body.seq, body.relockAt ?? null]);
export const decodeStatus = (bytes: Bytes): StatusBody | undefined => {
  const [bolt, door, battery, adopted, version, since, last, relock] = exactly(8, bytes) ?? [];
  const sensed = readSensed(bolt, door, battery);
  const [rosterVersion, seq] = [asNumber(version), asNumber(last)];
  if (sensed === undefined || typeof adopted !== 'boolean' || rosterVersion === undefined) return undefined;
  if (!isInstant(since) || seq === undefined) return undefined;
  const status = { ...sensed, adopted, rosterVersion, since, seq };
  if (relock === null) return status;
  return isInstant(relock) ? { ...status, relockAt: relock } : undefined;
};

const exactly = (count: number, bytes: Bytes): readonly Cbor[] | undefined => {
  const items = asArray(decodeCbor(bytes), count);
  return items?.length === count ? items : undefined;
};

const readSensed = (bolt: Cbor | undefined, door: Cbor | undefined, battery: Cbor | undefined): Sensed | undefined => {
  const [boltIs, doorIs] = [BOLT_STATES.find((each) => each === bolt), DOOR_STATES.find((each) => each === door)];
  if (boltIs === undefined || doorIs === undefined) return undefined;
  if (battery === null) return { bolt: boltIs, door: doorIs };
  const batteryMv = asNumber(battery, 0, 0xffff);
  return batteryMv === undefined ? undefined : { bolt: boltIs, door: doorIs, batteryMv };
};
