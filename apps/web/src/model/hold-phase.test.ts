import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AT_REST, HOLD_MS, stepHold, type HoldEffect, type HoldEvent, type HoldPhase } from './hold-phase.ts';

const PRESSED = { kind: 'pressed', at: 5000 } as const;
const EARLY = { kind: 'released', at: 5000 + HOLD_MS - 1 } as const;
const LATE = { kind: 'released', at: 5000 + HOLD_MS } as const;

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
  assert.deepEqual(run(PRESSED, { kind: 'filled' }), { phase: { kind: 'asking' }, effects: ['warm', 'send'] });
});

test('let go early: the way is dropped, nothing is asked, and the control says so', () => {
  assert.deepEqual(run(PRESSED, EARLY), { phase: { kind: 'rest', early: true }, effects: ['warm', 'drop'] });
});

test('a page that was busy hears the hand let go before it hears that the ring is full: it was full all the same, and asks once', () => {
  assert.deepEqual(run(PRESSED, LATE), { phase: { kind: 'asking' }, effects: ['warm', 'send'] });
  assert.deepEqual(run(PRESSED, LATE, { kind: 'filled' }), run(PRESSED, LATE));
  assert.deepEqual(run(PRESSED, { kind: 'released', at: Number.NaN }).effects, ['warm', 'drop'], 'nobody knows when: not asked');
});

test('letting go after the ring is full takes nothing back', () => {
  assert.deepEqual(run(PRESSED, { kind: 'filled' }, EARLY).effects, ['warm', 'send']);
});

test('two taps open, one tap and waiting does not', () => {
  assert.deepEqual(run({ kind: 'tapped' }, { kind: 'tapped' }).effects, ['warm', 'send']);
  assert.deepEqual(run({ kind: 'tapped' }, { kind: 'lapsed' }), { phase: AT_REST, effects: [] });
});

test('a refusal, a first tap and a hold let go early end when the door is no longer what they were about; a hand on the ring does not', () => {
  const refused = [PRESSED, { kind: 'filled' }, { kind: 'failed', code: 'x' }] as const;
  assert.deepEqual(run(...refused).phase, { kind: 'refused', code: 'x' }, 'the control');
  for (const before of [refused, [{ kind: 'tapped' }], [PRESSED, EARLY]] as const) {
    assert.deepEqual(run(...before, { kind: 'doorChanged' }).phase, AT_REST);
  }
  assert.deepEqual(run(PRESSED, { kind: 'doorChanged' }).phase, { kind: 'holding', since: 5000 });
  assert.deepEqual(run(PRESSED, { kind: 'filled' }, { kind: 'doorChanged' }).phase, { kind: 'asking' });
});

test('whatever the hand does, the verb goes only after a full ring or a second tap', () => {
  const event: fc.Arbitrary<HoldEvent> = fc.constantFrom<HoldEvent>(
    PRESSED, EARLY, LATE, { kind: 'filled' }, { kind: 'tapped' }, { kind: 'lapsed' }, { kind: 'opened' }, { kind: 'failed', code: 'x' }, { kind: 'doorChanged' },
  );
  fc.assert(fc.property(fc.array(event, { maxLength: 30 }), (events) => {
    let phase = AT_REST;
    for (const each of events) {
      const next = stepHold(phase, each);
      if (next.effects.includes('send')) {
        assert.ok((phase.kind === 'holding' && (each.kind === 'filled' || each === LATE)) || (phase.kind === 'armed' && each.kind === 'tapped'));
      }
      if (each === EARLY && phase.kind === 'holding') assert.deepEqual(next.effects, ['drop']);
      phase = next.phase;
    }
  }));
});
