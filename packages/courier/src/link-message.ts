// What travels between a lock and whoever carries for it, the hub's link (CONTRACTS: MQTT) as well as a phone at the door, as CBOR
// [1, type, session(8), seq, expires, body]. The session ties relay and adoption messages to one browser socket; the hub chooses
// it. The two directions have types of their own, so that a broker that hands a lock its own messages back is refused. But for
// `adopt`, `relay` and `status-ask` every body proves itself, so that anybody may carry it (ADR 22).

import { assert } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { asArray, asBytes, asNumber, decodeCborInPlace, encodeCbor } from '@mortise/base/cbor.ts';
import { isInstant, type Instant } from '@mortise/base/instant.ts';

export const MAX_LINK_MESSAGE_BYTES = 65_536;
/** Leaves room for what stands around the body. */
export const MAX_LINK_BODY_BYTES = 65_472;
export const SESSION_BYTES = 8;
/** For messages that belong to no browser socket. */
export const NO_SESSION: Bytes = new Uint8Array(SESSION_BYTES);

const TO_LOCK = { 'adopt': 1, 'relay': 2, 'roster': 3, 'journal-ack': 4, 'time-answer': 5, 'status-ask': 6, 'revocation': 7, 'owner-set': 8, 'time-bound': 9, 'certified-time': 10, 'network': 11, 'reset': 12 } as const;
const FROM_LOCK = { 'adopt': 17, 'relay': 18, 'roster-answer': 19, 'journal': 20, 'time-ask': 21, 'status': 22, 'statement': 23, 'owner-set-answer': 24, 'revocation': 25, 'network-answer': 26, 'reset-answer': 27 } as const;

export type ToLockType = keyof typeof TO_LOCK;
export type FromLockType = keyof typeof FROM_LOCK;

export type Message<Type> = {
  readonly type: Type;
  /** 8 bytes; NO_SESSION outside relay and adoption. */
  readonly session: Bytes;
  /** Counts the sender's messages of this session; 0 to 2^53-1. */
  readonly seq: number;
  /** From this instant on the message counts for nothing; 0: it does not expire. */
  readonly expires: Instant | 0;
  /**
   * At most MAX_LINK_BODY_BYTES; its form belongs to the type: link-body.ts, journal-ack.ts, time-bound.ts, status.ts, relay-frame.ts, documents,
   * journal. A `statement` is the signed adoption statement, a `revocation` one Aliro Document of type `aliro-r` as it is stored.
   */
  readonly body: Bytes;
};

export type ToLockMessage = Message<ToLockType>;
export type FromLockMessage = Message<FromLockType>;
export type LinkMessage = ToLockMessage | FromLockMessage;

/** A message past its bounds is our bug. */
export const encodeToLock = (message: ToLockMessage): Bytes => encodeMessage(TO_LOCK[message.type], message);
export const encodeFromLock = (message: FromLockMessage): Bytes => encodeMessage(FROM_LOCK[message.type], message);

/** Takes any bytes; undefined when they are not a message to a lock. */
export const decodeToLock = (bytes: Bytes): ToLockMessage | undefined => decodeMessage(TO_LOCK_OF, bytes);
/** Takes any bytes; undefined when they are not a message from a lock. */
export const decodeFromLock = (bytes: Bytes): FromLockMessage | undefined => decodeMessage(FROM_LOCK_OF, bytes);

/** Whether the message came too late by a clock that says `now`. Only a clock that is not `lost` can tell. */
export const hasExpired = (message: { readonly expires: Instant | 0 }, now: Instant): boolean =>
  message.expires !== 0 && now >= message.expires;

const VERSION = 1;

const TO_LOCK_OF: ReadonlyMap<number, ToLockType> = new Map([
  [TO_LOCK.adopt, 'adopt'],
  [TO_LOCK.relay, 'relay'],
  [TO_LOCK.roster, 'roster'],
  [TO_LOCK['journal-ack'], 'journal-ack'],
  [TO_LOCK['time-answer'], 'time-answer'],
  [TO_LOCK['status-ask'], 'status-ask'],
  [TO_LOCK.revocation, 'revocation'],
  [TO_LOCK['owner-set'], 'owner-set'],
  [TO_LOCK['time-bound'], 'time-bound'],
  [TO_LOCK['certified-time'], 'certified-time'],
  [TO_LOCK.network, 'network'],
  [TO_LOCK.reset, 'reset'],
]);
const FROM_LOCK_OF: ReadonlyMap<number, FromLockType> = new Map([
  [FROM_LOCK.adopt, 'adopt'],
  [FROM_LOCK.relay, 'relay'],
  [FROM_LOCK['roster-answer'], 'roster-answer'],
  [FROM_LOCK.journal, 'journal'],
  [FROM_LOCK['time-ask'], 'time-ask'],
  [FROM_LOCK.status, 'status'],
  [FROM_LOCK.statement, 'statement'],
  [FROM_LOCK['owner-set-answer'], 'owner-set-answer'],
  [FROM_LOCK.revocation, 'revocation'],
  [FROM_LOCK['network-answer'], 'network-answer'],
  [FROM_LOCK['reset-answer'], 'reset-answer'],
]);

/** The same envelope for other types (key-message.ts). A message past its bounds is our bug. */
export const encodeMessage = (type: number, message: Omit<Message<unknown>, 'type'>): Bytes => {
  assert(message.session.length === SESSION_BYTES, 'a session has 8 bytes');
  assert(message.body.length <= MAX_LINK_BODY_BYTES, 'a link message is bounded');
  return encodeCbor([VERSION, type, message.session, message.seq, message.expires, message.body]);
};

/** Takes any bytes; undefined when they are no message of one of these types. */
export const decodeMessage = <Type>(types: ReadonlyMap<number, Type>, bytes: Bytes): Message<Type> | undefined => {
  const items = asArray(decodeCborInPlace(bytes, MAX_LINK_MESSAGE_BYTES), 6);
  const type = types.get(asNumber(items?.[1]) ?? 0);
  const [session, seq, body] = [asBytes(items?.[2], SESSION_BYTES), asNumber(items?.[3]), asBytes(items?.[5])];
  const expires = items?.[4];
  if (items?.length !== 6 || items[0] !== VERSION || type === undefined || session === undefined) return undefined;
  if (seq === undefined || !isInstant(expires) || body === undefined || body.length > MAX_LINK_BODY_BYTES) return undefined;
  return { type, session, seq, expires, body };
};
