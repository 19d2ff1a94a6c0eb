// The phone's side of a near link or a contact, as a pure machine: pieces in and out, the lock's hello, its adoption, one operation at a time
// (operation.ts), and between them carrying. What the lock gives is handed to the shell, which brings it to the hub when it can; what the shell has for this
// lock is given once the lock begins. Nothing is believed for having come this way: what counts proves itself, to the lock and to
// whoever reads it. The shell keeps the time, and closes the connection when nothing has come for a while.

import { unreachable } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import { decodeAdoptBody, encodeAdoptBody, type AdoptBody } from '@mortise/courier/link-body.ts';
import { decodeFromLock, decodeToLock, encodeToLock, NO_SESSION, type ToLockType } from '@mortise/courier/link-message.ts';
import { decodeNearFrame, encodeNearFrame, type NearFrame } from '@mortise/courier/near-frame.ts';
import { MAX_PACKET_BYTES } from '@mortise/courier/near-packet.ts';
import { encodeRelayFrame, type RelayFrame } from '@mortise/courier/relay-frame.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { hearWire, newWire, sayOnWire, type NearWire, type WireKind } from './near-wire.ts';
import { startOperation, stepOperation, type Operation, type OperationEffect, type OperationInput, type OperationRequest, type OperationStep } from './operation.ts';

/** Messages to the lock over one connection; a lock takes no more (its near-carry.ts). */
export const MAX_GIVEN = 256;
/** Frames of one connection: all that a lock holds, in batches, and more. */
export const MAX_NEAR_FRAMES = 2048;
/** When nothing has come for so long after an operation, there is no more to come. */
export const QUIET_MS = 1500;

export type NearContact = {
  readonly wire: NearWire;
  readonly framesHeard: number;
  /** The one under way, or the last. */
  readonly operation: Operation | undefined;
  /** The last one ended by its receipt, and the lock's word that the transaction is over is still to come. */
  readonly isClosing: boolean;
  /** Whether the lock lets itself be given things. */
  readonly isCarrying: boolean;
  /** For the lock, not given yet. */
  readonly bag: readonly Bytes[];
  readonly given: number;
  readonly isOver: boolean;
};

export type NearInput =
  /** What radio or contact brought; any bytes. */
  | { readonly kind: 'packet'; readonly bytes: Bytes }
  /** An adoption message for the lock (documents' adoption.ts). */
  | { readonly kind: 'adopt'; readonly step: number; readonly bytes: Bytes }
  /** Begins an operation, once the one before it is done. */
  | { readonly kind: 'operate'; readonly request: Omit<OperationRequest, 'via'> }
  /** For the operation under way. */
  | { readonly kind: 'operation'; readonly input: Exclude<OperationInput, { readonly kind: 'frame' | 'closed' }> }
  /** Link messages for this lock, as couriers get them from the hub. What is none, or is not for couriers to bring, is left out. */
  | { readonly kind: 'bring'; readonly messages: readonly Bytes[] }
  /** The connection is gone. */
  | { readonly kind: 'lost' };

export type NearEffect =
  | { readonly kind: 'send'; readonly packet: Bytes }
  /** Which lock says that it is there, and the first bytes of its site's id (undefined: nobody owns it): unproven. */
  | { readonly kind: 'met'; readonly lockId: LockId; readonly sitePrefix: Bytes | undefined }
  /** The lock's adoption message. */
  | ({ readonly kind: 'adoption' } & AdoptBody)
  /** A link message from the lock, for the hub. */
  | { readonly kind: 'carried'; readonly message: Bytes }
  /** This message was given to the lock; whether it took it, it says in what it gives. */
  | { readonly kind: 'gave'; readonly message: Bytes }
  /** Of the operation; after `done` the connection stays, to carry. */
  | Exclude<OperationEffect, { readonly kind: 'send' }>
  /** The connection is of no use any more. */
  | { readonly kind: 'close' };

export type NearStep = { readonly state: NearContact; readonly effects: readonly NearEffect[] };

/** A connection that was just made; the lock speaks first. `packetBytes`: how long a packet may be, as a radio's channel says. */
export const meetLock = (by: WireKind = 'radio', packetBytes: number = MAX_PACKET_BYTES): NearContact =>
  ({ wire: newWire(by, packetBytes), framesHeard: 0, operation: undefined, isClosing: false, isCarrying: false, bag: [], given: 0, isOver: false });

/** Takes any packets. After `close` nothing has an effect. */
export const stepNear = (crypto: Crypto, state: NearContact, input: NearInput): NearStep => {
  if (state.isOver) return { state, effects: [] };
  switch (input.kind) {
    case 'packet':
      return onPacket(crypto, state, input.bytes);
    case 'adopt':
      return say(state, { kind: 'carry', message: adoptMessage(input) });
    case 'operate':
      return isUnderWay(state.operation) ? { state, effects: [] } : onOperation(state, startOperation(crypto, { ...input.request, via: VIA[state.wire.kind] }));
    case 'operation':
      return toOperation(crypto, state, input.input);
    case 'bring':
      return give({ ...state, bag: [...state.bag, ...input.messages.filter(isForCouriers)].slice(0, MAX_GIVEN) });
    case 'lost':
      return end(crypto, state, []);
    default:
      return unreachable(input);
  }
};

const VIA = { radio: 'near', contact: 'contact' } as const;

const adoptMessage = (body: AdoptBody): Bytes => encodeToLock({ type: 'adopt', session: NO_SESSION, seq: body.step, expires: 0, body: encodeAdoptBody(body) });

const isUnderWay = (operation: Operation | undefined): boolean => operation !== undefined && !operation.isDone;

// ---- packets and frames ------------------------------------------------------------------------------------------------------

const onPacket = (crypto: Crypto, state: NearContact, bytes: Bytes): NearStep => {
  const heard = hearWire(state.wire, bytes);
  if (heard === undefined) return end(crypto, state, CLOSE);
  let step: NearStep = { state: { ...state, wire: heard.wire }, effects: [] };
  for (const each of heard.frames) step = then(step, onFrameBytes(crypto, step.state, each));
  return step;
};

const onFrameBytes = (crypto: Crypto, state: NearContact, bytes: Bytes): NearStep => {
  if (state.isOver) return { state, effects: [] };
  const frame = state.framesHeard >= MAX_NEAR_FRAMES ? undefined : decodeNearFrame(bytes);
  return frame === undefined ? end(crypto, state, CLOSE) : onFrame(crypto, { ...state, framesHeard: state.framesHeard + 1 }, frame);
};

const onFrame = (crypto: Crypto, state: NearContact, frame: NearFrame): NearStep => {
  switch (frame.kind) {
    case 'hello':
      return { state, effects: [{ kind: 'met', lockId: frame.lockId, sitePrefix: frame.sitePrefix }] };
    case 'carry':
      return onCarry(crypto, state, frame.message);
    case 'took':
      return end(crypto, state, CLOSE);
    default:
      return onOperationFrame(crypto, state, frame);
  }
};

// Between operations the lock has nothing to say about any; a late word about the last one counts for nothing, neither then nor in the next.
const onOperationFrame = (crypto: Crypto, state: NearContact, frame: RelayFrame): NearStep => {
  if (frame.kind === 'closed' && state.isClosing) return { state: { ...state, isClosing: false }, effects: [] };
  const step = toOperation(crypto, state, { kind: 'frame', bytes: encodeRelayFrame(frame) });
  const isClosing = state.isClosing || (frame.kind === 'receipt' && isUnderWay(state.operation) && !isUnderWay(step.state.operation));
  return { state: { ...step.state, isClosing }, effects: step.effects };
};

const say = (state: NearContact, frame: NearFrame): NearStep => sayBytes(state, encodeNearFrame(frame));

const sayBytes = (state: NearContact, bytes: Bytes): NearStep => {
  const { wire, pieces } = sayOnWire(state.wire, bytes);
  return { state: { ...state, wire }, effects: pieces.map((packet) => ({ kind: 'send', packet })) };
};

const CLOSE: readonly NearEffect[] = [{ kind: 'close' }];

const end = (crypto: Crypto, state: NearContact, effects: readonly NearEffect[]): NearStep => {
  const ended = toOperation(crypto, state, { kind: 'ended', code: 'link-lost' });
  return { state: { ...ended.state, isOver: true, bag: [] }, effects: [...ended.effects, ...effects] };
};

// ---- the operation -----------------------------------------------------------------------------------------------------------

const toOperation = (crypto: Crypto, state: NearContact, input: OperationInput): NearStep =>
  state.operation === undefined ? { state, effects: [] } : onOperation(state, stepOperation(crypto, state.operation, input));

const onOperation = (state: NearContact, { state: operation, effects }: OperationStep): NearStep => {
  let step: NearStep = { state: { ...state, operation }, effects: [] };
  for (const effect of effects) step = then(step, onOperationEffect(step.state, effect));
  return step;
};

// A relay frame is a near frame as it stands.
const onOperationEffect = (state: NearContact, effect: OperationEffect): NearStep =>
  effect.kind === 'send' ? sayBytes(state, effect.bytes) : { state, effects: [effect] };

const then = (before: NearStep, next: NearStep): NearStep => ({ state: next.state, effects: [...before.effects, ...next.effects] });

// ---- carrying ----------------------------------------------------------------------------------------------------------------

const COURIERS: ReadonlySet<ToLockType> = new Set(['roster', 'owner-set', 'revocation', 'time-answer', 'time-bound', 'journal-ack', 'network']);

const isForCouriers = (bytes: Bytes): boolean => {
  const message = decodeToLock(bytes);
  return message !== undefined && COURIERS.has(message.type);
};

// The lock's first word to carry says that it takes what it is given from now on. What it gave is the shell's to keep; the lock drops
// nothing for our word that we took it, and only goes on.
const onCarry = (crypto: Crypto, state: NearContact, bytes: Bytes): NearStep => {
  const message = decodeFromLock(bytes);
  const adoption = message?.type === 'adopt' ? decodeAdoptBody(message.body) : undefined;
  if (adoption !== undefined) return { state, effects: [{ kind: 'adoption', ...adoption }] };
  if (message === undefined) return end(crypto, state, CLOSE);
  // By contact the time is asked for before anything is proven, and nothing else is taken until then.
  const isCarrying = state.isCarrying || state.wire.kind === 'radio' || message.type !== 'time-ask';
  const carried: NearStep = { state: { ...state, isCarrying }, effects: [{ kind: 'carried', message: bytes }] };
  const taken = message.type === 'journal' ? then(carried, say(carried.state, { kind: 'took', seq: message.seq })) : carried;
  return then(taken, give(taken.state));
};

const give = (state: NearContact): NearStep => {
  let step: NearStep = { state: { ...state, bag: state.isCarrying ? [] : state.bag }, effects: [] };
  if (!state.isCarrying) return step;
  for (const message of state.bag.slice(0, MAX_GIVEN - state.given)) step = then(step, giveOne(step.state, message));
  return step;
};

const giveOne = (state: NearContact, message: Bytes): NearStep => {
  const said = say({ ...state, given: state.given + 1 }, { kind: 'carry', message });
  return { state: said.state, effects: [...said.effects, { kind: 'gave', message }] };
};
