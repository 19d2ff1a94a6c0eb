import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AT_REST, stepHold, type HoldEffect, type HoldEvent, type HoldPhase } from './hold-phase.ts';

const run = (...events: readonly HoldEvent[]): { phase: HoldPhase; effects: readonly HoldEffect[] } => {
  let phase = AT_REST;
  const effects: HoldEffect[] = [];
  for (const event of events) {
    const next = stepHold(phase, event);
    phase = next.phase;
    effects.push(...next.effects);
  }
  return { phase, effects };
};

test('a full ring warms the way and then asks', () => {
  assert.deepEqual(run({ kind: 'pressed' }, { kind: 'filled' }), { phase: { kind: 'asking' }, effects: ['warm', 'send'] });
});

test('let go early: the way is dropped, nothing is asked, and the control says so', () => {
  assert.deepEqual(run({ kind: 'pressed' }, { kind: 'released' }), { phase: { kind: 'rest', early: true }, effects: ['warm', 'drop'] });
});

test('letting go after the ring is full takes nothing back', () => {
  assert.deepEqual(run({ kind: 'pressed' }, { kind: 'filled' }, { kind: 'released' }).effects, ['warm', 'send']);
});

test('two taps open, one tap and waiting does not', () => {
  assert.deepEqual(run({ kind: 'tapped' }, { kind: 'tapped' }).effects, ['warm', 'send']);
  assert.deepEqual(run({ kind: 'tapped' }, { kind: 'lapsed' }), { phase: AT_REST, effects: [] });
});

test('a refusal, a first tap and a hold let go early end when the door is no longer what they were about; a hand on the ring does not', () => {
  const refused = [{ kind: 'pressed' }, { kind: 'filled' }, { kind: 'failed', code: 'x' }] as const;
  assert.deepEqual(run(...refused).phase, { kind: 'refused', code: 'x' }, 'the control');
  for (const before of [refused, [{ kind: 'tapped' }], [{ kind: 'pressed' }, { kind: 'released' }]] as const) {
    assert.deepEqual(run(...before, { kind: 'doorChanged' }).phase, AT_REST);
  }
  assert.deepEqual(run({ kind: 'pressed' }, { kind: 'doorChanged' }).phase, { kind: 'holding' });
  assert.deepEqual(run({ kind: 'pressed' }, { kind: 'filled' }, { kind: 'doorChanged' }).phase, { kind: 'asking' });
});

test('whatever the hand does, the verb goes only after a full ring or a second tap', () => {
  const event: fc.Arbitrary<HoldEvent> = fc.constantFrom<HoldEvent>(
    { kind: 'pressed' }, { kind: 'released' }, { kind: 'filled' }, { kind: 'tapped' }, { kind: 'lapsed' }, { kind: 'opened' }, { kind: 'failed', code: 'x' }, { kind: 'doorChanged' },
  );
  fc.assert(fc.property(fc.array(event, { maxLength: 30 }), (events) => {
    let phase = AT_REST;
    for (const each of events) {
      const next = stepHold(phase, each);
      if (next.effects.includes('send')) {
        assert.ok((phase.kind === 'holding' && each.kind === 'filled') || (phase.kind === 'armed' && each.kind === 'tapped'));
      }
      if (each.kind === 'released' && phase.kind === 'holding') assert.deepEqual(next.effects, ['drop']);
      phase = next.phase;
    }
  }));
});
