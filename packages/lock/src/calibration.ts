// A retrofit deadbolt knows its bolt by the angle of the thumb-turn that it sits on. Where the ends are, and which way is which, it learns from a hand
// that turns it from end stop to end stop: nothing is driven to learn it, since nobody's decision stands behind such a movement.

import { err, ok, type Result } from '@mortise/base/result.ts';
import type { Position } from './events.ts';

/** Tenths of a degree, as the encoder counts them; it may turn more than once. */
export type Calibration = { readonly thrownAt: number; readonly withdrawnAt: number };

/** `travel-too-short`: the two ends are no two ends; `travel-too-long`: more than a deadbolt turns. */
export type CalibrationError = { readonly code: 'travel-too-short' | 'travel-too-long' };

/** A quarter turn is usual; two turns are the most that is built. */
export const TRAVEL_BOUNDS = { min: 450, max: 7200 } as const;

/** What share of the travel, at each end, counts as the end: play in the thumb-turn, and the encoder's own error. */
const END_SHARE = 0.08;

/** From the two end stops as they were turned to by hand. */
export const learnTravel = (thrownAt: number, withdrawnAt: number): Result<Calibration, CalibrationError> => {
  const travel = Math.abs(thrownAt - withdrawnAt);
  if (travel < TRAVEL_BOUNDS.min) return err({ code: 'travel-too-short' });
  return travel > TRAVEL_BOUNDS.max ? err({ code: 'travel-too-long' }) : ok({ thrownAt, withdrawnAt });
};

/** Where the bolt is at this angle. Past an end stop it is at that end: the turn gives a little. Without a calibration it is at no place. */
export const positionAt = (calibration: Calibration | undefined, angle: number): Position => {
  if (calibration === undefined) return 'between';
  const { thrownAt, withdrawnAt } = calibration;
  const share = (angle - withdrawnAt) / (thrownAt - withdrawnAt);
  if (share >= 1 - END_SHARE) return 'thrown';
  return share <= END_SHARE ? 'withdrawn' : 'between';
};

/** Which way the motor turns to throw the bolt, as seen by the encoder. */
export const throwsBy = ({ thrownAt, withdrawnAt }: Calibration): 'rising' | 'falling' => (thrownAt > withdrawnAt ? 'rising' : 'falling');
