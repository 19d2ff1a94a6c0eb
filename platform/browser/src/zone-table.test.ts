// By Intl, against the same by Temporal in every zone: the two ways into one database give one table.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { zoneTableOf as byTemporal } from '@mortise/node/zone-table.ts';
import { decodeZoneTable, encodeZoneTable } from '@mortise/schedule/zone-table.ts';
import { zoneTableOf } from './zone-table.ts';

const FROM = 2026;
const UNTIL = 2031;

test('the table of every zone is the one that Temporal gives', (t) => {
  const zones = Intl.supportedValuesOf('timeZone');
  for (const zone of zones) assert.deepEqual(zoneTableOf(zone, FROM, UNTIL), byTemporal(zone, FROM, UNTIL), zone);
  t.diagnostic(`${zones.length} zones`);
});

test('a table goes into a roster, and a zone that is none gives none', () => {
  const zurich = zoneTableOf('Europe/Zurich', FROM, UNTIL);
  assert.ok(zurich.ok);
  assert.deepEqual(decodeZoneTable(encodeZoneTable(zurich.value)), zurich.value);
  assert.equal(zurich.value.transitions.length, 10);
  for (const zone of ['Europe/Atlantis', '', '+02:00', 'Europe/Zurich ']) assert.deepEqual(zoneTableOf(zone, FROM, UNTIL), { ok: false, error: { code: 'zone-unknown' } });
});
