// Time for locks (CONTRACTS: time). An owner certifies a time key; that key answers a lock's own nonce. Certificate and
// answer are checked here; what the lock then does with its clock is in access/clock.ts. Nothing here reads a clock.

import { assert } from '@mortise/base/assert.ts';
import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import { asBytes, asNumber, decodeCbor, encodeBriefly, encodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import { identifierBytes, type LockId } from '@mortise/base/identifiers.ts';
import { isInstant, type Instant } from '@mortise/base/instant.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { PUBLIC_KEY_BYTES, type Crypto } from '@mortise/crypto/crypto.ts';
import { openSigned, toSign, type ToSign } from './cose.ts';
import { refuseDocument, type DocumentError } from './document-error.ts';
import { asIdentifier, asInstant, exactFields } from './fields.ts';

export const TIME_KEY_TYPE = 'mortise-time-key';
export const TIME_ANSWER_TYPE = 'mortise-time-answer';
export const TIME_NONCE_BYTES = 16;
export const MAX_TIME_KEY_BYTES = 512;
export const MAX_TIME_ANSWER_BYTES = 512;
/** An answer that may be wrong by more than this is no answer. */
export const MAX_TIME_ERROR_MS = 600_000;
/** 1 % : worse than any clock that deserves a certificate. */
export const MAX_DRIFT_PPM = 10_000;

const FORMAT = 1;
const KEY_NAMES = ['key', 'kind', 'driftPpm', 'until'] as const;
const ANSWER_NAMES = ['lockId', 'nonce', 'instant', 'errorMs', 'lastSync'] as const;

export type TimeKey = {
  /** P-256 public key, 65 bytes. */
  readonly key: Bytes;
  readonly kind: 'hub' | 'ekey';
  /** How fast the key's own clock may run wrong, parts per million: 0 to 10,000. */
  readonly driftPpm: number;
  /** The last instant that the key may attest. */
  readonly until: Instant;
};

export type TimeAnswer = {
  readonly lockId: LockId;
  /** The lock's own 16 bytes. */
  readonly nonce: Bytes;
  readonly instant: Instant;
  /** How far `instant` may be off at the time of signing, ms: 0 to 600,000. */
  readonly errorMs: number;
  /** When the answering clock was itself last set; not after `instant`. */
  readonly lastSync: Instant;
};

/** An instant that a certified key attested to this lock, with the error that its certificate admits. */
export type AttestedTime = { readonly instant: Instant; readonly errorMs: number; readonly by: TimeKey };

export const timeKeyPayload = (crypto: Crypto, fields: TimeKey): Bytes => {
  const payload = encodeCbor(new Map<string, Cbor>(KEY_NAMES.map((name) => [name, fields[name]])));
  assert(decodeTimeKey(payload) !== undefined && crypto.p256.isPublicKey(fields.key), 'a time key within its bounds');
  return payload;
};

/** What the owner `signerKey` signs to certify a time key. */
export const timeKeyToSign = (crypto: Crypto, signerKey: Bytes, payload: Bytes): ToSign =>
  toSign(TIME_KEY_TYPE, FORMAT, signerKey, payload, crypto);

/** Errors: `too-long`, `malformed`, `type-wrong`, `version-unknown`, `signer-unknown`, `signature-invalid`. `until` is not checked here. */
export const openTimeKey = (crypto: Crypto, bytes: Bytes, ownerKeys: readonly Bytes[]): Result<TimeKey, DocumentError> => {
  const read = readTimeKey(crypto, bytes, ownerKeys);
  return read.ok && !crypto.p256.isPublicKey(read.value.key) ? refuseDocument('malformed') : read;
};

/** As `openTimeKey`, for who verifies with the key at once: nothing is signed by a key that is no point of the curve. */
const readTimeKey = (crypto: Crypto, bytes: Bytes, ownerKeys: readonly Bytes[]): Result<TimeKey, DocumentError> => {
  if (bytes.length > MAX_TIME_KEY_BYTES) return refuseDocument('too-long');
  const signed = openSigned(crypto, bytes, TIME_KEY_TYPE, ownerKeys);
  if (!signed.ok) return signed;
  if (signed.value.version !== FORMAT) return refuseDocument('version-unknown');
  const timeKey = decodeTimeKey(signed.value.payload);
  return timeKey === undefined ? refuseDocument('malformed') : ok(timeKey);
};

export const timeAnswerPayload = (fields: TimeAnswer): Bytes => {
  const { lockId, nonce, instant, errorMs, lastSync } = fields;
  assert(isTimeAnswer(fields), 'a time answer within its bounds');
  return encodeBriefly(new Map<string, Cbor>([['nonce', nonce], ['lockId', identifierBytes(lockId)], ['errorMs', errorMs], ['instant', instant], ['lastSync', lastSync]]));
};

const isTimeAnswer = ({ nonce, instant, errorMs, lastSync }: TimeAnswer): boolean =>
  nonce.length === TIME_NONCE_BYTES && asNumber(errorMs, 0, MAX_TIME_ERROR_MS) !== undefined && isInstant(instant) && isInstant(lastSync) && lastSync <= instant;

/** What the time key signs to answer a lock. */
export const timeAnswerToSign = (crypto: Crypto, timeKey: Bytes, payload: Bytes): ToSign =>
  toSign(TIME_ANSWER_TYPE, FORMAT, timeKey, payload, crypto);

/** By whose certificates a time key's word counts. */
export type TimeAuthority = {
  readonly ownerKeys: readonly Bytes[];
  /** The roster's `timeKeys`: signed certificates. One that is not by a present owner is passed over. */
  readonly certificates: readonly Bytes[];
};

/** What the lock asked, and by whose certificates it lets itself be answered. */
export type TimeQuestion = TimeAuthority & { readonly lockId: LockId; readonly nonce: Bytes };

/**
 * Checks an answer to the lock's own question.
 * Errors: `too-long`, `malformed`, `type-wrong`, `version-unknown`, `signer-unknown` (no certificate of a present owner for this
 * key), `signature-invalid`, `other-lock`, `nonce-wrong` (an old or foreign answer), `expired` (the key may not attest this instant).
 */
export const openTimeAnswer = (crypto: Crypto, bytes: Bytes, question: TimeQuestion): Result<AttestedTime, DocumentError> => {
  if (bytes.length > MAX_TIME_ANSWER_BYTES) return refuseDocument('too-long');
  const certified = keysOf(question, (certificate) => readTimeKey(crypto, certificate, question.ownerKeys));
  const signed = openSigned(crypto, bytes, TIME_ANSWER_TYPE, certified.map(({ key }) => key));
  if (!signed.ok) return signed;
  if (signed.value.version !== FORMAT) return refuseDocument('version-unknown');
  const answer = readTimeAnswer(decodeCbor(signed.value.payload, MAX_TIME_ANSWER_BYTES));
  if (answer === undefined) return refuseDocument('malformed');
  if (answer.lockId !== question.lockId) return refuseDocument('other-lock');
  if (!equalBytes(answer.nonce, question.nonce)) return refuseDocument('nonce-wrong');
  // One key may have been certified twice: any certificate that still holds will do.
  const by = certified.find(({ key, until }) => equalBytes(key, signed.value.signer) && answer.instant <= until);
  return by === undefined ? refuseDocument('expired') : attest(answer, by);
};

/** The time keys that present owners certified. Whether a key may still attest an instant is in its `until`. */
export const openTimeKeys = (crypto: Crypto, authority: TimeAuthority): readonly TimeKey[] =>
  keysOf(authority, (certificate) => openTimeKey(crypto, certificate, authority.ownerKeys));

const keysOf = ({ certificates }: TimeAuthority, read: (certificate: Bytes) => Result<TimeKey, DocumentError>): readonly TimeKey[] => {
  const keys: TimeKey[] = [];
  for (const certificate of certificates) {
    const opened = read(certificate);
    if (opened.ok) keys.push(opened.value);
  }
  return keys;
};

// The key's own figure counts for no less than its certified drift since it was last set.
const attest = ({ instant, errorMs, lastSync }: TimeAnswer, by: TimeKey): Result<AttestedTime, DocumentError> => {
  const driftMs = Math.ceil(((instant - lastSync) * by.driftPpm) / 1_000_000);
  const worst = Math.max(errorMs, driftMs);
  return worst > MAX_TIME_ERROR_MS ? refuseDocument('expired') : ok({ instant, errorMs: worst, by });
};

const decodeTimeKey = (payload: Bytes): TimeKey | undefined => {
  const read = exactFields(decodeCbor(payload, MAX_TIME_KEY_BYTES), KEY_NAMES);
  const key = asBytes(read?.('key'), PUBLIC_KEY_BYTES);
  const kind = read?.('kind');
  const driftPpm = asNumber(read?.('driftPpm'), 0, MAX_DRIFT_PPM);
  const until = asInstant(read?.('until'));
  if (key === undefined || (kind !== 'hub' && kind !== 'ekey')) return undefined;
  return driftPpm === undefined || until === undefined ? undefined : { key, kind, driftPpm, until };
};

const readTimeAnswer = (payload: Cbor | undefined): TimeAnswer | undefined => {
  const read = exactFields(payload, ANSWER_NAMES);
  const lockId = asIdentifier<LockId>(read?.('lockId'));
  const nonce = asBytes(read?.('nonce'), TIME_NONCE_BYTES);
  const instant = asInstant(read?.('instant'));
  const errorMs = asNumber(read?.('errorMs'), 0, MAX_TIME_ERROR_MS);
  const lastSync = asInstant(read?.('lastSync'));
  if (lockId === undefined || nonce === undefined || instant === undefined) return undefined;
  if (errorMs === undefined || lastSync === undefined || lastSync > instant) return undefined;
  return { lockId, nonce, instant, errorMs, lastSync };
};
