import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { instant, isInstant, type Instant } from '@mortise/base/instant.ts';
import {
  answerClock,
  BEHIND_SLACK_MS,
  clockMemory,
  clockQuality,
  instantOf,
  MAX_ROUND_TRIP_MS,
  passedBy,
  raiseFloor,
  rememberSynced,
  startClock,
  SYNCED_FOR_MS,
  type Clock,
  type ClockMemory,
  type ClockReading,
} from './clock.ts';

const noon = Date.UTC(2026, 10, 23, 12);
const HOUR = 3_600_000;
const HUB = { kind: 'hub' } as const;
const at = (monotonicMs: number, rtcMs = monotonicMs): ClockReading => ({ monotonicMs, rtcMs });
const say = (clock: Clock, reading: ClockReading): readonly [string, Instant] => [clockQuality(clock, reading), instantOf(clock, reading)];
/** A clock that was answered at monotonic 1000 with noon; its real-time clock is an hour slow. */
const answered = (memory?: ClockMemory, said = noon, errorMs = 50): Clock => {
  const result = answerClock(startClock(memory, at(0, noon - HOUR)), { instant: instant(said), errorMs, by: HUB }, 1_000, at(1_000, noon - HOUR));
  assert.ok(result.ok, result.ok ? '' : result.error.code);
  return result.value;
};

test('a new lock has lost its clock, whatever its real-time clock says', () => {
  const clock = startClock(undefined, at(5, noon));
  assert.deepEqual(say(clock, at(5, noon)), ['lost', 0]);
  assert.deepEqual(say(clock, at(1_005, noon)), ['lost', 1_000], 'a lower bound that runs on');
});

test('an answer makes it synced for 24 hours, then held', () => {
  const clock = answered();
  assert.deepEqual(say(clock, at(1_000)), ['synced', noon]);
  assert.deepEqual(say(clock, at(1_000 + SYNCED_FOR_MS)), ['synced', noon + SYNCED_FOR_MS]);
  assert.deepEqual(say(clock, at(1_001 + SYNCED_FOR_MS)), ['held', noon + SYNCED_FOR_MS + 1]);
});

test('while it runs, nothing but the monotonic clock counts', () => {
  assert.deepEqual(say(answered(), at(2_000, 0)), ['synced', noon + 1_000]);
});

test('the answer counts from the middle of its round trip, and not at all when it was held back', () => {
  const start = startClock(undefined, at(0));
  const arrive = (receivedAt: number): string | number => {
    const result = answerClock(start, { instant: instant(noon), errorMs: 0, by: HUB }, 1_000, at(receivedAt));
    return result.ok ? instantOf(result.value, at(receivedAt)) : result.error.code;
  };
  assert.equal(arrive(1_000), noon);
  assert.equal(arrive(1_080), noon + 40);
  assert.equal(arrive(1_000 + MAX_ROUND_TRIP_MS), noon + MAX_ROUND_TRIP_MS / 2);
  assert.equal(arrive(1_001 + MAX_ROUND_TRIP_MS), 'too-late');
  assert.equal(arrive(999), 'too-late', 'before it was asked');
});

test('after a restart it is held by the real-time clock, corrected as it was learnt', () => {
  const memory = clockMemory(answered());
  assert.deepEqual(memory, { floor: noon - 50, rtcOffsetMs: HOUR });
  const later = startClock(memory, at(7, noon));
  assert.deepEqual(say(later, at(7, noon)), ['held', noon + HOUR]);
  const at24 = at(7 + 2 * SYNCED_FOR_MS, 0);
  assert.deepEqual(say(later, at24), ['held', noon + HOUR + 2 * SYNCED_FOR_MS]);
});

test('readings with fractions, and a real-time clock that gives no number, leave whole milliseconds', () => {
  const arrive = (reading: ClockReading): ClockMemory => {
    const result = answerClock(startClock(undefined, reading), { instant: instant(noon), errorMs: 0, by: HUB }, reading.monotonicMs, reading);
    assert.ok(result.ok && isInstant(instantOf(result.value, at(reading.monotonicMs + 0.4))));
    return clockMemory(result.value);
  };
  assert.deepEqual(arrive(at(0.7, noon - 0.3)), { floor: noon, rtcOffsetMs: 0 });
  assert.deepEqual(arrive(at(0.7, Number.NaN)), { floor: noon, rtcOffsetMs: null });
});

test('a real-time clock below the floor is not believed', () => {
  const memory = clockMemory(answered());
  const reading = (told: number): ClockReading => at(0, told - HOUR);
  assert.deepEqual(say(startClock(memory, reading(noon - 50)), reading(noon - 50)), ['held', noon - 50], 'at the floor');
  assert.deepEqual(say(startClock(memory, reading(noon - 51)), reading(noon - 51)), ['lost', noon - 50], 'one below: the floor is what is known');
  assert.deepEqual(say(startClock(memory, at(0, 0)), at(0, 0)), ['lost', noon - 50], 'an empty battery');
  assert.deepEqual(say(startClock(memory, at(0, Number.NaN)), at(0, 0)), ['lost', noon - 50], 'no number at all');
});

test('an electronic key’s answer sets the clock, and never raises the floor', () => {
  const memory: ClockMemory = { floor: instant(noon), rtcOffsetMs: null };
  const arrive = (kind: 'hub' | 'ekey', said: number, errorMs = 100): readonly unknown[] => {
    const start = startClock(memory, at(0, Number.NaN));
    const result = answerClock(start, { instant: instant(noon + said), errorMs, by: { kind } }, 0, at(0, Number.NaN));
    return result.ok ? [result.value.floor - noon, clockQuality(result.value, at(0)), instantOf(result.value, at(0)) - noon] : [result.error.code];
  };
  assert.deepEqual(arrive('hub', HOUR), [HOUR - 100, 'synced', HOUR], 'the control');
  assert.deepEqual(arrive('ekey', HOUR), [0, 'held', HOUR]);
  assert.deepEqual(arrive('ekey', 365 * 24 * HOUR), [0, 'held', 365 * 24 * HOUR], 'however far ahead');
  assert.deepEqual(arrive('ekey', -100), [0, 'held', 0], 'within its error');
  assert.deepEqual(arrive('ekey', -101), ['below-floor'], 'wound back');
});

test('no answer lowers the floor', () => {
  const memory: ClockMemory = { floor: instant(noon), rtcOffsetMs: 0 };
  const error = (said: number, errorMs: number): string => {
    const result = answerClock(startClock(memory, at(0, noon)), { instant: instant(said), errorMs, by: HUB }, 0, at(0, noon));
    return result.ok ? `floor ${result.value.floor - noon}, now ${instantOf(result.value, at(0)) - noon}` : result.error.code;
  };
  assert.equal(error(noon + 500, 100), 'floor 400, now 500', 'the control');
  assert.equal(error(noon - 100, 100), 'floor 0, now 0', 'within its error');
  assert.equal(error(noon - 101, 100), 'below-floor');
});

test('nobody winds a running clock back: what it has run since the hub’s last answer has passed, less drift', () => {
  const clock = answered();
  const error = (afterMs: number, said: number, by: 'hub' | 'ekey' = 'hub'): string => {
    const reading = at(1_000 + afterMs, noon - HOUR);
    const result = answerClock(clock, { instant: instant(noon + said), errorMs: 50, by: { kind: by } }, reading.monotonicMs, reading);
    return result.ok ? `${instantOf(result.value, reading) - noon}` : result.error.code;
  };
  assert.equal(error(HOUR, HOUR), `${HOUR}`, 'the control');
  assert.equal(error(HOUR, HOUR - 3_600), `${HOUR - 3_600}`, 'a lock whose quartz runs a thousandth too fast');
  assert.equal(error(HOUR, HOUR - 3_701), 'below-floor', 'more than drift and both errors');
  assert.equal(error(HOUR, 0), 'below-floor', 'the hub says the same once more');
  assert.equal(error(72 * HOUR, 0), 'below-floor', 'three days without a hub');
  assert.equal(error(72 * HOUR, 0, 'ekey'), 'below-floor');
  const rested = startClock(clockMemory(clock), at(0, noon + 71 * HOUR));
  assert.ok(answerClock(rested, { instant: instant(noon + HOUR), errorMs: 50, by: HUB }, 0, at(0, noon + 71 * HOUR)).ok, 'a real-time clock is no such witness');
});

test('what a synced clock wrote down has passed, after a start too', () => {
  const memory: ClockMemory = { floor: instant(noon), rtcOffsetMs: 0 };
  assert.deepEqual(rememberSynced(memory, []), memory);
  assert.equal(rememberSynced(memory, [instant(noon + HOUR), instant(noon)]).floor, noon + HOUR - 686_400);
  assert.equal(rememberSynced(memory, [instant(noon + 1000)]).floor, noon);
});

test('carried time raises the floor, sets nothing, and shows a clock that is far behind to be wrong', () => {
  const clock = answered();
  const now = at(1_000, noon - HOUR);
  const raised = (ms: number): Clock => raiseFloor(clock, instant(noon + ms), now);
  assert.equal(raised(-HOUR).floor, noon - 50, 'older: nothing');
  assert.deepEqual([raised(-10).floor, ...say(raised(-10), now)], [noon - 10, 'synced', noon]);
  assert.deepEqual([raised(200).floor, ...say(raised(200), now)], [noon + 200, 'synced', noon + 200], 'behind by little');
  assert.equal(clockQuality(raised(BEHIND_SLACK_MS), now), 'synced', 'just within');
  const wrong = raised(BEHIND_SLACK_MS + 1);
  assert.deepEqual([wrong.floor, ...say(wrong, now)], [noon + BEHIND_SLACK_MS + 1, 'lost', noon + BEHIND_SLACK_MS + 1]);
  assert.equal(clockQuality(startClock(clockMemory(wrong), at(0, noon)), at(0, noon)), 'lost', 'nor does a restart believe it again');
});

test('whatever comes, the floor never falls and the clock never shows less', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('answer' as const), by: fc.constantFrom('hub' as const, 'ekey' as const), said: fc.integer({ min: -HOUR, max: HOUR }), errorMs: fc.integer({ min: 0, max: 600_000 }) }),
    fc.record({ kind: fc.constant('carried' as const), said: fc.integer({ min: -HOUR, max: HOUR }) }),
    fc.record({ kind: fc.constant('restart' as const), rtc: fc.integer({ min: -HOUR, max: HOUR }) }),
  );
  const counts = { answer: 0, carried: 0, restart: 0 };
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), fc.array(fc.nat(HOUR), { minLength: 20, maxLength: 20 }), (steps, pauses) => {
      let reading = at(0, noon);
      let clock = startClock({ floor: instant(noon), rtcOffsetMs: 0 }, reading);
      steps.forEach((next, index) => {
        const before = clock;
        const { floor } = before;
        reading = { monotonicMs: reading.monotonicMs + (pauses[index] ?? 0), rtcMs: reading.rtcMs };
        counts[next.kind] += 1;
        if (next.kind === 'restart') clock = startClock(clockMemory(clock), (reading = at(0, noon + next.rtc)));
        else if (next.kind === 'carried') clock = raiseFloor(clock, instant(noon + next.said), reading);
        else {
          const result = answerClock(clock, { instant: instant(noon + next.said), errorMs: next.errorMs, by: { kind: next.by } }, reading.monotonicMs, reading);
          if (result.ok) clock = result.value;
          if (next.by === 'ekey') assert.equal(clock.floor, clock === before ? floor : passedBy(before, reading), 'a key’s clock raises it by nothing of its own');
        }
        assert.ok(clock.floor >= floor && instantOf(clock, reading) >= clock.floor && isInstant(instantOf(clock, reading)));
      });
    }),
  );
  console.log(`clock: ${counts.answer} answers, ${counts.carried} carried instants, ${counts.restart} restarts in any order`);
});
