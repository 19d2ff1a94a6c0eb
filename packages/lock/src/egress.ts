// The way out: request-to-exit, the fire release, and the mechanism's own supply. All three are wired ahead of this software and work without it (DESIGN §3.10);
// what the lock does is to go along at once, before anything is written, and to drive nothing against them while they last.

import type { Reason } from '@mortise/base/reasons.ts';
import { changed, inTurn, type Change, type Moment } from './change.ts';
import { note } from './journal-keeper.ts';
import { inputBolt } from './motion.ts';
import { boltSaid } from './sensing.ts';
import type { LockState, Sensors } from './state.ts';

/** While there is a fire and it is not sensed open it is tried again so often. */
export const FIRE_AGAIN_MS = 10_000;

/** Request-to-exit is pressed, or let go. */
export const onExit = (moment: Moment, state: LockState, active: boolean): Change => {
  const sensed = withSensors(state, { exit: active });
  return active && !state.sensors.exit ? drivenOut(moment, sensed, 'exitAsked', 'exit-asked') : changed(sensed);
};

/** The fire release came, or is over: then it is as if it had just been unlocked. */
export const onFire = (moment: Moment, state: LockState, active: boolean): Change => {
  if (active === state.sensors.fire) return changed(state);
  const fireAgainMs = active ? moment.now.monotonicMs + FIRE_AGAIN_MS : undefined;
  const sensed = withSensors(state, { fire: active, fireAgainMs });
  return inTurn(
    sensed,
    (current) => (active ? drivenOut(moment, current, 'fireReleased', 'fire-release') : changed(current)),
    (current) => noteEvent(moment, current, active ? 'fire-release' : 'fire-release-over'),
  );
};

/** The supply of motor or coil is gone, or back. What a fail-safe coil does without it is sensed by itself. */
export const onPower = (moment: Moment, state: LockState, present: boolean): Change =>
  present === state.sensors.hasPower ? changed(state) : noteEvent(moment, withSensors(state, { hasPower: present }), present ? 'power-restored' : 'power-lost');

/** A motor that jammed against a fire, or was overruled by a hand, is tried again. */
export const expireEgress = (moment: Moment, state: LockState): Change => {
  const { fireAgainMs } = state.sensors;
  if (fireAgainMs === undefined || moment.now.monotonicMs < fireAgainMs) return changed(state);
  const later = withSensors(state, { fireAgainMs: moment.now.monotonicMs + FIRE_AGAIN_MS });
  return boltSaid(state.sensors) === 'unlocked' ? changed(later) : drivenOut(moment, later, 'fireReleased', 'fire-release');
};

// Why it moves is told by the record of where it came to.
const drivenOut = (moment: Moment, state: LockState, input: 'exitAsked' | 'fireReleased', reason: Reason): Change => {
  const { state: moved, effects } = inputBolt(moment, state, input);
  return { state: effects.some(({ kind }) => kind === 'drive') ? withSensors(moved, { drivenBy: reason }) : moved, effects };
};

const noteEvent = (moment: Moment, state: LockState, reason: Reason): Change => (state.isStarted ? note(moment, state, { kind: 'event', reason }) : changed(state));

const withSensors = (state: LockState, fields: Partial<Sensors>): LockState => ({ ...state, sensors: { ...state.sensors, ...fields } });
