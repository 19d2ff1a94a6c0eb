// The owners' order to one lock to forget them (ADR 39): signed by the threshold of the owner set that the lock holds, bound to the lock's id and an end. A lock that was reset has
// another id, so that no order counts twice; an order that never arrived is over at its end. Form: threshold.ts.

import { assert } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { decodeCbor, encodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import { identifierBytes, type LockId, type SiteId } from '@mortise/base/identifiers.ts';
import type { Instant } from '@mortise/base/instant.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { toSign, type ToSign } from './cose.ts';
import { refuseDocument, type DocumentError } from './document-error.ts';
import { asIdentifier, asInstant, exactFields } from './fields.ts';
import type { OwnerSet } from './owner-set.ts';
import { assembleSigned, checkSigners, readManySigned } from './threshold.ts';

export const RESET_ORDER_TYPE = 'mortise-reset';
/** Sixteen signatures over a short payload. */
export const MAX_RESET_ORDER_BYTES = 4096;
/** From its signing to its end. */
export const RESET_ORDER_MS = 30 * 86_400_000;

const VERSION = 1;
const NAMES = ['siteId', 'lockId', 'issued', 'until'] as const;

export type ResetOrder = {
  readonly siteId: SiteId;
  readonly lockId: LockId;
  readonly issued: Instant;
  /** The last instant at which it counts, by the lock's clock; at most RESET_ORDER_MS after `issued`. */
  readonly until: Instant;
};

/** For whom it must be, and whose signatures count. */
export type ResetPlace = { readonly lockId: LockId; readonly ownerSet: OwnerSet };

/** The payload that each owner signs. */
export const resetOrderPayload = (order: ResetOrder): Bytes => {
  const values: Readonly<Record<(typeof NAMES)[number], Cbor>> = { ...order, siteId: identifierBytes(order.siteId), lockId: identifierBytes(order.lockId) };
  const payload = encodeCbor(new Map(NAMES.map((name) => [name, values[name]])));
  assert(decodePayload(payload) !== undefined, 'an order within its bounds');
  return payload;
};

/** What the owner `signerKey` signs; join the results by `assembleResetOrder`. */
export const resetOrderToSign = (crypto: Crypto, signerKey: Bytes, payload: Bytes): ToSign => toSign(RESET_ORDER_TYPE, VERSION, signerKey, payload, crypto);

/** The document from the signed objects of 1 to 16 distinct owners. */
export const assembleResetOrder = assembleSigned;

/**
 * Opens an order. Whether it is over is for who has a clock: `until`.
 * Errors: `too-long`, `malformed`, `type-wrong`, `version-unknown`, `signer-unknown`, `signature-invalid`, `threshold-not-met`, `other-site`, `other-lock`.
 */
export const openResetOrder = (crypto: Crypto, bytes: Bytes, { lockId, ownerSet }: ResetPlace): Result<ResetOrder, DocumentError> => {
  if (bytes.length > MAX_RESET_ORDER_BYTES) return refuseDocument('too-long');
  const many = readManySigned(bytes);
  const order = many === undefined ? undefined : decodePayload(many.payload);
  if (many === undefined || order === undefined) return refuseDocument('malformed');
  const agreed = checkSigners(crypto, many, RESET_ORDER_TYPE, VERSION, ownerSet);
  if (!agreed.ok) return agreed;
  if (order.siteId !== ownerSet.siteId) return refuseDocument('other-site');
  return order.lockId === lockId ? ok(order) : refuseDocument('other-lock');
};

const decodePayload = (payload: Bytes): ResetOrder | undefined => {
  const read = exactFields(decodeCbor(payload, MAX_RESET_ORDER_BYTES), NAMES);
  const [siteId, lockId] = [asIdentifier<SiteId>(read?.('siteId')), asIdentifier<LockId>(read?.('lockId'))];
  const [issued, until] = [asInstant(read?.('issued')), asInstant(read?.('until'))];
  if (siteId === undefined || lockId === undefined || issued === undefined || until === undefined) return undefined;
  return until < issued || until - issued > RESET_ORDER_MS ? undefined : { siteId, lockId, issued, until };
};
