// Adoption: owner and lock prove to each other who they are, over a relay that neither trusts (DESIGN §3.11).
//   hello   owner → lock   an ephemeral key
//   answer  lock → owner   the lock's keys and its ephemeral key, signed by the identity key that the setup code names
//   offer   owner → lock   owner sets, roster, certificates: sealed under ECDH and the setup code's secret
//   done    lock → owner   the signed adoption statement or a refusal, sealed likewise
// The owner knows the lock by the code's hash; the lock knows the owner by the code's secret. The keys cover hello and answer,
// done covers the offer. Each state serves one run: the caller drops it after its step, so that nothing can be played again.

import { concat, equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import { asArray, asBytes, decodeCbor, encodeCbor } from '@mortise/base/cbor.ts';
import { identifierBytes, type LockId } from '@mortise/base/identifiers.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { Secret } from '@mortise/base/secret.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { deriveKeyPair, type KeyPair } from '@mortise/crypto/entropy.ts';
import {
  adoptionKeys,
  answerToSign,
  openForDirection,
  sealForDirection,
  transcriptHash,
  type AdoptionKeys,
  type DirectionKey,
} from './adoption-channel.ts';
import {
  ADOPTION_STEP,
  decodeAnswer,
  decodeAnswerBody,
  decodeHello,
  decodeSealed,
  encodeAnswer,
  encodeAnswerBody,
  encodeHello,
  encodeSealed,
  isAdoptionErrorCode,
  MAX_ADOPTION_BYTES,
  refuseAdoption,
  type AdoptionError,
  type AdoptionErrorCode,
  type LockIntroduction,
} from './adoption-message.ts';
import { decodeOffer, encodeOffer, openOfferedDocuments, type Offer, type OfferedDocuments } from './adoption-offer.ts';
import { lockIdOf, openAdoptionStatement, type AdoptionStatement } from './adoption-statement.ts';
import type { SetupCode } from './setup-code.ts';

const ACCEPTED = 1;
const REFUSED = 0;

export type OwnerGreeted = { readonly hello: Bytes; readonly ephemeral: KeyPair };
export type OwnerKeyed = {
  readonly lockId: LockId;
  readonly lock: LockIntroduction;
  readonly transcript: Bytes;
  readonly keys: AdoptionKeys;
};
export type OwnerOffered = { readonly keyed: OwnerKeyed; readonly message: Bytes; readonly documents: OfferedDocuments };
/** The lock's word, opened and as the signed object that others can check. */
export type Adopted = { readonly statement: AdoptionStatement; readonly signed: Bytes };

/** The owner's first message. `entropy`: 32 fresh bytes. */
export const ownerHello = (crypto: Crypto, entropy: Bytes): { readonly message: Bytes; readonly state: OwnerGreeted } => {
  const ephemeral = deriveKeyPair(crypto, entropy, 'adopt-owner');
  const hello = encodeHello(ephemeral.publicKey);
  return { message: hello, state: { hello, ephemeral } };
};

/**
 * Errors: `malformed`; `identity-mismatch` (not the lock of this code: another, or somebody in between); `signature-invalid`
 * (something in the answer was changed, or it answers another hello); or the lock's plain refusal, which the relay can forge.
 */
export const ownerReadAnswer = (
  crypto: Crypto,
  state: OwnerGreeted,
  code: SetupCode,
  answer: Bytes,
): Result<OwnerKeyed, AdoptionError> => {
  const decoded = decodeAnswer(answer);
  if (!decoded.ok) return decoded;
  const { body, signature } = decoded.value;
  const lock = decodeAnswerBody(crypto, body);
  if (lock === undefined) return refuseAdoption('malformed');
  const lockId = lockIdOf(crypto, lock.identityKey);
  const claimed = identifierBytes(lockId).subarray(0, code.lockIdPrefix.length);
  if (!equalBytes(claimed, code.lockIdPrefix)) return refuseAdoption('identity-mismatch');
  const isRight = crypto.p256.verify(lock.identityKey, signature, answerToSign(state.hello, body));
  if (!isRight) return refuseAdoption('signature-invalid');
  const sharedX = crypto.p256.sharedX(state.ephemeral.privateKey.reveal(), lock.ephemeral);
  if (sharedX === undefined) return refuseAdoption('malformed');
  const transcript = transcriptHash(crypto, state.hello, body);
  return ok({ lockId, lock, transcript, keys: adoptionKeys(crypto, new Secret(sharedX), code.secret, transcript) });
};

/**
 * The owner's offer. Error: `document-refused` when its own documents do not hold for this lock, or are too long together, before
 * anything is sent.
 */
export const ownerOffer = (crypto: Crypto, keyed: OwnerKeyed, offer: Offer): Result<OwnerOffered, AdoptionError> => {
  const documents = openOfferedDocuments(crypto, keyed.lockId, offer);
  if (!documents.ok) return documents;
  const encoded = encodeOffer(crypto, offer);
  if (encoded === undefined) return refuseAdoption('document-refused');
  const sealed = sealForDirection(crypto, keyed.keys.toLock, offerContext(keyed.transcript), encoded);
  const message = encodeSealed(ADOPTION_STEP.offer, sealed);
  return ok({ keyed, message, documents: documents.value });
};

/**
 * Errors: `malformed` (not the lock's answer to this offer); `signature-invalid` (the statement is not by the identity key, or
 * states something else than was offered); the lock's refusal: `document-refused` and the like under seal; `setup-code-wrong`,
 * `too-many-tries`, `already-adopted` in plain, which the relay can forge.
 */
export const ownerReadDone = (crypto: Crypto, offered: OwnerOffered, done: Bytes): Result<Adopted, AdoptionError> => {
  const sealed = decodeSealed(ADOPTION_STEP.done, done);
  if (!sealed.ok) return sealed;
  const context = doneContext(crypto, offered.keyed.transcript, offered.message);
  const plaintext = openForDirection(crypto, offered.keyed.keys.toOwner, context, sealed.value);
  const outcome = plaintext === undefined ? undefined : asArray(decodeCbor(plaintext, MAX_ADOPTION_BYTES), 2);
  if (outcome?.length !== 2) return refuseAdoption('malformed');
  const [verdict, content] = outcome;
  const signed = asBytes(content);
  if (verdict === ACCEPTED && signed !== undefined) return checkStatement(crypto, offered, signed);
  return refuseAdoption(verdict === REFUSED && isAdoptionErrorCode(content) ? content : 'malformed');
};

export type LockKeyed = { readonly transcript: Bytes; readonly sharedX: Secret };
export type LockAnswering = {
  /** What the identity key signs. */
  readonly message: Bytes;
  /** The answer from the signature (64 bytes). */
  readonly assemble: (signature: Bytes) => Bytes;
  readonly keyed: LockKeyed;
};
export type LockOpened = { readonly offer: Offer; readonly toOwner: DirectionKey; readonly context: Bytes };
export type LockOutcome =
  /** `statement`: the signed object of adoption-statement.ts. */
  { readonly kind: 'accepted'; readonly statement: Bytes } | { readonly kind: 'refused'; readonly code: AdoptionErrorCode };

/** The lock's answer to a hello, to be signed. `entropy`: 32 fresh bytes. Error: `malformed`. */
export const lockAnswerToSign = (
  crypto: Crypto,
  lock: LockIntroduction,
  hello: Bytes,
  entropy: Bytes,
): Result<LockAnswering, AdoptionError> => {
  const ownerKey = decodeHello(crypto, hello);
  if (ownerKey === undefined) return refuseAdoption('malformed');
  const ephemeral = deriveKeyPair(crypto, entropy, 'adopt-lock');
  const sharedX = crypto.p256.sharedX(ephemeral.privateKey.reveal(), ownerKey);
  if (sharedX === undefined) return refuseAdoption('malformed');
  const body = encodeAnswerBody(crypto, { ...lock, ephemeral: ephemeral.publicKey });
  return ok({
    message: answerToSign(hello, body),
    assemble: (signature) => encodeAnswer(body, signature),
    keyed: { transcript: transcriptHash(crypto, hello, body), sharedX: new Secret(sharedX) },
  });
};

/**
 * Opens an offer with the lock's present setup secret. What it holds is checked by `checkOffer`. One offer per handshake: the
 * caller drops `keyed` whatever the result, and counts `setup-code-wrong` as a try.
 * Errors: `malformed`; `setup-code-wrong` (another secret, another handshake, or changed on its way).
 */
export const lockReadOffer = (
  crypto: Crypto,
  keyed: LockKeyed,
  setupSecret: Secret,
  message: Bytes,
): Result<LockOpened, AdoptionError> => {
  const sealed = decodeSealed(ADOPTION_STEP.offer, message);
  if (!sealed.ok) return sealed;
  const keys = adoptionKeys(crypto, keyed.sharedX, setupSecret, keyed.transcript);
  const plaintext = openForDirection(crypto, keys.toLock, offerContext(keyed.transcript), sealed.value);
  if (plaintext === undefined) return refuseAdoption('setup-code-wrong');
  const offer = decodeOffer(crypto, plaintext);
  if (offer === undefined) return refuseAdoption('malformed');
  return ok({ offer, toOwner: keys.toOwner, context: doneContext(crypto, keyed.transcript, message) });
};

/**
 * The lock's last word on an offer that opened. What did not open is refused by `encodeRefusal` instead: a word sealed under a
 * key that the other side does not have would let it test secrets at leisure.
 */
export const lockDone = (crypto: Crypto, { toOwner, context }: LockOpened, outcome: LockOutcome): Bytes => {
  const content = outcome.kind === 'accepted' ? [ACCEPTED, outcome.statement] : [REFUSED, outcome.code];
  return encodeSealed(ADOPTION_STEP.done, sealForDirection(crypto, toOwner, context, encodeCbor(content)));
};

const offerContext = (transcript: Bytes): Bytes => concat(Uint8Array.of(ADOPTION_STEP.offer), transcript);

const doneContext = (crypto: Crypto, transcript: Bytes, offerMessage: Bytes): Bytes =>
  concat(Uint8Array.of(ADOPTION_STEP.done), transcript, crypto.sha256(offerMessage));

const checkStatement = (crypto: Crypto, { keyed, documents }: OwnerOffered, signed: Bytes): Result<Adopted, AdoptionError> => {
  const opened = openAdoptionStatement(crypto, keyed.lock.identityKey, signed);
  if (!opened.ok) return refuseAdoption('signature-invalid');
  const statement = opened.value;
  const agrees =
    statement.siteId === documents.ownerSet.siteId &&
    equalBytes(statement.ownerSetHash, documents.ownerSet.hash) &&
    equalBytes(statement.rosterHash, documents.roster.hash) &&
    equalBytes(statement.readerKey, keyed.lock.readerKey) &&
    equalBytes(statement.sealKey, keyed.lock.sealKey) &&
    statement.profile === keyed.lock.profile;
  return agrees ? ok({ statement, signed }) : refuseAdoption('signature-invalid');
};
