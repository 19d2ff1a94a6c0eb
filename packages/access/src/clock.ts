// A lock's clock: a value with a quality (DESIGN §3.7). `synced`: a time key answered the lock's nonce within 24 hours. `held`:
// it runs on from such an answer, in the lock or in an electronic key. `lost`: nothing vouches for it; then `instantOf` is a lower bound only. The floor is the
// latest instant known to have passed; only what the hub attested raises it, never a lock's or a key's own clock. The machine's real-time
// clock is not trusted to be right, only to run on while the lock was off: what is kept is its difference to attested time.

import { isInstant, instant, type ClockQuality, type Instant } from '@mortise/base/instant.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { MAX_TIME_ERROR_MS } from '@mortise/documents/time.ts';

/** An answer counts as `synced` this long. */
export const SYNCED_FOR_MS = 86_400_000;
/** Who holds an answer back can set the clock slow by half as much, no more. */
export const MAX_ROUND_TRIP_MS = 10_000;

/** How far a clock may lag behind attested time by honest error and drift. */
export const BEHIND_SLACK_MS = 60_000;

/** No lock's clock runs ahead of the time by more, parts per million: 86 seconds a day, ten times what a poor quartz does. */
export const MAX_LOCK_DRIFT_PPM = 1000;

/** Two readings at one moment: of a clock that never jumps while the lock runs, and of the untrusted real-time clock. */
export type ClockReading = { readonly monotonicMs: number; readonly rtcMs: number };

/** What outlives a restart; to be stored whenever `clockMemory` gives another one. */
export type ClockMemory = {
  readonly floor: Instant;
  /** Attested time minus the real-time clock, whole ms; null when that is not known. */
  readonly rtcOffsetMs: number | null;
};

export type Clock = ClockMemory & {
  /** `answer`: the hub's; `key`: an electronic key's, which runs on from one of the hub's. */
  readonly basis: 'answer' | 'key' | 'rtc' | 'none';
  /** Instant minus monotonic reading, ms. */
  readonly offsetMs: number;
  /** Monotonic reading of the last answer; meaningless unless `basis` is `answer` or `key`. */
  readonly answeredAtMs: number;
  /** How far that answer may have been off, ms. */
  readonly errorMs: number;
};

/** What a certified key attested; `by`: whose clock it was. */
export type ClockAnswer = { readonly instant: Instant; readonly errorMs: number; readonly by: { readonly kind: 'hub' | 'ekey' } };

export type ClockError = {
  readonly code:
    /** The answer took longer than `MAX_ROUND_TRIP_MS`. */
    | 'too-late'
    /** The answer lies below the floor, or behind what the clock has run since the hub's last one, by more than honest error. */
    | 'below-floor';
};

/** The clock after a start: `held` by the real-time clock when that was once set by an answer and is not below the floor, else `lost`. */
export const startClock = (memory: ClockMemory | undefined, reading: ClockReading): Clock => {
  const { floor, rtcOffsetMs } = memory ?? { floor: instant(0), rtcOffsetMs: null };
  const told = rtcOffsetMs === null ? undefined : Math.round(reading.rtcMs + rtcOffsetMs);
  const held = isInstant(told) && told >= floor ? told : undefined;
  const basis = held === undefined ? 'none' : 'rtc';
  return { floor, rtcOffsetMs, basis, offsetMs: (held ?? floor) - reading.monotonicMs, answeredAtMs: reading.monotonicMs, errorMs: 0 };
};

/**
 * Sets the clock by an answer that `openTimeAnswer` accepted. `askedAtMs` is the monotonic reading when the nonce was made. The hub's raises
 * the floor; an electronic key's never does: whoever held its clock ahead would shut out all that comes after.
 * Errors: `too-late`, `below-floor`; the clock then stays as it was.
 */
export const answerClock = (
  clock: Clock,
  answer: ClockAnswer,
  askedAtMs: number,
  reading: ClockReading,
): Result<Clock, ClockError> => {
  const { by: { kind } } = answer;
  const roundTripMs = reading.monotonicMs - askedAtMs;
  if (roundTripMs < 0 || roundTripMs > MAX_ROUND_TRIP_MS) return err({ code: 'too-late' });
  const passed = passedBy(clock, reading);
  if (answer.instant + answer.errorMs < passed) return err({ code: 'below-floor' });
  // The answer was given at some moment of the round trip: the middle halves the worst error.
  const now = Math.max(Math.round(answer.instant + roundTripMs / 2), passed);
  const floor = kind === 'hub' ? instant(Math.max(passed, answer.instant - answer.errorMs)) : passed;
  const rtcOffsetMs = Number.isFinite(reading.rtcMs) ? Math.round(now - reading.rtcMs) : null;
  return ok({ floor, rtcOffsetMs, basis: kind === 'hub' ? 'answer' : 'key', offsetMs: now - reading.monotonicMs, answeredAtMs: reading.monotonicMs, errorMs: answer.errorMs });
};

/**
 * The latest instant that has surely passed: the floor, or what the clock has run since the hub's last answer in this life, less what honest error and
 * drift can be. Nobody winds a clock back behind it, not even whoever holds the hub's time key.
 */
export const passedBy = (clock: Clock, reading: ClockReading): Instant => {
  if (clock.basis !== 'answer') return clock.floor;
  const driftMs = Math.ceil(((reading.monotonicMs - clock.answeredAtMs) * MAX_LOCK_DRIFT_PPM) / 1_000_000);
  return instant(Math.max(clock.floor, instantOf(clock, reading) - clock.errorMs - driftMs));
};

/**
 * Raises the floor to an instant that the hub attested and somebody carried. It never lowers the floor and never sets the clock:
 * one that is behind by little is moved up to the floor, one that is behind by more was wrong and is `lost`.
 */
export const raiseFloor = (clock: Clock, attested: Instant, reading: ClockReading): Clock => {
  if (attested <= clock.floor) return clock;
  const raised = { ...clock, floor: attested };
  const behindMs = attested - instantOf(clock, reading);
  if (behindMs <= 0) return raised;
  const moved = { ...raised, offsetMs: attested - reading.monotonicMs };
  return behindMs <= BEHIND_SLACK_MS ? moved : { ...moved, basis: 'none', rtcOffsetMs: null };
};

export const clockQuality = (clock: Clock, reading: ClockReading): ClockQuality => {
  if (clock.basis === 'none') return 'lost';
  const age = reading.monotonicMs - clock.answeredAtMs;
  return clock.basis === 'answer' && age <= SYNCED_FOR_MS ? 'synced' : 'held';
};

/** The instant by this clock; a lower bound when its quality is `lost`. Stops at the ends of what an instant can be. */
export const instantOf = (clock: Clock, reading: ClockReading): Instant => {
  const now = Math.round(clock.offsetMs + reading.monotonicMs);
  return isInstant(now) ? now : clock.floor;
};

/** By how much a clock that was `synced` can have been ahead of the time. */
const SYNCED_AHEAD_MS = MAX_TIME_ERROR_MS + (SYNCED_FOR_MS * MAX_LOCK_DRIFT_PPM) / 1_000_000;

/** The memory with what was written down by a clock that was `synced`: that instant had passed, whatever was stored of the clock itself. */
export const rememberSynced = (memory: ClockMemory, written: readonly Instant[]): ClockMemory =>
  ({ ...memory, floor: instant(Math.max(memory.floor, ...written.map((at) => at - SYNCED_AHEAD_MS))) });

export const clockMemory = ({ floor, rtcOffsetMs }: ClockMemory): ClockMemory => ({ floor, rtcOffsetMs });

export const isSameClockMemory = (a: ClockMemory, b: ClockMemory): boolean => a.floor === b.floor && a.rtcOffsetMs === b.rtcOffsetMs;
