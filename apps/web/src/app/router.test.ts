import assert from 'node:assert/strict';
import { test } from 'node:test';
import { doorPath, placeOf } from './router.ts';

test('a path names its place, and anything else is nowhere', () => {
  const id = 'AAAAAAAAAAAAAAAAAAAAAA';
  assert.deepEqual(placeOf(doorPath(id)), { kind: 'door', doorId: id });
  assert.deepEqual(['/', '/trust', '/claim', '/doors/', '/doors/short', '/doors/../../etc', '/toString', '/__proto__'].map((p) => placeOf(p).kind),
    ['doors', 'trust', 'claim', 'nowhere', 'nowhere', 'nowhere', 'nowhere', 'nowhere']);
});
