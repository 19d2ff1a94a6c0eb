import assert from 'node:assert/strict';
import { test } from 'node:test';
import { err, ok } from '@mortise/base/result.ts';
import { createDoing } from './doing.ts';

test('one thing at a time; what was not done says why, and the next try forgets it', async () => {
  const doing = createDoing();
  const gate = Promise.withResolvers<void>();
  const first = doing.run('Moving', 'It was not moved.', 'It is moved.', async () => { await gate.promise; return err('The hub is away.'); });
  assert.equal(doing.busy.value, 'Moving');
  doing.say('Telling the lock');
  assert.equal(doing.busy.value, 'Telling the lock');
  let ran = false;
  assert.equal(await doing.run('Again', '', '', () => { ran = true; return Promise.resolve(ok(1)); }), undefined);
  assert.equal(ran, false);
  gate.resolve();
  assert.equal(await first, undefined);
  assert.deepEqual([doing.busy.value, doing.failed.value], [undefined, { title: 'It was not moved.', says: 'The hub is away.' }]);
  assert.deepEqual(await doing.run('Moving', 'x', 'y', () => Promise.resolve(ok(7))), { value: 7 });
  assert.equal(doing.failed.value, undefined);
});
