// An electronic key's clock: the time by the hub's answer to the key's own question, and by how much it may be wrong since. It runs on by the
// key's real-time clock while the key is off. It is no clock at all, and says so, when that one lost its power, was set back or jumped,
// or when the error has grown past a bound. The floor is the latest instant that the hub attested.

import { isInstant, instant, type ClockQuality, type Instant } from '@mortise/base/instant.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { BEHIND_SLACK_MS, MAX_ROUND_TRIP_MS, SYNCED_FOR_MS, type ClockError } from '@mortise/access/clock.ts';
import type { Reading } from './events.ts';

/** A clock that may be wrong by more is invalid: locks keep hours by it. */
export const MAX_KEY_ERROR_MS = 120_000;
/** By so much the two clocks of a key may come apart within one life, besides a thousandth of the time. */
export const JUMP_SLACK_MS = 2000;

/** `instant` at `rtcMs`, by a hub's answer that may be wrong by `errorMs`. */
export type KeyClockSetting = { readonly instant: Instant; readonly rtcMs: number; readonly errorMs: number };

/** What outlives a restart. */
export type KeyClockMemory = { readonly floor: Instant; readonly setting: KeyClockSetting | undefined };

/** `basis`: the time at a reading of this life; undefined: the clock is invalid. */
export type KeyClock = KeyClockMemory & { readonly basis: { readonly instant: Instant; readonly monotonicMs: number; readonly rtcMs: number } | undefined };

export const NO_KEY_CLOCK: KeyClock = { floor: instant(0), setting: undefined, basis: undefined };

/**
 * The clock after a start. `seen`: the latest instant that the key itself wrote down while its clock was valid; a real-time clock that runs a little
 * slower than the other one is behind it by honest error.
 */
export const startKeyClock = ({ floor, setting }: KeyClockMemory, seen: Instant, { monotonicMs, rtcMs }: Reading): KeyClock => {
  const ranMs = setting === undefined || rtcMs === undefined ? -1 : rtcMs - setting.rtcMs;
  const told = setting === undefined || ranMs < 0 ? undefined : Math.round(setting.instant + ranMs);
  const holds = isInstant(told) && told >= floor && told >= seen - BEHIND_SLACK_MS;
  return { floor, setting, basis: holds && rtcMs !== undefined ? { instant: told, monotonicMs, rtcMs } : undefined };
};

/** The same clock, or an invalid one where the real-time clock went another way than the monotonic one. */
export const watchKeyClock = (clock: KeyClock, { monotonicMs, rtcMs }: Reading): KeyClock => {
  const { basis } = clock;
  if (basis === undefined) return clock;
  const ranMs = monotonicMs - basis.monotonicMs;
  const apartMs = rtcMs === undefined ? Infinity : Math.abs(rtcMs - basis.rtcMs - ranMs);
  return apartMs <= JUMP_SLACK_MS + ranMs / 1000 ? clock : { ...clock, basis: undefined };
};

/**
 * Sets the clock by an answer that `openTimeAnswer` accepted. Errors: `too-late`, `below-floor`; the clock then stays as it was. Without a real-time
 * clock it holds until the key is off.
 */
export const answerKeyClock = (
  clock: KeyClock, answer: { readonly instant: Instant; readonly errorMs: number }, askedAtMs: number, { monotonicMs, rtcMs = 0 }: Reading,
): Result<KeyClock, ClockError> => {
  const roundTripMs = monotonicMs - askedAtMs;
  if (roundTripMs < 0 || roundTripMs > MAX_ROUND_TRIP_MS) return err({ code: 'too-late' });
  if (answer.instant + answer.errorMs < clock.floor) return err({ code: 'below-floor' });
  // The answer was given at some moment of the round trip: the middle halves the worst error.
  const at = instant(Math.max(Math.round(answer.instant + roundTripMs / 2), clock.floor));
  const floor = instant(Math.max(clock.floor, answer.instant - answer.errorMs));
  const setting = { instant: at, rtcMs, errorMs: answer.errorMs + Math.ceil(roundTripMs / 2) };
  return ok({ floor, setting, basis: { instant: at, monotonicMs, rtcMs } });
};

/** An instant that the hub attested has passed: a clock that is behind it by more than honest error is invalid. */
export const raiseKeyFloor = (clock: KeyClock, attested: Instant, now: Reading): KeyClock => {
  if (attested <= clock.floor) return clock;
  const isWrong = clock.basis !== undefined && attested - keyInstant(clock, now) > BEHIND_SLACK_MS;
  return { ...clock, floor: attested, ...(isWrong && { basis: undefined }) };
};

/** The instant by this clock; the floor when it is invalid. Never below the floor. */
export const keyInstant = ({ basis, floor }: KeyClock, { monotonicMs }: Reading): Instant => {
  const now = basis === undefined ? floor : Math.round(basis.instant + monotonicMs - basis.monotonicMs);
  return isInstant(now) && now >= floor ? now : floor;
};

/** By how much the clock may be wrong, ms; Infinity: it is no clock. `driftPpm`: certified. */
export const keyErrorMs = (clock: KeyClock, driftPpm: number, now: Reading): number => {
  const { basis, setting } = clock;
  if (basis === undefined || setting === undefined) return Infinity;
  return setting.errorMs + Math.ceil(((keyInstant(clock, now) - setting.instant) * driftPpm) / 1_000_000);
};

export const isKeyClockValid = (clock: KeyClock, driftPpm: number, now: Reading): boolean => keyErrorMs(clock, driftPpm, now) <= MAX_KEY_ERROR_MS;

/** `lost`: invalid. */
export const keyClockQuality = (clock: KeyClock, driftPpm: number, now: Reading): ClockQuality => {
  if (!isKeyClockValid(clock, driftPpm, now)) return 'lost';
  return keyInstant(clock, now) - (clock.setting?.instant ?? 0) <= SYNCED_FOR_MS ? 'synced' : 'held';
};
