// What the lock watches about itself: whether it is opened, its batteries, its temperature. Each is told once when it changes for the worse, and
// nothing of it opens anything.

import type { Reason } from '@mortise/base/reasons.ts';
import { levelOf, type BatteryPart } from './battery.ts';
import { changed, type Change, type Moment } from './change.ts';
import { note } from './journal-keeper.ts';
import { bandOf } from './temperature.ts';
import type { LockState, Sensors } from './state.ts';

/** Its housing was opened, or is closed again. */
export const onTamper = (moment: Moment, state: LockState, active: boolean): Change =>
  active === state.sensors.tamper ? changed(state) : tell(moment, withSensors(state, { tamper: active }), active ? 'tamper' : 'tamper-over');

/** Millivolts; zero or less is a part that is not measured. */
export const onBattery = (moment: Moment, state: LockState, part: BatteryPart, mv: number): Change => {
  const [before, batteryMv] = [state.sensors.levels[part], batteryOf(mv)];
  const level = batteryMv === undefined ? undefined : levelOf(part, batteryMv, before);
  const { [part]: _, ...others } = state.sensors.levels;
  const levels: Sensors['levels'] = level === undefined ? others : { ...others, [part]: level };
  const main = part === 'main' ? { batteryMv, reserveSpent: level === 'reserve' || level === 'empty' ? state.sensors.reserveSpent : 0 } : {};
  const sensed = withSensors(state, { levels, ...main });
  return level === before || level === undefined || level === 'good' ? changed(sensed) : tell(moment, sensed, 'battery-low', `battery:${part} ${level}`);
};

// A record holds two bytes.
const batteryOf = (mv: number): number | undefined => (mv > 0 ? Math.min(0xffff, Math.round(mv)) : undefined);

export const onTemperature = (moment: Moment, state: LockState, celsius: number): Change => {
  const band = bandOf(celsius, state.sensors.band);
  const sensed = withSensors(state, { celsius, band });
  return band === state.sensors.band ? changed(sensed) : tell(moment, sensed, 'temperature-changed', `temperature:${band} ${Math.round(celsius)}`);
};

// What is found before the lock has started is told by nobody's record: the sensors go on saying it.
const tell = (moment: Moment, state: LockState, reason: Reason, rule?: string): Change =>
  state.isStarted ? note(moment, state, { kind: 'event', reason, ...(rule === undefined ? {} : { rule }) }) : changed(state);

const withSensors = (state: LockState, fields: Partial<Sensors>): LockState => ({ ...state, sensors: { ...state.sensors, ...fields } });
