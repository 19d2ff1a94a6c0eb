// What an owner fills in comes out as the policy that it says, within its bounds; what was not asked stays as it was.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MECHANISM_NAMES, OPENINGS, type Built } from '@mortise/courier/built.ts';
import { DEFAULT_DOOR_POLICY, DOOR_POLICY_BOUNDS, MAX_HOLD_HOURS } from '@mortise/documents/door-policy.ts';
import { POLICY_BOUNDS, type Policy } from '@mortise/documents/roster.ts';
import { scheduleOf } from '@mortise/management/hours-window.ts';
import { policyRows } from '../words/policy.ts';
import { durationOf, durationWords, msOf } from './duration.ts';
import { BOUNDS, draftOfPolicy, measuresOf, policyOfDraft, type PolicyDraft } from './policy-draft.ts';

const DEADBOLT: Built = { mechanism: 'deadbolt', opening: 'stand' };
const PLAIN: Policy = { relockDelayMs: 300_000, relockOnClose: false, jamTimeoutMs: 3000 };
const draft = draftOfPolicy(PLAIN);
const made = (over: Partial<PolicyDraft>, built: Built | undefined = DEADBOLT, before: Policy = PLAIN) => policyOfDraft({ ...draftOfPolicy(before), ...over }, before, built);
const fieldOf = (over: Partial<PolicyDraft>, built?: Built): string => {
  const policy = made(over, built);
  return policy.ok ? 'well' : policy.error.field;
};

const weekly = { days: [1, 5], from: '09:00', until: '17:00' };
const FULL: Policy = {
  relockDelayMs: 90_000, relockOnClose: true, jamTimeoutMs: 4000,
  door: { night: { relockDelayMs: 20_000, from: 1320, until: 360 }, ajarAfterMs: 120_000, leftUnlockedAfterMs: 3_600_000, latchMs: 2500, releaseMs: 7000, holdHours: [scheduleOf(weekly) ?? { startS: 0, utc: true }] },
};

test('what was filled in from a policy and left alone is that policy, for every kind that can be', () => {
  for (const mechanism of MECHANISM_NAMES) for (const opening of OPENINGS) assert.deepEqual(policyOfDraft(draftOfPolicy(FULL), FULL, { mechanism, opening }), { ok: true, value: FULL });
  assert.deepEqual(policyOfDraft(draft, PLAIN, undefined), { ok: true, value: { ...PLAIN, door: DEFAULT_DOOR_POLICY } });
});

test('each part comes out as it says; what is off is off', () => {
  const on = { relock: true, night: true, ajar: true, left: true };
  const durations = { ...draft.durations, relock: { text: '45', unit: 's' }, ajar: { text: '1,5', unit: 'min' }, left: { text: '1', unit: 'h' } } as const;
  assert.deepEqual(made({ on, durations, relockOnClose: true, hours: [weekly] }), { ok: true, value: {
    relockDelayMs: 45_000, relockOnClose: true, jamTimeoutMs: 3000,
    door: { ...DEFAULT_DOOR_POLICY, night: { relockDelayMs: 30_000, from: 1320, until: 360 }, ajarAfterMs: 90_000, leftUnlockedAfterMs: 3_600_000, holdHours: FULL.door?.holdHours },
  } });
  const off = { relock: false, night: false, ajar: false, left: false };
  assert.deepEqual(made({ on: off, hours: [] }, DEADBOLT, FULL), { ok: true, value: {
    relockDelayMs: 0, relockOnClose: false, jamTimeoutMs: 4000, door: { ...DEFAULT_DOOR_POLICY, latchMs: 2500, releaseMs: 7000 },
  } });
});

test('what the lock is not built for is not asked: nonsense there stops nobody and changes nothing', () => {
  const nonsense = { ...draft.durations, latch: { text: 'x', unit: 's' }, release: { text: '', unit: 's' } } as const;
  assert.deepEqual(measuresOf(DEADBOLT), ['relock', 'night', 'ajar', 'left']);
  assert.deepEqual(measuresOf({ mechanism: 'mortise', opening: 'stand' }), ['relock', 'night', 'ajar', 'left', 'latch']);
  assert.deepEqual(measuresOf({ mechanism: 'strike', opening: 'pulse' }), ['ajar', 'release']);
  assert.equal(fieldOf({ durations: nonsense }), 'well');
  assert.equal(fieldOf({ durations: nonsense }, { mechanism: 'mortise', opening: 'stand' }), 'latch');
  assert.equal(fieldOf({ durations: nonsense }, { mechanism: 'gate', opening: 'pulse' }), 'release');
});

test('bad input is refused where it stands', () => {
  const relock = (text: string, unit: 's' | 'min' | 'h' = 's') => ({ durations: { ...draft.durations, relock: { text, unit } } });
  for (const bad of ['', 'x', '-5', '2', '2.9', '3601', '1e3', '0']) assert.equal(fieldOf(relock(bad)), 'relock', bad);
  for (const good of ['3', '3600', ' 10 ', '3.5']) assert.equal(fieldOf(relock(good)), 'well', good);
  assert.deepEqual([fieldOf(relock('61', 'min')), fieldOf(relock('1', 'h')), fieldOf(relock('2', 'h'))], ['relock', 'well', 'relock']);
  const night = { on: { ...draft.on, night: true } };
  assert.deepEqual([fieldOf({ ...night, nightFrom: '' }), fieldOf({ ...night, nightFrom: '06:00' }), fieldOf({ ...night, nightUntil: '24:00' }), fieldOf(night)], ['nightTimes', 'nightTimes', 'nightTimes', 'well']);
  const left = (text: string) => ({ on: { ...draft.on, left: true }, durations: { ...draft.durations, left: { text, unit: 'min' } as const } });
  assert.deepEqual([fieldOf(left('4')), fieldOf(left('5')), fieldOf(left('6'))], ['left', 'left', 'well'], 'not before it locks by itself');
  assert.equal(fieldOf({ ...left('4'), on: { ...draft.on, left: true, relock: false } }), 'well');
  assert.deepEqual([fieldOf({ hours: [{ ...weekly, days: [] }] }), fieldOf({ hours: [{ ...weekly, from: '' }] }), fieldOf({ hours: Array.from({ length: MAX_HOLD_HOURS + 1 }, () => weekly) }), fieldOf({ hours: [weekly] })],
    ['hours', 'hours', 'hours', 'well']);
});

test('property: whatever is taken is within the format’s bounds', () => {
  const text = fc.oneof(fc.nat(10_000_000).map(String), fc.double({ min: 0, max: 1e7, noNaN: true }).map(String), fc.string({ maxLength: 6 }));
  const span = fc.record({ text, unit: fc.constantFrom('s' as const, 'min' as const, 'h' as const) });
  const spans = fc.record({ relock: span, night: span, ajar: span, left: span, latch: span, release: span });
  const flags = fc.record({ relock: fc.boolean(), night: fc.boolean(), ajar: fc.boolean(), left: fc.boolean() });
  fc.assert(fc.property(spans, flags, (durations, on) => {
    const policy = policyOfDraft({ ...draft, durations, on }, PLAIN, undefined);
    if (!policy.ok) return;
    const { relockDelayMs, door = DEFAULT_DOOR_POLICY } = policy.value;
    assert.ok(relockDelayMs === 0 || (relockDelayMs >= BOUNDS.relock.min && relockDelayMs <= POLICY_BOUNDS.relockDelayMs.max));
    for (const name of ['ajarAfterMs', 'leftUnlockedAfterMs', 'latchMs', 'releaseMs'] as const) {
      const { min, max } = DOOR_POLICY_BOUNDS[name];
      assert.ok(Number.isInteger(door[name]) && door[name] >= min && door[name] <= max, name);
    }
  }), { numRuns: 500 });
});

test('a span is shown in the largest unit in which it is whole, and reads back as it was', () => {
  assert.deepEqual([500, 3000, 90_000, 300_000, 3_600_000, 5_400_000].map(durationWords), ['0.5 seconds', '3 seconds', '90 seconds', '5 minutes', '1 hour', '90 minutes']);
  fc.assert(fc.property(fc.integer({ min: 1, max: 86_400_000 }), (ms) => assert.equal(msOf(durationOf(ms), { min: 1, max: 86_400_000 }), ms)));
});

test('in sentences', () => {
  assert.deepEqual(policyRows(FULL, { mechanism: 'mortise', opening: 'stand' }), [
    ['Locks by itself', '90 seconds after it was unlocked and closed; at once when an open door is closed'], ['At night', '20 seconds, from 22:00 to 6:00'], ['Door open', 'An alarm after 2 minutes'],
    ['Left unlocked', 'An alarm after 1 hour'], ['Latch drawn for', '2.5 seconds'], ['Unlocked hours', 'On Mondays and Fridays from 9:00 to 17:00'],
  ]);
  assert.deepEqual(policyRows({ ...PLAIN, relockDelayMs: 0 }, { mechanism: 'deadbolt', opening: 'stand' }), [
    ['Locks by itself', 'Never'], ['At night', 'As by day'], ['Door open', 'Never an alarm'], ['Left unlocked', 'Never an alarm'], ['Unlocked hours', 'None'],
  ]);
  assert.deepEqual(policyRows(PLAIN, { mechanism: 'gate', opening: 'pulse' }).map(([name]) => name), ['Door open', 'Free for', 'Unlocked hours']);
});
