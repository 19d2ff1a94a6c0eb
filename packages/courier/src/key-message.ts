// What travels between an electronic key and whoever updates it, a station, a phone or a network: link messages (link-message.ts) with types of
// their own in both directions. The key says what it has; the courier gives what is missing, and says what it took. Every body
// proves itself, so that either side may break off anywhere and begin anew. Messages to and from locks travel as they are, with
// the lock's id around them.

import { assert } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { asArray, asBytes, asList, asNumber, asText, decodeCbor, encodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import { identifierBytes, identifierOf, IDENTIFIER_BYTES, type LockId } from '@mortise/base/identifiers.ts';
import { decodeMessage, encodeMessage, MAX_LINK_BODY_BYTES, type Message } from './link-message.ts';

const TO_KEY = { 'enrol': 33, 'owner-set': 34, 'revocation': 35, 'time-answer': 36, 'journal-ack': 37, 'orders': 38, 'item': 39, 'post-for-lock': 40, 'took': 41 } as const;
const FROM_KEY = { 'key-status': 49, 'time-ask': 50, 'journal': 51, 'post-from-lock': 52, 'answer': 53 } as const;

export type ToKeyType = keyof typeof TO_KEY;
export type FromKeyType = keyof typeof FROM_KEY;
export type ToKeyMessage = Message<ToKeyType>;
export type FromKeyMessage = Message<FromKeyType>;

/** A message past its bounds is our bug. */
export const encodeToKey = (message: ToKeyMessage): Bytes => encodeMessage(TO_KEY[message.type], message);
export const encodeFromKey = (message: FromKeyMessage): Bytes => encodeMessage(FROM_KEY[message.type], message);

/** Takes any bytes; undefined when they are not a message to a key. */
export const decodeToKey = (bytes: Bytes): ToKeyMessage | undefined => decodeMessage(TO_KEY_OF, bytes);
/** Takes any bytes; undefined when they are not a message from a key. */
export const decodeFromKey = (bytes: Bytes): FromKeyMessage | undefined => decodeMessage(FROM_KEY_OF, bytes);

// ---- bodies ------------------------------------------------------------------------------------------------------------------

/** A link message for a lock or from one, 1 byte or more, not read here. */
export type Post = { readonly lockId: LockId; readonly message: Bytes };

/** What leaves room for the envelope around it. */
export const MAX_POSTED_BYTES = MAX_LINK_BODY_BYTES - 32;

export const encodePost = ({ lockId, message }: Post): Bytes => {
  assert(message.length > 0 && message.length <= MAX_POSTED_BYTES, 'a posted message is bounded and not empty');
  return encodeCbor([identifierBytes(lockId), message]);
};

/** Takes any bytes. */
export const decodePost = (bytes: Bytes): Post | undefined => {
  const items = exactly(2, bytes);
  const [lock, message] = [asBytes(items?.[0], IDENTIFIER_BYTES), asBytes(items?.[1])];
  if (lock === undefined || message === undefined || message.length === 0 || message.length > MAX_POSTED_BYTES) return undefined;
  return { lockId: identifierOf<LockId>(lock), message };
};

/** `seq`: of the key's message that the courier now holds. */
export const encodeTook = (seq: number): Bytes => encodeCbor(seq);
export const decodeTook = (bytes: Bytes): number | undefined => asNumber(decodeCbor(bytes, 16));

/** What came of a message of this type: `accepted` or why not, in kebab case. */
export type KeyAnswer = { readonly to: ToKeyType; readonly code: string };
export const encodeKeyAnswer = ({ to, code }: KeyAnswer): Bytes => encodeCbor([TO_KEY[to], code]);
export const decodeKeyAnswer = (bytes: Bytes): KeyAnswer | undefined => {
  const items = exactly(2, bytes);
  const [to, code] = [TO_KEY_OF.get(asNumber(items?.[0]) ?? 0), asText(items?.[1], 64)];
  return to === undefined || code === undefined || !/^[a-z][a-z0-9-]*$/.test(code) ? undefined : { to, code };
};

/**
 * By what a key becomes a site's: the whole history of owner sets, the owners' introduction and enrolment of this key, and certificates of
 * the hub's time keys. The same site may send it again, with other certificates or another journal key.
 */
export type Enrolment = { readonly ownerSets: readonly Bytes[]; readonly introduction: Bytes; readonly enrolment: Bytes; readonly timeKeys: readonly Bytes[] };

export const MAX_ENROLMENT_BYTES = 61_440;
export const MAX_ENROLMENT_OWNER_SETS = 64;
export const MAX_HUB_TIME_KEYS = 8;
/** The head of a CBOR string or list, at most. */
const PART_OVERHEAD_BYTES = 5;

/** Whether they fit into one message: a history of owner sets that is too long for that is too long for a key. */
export const fitsEnrolment = ({ ownerSets, introduction, enrolment, timeKeys }: Enrolment): boolean =>
  ownerSets.length <= MAX_ENROLMENT_OWNER_SETS && [...ownerSets, introduction, enrolment, ...timeKeys].reduce((sum, { length }) => sum + length + PART_OVERHEAD_BYTES, 4 * PART_OVERHEAD_BYTES) <= MAX_ENROLMENT_BYTES;

export const encodeEnrolment = ({ ownerSets, introduction, enrolment, timeKeys }: Enrolment): Bytes => {
  const bytes = encodeCbor([ownerSets, introduction, enrolment, timeKeys]);
  assert(decodeEnrolment(bytes) !== undefined, 'an enrolment within its bounds');
  return bytes;
};

/** Takes any bytes. */
export const decodeEnrolment = (bytes: Bytes): Enrolment | undefined => {
  const items = bytes.length > MAX_ENROLMENT_BYTES ? undefined : exactly(4, bytes);
  const [ownerSets, timeKeys] = [asList(items?.[0], 1, MAX_ENROLMENT_OWNER_SETS, asBytesItem), asList(items?.[3], 1, MAX_HUB_TIME_KEYS, asBytesItem)];
  const [introduction, enrolment] = [asBytes(items?.[1]), asBytes(items?.[2])];
  if (ownerSets === undefined || timeKeys === undefined || introduction === undefined || enrolment === undefined) return undefined;
  return { ownerSets, introduction, enrolment, timeKeys };
};

const asBytesItem = (item: Cbor): Bytes | undefined => asBytes(item);

const exactly = (count: number, bytes: Bytes): readonly Cbor[] | undefined => {
  const items = asArray(decodeCbor(bytes), count);
  return items?.length === count ? items : undefined;
};

const TO_KEY_OF: ReadonlyMap<number, ToKeyType> = new Map([
  [TO_KEY.enrol, 'enrol'],
  [TO_KEY['owner-set'], 'owner-set'],
  [TO_KEY.revocation, 'revocation'],
  [TO_KEY['time-answer'], 'time-answer'],
  [TO_KEY['journal-ack'], 'journal-ack'],
  [TO_KEY.orders, 'orders'],
  [TO_KEY.item, 'item'],
  [TO_KEY['post-for-lock'], 'post-for-lock'],
  [TO_KEY.took, 'took'],
]);
const FROM_KEY_OF: ReadonlyMap<number, FromKeyType> = new Map([
  [FROM_KEY['key-status'], 'key-status'],
  [FROM_KEY['time-ask'], 'time-ask'],
  [FROM_KEY.journal, 'journal'],
  [FROM_KEY['post-from-lock'], 'post-from-lock'],
  [FROM_KEY.answer, 'answer'],
]);
