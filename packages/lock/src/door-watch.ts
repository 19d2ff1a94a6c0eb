// The door's table at work (door.ts): what the sensor says becomes an input, what is an alarm a record. Beside it the one alarm that is of bolt
// and door together: left unlocked.

import type { Reason } from '@mortise/base/reasons.ts';
import { changed, following, forEach, type Change, type Moment } from './change.ts';
import { DOOR_SAID, isDoorOverdue, moveDoor, type DoorHappening, type DoorInput } from './door.ts';
import { isHeld } from './hold.ts';
import { note } from './journal-keeper.ts';
import { kindOf } from './mechanism.ts';
import { doorPolicyOf } from './policies.ts';
import { boltSaid } from './sensing.ts';
import type { LockState } from './state.ts';

/** A magnet is pulled off a moment before the door's sensor knows. */
const FORCED_WITHIN_MS = 2000;

const REASON_OF: { readonly [H in DoorHappening]: Reason } = { ajar: 'door-ajar', forced: 'door-forced', recovered: 'door-closed' };

/** The sensor has spoken. */
export const onDoor = (moment: Moment, state: LockState, open: boolean): Change => moveDoorBy(moment, state, open ? openedAs(moment, state) : 'closed');

const openedAs = (moment: Moment, state: LockState): DoorInput => {
  if (isHeld(state)) return 'openedHeld';
  return isAgainstLock(moment, state) ? 'openedLocked' : 'opened';
};

// Beside a secured strike a door may open by the handle inside; only where request-to-exit is wired would that have been said.
const isAgainstLock = ({ now }: Moment, { sensors, mechanism }: LockState): boolean => {
  if (!kindOf(mechanism).isOutput) return boltSaid(sensors) === 'locked';
  if (!mechanism.hasExit || sensors.exit || sensors.fire || !sensors.hasPower) return false;
  const wasPulledOff = sensors.movedMs !== undefined && now.monotonicMs - sensors.movedMs <= FORCED_WITHIN_MS;
  return wasPulledOff || boltSaid(sensors) === 'locked';
};

/** One cell of the table, and its alarms. What the sensors find before the lock has started is how it was found. */
export const moveDoorBy = (moment: Moment, state: LockState, input: DoorInput): Change => {
  const { door, happenings } = moveDoor(state.sensors.door, input, moment.now.monotonicMs, doorPolicyOf(state).ajarAfterMs);
  const moved = { ...state, sensors: { ...state.sensors, door } };
  return forEach(moved, state.isStarted ? happenings : [], (current, happening) => note(moment, current, { kind: 'event', reason: REASON_OF[happening] }));
};

/** A door that has stood open for too long, and one that was left unlocked. */
export const expireDoor = (moment: Moment, state: LockState): Change => {
  const moved = isDoorOverdue(state.sensors.door, moment.now.monotonicMs) ? moveDoorBy(moment, withoutDeadline(state), 'deadline') : changed(state);
  return following(moved, expireLeft(moment, moved.state));
};

const withoutDeadline = (state: LockState): LockState => {
  const { phase, sinceMs } = state.sensors.door;
  return { ...state, sensors: { ...state.sensors, door: { phase, sinceMs } } };
};

/** When it is told that the door was left unlocked; undefined: there is nothing to tell. Monotonic. */
export const leftUnlockedMs = (state: LockState): number | undefined => {
  const { sensors } = state;
  if (boltSaid(sensors) !== 'unlocked' || DOOR_SAID[sensors.door.phase] === 'open' || isHeld(state) || !state.isStarted) return undefined;
  const { leftUnlockedAfterMs } = doorPolicyOf(state);
  const sinceMs = leftSinceMs(state);
  return leftUnlockedAfterMs === 0 || sensors.toldUnlockedMs === sinceMs ? undefined : sinceMs + leftUnlockedAfterMs;
};

/** Whether that was told, and is so still. */
export const isLeftUnlocked = (state: LockState): boolean => {
  const { sensors } = state;
  const isOpenable = boltSaid(sensors) === 'unlocked' && DOOR_SAID[sensors.door.phase] !== 'open' && !isHeld(state);
  return isOpenable && sensors.toldUnlockedMs !== undefined && sensors.toldUnlockedMs === leftSinceMs(state);
};

const leftSinceMs = ({ sensors }: LockState): number => Math.max(sensors.boltSinceMs, sensors.door.sinceMs);

const expireLeft = (moment: Moment, state: LockState): Change => {
  const dueMs = leftUnlockedMs(state);
  if (dueMs === undefined || moment.now.monotonicMs < dueMs) return changed(state);
  const told = { ...state, sensors: { ...state.sensors, toldUnlockedMs: leftSinceMs(state) } };
  return note(moment, told, { kind: 'event', reason: 'left-unlocked' });
};

/** When it must be looked at; monotonic, Infinity: never. */
export const doorMs = (state: LockState): number => Math.min(state.sensors.door.deadlineMs ?? Infinity, leftUnlockedMs(state) ?? Infinity);
