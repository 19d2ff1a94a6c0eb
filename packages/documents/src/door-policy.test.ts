// The part of a policy about the door: it comes back as it was written, old rosters stay as they were, and what is out of bounds is no roster.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { identifierBytes, identifierOf, type DoorId } from '@mortise/base/identifiers.ts';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import { UTC } from '@mortise/schedule/zone-table.ts';
import { DEFAULT_DOOR_POLICY, doorPolicyValues, type DoorPolicy } from './door-policy.ts';
import { exampleEntropy, exampleLock, exampleSite, rosterFields, signRoster, signWith } from './example-site.ts';
import { reopenRoster, rosterToSign } from './roster.ts';

const [site, lock] = [exampleSite(), exampleLock()];
const place = { siteId: site.ownerSet.siteId, lockId: lock.lockId, ownerKeys: site.ownerSet.keys };
const WINDOW = { startS: 0, recurrence: { durationS: 43_200, mask: 0, pattern: 1, interval: 1, ordinal: 0 }, utc: false } as const;
const FULL: DoorPolicy = { night: { relockDelayMs: 1000, from: 1320, until: 360 }, ajarAfterMs: 60_000, leftUnlockedAfterMs: 1, latchMs: 500, releaseMs: 60_000, holdHours: [WINDOW] };

const { door: _door, ...policy } = rosterFields(site, lock).policy;

test('a roster with and without a door policy comes back as it was written, with access and without', () => {
  const access = { door: identifierOf<DoorId>(exampleEntropy('door').slice(0, 16)), zoneTable: UTC, calendars: [], delegations: [] };
  for (const door of [undefined, DEFAULT_DOOR_POLICY, FULL]) {
    for (const opening of [{}, { access }]) {
      const wanted = { ...policy, ...(door && { door }) };
      const opened = reopenRoster(crypto, signRoster(site.owner, rosterFields(site, lock, { ...opening, policy: wanted })), place);
      assert.ok(opened.ok);
      assert.deepEqual([opened.value.policy, opened.value.access], [wanted, 'access' in opening ? access : undefined]);
    }
  }
});

const raw = (changes: Readonly<Record<string, Cbor>>): string => {
  const { access: _, ...always } = rosterFields(site, lock);
  const fields = new Map<string, Cbor>([...Object.entries(policy), ...doorPolicyValues(FULL), ...Object.entries(changes)]);
  const all = { ...always, siteId: identifierBytes(always.siteId), lockId: identifierBytes(always.lockId), entries: [], policy: fields };
  const payload = encodeCbor(new Map<string, Cbor>(Object.entries(all)));
  const toSign = rosterToSign(crypto, site.owner.publicKey, payload);
  const signed: Bytes = signWith(site.owner, toSign);
  const opened = reopenRoster(crypto, signed, place);
  return opened.ok ? 'ok' : opened.error.code;
};

const night = (changes: Readonly<Record<string, Cbor>>): Cbor => new Map<string, Cbor>(Object.entries({ relockDelayMs: 1000, from: 0, until: 1439, ...changes }));

test('what is out of bounds is malformed, beside controls at the bounds', () => {
  const fine: readonly Readonly<Record<string, Cbor>>[] = [
    {}, { night: null }, { night: night({}) }, { night: night({ relockDelayMs: 3_600_000 }) }, { ajarAfterMs: 0 }, { ajarAfterMs: 86_400_000 }, { leftUnlockedAfterMs: 0 },
    { leftUnlockedAfterMs: 86_400_000 }, { latchMs: 30_000 }, { releaseMs: 500 }, { holdHours: [] },
  ];
  const bad: readonly Readonly<Record<string, Cbor>>[] = [
    { night: 1 }, { night: night({ relockDelayMs: 0 }) }, { night: night({ relockDelayMs: 3_600_001 }) }, { night: night({ from: 1440 }) }, { night: night({ until: 1440 }) },
    { night: night({ from: 7, until: 7 }) }, { night: night({ more: 1 }) }, { ajarAfterMs: 86_400_001 }, { ajarAfterMs: -1 }, { leftUnlockedAfterMs: 86_400_001 }, { latchMs: 499 }, { latchMs: 30_001 },
    { releaseMs: 499 }, { releaseMs: 60_001 }, { holdHours: [1] }, { holdHours: Array.from({ length: 5 }, () => new Map()) }, { more: 1 },
  ];
  for (const changes of fine) assert.equal(raw(changes), 'ok', JSON.stringify(changes));
  for (const changes of bad) assert.equal(raw(changes), 'malformed', JSON.stringify(changes));
  console.log(`door policies refused: ${bad.length}, beside ${fine.length} that pass`);
});
