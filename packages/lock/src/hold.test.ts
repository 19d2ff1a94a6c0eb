// The small words of holding open.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endedHold, HOLD_LOOK_MS, isHeld, MAX_HOLD_MS, NO_HOLD, type Hold } from './hold.ts';

const HOURS = ['idle', 'deciding', 'holding', 'overruled'] as const;

test('held: until a time, or by the hours once their decision is durable', () => {
  const held = HOURS.map((hours) => [isHeld({ hold: { ...NO_HOLD, hours } }), isHeld({ hold: { ...NO_HOLD, hours, untilMs: 0 } })]);
  assert.deepEqual(held, [[false, true], [false, true], [true, true], [false, true]]);
  assert.deepEqual(NO_HOLD, { untilMs: undefined, by: undefined, hours: 'idle', lookMs: 0 });
});

test('ended: nothing is held, the window does not begin it again, and the next one may', () => {
  const ended = HOURS.map((hours): Hold => endedHold({ untilMs: 5, by: { credentialKey: new Uint8Array(65), grant: new Uint8Array(16) }, hours, lookMs: 7 }));
  assert.deepEqual(ended, HOURS.map((hours) => ({ untilMs: undefined, by: undefined, hours: hours === 'idle' ? 'idle' : 'overruled', lookMs: 7 })));
});

test('its bounds: a day ahead, and the schedule looked at twice a minute', () => {
  assert.deepEqual([MAX_HOLD_MS, HOLD_LOOK_MS], [24 * 3_600_000, 30_000]);
});
