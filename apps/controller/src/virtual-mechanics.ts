// Where the metal of a virtual body goes: what a motor drives to, and what a coil does by its current, its door and what is wired ahead of it. No time
// and no events are in it.

import { positionAt } from '@mortise/lock/calibration.ts';
import type { Direction, Position } from '@mortise/lock/events.ts';
import { isEnergised, kindOf, type Mechanism } from '@mortise/lock/mechanism.ts';
import { ANGLES, type Physical } from './physical.ts';

const END: { readonly [D in Direction]: Position } = { throw: 'thrown', withdraw: 'withdrawn', unlatch: 'unlatched' };

/** Only a retrofit on a thumb-turn knows its bolt by the angle. */
const isTaught = ({ name }: Mechanism): boolean => name === 'deadbolt';

/** What the end sensors say of where the metal is. */
export const sensedAt = (mechanism: Mechanism, { position, calibration }: Physical): Position =>
  isTaught(mechanism) ? positionAt(calibration ?? undefined, ANGLES[position]) : position;

/** Where a motor goes for this drive; undefined: it has not been taught where, and goes nowhere. */
export const endOf = (mechanism: Mechanism, { calibration }: Physical, direction: Direction): Position | undefined => {
  if (!isTaught(mechanism)) return END[direction];
  if (calibration === null || direction === 'unlatch') return undefined;
  const angle = direction === 'throw' ? calibration.thrownAt : calibration.withdrawnAt;
  return angle === ANGLES.thrown ? 'thrown' : 'withdrawn';
};

/** What the lock commanded last; undefined: it has not yet, or was cut off, and no current flows by its will. */
export type Command = 'secured' | 'released' | undefined;

/** Whether current flows. Exit and fire stand in the coil's own circuit: no software is asked. */
export const hasCurrent = (mechanism: Mechanism, { hasPower, exit, fire }: Physical, command: Command): boolean => {
  if (!hasPower) return false;
  if (exit || fire) return isEnergised(mechanism, 'released');
  return command !== undefined && isEnergised(mechanism, command);
};

/** Where strike, magnet or gate are, once the coil has done its work. A magnet holds only a door that is there. */
export const coilPosition = (mechanism: Mechanism, physical: Physical, command: Command): Position => {
  if (physical.jammed) return physical.position;
  const current = hasCurrent(mechanism, physical, command);
  const isSecured = current === isEnergised(mechanism, 'secured');
  if (!isSecured) return 'withdrawn';
  return mechanism.name === 'magnet' && physical.doorOpen ? 'withdrawn' : 'thrown';
};

export const isCoil = (mechanism: Mechanism): boolean => kindOf(mechanism).isOutput;
