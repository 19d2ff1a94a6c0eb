// The key's clock: set by the hub's answer to its own question and by nothing else; its error grows as certified; it is no clock after its own
// real-time clock lost power, was set back, or jumped.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant } from '@mortise/base/instant.ts';
import { TIME_NONCE_BYTES } from '@mortise/documents/time.ts';
import { deriveKeyPair } from '@mortise/crypto/entropy.ts';
import { utf8, type Bytes } from '@mortise/base/bytes.ts';
import { answerKeyClock, isKeyClockValid, keyErrorMs, keyInstant, MAX_KEY_ERROR_MS, NO_KEY_CLOCK, startKeyClock, watchKeyClock } from './key-clock.ts';
import { hasTime } from './stamping.ts';
import { enrolled, TRUE_MS, updated } from './update.fixture.ts';

const DAY_MS = 86_400_000;
const AT = instant(1_790_000_000_000);
const set = () => {
  const clock = answerKeyClock(NO_KEY_CLOCK, { instant: AT, errorMs: 100 }, 0, { monotonicMs: 200, rtcMs: 50_000 });
  assert.ok(clock.ok);
  return clock.value;
};

test('an answer sets the clock to the middle of the round trip; one that is late or below the floor does not', () => {
  const clock = set();
  assert.equal(keyInstant(clock, { monotonicMs: 1200, rtcMs: 51_000 }), AT + 1100);
  assert.equal(keyErrorMs(clock, 0, { monotonicMs: 200, rtcMs: 50_000 }), 200);
  const late = answerKeyClock(clock, { instant: AT, errorMs: 100 }, 0, { monotonicMs: 10_001, rtcMs: 0 });
  const below = answerKeyClock(clock, { instant: instant(AT - 1000), errorMs: 100 }, 0, { monotonicMs: 10, rtcMs: 0 });
  assert.deepEqual([late.ok, below.ok], [false, false]);
});

test('the error grows with the certified drift until the clock is none', () => {
  const clock = set();
  const after = (days: number) => ({ monotonicMs: 200 + days * DAY_MS, rtcMs: 50_000 + days * DAY_MS });
  assert.equal(keyErrorMs(clock, 20, after(10)), 200 + 17_280);
  const last = Math.floor((MAX_KEY_ERROR_MS - 200) / (DAY_MS * 20e-6));
  assert.deepEqual([isKeyClockValid(clock, 20, after(last)), isKeyClockValid(clock, 20, after(last + 1))], [true, false]);
  assert.equal(isKeyClockValid(clock, 10_000, after(1)), false, 'a clock that nobody certified is the worst there is');
});

test('it runs on while the key is off; a real-time clock that was set back, or lost its power, is none', () => {
  const { floor, setting } = set();
  const started = (rtcMs: number | undefined, seen = instant(0)) => startKeyClock({ floor, setting }, seen, { monotonicMs: 0, rtcMs });
  assert.equal(keyInstant(started(50_000 + DAY_MS), { monotonicMs: 5, rtcMs: undefined }), AT + 100 + DAY_MS + 5);
  const cases = [started(undefined), started(49_999), started(50_000 + DAY_MS, instant(AT + 2 * DAY_MS)), startKeyClock({ floor: instant(AT + 2 * DAY_MS), setting }, instant(0), { monotonicMs: 0, rtcMs: 50_000 + DAY_MS })];
  assert.deepEqual(cases.map(({ basis }) => basis), [undefined, undefined, undefined, undefined]);
  assert.ok(cases.every((clock) => keyErrorMs(clock, 0, { monotonicMs: 0, rtcMs: 0 }) === Infinity));
});

test('within one life the two clocks go together, or neither counts', () => {
  const clock = set();
  const table = [[1000, 51_000, true], [1000, 52_900, true], [1000, 53_500, false], [1000, 20_000, false], [1000, undefined, false]] as const;
  for (const [monotonicMs, rtcMs, holds] of table) assert.equal(watchKeyClock(clock, { monotonicMs: monotonicMs + 200, rtcMs }).basis !== undefined, holds, String(rtcMs));
});

test('no answer counts but the hub’s to this question, once', () => {
  const { hub, world, run } = enrolled();
  assert.ok(hasTime(world.state, world.now), 'the control: the hub answered');
  const before = world.state.clock.setting;
  const nonce = new Uint8Array(TIME_NONCE_BYTES);
  hub.say('time-answer', hub.answerTime(nonce));
  run(50);
  assert.deepEqual(world.state.clock.setting, before, 'nothing was asked any more');
  hub.pass = (message, to) => (to === 'hub' ? [message] : []);
  hub.link();
  run(20);
  hub.pass = (message) => [message];
  const asked = world.state.update?.question.nonce;
  assert.ok(asked !== undefined);
  const stranger = deriveKeyPair(world.crypto, world.crypto.sha256(utf8('stranger')), 'time');
  for (const body of [hub.answerTime(nonce), hub.answerTime(asked, { by: stranger }), hub.answerTime(asked, { at: instant(TRUE_MS - DAY_MS) }), utf8('garbage')]) hub.say('time-answer', body);
  run(50);
  assert.deepEqual(world.told().slice(-3), ['clock-refused time:nonce-wrong', 'clock-refused time:signer-unknown', 'clock-refused time:below-floor'], 'a true answer uses the question up');
  assert.deepEqual(world.state.clock.setting, before);
});

test('the hub’s answer that comes too late sets nothing', () => {
  const { hub, world, run } = enrolled();
  const before = world.state.clock.setting;
  const held: Bytes[] = [];
  hub.pass = (message, to) => {
    if (to === 'key') held.push(message);
    return to === 'key' ? [] : [message];
  };
  hub.link();
  run(11_000);
  for (const bytes of held) world.input({ kind: 'message', bytes });
  run(50);
  assert.deepEqual([world.state.clock.setting, world.told().at(-1)], [before, 'clock-refused time:too-late']);
});

test('a key whose clock was wound back, or stood without power, opens nothing and says so until it is set again', () => {
  const cases = [['wound back', (world: ReturnType<typeof updated>['world']) => { world.faults.rtcOffsetMs -= 2 * DAY_MS; }], ['without power', (world: ReturnType<typeof updated>['world']) => { world.faults.hasRtc = false; }]] as const;
  for (const [what, happens] of cases) {
    const { hub, world, run, time } = updated();
    time.nowMs += DAY_MS;
    world.restart();
    assert.deepEqual([world.signal.name, hasTime(world.state, world.now)], ['idle', true], 'the control: it ran on');
    run(10);
    happens(world);
    world.restart();
    run(10);
    assert.deepEqual([world.signal.name, world.records().at(-1)?.clock], ['clock-invalid', 'lost'], what);
    world.faults.hasRtc = true;
    world.restart();
    hub.link();
    run(500);
    hub.unlink();
    run(5000);
    assert.equal(world.signal.name, 'idle', `${what}, and set again`);
  }
});
