import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MECHANISM_NAMES } from '@mortise/courier/built.ts';
import { sensedWords } from './sensed.ts';

const locked = { bolt: 'locked', door: 'closed' } as const;

test('what was sensed is told in the words of what the lock is built into', () => {
  const told = Object.fromEntries(MECHANISM_NAMES.map((mechanism) => [mechanism, sensedWords(locked, { mechanism, opening: 'stand' })]));
  const bolt = 'bolt out, door closed';
  assert.deepEqual(told, { deadbolt: bolt, mortise: bolt, hand: bolt, strike: 'strike secured, door closed', magnet: 'magnet holds the door, door closed', gate: 'gate secured, door closed' });
  assert.equal(sensedWords(locked, undefined), bolt, 'nobody has said');
  assert.equal(sensedWords({ bolt: 'unlocked', door: 'open' }, { mechanism: 'magnet', opening: 'pulse' }), 'magnet lets go, door open');
  assert.equal(sensedWords({ bolt: 'unknown', door: 'none' }, { mechanism: 'strike', opening: 'pulse' }), 'strike neither secured nor released');
});
