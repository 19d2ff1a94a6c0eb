// What adoption says on the wire: hello, answer, offer, done (adoption.ts has the story). Each is a CBOR array that begins
// with its step, so that no message passes for another. A refusal that the lock gives before it knows the other side is
// plain: [step, code, retryAfterMs]. Whoever relays can forge that, as it can drop everything: nothing changes by it.

import { assert } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { asArray, asBytes, asNumber, asText, decodeCbor, encodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import { err, ok, type Err, type Result } from '@mortise/base/result.ts';
import { PUBLIC_KEY_BYTES, SIGNATURE_BYTES, type Crypto } from '@mortise/crypto/crypto.ts';
import { exactFieldsAnd } from './fields.ts';
import { profileFields, readProfile, type LockProfile } from './lock-profile.ts';

export const ADOPTION_STEP = { hello: 1, answer: 2, offer: 3, done: 4 } as const;
/** The longest adoption message; the largest message of the courier (64 KiB) holds one. */
export const MAX_ADOPTION_BYTES = 61_440;
export const MAX_RETRY_AFTER_MS = 3_600_000;

const MAX_ANSWER_BYTES = 1024;
const MAX_NAME_LENGTH = 64;

export const ADOPTION_CODES = [
  /** Not a message of this handshake: cut, altered, replayed or out of step. */
  'malformed',
  /** Not the lock of the setup code: another lock, or somebody in between. */
  'identity-mismatch',
  /** The lock's signature is wrong: something in the answer or the statement was changed. */
  'signature-invalid',
  /** The offer does not open: another secret than the lock's, or the offer was changed on its way. */
  'setup-code-wrong',
  'already-adopted',
  'too-many-tries',
  /** A document in the offer does not hold, is for another lock, or contradicts another. */
  'document-refused',
] as const;
export type AdoptionErrorCode = (typeof ADOPTION_CODES)[number];
export type AdoptionError = {
  readonly code: AdoptionErrorCode;
  /** With `too-many-tries`: how long the lock will not listen, ms, at most one hour. */
  readonly retryAfterMs?: number;
};

export const refuseAdoption = (code: AdoptionErrorCode): Err<AdoptionError> => err({ code });

/** A lock's public side. The keys are P-256, 65 bytes each; model and firmware have at most 64 characters. */
export type LockIntroduction = {
  readonly identityKey: Bytes;
  readonly readerKey: Bytes;
  readonly sealKey: Bytes;
  readonly linkKey: Bytes;
  readonly model: string;
  readonly firmware: string;
  readonly profile: LockProfile;
};

export type AnswerBody = LockIntroduction & {
  /** The lock's ephemeral key of this handshake, 65 bytes. */
  readonly ephemeral: Bytes;
};

const KEY_NAMES = ['identityKey', 'readerKey', 'sealKey', 'linkKey', 'ephemeral'] as const;
const TEXT_NAMES = ['model', 'firmware'] as const;
const ANSWER_NAMES = [...KEY_NAMES, ...TEXT_NAMES];

export const encodeHello = (ephemeral: Bytes): Bytes => encodeCbor([ADOPTION_STEP.hello, ephemeral]);

/** The owner's ephemeral key (65 bytes, on the curve). */
export const decodeHello = (crypto: Crypto, message: Bytes): Bytes | undefined => {
  const items = asArray(decodeCbor(message, MAX_ANSWER_BYTES), 2);
  const ephemeral = asBytes(items?.[1], PUBLIC_KEY_BYTES);
  const right = items?.length === 2 && items[0] === ADOPTION_STEP.hello && ephemeral !== undefined && crypto.p256.isPublicKey(ephemeral);
  return right ? ephemeral : undefined;
};

/** The part of the answer that is signed. */
export const encodeAnswerBody = (crypto: Crypto, body: AnswerBody): Bytes => {
  const encoded = encodeCbor(new Map<string, Cbor>([...ANSWER_NAMES.map((name) => [name, body[name]] as const), ...profileFields(body.profile)]));
  assert(decodeAnswerBody(crypto, encoded) !== undefined, 'a lock introduces itself within the bounds');
  return encoded;
};

export const decodeAnswerBody = (crypto: Crypto, bytes: Bytes): AnswerBody | undefined => {
  const read = exactFieldsAnd(decodeCbor(bytes, MAX_ANSWER_BYTES), ANSWER_NAMES, 'profile');
  const profile = read && readProfile(read);
  if (read === undefined || profile === undefined) return undefined;
  const key = (name: (typeof KEY_NAMES)[number]): Bytes | undefined => {
    const bytesOfKey = asBytes(read(name), PUBLIC_KEY_BYTES);
    return bytesOfKey !== undefined && crypto.p256.isPublicKey(bytesOfKey) ? bytesOfKey : undefined;
  };
  const [identityKey, readerKey, sealKey, linkKey, ephemeral] = KEY_NAMES.map(key);
  const [model, firmware] = TEXT_NAMES.map((name) => asText(read(name), MAX_NAME_LENGTH));
  if (identityKey === undefined || readerKey === undefined || sealKey === undefined || linkKey === undefined) return undefined;
  if (ephemeral === undefined || model === undefined || firmware === undefined) return undefined;
  return { identityKey, readerKey, sealKey, linkKey, ephemeral, model, firmware, profile };
};

export const encodeAnswer = (body: Bytes, signature: Bytes): Bytes => encodeCbor([ADOPTION_STEP.answer, body, signature]);

/** The signed body and its signature; the lock's refusal as an error; `malformed` for anything else. */
export const decodeAnswer = (message: Bytes): Result<{ readonly body: Bytes; readonly signature: Bytes }, AdoptionError> => {
  const items = itemsOf(ADOPTION_STEP.answer, message);
  const refusal = decodeRefusal(items);
  if (refusal !== undefined) return err(refusal);
  const body = asBytes(items?.[1]);
  const signature = asBytes(items?.[2], SIGNATURE_BYTES);
  if (items?.length !== 3 || body === undefined || signature === undefined) return refuseAdoption('malformed');
  return ok({ body, signature });
};

export const encodeSealed = (step: 3 | 4, sealed: Bytes): Bytes => encodeCbor([step, sealed]);

/** The sealed content of an offer or a done; the lock's plain refusal as an error; `malformed` for anything else. */
export const decodeSealed = (step: 3 | 4, message: Bytes): Result<Bytes, AdoptionError> => {
  const items = itemsOf(step, message);
  const refusal = step === ADOPTION_STEP.done ? decodeRefusal(items) : undefined;
  if (refusal !== undefined) return err(refusal);
  const sealed = asBytes(items?.[1]);
  return items?.length === 2 && sealed !== undefined ? ok(sealed) : refuseAdoption('malformed');
};

/** The lock's plain refusal in place of an answer (2) or a done (4). Needs no keys. */
export const encodeRefusal = (step: 2 | 4, error: AdoptionError): Bytes => encodeCbor([step, error.code, error.retryAfterMs ?? 0]);

export const isAdoptionErrorCode = (value: unknown): value is AdoptionErrorCode => ADOPTION_CODES.some((code) => code === value);

const itemsOf = (step: number, message: Bytes): readonly Cbor[] | undefined => {
  const items = asArray(decodeCbor(message, MAX_ADOPTION_BYTES), 3);
  return items?.[0] === step ? items : undefined;
};

const decodeRefusal = (items: readonly Cbor[] | undefined): AdoptionError | undefined => {
  const code = items?.[1];
  const retryAfterMs = asNumber(items?.[2], 0, MAX_RETRY_AFTER_MS);
  if (items?.length !== 3 || !isAdoptionErrorCode(code) || retryAfterMs === undefined) return undefined;
  return retryAfterMs === 0 ? { code } : { code, retryAfterMs };
};
