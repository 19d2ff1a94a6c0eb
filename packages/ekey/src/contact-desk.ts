// The key on a lock: frames of a near link (ADR 28), time first, then one transaction of Aliro's user device (wallet's operation), then carrying
// and the bolt's return. The key asks itself first whether it opens at all. That a contact began is durable before the credential signs
// anything, so that neither a lift nor a flat battery leaves an opening that no journal tells of.

import { unreachable } from '@mortise/base/assert.ts';
import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import { encodeCertifiedTime } from '@mortise/courier/link-body.ts';
import { encodeToLock, NO_SESSION, type ToLockType } from '@mortise/courier/link-message.ts';
import { decodeNearFrame, encodeNearFrame, sitePrefixOf, type NearFrame } from '@mortise/courier/near-frame.ts';
import type { RelayFrame } from '@mortise/courier/relay-frame.ts';
import { PROOF_MS, startOperation, stepOperation, type OperationEffect, type OperationInput, type OperationStep } from '@mortise/wallet/operation.ts';
import { askSignature, changed, forEach, inTurn, withContact, type Change, type Moment } from './change.ts';
import { giveRoster, onCarry } from './carry-desk.ts';
import { onOutcome, onSecondReceipt, recordOf } from './contact-end.ts';
import type { EkeyEvent } from './events.ts';
import { chooseDocuments, shelf } from './holdings.ts';
import { note, noteUnproven, store } from './journal-keeper.ts';
import { signalOfRefusal, standingRefusal } from './may-open.ts';
import { showing } from './signal.ts';
import { hasTime, stampOf } from './stamping.ts';
import { encodeBegun, valueNames } from './stored-values.ts';
import type { Contact, EkeyState, Enrolled } from './state.ts';

/** So long a passive lock may take to ask for the time before the key begins without. */
export const TIME_FIRST_MS = 300;
/** A transaction, with the hand that turns, is over by then. */
export const OPERATION_MS = 60_000;
/** Frames of one contact: a lock's whole journal in batches, and more. */
export const MAX_CONTACT_FRAMES = 2048;

type Touched = Extract<EkeyEvent, { kind: 'touched' }>;

/** A lock is there; it speaks first. */
export const onTouched = (moment: Moment, state: EkeyState, { via, verb }: Touched): Change => {
  if (!state.isStarted) return changed(state);
  const contact: Contact = {
    number: state.nextId, via, verb, lockId: undefined, stage: 'met', deadlineMs: moment.now.monotonicMs + OPERATION_MS, proofMs: Infinity, operation: undefined, isDurable: false, heldSign: undefined,
    end: undefined, expected: undefined, frames: 0, seq: 1, hasGiven: false, isAnsweringTime: false, roster: 'kept',
  };
  return inTurn(onLifted(moment, { ...state, nextId: state.nextId + 1 }), (current) => changed({ ...current, shown: undefined, contact }));
};

/** The lock is gone. */
export const onLifted = (moment: Moment, state: EkeyState): Change =>
  inTurn(
    onOperation(moment, state, { kind: 'ended', code: 'link-lost' }),
    (current) => tellOpenLift(moment, current),
    (current) => changed({ ...current, contact: undefined, signatures: current.signatures.filter(({ after }) => !('contact' in after)) }),
  );

/** One frame from the lock; takes any bytes. */
export const onFrame = (moment: Moment, state: EkeyState, bytes: Bytes): Change => {
  const { contact } = state;
  if (contact === undefined || contact.stage === 'over') return changed(state);
  const frame = contact.frames >= MAX_CONTACT_FRAMES ? undefined : decodeNearFrame(bytes);
  const heard = withContact(state, { frames: contact.frames + 1 });
  return frame === undefined ? fail(moment, heard, 'protocol') : onNearFrame(moment, heard, contact, frame, bytes);
};

/** What was due: a lock that did not ask for the time, a signature that did not come, a hand that did not turn. */
export const expireContact = (moment: Moment, state: EkeyState): Change => {
  const { contact, membership } = state;
  if (contact === undefined || membership.kind !== 'enrolled') return changed(state);
  const nowMs = moment.now.monotonicMs;
  if (contact.stage === 'timing' && nowMs >= contact.deadlineMs) return begin(moment, state, membership);
  if (contact.stage !== 'operating') return changed(state);
  if (nowMs >= contact.deadlineMs) return onOperation(moment, state, { kind: 'ended', code: 'timed-out' });
  return nowMs >= contact.proofMs ? onOperation(moment, withContact(state, { proofMs: Infinity }), { kind: 'overdue' }) : changed(state);
};

/** When to look at it again; Infinity: never. */
export const contactMs = ({ contact }: EkeyState): number => {
  if (contact === undefined || (contact.stage !== 'timing' && contact.stage !== 'operating')) return Infinity;
  return Math.min(contact.deadlineMs, contact.stage === 'operating' ? contact.proofMs : Infinity);
};

/** That the contact began is durable: the credential may sign. */
export const onContactBegun = (state: EkeyState): Change => {
  const held = state.contact?.heldSign;
  const durable = withContact(state, { isDurable: true, heldSign: undefined });
  return held === undefined ? changed(durable) : askCredential(durable, held);
};

/** The credential's signature; one that nobody waits for any more has no effect. */
export const onCredentialSigned = (moment: Moment, state: EkeyState, signature: Bytes): Change => onOperation(moment, state, { kind: 'signed', signature });

/** The lock's answer to its question is signed: it goes first, then the transaction begins. */
export const onTimeSigned = (moment: Moment, state: EkeyState, certificate: Bytes, answer: Bytes): Change => {
  const { contact, membership } = state;
  if (contact?.isAnsweringTime !== true || membership.kind !== 'enrolled') return changed(state);
  return inTurn(
    giveLock(withContact(state, { isAnsweringTime: false }), 'certified-time', encodeCertifiedTime({ certificate, answer })),
    (current) => (contact.stage === 'timing' ? begin(moment, current, membership) : changed(current)),
  );
};

// ---- frames ------------------------------------------------------------------------------------------------------------------

const onNearFrame = (moment: Moment, state: EkeyState, contact: Contact, frame: NearFrame, bytes: Bytes): Change => {
  switch (frame.kind) {
    case 'hello':
      return contact.stage === 'met' ? onHello(moment, state, contact, frame) : fail(moment, state, 'protocol');
    case 'carry':
      return onCarried(moment, state, contact, frame.message) ?? fail(moment, state, 'protocol');
    case 'took':
    case 'open':
      return fail(moment, state, 'protocol');
    default:
      return onRelayFrame(moment, state, contact, frame, bytes);
  }
};

const onCarried = (moment: Moment, state: EkeyState, contact: Contact, message: Bytes): Change | undefined => {
  const carried = onCarry(moment, state, contact, message);
  if (carried === undefined || contact.roster === 'taken') return carried;
  return inTurn(carried, (current) => (current.contact?.roster === 'taken' ? beginAgain(moment, current) : changed(current)));
};

type Hello = Extract<NearFrame, { kind: 'hello' }>;

// Who the lock says it is proves nothing: it is what its certificate must bear.
const onHello = (moment: Moment, state: EkeyState, { via, number }: Contact, { lockId, sitePrefix }: Hello): Change => {
  const { membership } = state;
  const met = withContact(state, { lockId });
  const refusal = standingRefusal(met, moment.now);
  if (membership.kind === 'factory' || refusal !== undefined) return refuseSelf(moment, met, lockId, refusal ?? 'must-update');
  if (sitePrefix === undefined || !equalBytes(sitePrefix, sitePrefixOf(membership.siteId))) return fail(moment, met, 'other-site');
  const begun = { lockId, instant: stampOf(met, moment.now).instant };
  return inTurn(
    store(met, { put: [[valueNames.contact, encodeBegun(begun)]] }, { kind: 'contactBegun', contact: number }),
    (current) => (via === 'contact' && mayAnswerTime(moment, current) ? changed(withContact(current, { stage: 'timing', deadlineMs: moment.now.monotonicMs + TIME_FIRST_MS })) : begin(moment, current, membership)),
  );
};

const mayAnswerTime = (moment: Moment, state: EkeyState): boolean => state.holdings.own !== undefined && hasTime(state, moment.now);

const refuseSelf = (moment: Moment, state: EkeyState, lockId: LockId, reason: ReturnType<typeof standingRefusal> & string): Change =>
  inTurn(
    showing(withContact(state, { stage: 'over' }), moment.now, signalOfRefusal(reason), reason),
    (current) => noteUnproven(moment, current, { kind: 'decision', allowed: false, reason, lock: lockId }),
  );

// The first kinds of near frames are relay frames as they stand.
const onRelayFrame = (moment: Moment, state: EkeyState, contact: Contact, frame: RelayFrame, bytes: Bytes): Change => {
  if (contact.stage === 'operating') return onOperation(moment, state, { kind: 'frame', bytes });
  if (contact.stage !== 'after') return fail(moment, state, 'protocol');
  return frame.kind === 'receipt' ? onSecondReceipt(moment, state, contact, frame.receipt) : changed(state);
};

// ---- the transaction ---------------------------------------------------------------------------------------------------------

const begin = (moment: Moment, state: EkeyState, enrolled: Enrolled): Change => {
  const { contact, keys } = state;
  if (contact?.lockId === undefined) return changed(state);
  const isTimed = hasTime(state, moment.now);
  const site = {
    siteId: enrolled.siteId, readerIssuerKey: enrolled.readerIssuerKey, credentialKey: keys.credentialKey, documents: shelf(state, isTimed),
    choose: (requests: Parameters<typeof chooseDocuments>[2]) => chooseDocuments(state, isTimed, requests),
  };
  const started = startOperation(moment.crypto, { via: contact.via, site, lock: { lockId: contact.lockId }, command: { verb: contact.verb }, entropy: moment.entropy });
  const operating = withContact(state, { stage: 'operating', deadlineMs: moment.now.monotonicMs + OPERATION_MS });
  return inTurn(
    onOperationStep(moment, operating, started),
    // There is no ring at a key: the touch is the wish.
    (current) => onOperation(moment, current, { kind: 'ringFull' }),
  );
};

// By a roster that it did not have before the lock may let the key in, in the same touch.
const beginAgain = (moment: Moment, state: EkeyState): Change => {
  const { contact, membership } = state;
  if (contact?.lockId === undefined || membership.kind === 'factory' || standingRefusal(state, moment.now) !== undefined) return changed(state);
  const again = withContact(state, { operation: undefined, isDurable: false, heldSign: undefined, end: undefined, expected: undefined, proofMs: Infinity });
  const begun = { lockId: contact.lockId, instant: stampOf(state, moment.now).instant };
  return inTurn(
    store(again, { put: [[valueNames.contact, encodeBegun(begun)]] }, { kind: 'contactBegun', contact: contact.number }),
    (current) => begin(moment, current, membership),
  );
};

const onOperation = (moment: Moment, state: EkeyState, input: OperationInput): Change => {
  const operation = state.contact?.operation;
  return operation === undefined || operation.isDone ? changed(state) : onOperationStep(moment, state, stepOperation(moment.crypto, operation, input));
};

const onOperationStep = (moment: Moment, state: EkeyState, { state: operation, effects }: OperationStep): Change =>
  forEach(withContact(state, { operation }), effects, (current, effect) => onOperationEffect(moment, current, effect));

const onOperationEffect = (moment: Moment, state: EkeyState, effect: OperationEffect): Change => {
  switch (effect.kind) {
    case 'send':
      return changed(state, { kind: 'touchSend', frame: effect.bytes });
    case 'sign':
      return onSign(moment, state, effect.message);
    case 'progress':
      return changed(effect.phase === 'moving' ? showing(state, moment.now, state.contact?.via === 'contact' ? 'turn-now' : 'granted') : state);
    case 'done':
      return inTurn(
        onOutcome(moment, withContact(state, { stage: 'after' }), effect.outcome),
        (current) => (effect.outcome.kind === 'refused' ? giveRoster(current) : changed(current)),
      );
    default:
      return unreachable(effect);
  }
};

const onSign = (moment: Moment, state: EkeyState, message: Bytes): Change => {
  const timed = withContact(state, { proofMs: moment.now.monotonicMs + PROOF_MS });
  return state.contact?.isDurable === true ? askCredential(timed, message) : changed(withContact(timed, { heldSign: message }));
};

const askCredential = (state: EkeyState, message: Bytes): Change =>
  askSignature(state, 'credential', message, { kind: 'credential', contact: state.contact?.number ?? 0 }) ?? changed(state);

// ---- ends --------------------------------------------------------------------------------------------------------------------

// What touched the key is no lock of its site, or does not speak as one. Nothing more is said to it.
const fail = (moment: Moment, state: EkeyState, how: 'protocol' | 'other-site'): Change => {
  const { contact } = state;
  if (contact?.operation !== undefined && !contact.operation.isDone) {
    return inTurn(onOperation(moment, state, { kind: 'ended', code: 'link-lost' }), close);
  }
  return inTurn(
    contact?.stage === 'after' ? changed(state) : failed(moment, state, how),
    close,
  );
};

const failed = (moment: Moment, state: EkeyState, how: string): Change =>
  inTurn(
    showing(state, moment.now, 'not-ours', 'contact-failed'),
    (current) => noteUnproven(moment, current, { ...recordOf(current), kind: 'event', reason: 'contact-failed', rule: `contact:${how}` }),
    (current) => (current.contact?.stage === 'timing' ? store(current, { put: [[valueNames.contact, null]] }) : changed(current)),
  );

const close = (state: EkeyState): Change => changed(withContact(state, { stage: 'over' }), { kind: 'touchClose' });

// A passive lock that was opened and not closed while the key was there stands open, as far as the key knows.
const tellOpenLift = (moment: Moment, state: EkeyState): Change => {
  const { contact } = state;
  if (contact?.via !== 'contact' || contact.end !== 'opened') return changed(state);
  return note(moment, showing(state, moment.now, 'broke-off', 'contact-broke-off'), { ...recordOf(state), kind: 'event', reason: 'contact-broke-off', rule: 'contact:opened' });
};

const giveLock = (state: EkeyState, type: ToLockType, body: Bytes): Change => {
  const { contact } = state;
  if (contact === undefined) return changed(state);
  const message = encodeToLock({ type, session: NO_SESSION, seq: contact.seq, expires: 0, body });
  return changed(withContact(state, { seq: contact.seq + 1 }), { kind: 'touchSend', frame: encodeNearFrame({ kind: 'carry', message }) });
};
