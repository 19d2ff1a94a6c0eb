// An electronic key's signed word about how it is and what it holds: COSE_Sign1 of type `mortise-key-status` by its identity key over CBOR
// [identityKey, credentialKey, siteId, ownerSequence, ordersVersion, stagedVersion, [held, …], [seq, acknowledged, free], [instant, clock,
// errorMs], batteryMv, [forLocks, fromLocks], count]. The key's id is the hash of its identity key, so that the word proves whose it is.
// A courier sees by it what to give.

import { assert } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { asArray, asBytes, asList, asNumber, decodeCbor, encodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import { identifierBytes, identifierOf, IDENTIFIER_BYTES, type LockId, type SiteId } from '@mortise/base/identifiers.ts';
import { isInstant, type ClockQuality, type Instant } from '@mortise/base/instant.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { PUBLIC_KEY_BYTES, type Crypto } from '@mortise/crypto/crypto.ts';
import { openSigned, toSign, type ToSign } from '@mortise/documents/cose.ts';
import { lockIdOf } from '@mortise/journal/chain.ts';
import { MAX_ITEMS } from './key-orders.ts';

/** Items of the orders that hold and of those that are gathered for. */
export const MAX_HELD_ITEMS = 2 * MAX_ITEMS;
/** Enough of a digest to tell items apart. */
export const HELD_DIGEST_BYTES = 16;
export const MAX_KEY_STATUS_BYTES = 8192;

export type KeyStatus = {
  /** 65 bytes each. */
  readonly identityKey: Bytes;
  readonly credentialKey: Bytes;
  /** Undefined: nobody's. */
  readonly siteId: SiteId | undefined;
  /** Of the owner set that it holds, of its orders, and of those that it gathers items for; 0: none. */
  readonly ownerSequence: number;
  readonly ordersVersion: number;
  readonly stagedVersion: number;
  /** The first 16 bytes of the digests of all items that it holds, staged ones among them; at most MAX_HELD_ITEMS. */
  readonly held: readonly Bytes[];
  /** Its journal: the last entry, the last that a hub acknowledged, and how many more it has room for. */
  readonly seq: number;
  readonly acknowledged: number;
  readonly free: number;
  /** By its clock, and by how much that may be wrong; `errorMs` means nothing where the clock is `lost`. */
  readonly instant: Instant;
  readonly clock: ClockQuality;
  readonly errorMs: number;
  /** Undefined: not measured. */
  readonly batteryMv: number | undefined;
  /** Bytes of what it carries for locks and from them. */
  readonly forLocks: number;
  readonly fromLocks: number;
  /** From 1; grows within one life of the key. With `seq` it says which of two is the newer, as a lock's does. */
  readonly count: number;
};

/** `signature-invalid`: not by the key that it names; `malformed`: no status. */
export type KeyStatusError = { readonly code: 'signature-invalid' | 'malformed' };

/** What the key's identity key signs. */
export const keyStatusToSign = (crypto: Crypto, status: KeyStatus): ToSign => {
  const payload = encodeStatus(status);
  assert(decodeKeyStatus(payload) !== undefined, 'a key’s status within its bounds');
  return toSign(TYPE, VERSION, status.identityKey, payload, crypto);
};

/** Takes any bytes: the status and whose it is. */
export const openKeyStatus = (crypto: Crypto, bytes: Bytes): Result<KeyStatus & { readonly keyId: LockId }, KeyStatusError> => {
  const said = unprovenKeyStatus(bytes);
  if (said === undefined || !crypto.p256.isPublicKey(said.identityKey)) return err({ code: 'malformed' });
  const opened = openSigned(crypto, bytes, TYPE, [said.identityKey]);
  if (!opened.ok || opened.value.version !== VERSION) return err({ code: 'signature-invalid' });
  return ok({ ...said, keyId: lockIdOf(crypto, said.identityKey) });
};

/** What a status says that is not checked: for a courier, who only gives what proves itself. Takes any bytes. */
export const unprovenKeyStatus = (bytes: Bytes): KeyStatus | undefined => {
  const items = asArray(decodeCbor(bytes, MAX_KEY_STATUS_BYTES), 4);
  const payload = items?.length === 4 ? asBytes(items[2]) : undefined;
  return payload === undefined ? undefined : decodeKeyStatus(payload);
};

/** Reads a payload: any bytes. */
export const decodeKeyStatus = (payload: Bytes): KeyStatus | undefined => {
  const items = asArray(decodeCbor(payload, MAX_KEY_STATUS_BYTES), FIELDS);
  if (items?.length !== FIELDS) return undefined;
  const [whose, numbers, stamp] = [readWhose(items), readNumbers(items), readStamp(asArray(items[8], 3))];
  const held = asList(items[6], 0, MAX_HELD_ITEMS, (item) => asBytes(item, HELD_DIGEST_BYTES));
  const battery = items[9] === null ? { batteryMv: undefined } : present(asNumber(items[9], 0, 0xffff));
  if (whose === undefined || numbers === undefined || stamp === undefined || held === undefined || battery === undefined) return undefined;
  return { ...whose, ...numbers, ...stamp, ...battery, held };
};

const TYPE = 'mortise-key-status';
const VERSION = 1;
const FIELDS = 12;
const CLOCKS: readonly ClockQuality[] = ['synced', 'held', 'lost'];

const encodeStatus = (status: KeyStatus): Bytes =>
  encodeCbor([
    status.identityKey, status.credentialKey, status.siteId === undefined ? null : identifierBytes(status.siteId), status.ownerSequence, status.ordersVersion, status.stagedVersion,
    status.held, [status.seq, status.acknowledged, status.free], [status.instant, status.clock, status.errorMs], status.batteryMv ?? null, [status.forLocks, status.fromLocks], status.count,
  ]);

const present = (batteryMv: number | undefined): Pick<KeyStatus, 'batteryMv'> | undefined => (batteryMv === undefined ? undefined : { batteryMv });

const readWhose = ([identity, credential, site]: readonly Cbor[]): Pick<KeyStatus, 'identityKey' | 'credentialKey' | 'siteId'> | undefined => {
  const [identityKey, credentialKey, siteId] = [asBytes(identity, PUBLIC_KEY_BYTES), asBytes(credential, PUBLIC_KEY_BYTES), asBytes(site, IDENTIFIER_BYTES)];
  if (identityKey === undefined || credentialKey === undefined || (siteId === undefined && site !== null)) return undefined;
  return { identityKey, credentialKey, siteId: siteId && identifierOf<SiteId>(siteId) };
};

type Numbers = Pick<KeyStatus, 'ownerSequence' | 'ordersVersion' | 'stagedVersion' | 'seq' | 'acknowledged' | 'free' | 'forLocks' | 'fromLocks' | 'count'>;

const readNumbers = (items: readonly Cbor[]): Numbers | undefined => {
  const [journal, carried] = [asArray(items[7], 3), asArray(items[10], 2)];
  const read = [items[3], items[4], items[5], journal?.[0], journal?.[1], journal?.[2], carried?.[0], carried?.[1]].map((value) => asNumber(value));
  const [ownerSequence, ordersVersion, stagedVersion, seq, acknowledged, free, forLocks, fromLocks] = read;
  const count = asNumber(items[11], 1);
  if (journal?.length !== 3 || carried?.length !== 2 || count === undefined || ownerSequence === undefined || ordersVersion === undefined) return undefined;
  if (stagedVersion === undefined || seq === undefined || acknowledged === undefined || free === undefined || forLocks === undefined || fromLocks === undefined) return undefined;
  return { ownerSequence, ordersVersion, stagedVersion, seq, acknowledged, free, forLocks, fromLocks, count };
};

const readStamp = (items: readonly Cbor[] | undefined): Pick<KeyStatus, 'instant' | 'clock' | 'errorMs'> | undefined => {
  const [at, quality, error] = items ?? [];
  const [clock, errorMs] = [CLOCKS.find((each) => each === quality), asNumber(error)];
  return items?.length !== 3 || !isInstant(at) || clock === undefined || errorMs === undefined ? undefined : { instant: at, clock, errorMs };
};
