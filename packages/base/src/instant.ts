// Instants and durations in milliseconds. Nothing here reads a clock: instants come in with the input.

import type { Brand } from './brand.ts';
import { assert } from './assert.ts';

/** Milliseconds since 1970-01-01T00:00:00Z, without leap seconds; 0 to 253402300799999 (end of year 9999). */
export type Instant = Brand<number, 'Instant'>;
export type Milliseconds = Brand<number, 'Milliseconds'>;

/** How far an instant can be trusted (DESIGN §3.7). */
export type ClockQuality = 'synced' | 'held' | 'lost';

const LAST = 253402300799999;

export const isInstant = (value: unknown): value is Instant =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= LAST;

export const instant = (ms: number): Instant => {
  assert(isInstant(ms), 'an instant is a whole number of milliseconds of the years 1970 to 9999');
  return ms;
};

const isMilliseconds = (value: number): value is Milliseconds => Number.isSafeInteger(value);

export const milliseconds = (ms: number): Milliseconds => {
  assert(isMilliseconds(ms), 'a duration is a whole number of milliseconds');
  return ms;
};

export const after = (start: Instant, duration: Milliseconds): Instant => instant(start + duration);
export const between = (start: Instant, end: Instant): Milliseconds => milliseconds(end - start);
