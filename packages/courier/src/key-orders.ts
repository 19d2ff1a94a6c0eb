// What an electronic key shall hold, by the hub's word: COSE_Sign1 of type `mortise-key-orders` by its time key over CBOR [keyId, version,
// instant, revalidateBy, buffer, pin, [digest, …]]. Each item is named by its SHA-256 and proves itself where it is shown (ADR 28), so that
// orders can take a key's power and give it none. An item is CBOR [kind, bytes].

import { assert } from '@mortise/base/assert.ts';
import { hex, type Bytes } from '@mortise/base/bytes.ts';
import { asArray, asBytes, asList, asNumber, decodeCbor, encodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import { identifierBytes, identifierOf, IDENTIFIER_BYTES, type LockId } from '@mortise/base/identifiers.ts';
import { isInstant, type Instant } from '@mortise/base/instant.ts';
import type { Result } from '@mortise/base/result.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import type { ToSign } from '@mortise/documents/cose.ts';
import { refuseDocument, type DocumentError } from '@mortise/documents/document-error.ts';
import type { TimeAuthority } from '@mortise/documents/time.ts';
import { hubWordToSign, openHubWord } from './hub-word.ts';

export const KEY_ORDERS_TYPE = 'mortise-key-orders';
/** 128 digests and what stands around them. */
export const MAX_KEY_ORDERS_BYTES = 6144;
/** 32 access documents with a stamp each, and room for certificates and revocations. */
export const MAX_ITEMS = 128;
export const DIGEST_BYTES = 32;
/** The longest item: an access document of 32 places has about 10 KiB. */
export const MAX_ITEM_BYTES = 32_768;
export const MAX_UNLOCKED_MINUTES = 1440;

/** `stop`: opens nothing while nothing is free. `overwrite`: keeps what was acknowledged until it needs the room. What is not acknowledged, neither gives up. */
export type BufferPolicy = 'stop' | 'overwrite';

/** The PIN holds for so many minutes (1 to 1440) once entered. A new `epoch` forgets the PIN that was chosen, so that its holder chooses again. */
export type PinPolicy = { readonly minutes: number; readonly epoch: number };

export type KeyOrders = {
  readonly keyId: LockId;
  /** From 1; a key takes only newer ones. */
  readonly version: number;
  /** When the hub said so. */
  readonly instant: Instant;
  /** Past this the key opens nothing until it has newer orders; undefined: never. */
  readonly revalidateBy: Instant | undefined;
  readonly buffer: BufferPolicy;
  /** Undefined: no PIN is asked for. */
  readonly pin: PinPolicy | undefined;
  /** SHA-256 of each item; each once, at most MAX_ITEMS. */
  readonly items: readonly Bytes[];
};

/** What the hub's time key (65 bytes) signs. */
export const keyOrdersToSign = (crypto: Crypto, timeKey: Bytes, orders: KeyOrders): ToSign => {
  const payload = encodeKeyOrders(orders);
  assert(decodeKeyOrders(payload) !== undefined, 'orders within their bounds');
  return hubWordToSign(crypto, timeKey, KEY_ORDERS_TYPE, payload);
};

/** Takes any bytes. Errors: those of `openHubWord`, and `other-lock`: for another key. */
export const openKeyOrders = (crypto: Crypto, bytes: Bytes, keyId: LockId, authority: TimeAuthority): Result<KeyOrders, DocumentError> => {
  const orders = openHubWord(crypto, bytes, { type: KEY_ORDERS_TYPE, decode: decodeKeyOrders, maxBytes: MAX_KEY_ORDERS_BYTES }, authority);
  return orders.ok && orders.value.keyId !== keyId ? refuseDocument('other-lock') : orders;
};

/** The payload. */
export const encodeKeyOrders = ({ keyId, version, instant, revalidateBy, buffer, pin, items }: KeyOrders): Bytes =>
  encodeCbor([identifierBytes(keyId), version, instant, revalidateBy ?? null, BUFFERS.indexOf(buffer), pin === undefined ? null : [pin.minutes, pin.epoch], items]);

/** Reads a payload: any bytes. */
export const decodeKeyOrders = (payload: Bytes): KeyOrders | undefined => {
  const [key, number, at, by, policy, asked, digests, ...more] = asArray(decodeCbor(payload, MAX_KEY_ORDERS_BYTES), FIELDS) ?? [];
  const [keyId, version, buffer] = [asBytes(key, IDENTIFIER_BYTES), asNumber(number, 1), BUFFERS[asNumber(policy) ?? BUFFERS.length]];
  const items = asList(digests, 0, MAX_ITEMS, (item) => asBytes(item, DIGEST_BYTES));
  const [revalidateBy, pin] = [readDeadline(by), readPin(asked)];
  if (keyId === undefined || version === undefined || !isInstant(at) || buffer === undefined || items === undefined || more.length > 0) return undefined;
  if (revalidateBy === undefined || pin === undefined || new Set(items.map(hex)).size !== items.length) return undefined;
  return { keyId: identifierOf<LockId>(keyId), version, instant: at, ...revalidateBy, buffer, ...pin, items };
};

/** What an item is: an access document, a freshness stamp, a certificate of a time key (the hub's or the key's own), a standing delegation, a Revocation Document. */
export type ItemKind = 'access' | 'stamp' | 'time-key' | 'delegation' | 'revocation';
export type KeyItem = { readonly kind: ItemKind; readonly bytes: Bytes };

/** Items past their bounds are our bug. */
export const encodeKeyItem = ({ kind, bytes }: KeyItem): Bytes => {
  const item = encodeCbor([ITEM_KINDS.indexOf(kind), bytes]);
  assert(item.length <= MAX_ITEM_BYTES, 'an item is bounded');
  return item;
};

/** Takes any bytes. */
export const decodeKeyItem = (bytes: Bytes): KeyItem | undefined => {
  const [number, content, ...more] = asArray(decodeCbor(bytes, MAX_ITEM_BYTES), 2) ?? [];
  const [kind, held] = [ITEM_KINDS[asNumber(number) ?? ITEM_KINDS.length], asBytes(content)];
  return kind === undefined || held === undefined || more.length > 0 ? undefined : { kind, bytes: held };
};

const FIELDS = 7;
const BUFFERS: readonly BufferPolicy[] = ['stop', 'overwrite'];
const ITEM_KINDS: readonly ItemKind[] = ['access', 'stamp', 'time-key', 'delegation', 'revocation'];

const readDeadline = (value: Cbor | undefined): Pick<KeyOrders, 'revalidateBy'> | undefined => {
  if (value === null) return { revalidateBy: undefined };
  return isInstant(value) ? { revalidateBy: value } : undefined;
};

const readPin = (value: Cbor | undefined): Pick<KeyOrders, 'pin'> | undefined => {
  if (value === null) return { pin: undefined };
  const [most, number, ...more] = asArray(value, 2) ?? [];
  const [minutes, epoch] = [asNumber(most, 1, MAX_UNLOCKED_MINUTES), asNumber(number)];
  return minutes === undefined || epoch === undefined || more.length > 0 ? undefined : { pin: { minutes, epoch } };
};
