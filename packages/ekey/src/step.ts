// One step of an electronic key: what was due first, then the event, then what follows from both. Pure: time and randomness come in with the
// input, everything that the world shall do goes out as effects. Any event is taken in any state.

import { unreachable } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { changed, following, inTurn, type Change, type Moment, type Step } from './change.ts';
import { onTookFromLock } from './carry-desk.ts';
import { expireContact, onContactBegun, onCredentialSigned, onFrame, onLifted, onTimeSigned, onTouched } from './contact-desk.ts';
import type { Context, EkeyEvent, EkeyInput } from './events.ts';
import { closeWindow, note, onStored } from './journal-keeper.ts';
import { startKeyClock, watchKeyClock } from './key-clock.ts';
import { onPin, onPinChosen, onPinTried, startPin } from './pin-desk.ts';
import { seenInstant } from './seen-instant.ts';
import type { AfterSigned, AfterStored, EkeyState } from './state.ts';
import { valueNames } from './stored-values.ts';
import { onLinked, onMessage, withoutUpdate } from './update-desk.ts';
import { onBatchSigned, onStatusSigned, pumpUpdate } from './update-pump.ts';
import { answerUpdate } from './update-sending.ts';
import { nextWakeMs } from './wake.ts';

/** The next state and what the shell shall do, in this order. Throws `InvariantError` only when it is itself broken. */
export const step = (context: Context, state: EkeyState, input: EkeyInput): Change => {
  const moment: Moment = { crypto: context.crypto, now: input.now, entropy: input.entropy };
  const expired = expire(moment, state);
  const happened = following(expired, onEvent(moment, expired.state, input.event));
  const said = following(happened, pumpUpdate(moment, happened.state));
  return { state: withWake(said.state, nextWakeMs(said.state)), effects: said.effects };
};

const withWake = (state: EkeyState, wakeMs: EkeyState['nextWakeMs']): EkeyState => (wakeMs === state.nextWakeMs ? state : { ...state, nextWakeMs: wakeMs });

const expire = (moment: Moment, state: EkeyState): Change => {
  const expired = expireContact(moment, watched(moment, state));
  return following(expired, closeWindow(moment, expired.state));
};

const watched = ({ now }: Moment, state: EkeyState): EkeyState => {
  const clock = watchKeyClock(state.clock, now);
  const shown = state.shown !== undefined && now.monotonicMs >= state.shown.untilMs ? undefined : state.shown;
  return clock === state.clock && shown === state.shown ? state : { ...state, clock, shown };
};

const onEvent = (moment: Moment, state: EkeyState, event: EkeyEvent): Change => {
  switch (event.kind) {
    case 'started':
      return state.isStarted ? changed(state) : onStarted(moment, state);
    case 'tick':
      return changed(state);
    case 'battery':
      return changed({ ...state, batteryMv: event.mv > 0 ? Math.min(0xffff, Math.round(event.mv)) : undefined });
    case 'touched':
      return onTouched(moment, state, event);
    case 'frame':
      return onFrame(moment, state, event.bytes);
    case 'lifted':
      return onLifted(moment, state);
    case 'linked':
      return onLinked(moment, state);
    case 'message':
      return onMessage(moment, state, event.bytes);
    case 'unlinked':
      return changed(withoutUpdate(state));
    case 'pin':
      return onPin(moment, state, event.digits);
    case 'pinChosen':
      return onPinChosen(moment, state, event.digits);
    case 'signed':
      return onSigned(moment, state, event.id, event.signature);
    case 'stored':
      return onStoredEvent(moment, state, event.id);
    default:
      return unreachable(event);
  }
};

// The record of the start; and the end of a contact that the last life left without one.
const onStarted = (moment: Moment, state: EkeyState): Change => {
  const clock = startKeyClock(state.clock, seenInstant(state.journal.entries), moment.now);
  const awake: EkeyState = { ...state, clock, pin: startPin(state.pin, moment.now.monotonicMs), isStarted: true, unfinished: undefined };
  return inTurn(
    note(moment, awake, { kind: 'event', reason: 'started' }),
    (current) => (state.unfinished === undefined ? changed(current)
      : note(moment, current, { kind: 'event', reason: 'contact-broke-off', lock: state.unfinished.lockId, rule: 'contact:power' }, [[valueNames.contact, null]])),
  );
};

const onStoredEvent = (moment: Moment, state: EkeyState, id: number): Change => {
  const stored = onStored(state, id);
  return stored === undefined ? changed(state) : afterStored(moment, stored.state, stored.after);
};

const afterStored = (moment: Moment, state: EkeyState, after: AfterStored): Change => {
  switch (after.kind) {
    case 'nothing':
      return changed(state);
    case 'answer':
      return answerUpdate(state, after.to, after.code);
    case 'contactBegun':
      return ofContact(state, after.contact, onContactBegun);
    case 'tookFromLock':
      return ofContact(state, after.contact, (current) => onTookFromLock(current, after.seq));
    case 'pinTried':
      return onPinTried(moment, state, after.isRight);
    default:
      return unreachable(after);
  }
};

const onSigned = (moment: Moment, state: EkeyState, id: number, signature: Bytes): Change => {
  const pending = state.signatures.find((each) => each.id === id);
  if (pending === undefined) return changed(state);
  return afterSigned(moment, { ...state, signatures: state.signatures.filter((each) => each !== pending) }, pending.after, signature);
};

const afterSigned = (moment: Moment, state: EkeyState, after: AfterSigned, signature: Bytes): Change => {
  switch (after.kind) {
    case 'credential':
      return ofContact(state, after.contact, (current) => onCredentialSigned(moment, current, signature));
    case 'time':
      return ofContact(state, after.contact, (current) => onTimeSigned(moment, current, after.certificate, after.assemble(signature)));
    case 'status':
      return onStatusSigned(state, after.assemble(signature));
    case 'batch':
      return onBatchSigned(moment, state, after, signature);
    default:
      return unreachable(after);
  }
};

// What was asked for a contact that is over has no effect on the one that is there.
const ofContact = (state: EkeyState, number: number, then: Step): Change => (state.contact?.number === number ? then(state) : changed(state));
