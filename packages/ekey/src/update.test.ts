// The key and whoever updates it: enrolment, orders and their items, time, journal, posts; and what must not count.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixture } from './update.fixture.ts';

test('a key of nobody is enrolled, updated, and says what it holds; its records come home', () => {
  const { hub, world, run } = fixture();
  assert.equal(world.signal.name, 'not-enrolled');
  hub.link();
  run(50);
  assert.equal(hub.status?.siteId, undefined);
  hub.say('enrol', hub.enrolment());
  run(50);
  hub.unlink();
  hub.order([hub.ownTimeKey(), hub.grant({ places: [{ kind: 'group', id: hub.group('all') }] })]);
  hub.link();
  run(500);
  assert.deepEqual([world.state.orders?.version, world.state.staged, world.signal.name], [1, undefined, 'updated']);
  assert.deepEqual(world.told(), ['started', 'key-enrolled owners:1', 'clock-set', 'orders-accepted orders:1'].slice(-world.told().length));
  assert.deepEqual(hub.records.map(({ reason }) => reason), ['started', 'key-enrolled', 'clock-set', 'orders-accepted']);
  hub.unlink();
  run(5000);
  assert.equal(world.signal.name, 'idle');
});
