// Work in turn: one that floods waits behind everybody else, is bounded, and is forgotten when it ends.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { Turns } from './turns.ts';

test('lanes take turns, one piece on each turn of the event loop', async () => {
  const turns = new Turns(1000);
  const [flood, other] = [turns.lane(), turns.lane()];
  const done: string[] = [];
  for (let count = 0; count < 5; count += 1) assert.ok(flood.add(1, () => done.push(`flood ${count}`)));
  other.add(1, () => done.push('other'));
  assert.deepEqual(done, []);
  for (let count = 0; count < 6; count += 1) await turn();
  assert.deepEqual(done, ['flood 0', 'other', 'flood 1', 'flood 2', 'flood 3', 'flood 4']);
});

test('what waits is bounded by lane, and what was done counts no more', async () => {
  const turns = new Turns(100);
  const [one, other] = [turns.lane(), turns.lane()];
  assert.deepEqual([one.add(60, () => undefined), one.add(60, () => undefined), other.add(60, () => undefined)], [true, false, true]);
  await turn();
  await turn();
  assert.ok(one.add(60, () => undefined));
});

test('a lane that ends does nothing more; the others go on', async () => {
  const turns = new Turns(100);
  const [one, other] = [turns.lane(), turns.lane()];
  const done: string[] = [];
  one.add(1, () => done.push('one'));
  other.add(1, () => done.push('other'));
  one.end();
  await turn();
  await turn();
  assert.deepEqual(done, ['other']);
});
