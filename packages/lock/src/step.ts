// One step of the lock: timers first, then the event, then what follows from both. Pure: time and randomness come in with the
// input, everything that the world shall do goes out as effects. Any event is taken in any state.

import { unreachable } from '@mortise/base/assert.ts';
import { expireHandshakes, onAnswerSigned } from './adoption-desk.ts';
import { expireCard, onCardAnswer, onCardFound, onCardGone } from './card-desk.ts';
import { allInTurn, changed, following, type Change, type Duty, type Moment } from './change.ts';
import { onGrantStored, onHoldEndStored, onRefusalStored, onSyncStored } from './decisions.ts';
import { expireDoor, onDoor } from './door-watch.ts';
import { expireEgress, onExit, onFire, onPower } from './egress.ts';
import { expireEnrolment, onFingerSlots } from './finger-desk.ts';
import { onFinger, onTurnedAway, onTyped } from './entry-desk.ts';
import type { Context, LockEvent, LockInput } from './events.ts';
import { expireHold, updateHold } from './holding.ts';
import { closeWindow, onStored } from './journal-keeper.ts';
import { onLinkMessage } from './link-desk.ts';
import { expireMovement, onPosition, onStalled, onTurned } from './motion.ts';
import { onCarriedBatchSigned, pumpCarriers } from './near-carry.ts';
import { expireConnections, onNearClosed, onNearFrame, onNearNoise, onNearOpened } from './near-desk.ts';
import { onNetworkStored } from './network-desk.ts';
import { sendOwnerSetAnswer } from './owner-desk.ts';
import { onBatchSigned, pumpOutbox, resetOutbox } from './outbox.ts';
import { traitsOf } from './profile.ts';
import { askReceipt, askReturnReceipt, onReceiptSigned } from './receipts.ts';
import { expireRelock, updateRelock } from './relocking.ts';
import { onReset, pumpReset } from './reset-desk.ts';
import { sendRosterAnswer } from './roster-desk.ts';
import { sendAdoption } from './sending.ts';
import { expireSessions } from './sessions.ts';
import { askStatement, makeUpStatement, onStatementSigned, onStatementStored, sendStatement } from './statement-desk.ts';
import { isSameStatus, onStatusSigned, pumpStatus, wantStatus } from './status-desk.ts';
import { askTime, NO_QUESTION } from './time-desk.ts';
import { abandonUndecided, onReaderSigned } from './transactions.ts';
import { nextWakeMs } from './wake.ts';
import { onBattery, onTamper, onTemperature } from './watch.ts';
import { onStarted } from './waking.ts';
import type { AfterSigned, AfterStored, LockState } from './state.ts';

/** The next state and what the shell shall do, in this order. Throws `InvariantError` only when it is itself broken. */
export const step = (context: Context, state: LockState, input: LockInput): Change => {
  const { hasRealTimeClock } = traitsOf(state);
  const now = hasRealTimeClock ? input.now : { monotonicMs: input.now.monotonicMs, rtcMs: NaN };
  const moment: Moment = { crypto: context.crypto, now, entropy: input.entropy };
  const expired = expire(moment, state);
  const happened = following(expired, onEvent(moment, expired.state, input.event));
  return following(happened, settle(moment, state, happened.state));
};

// What was due before the event came counts before it: an answer that comes too late finds its session gone.
const expire = (moment: Moment, state: LockState): Change => {
  const expired = isDue(moment, state) ? allInTurn(moment, expireCard(moment, expireHandshakes(moment, state)), EXPIRING) : changed(state);
  return following(expired, closeWindow(moment, expired.state));
};

// Nothing is before the lock wanted to be woken.
const isDue = ({ now }: Moment, { nextWakeMs: wakeMs }: LockState): boolean => wakeMs !== undefined && now.monotonicMs >= wakeMs;

const EXPIRING: readonly Duty[] = [expireMovement, expireSessions, expireConnections, expireEnrolment, expireEgress, expireDoor, expireHold, expireRelock];

const onEvent = (moment: Moment, state: LockState, event: LockEvent): Change => {
  switch (event.kind) {
    case 'started':
      return onStarted(moment, state);
    case 'tick':
      return changed(state);
    case 'reset':
      return onReset(moment, state);
    case 'linkUp':
      return sendStatement(wantStatus({ ...resetOutbox(state), link: { ...state.link, isUp: true }, question: NO_QUESTION }));
    case 'linkDown':
      return abandonUndecided(moment, { ...resetOutbox(state), link: { ...state.link, isUp: false } });
    case 'link':
      return state.isStarted ? onLinkMessage(moment, state, event.message) : changed(state);
    case 'nearOpened':
      return onNearOpened(moment, state, event.connection);
    case 'nearFrame':
      return onNearFrame(moment, state, event.connection, event.bytes);
    case 'nearNoise':
      return onNearNoise(moment, state, event.connection);
    case 'nearClosed':
      return onNearClosed(moment, state, event.connection);
    case 'signed':
      return onSigned(moment, state, event.id, event.signature);
    case 'stored':
      return onStoredEvent(moment, state, event.id);
    case 'bolt':
    case 'thumbTurn':
    case 'stalled':
    case 'door':
    case 'exit':
    case 'fire':
    case 'power':
    case 'tamper':
    case 'temperature':
    case 'battery':
      return onSensor(moment, state, event);
    case 'typed':
      return onTyped(moment, state, event.digits, event.verb);
    case 'finger':
      return onFinger(moment, state, event.slot, event.verb);
    case 'fingerSlots':
      return onFingerSlots(moment, state, event.slots);
    case 'cardFound':
      return onCardFound(moment, state, event.product, event.uid, event.verb);
    case 'cardAnswer':
      return onCardAnswer(moment, state, event.apdu);
    case 'cardGone':
      return onCardGone(state);
    default:
      return unreachable(event);
  }
};

type SensorEvent = Extract<LockEvent, { readonly kind: 'bolt' | 'thumbTurn' | 'stalled' | 'door' | 'exit' | 'fire' | 'power' | 'tamper' | 'temperature' | 'battery' }>;

const onSensor = (moment: Moment, state: LockState, event: SensorEvent): Change => {
  switch (event.kind) {
    case 'bolt':
      return onPosition(moment, state, event.position);
    case 'thumbTurn':
      return onTurned(moment, state, event.to);
    case 'stalled':
      return onStalled(moment, state);
    case 'door':
      return onDoor(moment, state, event.open);
    case 'exit':
      return onExit(moment, state, event.active);
    case 'fire':
      return onFire(moment, state, event.active);
    case 'power':
      return onPower(moment, state, event.present);
    case 'tamper':
      return onTamper(moment, state, event.active);
    case 'temperature':
      return onTemperature(moment, state, event.celsius);
    case 'battery':
      return onBattery(moment, state, event.part ?? 'main', event.mv);
    default:
      return unreachable(event);
  }
};

const settle = (moment: Moment, before: LockState, state: LockState): Change => {
  const held = updateHold(moment, before, state);
  const said = following(held, allInTurn(moment, updateRelock(moment, before, held.state), SAYING));
  const told = following(said, tellStatus(moment, before, said.state));
  return { state: withWake(told.state, nextWakeMs(told.state)), effects: told.effects };
};

const SAYING: readonly Duty[] = [askTime, makeUpStatement, pumpOutbox, pumpCarriers, pumpReset];

const tellStatus = (moment: Moment, before: LockState, state: LockState): Change =>
  pumpStatus(moment, state.link.isUp && !isSameStatus(moment.now, before, state) ? wantStatus(state) : state);

const withWake = (state: LockState, wakeMs: LockState['nextWakeMs']): LockState => (wakeMs === state.nextWakeMs ? state : { ...state, nextWakeMs: wakeMs });

const onStoredEvent = (moment: Moment, state: LockState, id: number): Change => {
  const stored = onStored(state, id);
  return stored === undefined ? changed(state) : afterStored(moment, stored.state, stored.after);
};

const afterStored = (moment: Moment, state: LockState, after: AfterStored): Change => {
  switch (after.kind) {
    case 'nothing':
      return changed(state);
    case 'granted':
      return onGrantStored(moment, state, after.operation);
    case 'refused':
      return onRefusalStored(moment, state, after);
    case 'turnedAway':
      return onTurnedAway(state, after.signal);
    case 'synced':
      return onSyncStored(moment, state, after);
    case 'holdEnded':
      return onHoldEndStored(moment, state, after);
    case 'operated':
      return askReceipt(moment, state, after.peer, after.receipt);
    case 'returned':
      return askReturnReceipt(moment, state, after.peer, after.receipt);
    case 'adoptionAnswer':
      return sendAdoption(state, after.to, after.step, after.message);
    case 'adopted':
      return askStatement(moment, state, after.owner);
    case 'stated':
      return onStatementStored(moment, state, after.owner);
    case 'rosterAnswer':
      return sendRosterAnswer(state, after.to, after.answer);
    case 'ownerSetAnswer':
      return sendOwnerSetAnswer(state, after.to, after.answer);
    case 'networkAnswer':
      return onNetworkStored(state, after.to, after.answer);
    default:
      return unreachable(after);
  }
};

const onSigned = (moment: Moment, state: LockState, id: number, signature: Uint8Array): Change => {
  const pending = state.signatures.find((each) => each.id === id);
  if (pending === undefined) return changed(state);
  return afterSigned(moment, { ...state, signatures: state.signatures.filter((each) => each !== pending) }, pending.after, signature);
};

const afterSigned = (moment: Moment, state: LockState, after: AfterSigned, signature: Uint8Array): Change => {
  switch (after.kind) {
    case 'reader':
      return onReaderSigned(moment, state, after.peer, signature);
    case 'receipt':
      return onReceiptSigned(moment, state, after, signature);
    case 'batch':
      return after.to.kind === 'hub' ? onBatchSigned(moment, state, after, signature) : onCarriedBatchSigned(moment, state, after.to, after, signature);
    case 'status':
      return onStatusSigned(state, after, signature);
    case 'adoptionAnswer':
      return onAnswerSigned(state, after.to, after.assemble(signature));
    case 'adoptionStatement':
      return onStatementSigned(moment, state, after.owner, after.assemble(signature));
    default:
      return unreachable(after);
  }
};
