// The key on a real lock: it opens, is refused, carries revocations, posts and journals, and tells its own journal of all of it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Site } from './touch.conformance.ts';

test('the key opens by its grant; both journals tell of it, and the lock’s comes home by the key', () => {
  const site = new Site();
  site.ready();
  site.open();
  assert.deepEqual(site.guests.world.drives, ['withdraw']);
  console.log(site.key.told().slice(-3));
  console.log(site.key.state.bag.fromLocks.map(({type}) => type));
});
