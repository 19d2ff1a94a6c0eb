// Aliro's reader (the lock's side) as a pure machine: responses, signatures and the host's choices come in, commands and
// requests to sign or decide go out (SPEC §5). Any bytes are answered or end in a coded failure.

import { assert } from '@mortise/base/assert.ts';
import { EMPTY, concat, type Bytes } from '@mortise/base/bytes.ts';
import { ok } from '@mortise/base/result.ts';
import { Secret } from '@mortise/base/secret.ts';
import { PRIVATE_KEY_BYTES, PUBLIC_KEY_BYTES, type Crypto } from '@mortise/crypto/crypto.ts';
import { MAX_CHAINED_BYTES, MAX_PIECES, STATUS_OK, decodeResponseApdu, encodeGetResponse, hasMore, type ResponseApdu } from '../protocol/apdu.ts';
import { MAX_VENDOR_BYTES, TRANSACTION_ID_BYTES } from '../protocol/auth0.ts';
import { MAX_CERTIFICATE_BYTES } from '../protocol/auth1.ts';
import { aliroError } from '../protocol/errors.ts';
import { MAX_PERSISTENT_KEYS } from '../protocol/persistent-cache.ts';
import { onAuth0Answer, onAuth1Answer, onSelectAnswer, onSigned, sendAuth1, start, type Handled, type In } from './reader-answers.ts';
import { onClosingAnswer, onDecision, onEnvelopeAnswer, onExchangeAnswer, onObjects, onStandard, onStepUp, onStepUpSelected } from './reader-secured.ts';
import { fail, finished, type ReaderConfig, type ReaderPhase, type ReaderSession, type ReaderStep } from './reader-session.ts';

export type { Authenticated, ReaderConfig, ReaderEffect, ReaderOutcome, ReaderPhase, ReaderSession } from './reader-session.ts';

/** Fresh for each session: 32 bytes in [1, n-1], and 16 random bytes. */
export type ReaderSecrets = { readonly ephemeralPrivateKey: Bytes; readonly transactionId: Bytes };

export type ReaderInput =
  | { readonly kind: 'start' }
  /** The session keeps views into `apdu`: whoever hands it in does not write to it again. */
  | { readonly kind: 'response'; readonly apdu: Bytes }
  /** 64 bytes r ‖ s by the reader's key over the message of the `sign` effect. */
  | { readonly kind: 'signed'; readonly signature: Bytes }
  /** Objects for an EXCHANGE before the decision (SPEC §7), e.g. `encodeMailboxObject`; answered by the effect `exchanged`. */
  | { readonly kind: 'exchange'; readonly objects: Bytes }
  /** A DeviceRequest (SPEC §8) for the documents, after a standard phase; answered by the effect `documents`. */
  | { readonly kind: 'stepUp'; readonly request: Bytes }
  /** A fast phase was not enough (documents have changed, freshness has lapsed): go on with AUTH1. */
  | { readonly kind: 'standard' }
  /** The host's decision as a reader status (SPEC §7.1): 01xx success, 00xx failure. */
  | { readonly kind: 'decide'; readonly status: number };

const IDENTIFIER_BYTES = 16;
const LAST_POLICY = 3;

const assertConfig = (config: ReaderConfig): void => {
  assert([config.groupIdentifier, config.subIdentifier].every(({ length }) => length === IDENTIFIER_BYTES), 'reader identifiers have 16 bytes');
  assert(config.groupIdentifierKey.length === PUBLIC_KEY_BYTES, 'a group identifier key has 65 bytes');
  assert((config.vendorExtension ?? EMPTY).length <= MAX_VENDOR_BYTES, 'B1 has at most 127 bytes');
  assert((config.certificate?.bytes ?? EMPTY).length <= MAX_CERTIFICATE_BYTES, 'a reader certificate has at most 1024 bytes');
  assert(config.certificate?.bytes.length !== 0, 'a reader certificate is not empty');
  assert((config.persistentKeys?.length ?? 0) <= MAX_PERSISTENT_KEYS, 'at most 64 persistent keys');
  assert(config.authenticationPolicy >= 0 && config.authenticationPolicy <= LAST_POLICY, 'tag 42 is 0 to 3');
};

/** One session per transaction; what is not in the stated ranges is our bug and throws `InvariantError`. */
export const createReader = (config: ReaderConfig, secrets: ReaderSecrets): ReaderSession => {
  assertConfig(config);
  assert(secrets.ephemeralPrivateKey.length === PRIVATE_KEY_BYTES, 'an ephemeral private key has 32 bytes');
  assert(secrets.transactionId.length === TRANSACTION_ID_BYTES, 'a transaction identifier has 16 bytes');
  return {
    config,
    ephemeralPrivateKey: new Secret(secrets.ephemeralPrivateKey),
    transactionId: secrets.transactionId,
    phase: { kind: 'ready' },
    transport: { pending: [], parts: [] },
  };
};

// ---- the transport below: chains out, parts in (SPEC §2.1) -------------------------------------------------------------

/** Phases in which an answer is owed. One that nobody asked for is passed over. */
const WAITING: readonly ReaderPhase['kind'][] = ['selecting', 'auth0', 'loading', 'auth1', 'exchanging', 'selectingStepUp', 'enveloping', 'closing'];

const onAcknowledged = (crypto: Crypto, session: ReaderSession, response: ResponseApdu): ReaderStep => {
  const [next, ...pending] = session.transport.pending;
  const acknowledged = response.status === STATUS_OK && response.data.length === 0;
  if (next === undefined || !acknowledged) return fail(crypto, session, aliroError('status-unexpected'));
  return { session: { ...session, transport: { ...session.transport, pending } }, effects: [{ kind: 'transmit', apdu: next }] };
};

/** A part must bring something, and all of them together stay within the bounds: no device keeps a reader busy for ever. */
const onPart = (crypto: Crypto, session: ReaderSession, response: ResponseApdu): ReaderStep => {
  const parts = [...session.transport.parts, response.data];
  const total = parts.reduce((sum, { length }) => sum + length, 0);
  if (response.data.length === 0) return fail(crypto, session, aliroError('chain-broken'));
  if (total > MAX_CHAINED_BYTES || parts.length > MAX_PIECES) return fail(crypto, session, aliroError('apdu-too-long'));
  return {
    session: { ...session, transport: { ...session.transport, parts } },
    effects: [{ kind: 'transmit', apdu: encodeGetResponse(response.status, session.transport.extended) }],
  };
};

/** A refused SELECT: no application heard us, so there is nobody to tell. */
const onRefused = (crypto: Crypto, session: ReaderSession): ReaderStep => {
  const error = aliroError('status-unexpected');
  return session.phase.kind === 'selecting' ? finished(session, { kind: 'failed', error }) : fail(crypto, session, error);
};

/** A whole answer with status 9000. */
const onAnswer = (crypto: Crypto, session: ReaderSession, response: ResponseApdu): Handled => {
  const { phase } = session;
  switch (phase.kind) {
    case 'selecting':
      return onSelectAnswer(crypto, session, phase, response);
    case 'auth0':
      return onAuth0Answer(crypto, session, phase, response);
    case 'loading':
      return ok(sendAuth1(session, phase.transaction, phase.signature));
    case 'auth1':
      return onAuth1Answer(crypto, session, phase, response);
    case 'exchanging':
      return onExchangeAnswer(crypto, session, phase, response);
    case 'selectingStepUp':
      return onStepUpSelected(crypto, session, phase, response);
    case 'enveloping':
      return onEnvelopeAnswer(crypto, session, phase, response);
    case 'closing':
      return onClosingAnswer(crypto, session, phase, response);
    default: // ready, signing, deciding, ended: nothing was asked, so nothing is answered.
      return ok({ session, effects: [] });
  }
};

const onWhole = (crypto: Crypto, session: ReaderSession, response: ResponseApdu): ReaderStep => {
  if (response.status !== STATUS_OK) return onRefused(crypto, session);
  const { parts } = session.transport;
  const data = parts.length === 0 ? response.data : concat(...parts, response.data);
  const whole: ReaderSession = parts.length === 0 ? session : { ...session, transport: { ...session.transport, parts: [] } };
  const handled = onAnswer(crypto, whole, { ...response, data });
  return handled.ok ? handled.value : fail(crypto, whole, handled.error);
};

const onResponse = (crypto: Crypto, session: ReaderSession, apdu: Bytes): ReaderStep => {
  const { phase } = session;
  if (!WAITING.includes(phase.kind)) return { session, effects: [] };
  const decoded = decodeResponseApdu(apdu);
  if (!decoded.ok) return fail(crypto, session, decoded.error);
  if (session.transport.pending.length > 0) return onAcknowledged(crypto, session, decoded.value);
  if (!hasMore(decoded.value.status)) return onWhole(crypto, session, decoded.value);
  // Some phones answer the last EXCHANGE with 61xx (SPEC §2.1): it was received, which is all that is asked.
  if (phase.kind === 'closing') return finished(session, { kind: 'completed', status: phase.status });
  return onPart(crypto, session, decoded.value);
};

/** The host's choice, once a credential is known. Another input is none of a host's, and passed over. */
const onChoice = (crypto: Crypto, session: ReaderSession, phase: In<'deciding'>, input: ReaderInput): ReaderStep => {
  switch (input.kind) {
    case 'decide':
      return onDecision(crypto, session, phase, input.status);
    case 'exchange':
      return onObjects(crypto, session, phase, input.objects);
    case 'stepUp':
      return onStepUp(crypto, session, phase, input.request);
    case 'standard':
      return onStandard(crypto, session, phase);
    default:
      return { session, effects: [] };
  }
};

/** Never throws on a response. An input that nobody waits for (a late signature or decision) is passed over. */
export const stepReader = (crypto: Crypto, session: ReaderSession, input: ReaderInput): ReaderStep => {
  const { phase } = session;
  if (input.kind === 'response') return onResponse(crypto, session, input.apdu);
  if (input.kind === 'start' && phase.kind === 'ready') return start(session);
  if (input.kind === 'signed' && phase.kind === 'signing') return onSigned(crypto, session, phase, input.signature);
  return phase.kind === 'deciding' ? onChoice(crypto, session, phase, input) : { session, effects: [] };
};
