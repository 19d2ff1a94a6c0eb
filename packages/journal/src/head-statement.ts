// A lock's signed word about where its journal stands: COSE_Sign1 of type `mortise-journal-head` by the lock's identity key
// over CBOR [lockId, seq, head]. One per batch; it covers every entry up to `seq`.

import type { Bytes } from '@mortise/base/bytes.ts';
import { asArray, asBytes, asNumber, decodeCbor, encodeCbor } from '@mortise/base/cbor.ts';
import { identifierBytes, identifierOf, type LockId } from '@mortise/base/identifiers.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { openSigned, toSign } from '@mortise/documents/cose.ts';
import { HASH_BYTES, type ChainPoint } from './chain.ts';

export type HeadStatement = ChainPoint & { readonly lockId: LockId };

/** `signature-invalid`: not by this key, or altered; `malformed`: not a head statement; `other-lock`: of another lock. */
export type HeadStatementError = { readonly code: 'signature-invalid' | 'malformed' | 'other-lock' };

/** A statement has about 160 bytes; what is longer is none. */
export const MAX_STATEMENT_BYTES = 256;

/** The message for the lock's identity key, and how the signature (64 bytes) becomes the statement. */
export const headStatementToSign = (
  crypto: Crypto,
  identityKey: Bytes,
  statement: HeadStatement,
): { readonly message: Bytes; readonly assemble: (signature: Bytes) => Bytes } =>
  toSign(TYPE, VERSION, identityKey, encodeCbor([identifierBytes(statement.lockId), statement.seq, statement.head]), crypto);

/** Takes any bytes. `lockId` is the lock that `identityKey` belongs to. */
export const openHeadStatement = (
  crypto: Crypto,
  identityKey: Bytes,
  lockId: LockId,
  bytes: Bytes,
): Result<HeadStatement, HeadStatementError> => {
  if (bytes.length > MAX_STATEMENT_BYTES) return err({ code: 'malformed' });
  const opened = openSigned(crypto, bytes, TYPE, [identityKey]);
  if (!opened.ok) return err({ code: 'signature-invalid' });
  const statement = opened.value.version === VERSION ? readPayload(opened.value.payload) : undefined;
  if (statement === undefined) return err({ code: 'malformed' });
  return statement.lockId === lockId ? ok(statement) : err({ code: 'other-lock' });
};

/** What a statement says whose signer's key is not known: nobody's word. Takes any bytes. */
export const unprovenHeadStatement = (bytes: Bytes): HeadStatement | undefined => {
  const items = asArray(decodeCbor(bytes, MAX_STATEMENT_BYTES), 4);
  const payload = items?.length === 4 ? asBytes(items[2]) : undefined;
  return payload === undefined ? undefined : readPayload(payload);
};

const TYPE = 'mortise-journal-head';
const VERSION = 1;

const readPayload = (payload: Bytes): HeadStatement | undefined => {
  const items = asArray(decodeCbor(payload, MAX_STATEMENT_BYTES), 3);
  const lock = asBytes(items?.[0], 16);
  const seq = asNumber(items?.[1], 1);
  const head = asBytes(items?.[2], HASH_BYTES);
  if (items?.length !== 3 || lock === undefined || seq === undefined || head === undefined) return undefined;
  return { lockId: identifierOf<LockId>(lock), seq, head };
};
