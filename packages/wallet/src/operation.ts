// The phone's side of one operation, over the relay (F1) or at the door (C3, in its GATT form), as a pure machine: Aliro's user device
// inside relay frames, then the lock's receipt. It opens while the ring fills, but holds AUTH0 back until the ring is full: that
// answer carries the verb, and nothing may choose an action before the finger has finished. What is left over the relay is then
// 1.5 round trips to the bolt. At the door it is SELECT that is held: a round trip is short there, and the lock's 2 s run
// from its AUTH0. The shell keeps the time: it says `overdue` after PROOF_MS, and
// `ended` when the link breaks, time is up or the finger lets go.

import { assert, unreachable } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { identifierBytes, type LockId } from '@mortise/base/identifiers.ts';
import { MAX_DOCUMENTS } from '@mortise/aliro/document-cbor.ts';
import { createUserDevice, stepUserDevice, type DeviceConfig, type DeviceEffect, type DeviceInput, type DeviceSession } from '@mortise/aliro/user-device.ts';
import { encodeCommand, INTERFACES, type Verb } from '@mortise/aliro/vendor.ts';
import { decodeRelayFrame, encodeRelayFrame } from '@mortise/courier/relay-frame.ts';
import { SEED_BYTES, type Crypto } from '@mortise/crypto/crypto.ts';
import { derive } from '@mortise/crypto/entropy.ts';
import { lockIdOf } from '@mortise/documents/adoption-statement.ts';
import { outcomeOfReceipt, type OperationOutcome, type Why } from './operation-outcome.ts';
import type { SiteKey } from './site-key.ts';

/** `near`: inside the frames of a near link (near-contact.ts), whose first four kinds are relay frames; `contact`: the same, by the touch of an electronic key. */
export type Via = 'relay' | 'near' | 'contact';

export type OperationRequest = {
  /** Left out: over the relay. */
  readonly via?: Via;
  readonly site: SiteKey;
  /** The lock's identity key, 65 bytes; its id follows from it. Who knows the id only (an electronic key) cannot check the receipt's signature. */
  readonly lock: { readonly identityKey: Bytes } | { readonly lockId: LockId };
  /** `until`: seconds since 1970, 0 or left out: none. */
  readonly command: { readonly verb: Verb; readonly until?: number };
  /** 32 fresh bytes: the request id and the ephemeral key. */
  readonly entropy: Bytes;
};

/** `reaching` → `ready` (the lock answered, the ring may fill) → `asking` → `proving` → `moving` or `refused`. */
export type OperationPhase = 'reaching' | 'ready' | 'asking' | 'proving' | 'moving' | 'refused';

export type OperationInput =
  /** A binary message of the relay socket, or a near frame; any bytes. */
  | { readonly kind: 'frame'; readonly bytes: Bytes }
  /** The credential key's signature over the message of `sign`: 64 bytes. */
  | { readonly kind: 'signed'; readonly signature: Bytes }
  | { readonly kind: 'ringFull' }
  /** `PROOF_MS` after `ringFull`: who has not signed by then does not any more. */
  | { readonly kind: 'overdue' }
  /** The socket was closed with this word, which nobody signed. */
  | { readonly kind: 'closed'; readonly said: string }
  | { readonly kind: 'ended'; readonly code: 'link-lost' | 'timed-out' | 'released' };

export type OperationEffect =
  /** A binary message for the relay socket, or a near frame. */
  | { readonly kind: 'send'; readonly bytes: Bytes }
  /** With the credential key: ECDSA over SHA-256. */
  | { readonly kind: 'sign'; readonly message: Bytes }
  | { readonly kind: 'progress'; readonly phase: OperationPhase }
  /** Once, and the last effect: the shell closes the socket. */
  | { readonly kind: 'done'; readonly outcome: OperationOutcome };

export type Operation = {
  readonly identityKey: Bytes | undefined;
  readonly lockId: LockId;
  readonly credentialKey: Bytes;
  readonly via: Via;
  readonly verb: Verb;
  readonly requestId: Bytes;
  readonly device: DeviceSession;
  readonly isRingFull: boolean;
  /** The lock's command that waits for the ring. */
  readonly held: Bytes | undefined;
  /** Set when our signature is asked for; the receipt must name it. */
  readonly transactionId: Bytes | undefined;
  /** Whether our signature left: from then on the lock may act. */
  readonly isProven: boolean;
  readonly readerStatus: number | undefined;
  readonly framesHeard: number;
  readonly isDone: boolean;
};

export type OperationStep = { readonly state: Operation; readonly effects: readonly OperationEffect[] };

/**
 * From the full ring to our signature, in ms. The lock's own 5 s (at the door 2 s) run from its AUTH0, which we answer no later than
 * this: whoever holds messages back can open the door at most 8 s (5 s) after the finger asked for it.
 */
export const PROOF_MS = 3000;

/** SELECT, AUTH0, AUTH1, EXCHANGE and the receipt are five, SELECT and ENVELOPE for documents two more; chains and long answers multiply that. */
export const MAX_FRAMES = 32;

const ALIRO_VERSIONS = [0x0100];
const INTERFACE_OF: { readonly [V in Via]: number } = { relay: INTERFACES.relay, near: INTERFACES.ble, contact: INTERFACES.contact };
const APDU_BYTES = 4096;
const REQUEST_ID_BYTES = 16;

/** Begins: the first effects open the session. */
export const startOperation = (crypto: Crypto, request: OperationRequest): OperationStep => {
  const { via = 'relay', site, lock, command, entropy } = request;
  assert(site.choose !== undefined || (site.documents?.length ?? 0) <= MAX_DOCUMENTS, `a credential shows at most ${MAX_DOCUMENTS} documents`);
  const identityKey = 'identityKey' in lock ? lock.identityKey : undefined;
  const lockId = 'lockId' in lock ? lock.lockId : lockIdOf(crypto, lock.identityKey);
  const requestId = derive(crypto, entropy, 'operation-request', REQUEST_ID_BYTES);
  const b2 = encodeCommand({ verb: command.verb, requestId, until: command.until ?? 0 });
  const state: Operation = {
    identityKey,
    lockId,
    credentialKey: site.credentialKey,
    via,
    verb: command.verb,
    requestId,
    device: userDevice(crypto, via, site, lockId, b2, entropy),
    isRingFull: false,
    held: undefined,
    transactionId: undefined,
    isProven: false,
    readerStatus: undefined,
    framesHeard: 0,
    isDone: false,
  };
  const open = encodeRelayFrame({ kind: 'open' });
  return { state, effects: [{ kind: 'progress', phase: 'reaching' }, { kind: 'send', bytes: open }] };
};

/** Takes any frames. After `done` nothing has an effect. */
export const stepOperation = (crypto: Crypto, state: Operation, input: OperationInput): OperationStep => {
  if (state.isDone) return { state, effects: [] };
  switch (input.kind) {
    case 'frame':
      return onFrame(crypto, { ...state, framesHeard: state.framesHeard + 1 }, input.bytes);
    case 'signed':
      return onDevice(crypto, state, input);
    case 'ringFull':
      return onRingFull(crypto, state);
    case 'overdue':
      return state.isProven ? { state, effects: [] } : end(state, { code: 'timed-out' });
    case 'closed':
      return end(state, { code: 'relay-closed', said: input.said });
    case 'ended':
      return end(state, { code: input.code });
    default:
      return unreachable(input);
  }
};

const userDevice = (crypto: Crypto, via: Via, site: SiteKey, lockId: LockId, command: Bytes, entropy: Bytes): DeviceSession => {
  const group = {
    groupIdentifier: identifierBytes(site.siteId),
    groupIdentifierKey: site.readerIssuerKey,
    credentialKey: site.credentialKey,
    ...(site.documents && { documents: site.documents }),
    ...(site.choose && { choose: site.choose }),
  };
  const config: DeviceConfig = {
    versions: ALIRO_VERSIONS,
    interfaceByte: INTERFACE_OF[via],
    closing: 'exchange',
    maxCommand: APDU_BYTES,
    maxResponse: APDU_BYTES,
    groups: [group],
    command,
    // Whichever lock the reader says it is, its certificate must be this lock's: a relay may lead us to another door.
    expectSubject: () => lockId,
  };
  return createUserDevice(config, { ephemeralPrivateKey: crypto.p256.privateKeyFromSeed(derive(crypto, entropy, 'operation-ephemeral', SEED_BYTES)) });
};

const onFrame = (crypto: Crypto, state: Operation, bytes: Bytes): OperationStep => {
  const frame = state.framesHeard > MAX_FRAMES ? undefined : decodeRelayFrame(bytes);
  switch (frame?.kind) {
    case 'apdu':
      return onCommand(crypto, state, frame.apdu);
    case 'receipt':
      return onReceipt(crypto, state, frame.receipt);
    case 'closed':
      return end(state, { code: 'relay-closed', said: frame.code });
    case 'open':
    case undefined:
      return end(state, { code: 'relay-malformed' });
    default:
      return unreachable(frame);
  }
};

// SELECT says nothing about what we want, so that over the relay it need not wait for the ring. A reader awaits its answer, so there is
// never a second one to hold.
const onCommand = (crypto: Crypto, state: Operation, apdu: Bytes): OperationStep => {
  if (state.isRingFull || (state.via === 'relay' && isSelect(apdu))) return onDevice(crypto, state, { kind: 'command', apdu });
  if (state.held !== undefined) return end(state, { code: 'relay-malformed' });
  return { state: { ...state, held: apdu }, effects: [{ kind: 'progress', phase: 'ready' }] };
};

const isSelect = (apdu: Bytes): boolean => apdu[0] === 0x00 && apdu[1] === 0xa4;

const onRingFull = (crypto: Crypto, state: Operation): OperationStep => {
  if (state.isRingFull) return { state, effects: [] };
  const full = { ...state, isRingFull: true, held: undefined };
  return state.held === undefined ? { state: full, effects: [] } : onDevice(crypto, full, { kind: 'command', apdu: state.held });
};

const onDevice = (crypto: Crypto, state: Operation, input: DeviceInput): OperationStep => {
  const { session: device, effects } = stepUserDevice(crypto, state.device, input);
  // Only an answer to `sign` carries our signature, and only a session that then lives on has sent it.
  const isProven = state.isProven || (input.kind === 'signed' && device.phase.kind === 'secured');
  let step: OperationStep = { state: { ...state, device, isProven }, effects: [] };
  for (const effect of effects) step = carryOn(step, onDeviceEffect(step.state, effect));
  return step;
};

const carryOn = (before: OperationStep, next: OperationStep): OperationStep => ({
  state: next.state,
  effects: [...before.effects, ...next.effects],
});

const onDeviceEffect = (state: Operation, effect: DeviceEffect): OperationStep => {
  switch (effect.kind) {
    case 'respond':
      return { state, effects: [...askingProgress(state), { kind: 'send', bytes: encodeRelayFrame({ kind: 'apdu', apdu: effect.apdu }) }] };
    case 'sign':
      return onSign(state, effect.message);
    // There is no fast phase here, and the site has no mailbox.
    case 'remember':
    case 'storeMailbox':
      return { state, effects: [] };
    case 'finished':
      return effect.outcome.kind === 'failed' ? end(state, { code: effect.outcome.error.code }) : onStatus(state, effect.outcome.readerStatus);
    default:
      return unreachable(effect);
  }
};

const askingProgress = ({ device }: Operation): readonly OperationEffect[] =>
  device.phase.kind === 'begun' ? [{ kind: 'progress', phase: 'asking' }] : [];

const onSign = (state: Operation, message: Bytes): OperationStep => {
  const { phase } = state.device;
  assert(phase.kind === 'signing', 'a device that asks for a signature waits for it');
  const { transactionId } = phase.transaction.context;
  return { state: { ...state, transactionId }, effects: [{ kind: 'progress', phase: 'proving' }, { kind: 'sign', message }] };
};

// The lock says under the session's keys that it drives the bolt, or that it does not. What came of it is in the receipt.
const onStatus = (state: Operation, readerStatus: number): OperationStep => {
  const phase = isSuccess(readerStatus) ? 'moving' : 'refused';
  return { state: { ...state, readerStatus }, effects: [{ kind: 'progress', phase }] };
};

const isSuccess = (readerStatus: number): boolean => readerStatus >> 8 === 1;

const onReceipt = (crypto: Crypto, state: Operation, bytes: Bytes): OperationStep => {
  const { transactionId, readerStatus, isProven } = state;
  if (!isProven || transactionId === undefined) return end(state, { code: 'relay-malformed' });
  return done(state, outcomeOfReceipt(crypto, { ...state, transactionId, interface: INTERFACE_OF[state.via] }, bytes, readerStatus));
};

// An end without a true receipt. What the lock said under the session's keys still holds; else it depends on whether it
// could have acted at all.
const end = (state: Operation, why: Why): OperationStep => {
  const { readerStatus, isProven } = state;
  if (readerStatus !== undefined && !isSuccess(readerStatus)) return done(state, { kind: 'refused', readerStatus, receipt: undefined });
  return done(state, { kind: isProven ? 'notConfirmed' : 'notDone', why });
};

const done = (state: Operation, outcome: OperationOutcome): OperationStep => ({
  state: { ...state, isDone: true, held: undefined },
  effects: [{ kind: 'done', outcome }],
});
