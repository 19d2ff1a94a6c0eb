// Signing out where there is neither a hub nor a storage: what this page held of somebody goes first, whatever comes of the rest.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AlarmAddresses } from '@mortise/api/alarms.ts';
import { alarmAddresses } from './alarms.ts';
import { groups } from './grants.ts';
import { doors, session } from './live.ts';
import { people } from './people.ts';
import { signOut } from './session.ts';

const ADDRESSES: AlarmAddresses = { mail: { address: 'mira@example.org', last: null }, sms: null, plain: false, sends: { mail: true, sms: false } };

test('who signs in next finds nothing of who was here: neither doors, people and groups nor where their alarms go', async () => {
  const held = (): readonly unknown[] => [alarmAddresses.value, doors.value, people.value, groups.value.length];
  [alarmAddresses.value, doors.value, people.value, groups.value] = [ADDRESSES, [], [], [{ id: 'g', name: 'All', doors: [] }]];
  assert.deepEqual(held(), [ADDRESSES, [], [], 1], 'control');
  await signOut();
  assert.deepEqual(held(), [undefined, undefined, undefined, 0]);
  assert.equal(session.value.kind, 'failed', 'and the hub is still to hear of it');
});
