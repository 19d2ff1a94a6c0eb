import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ActivityItem } from '@mortise/api/activity.ts';
import { instant } from '@mortise/base/instant.ts';
import { required } from '@mortise/base/assert.ts';
import { base64url } from '@mortise/base/bytes.ts';
import { parseIdentifier, type LockId } from '@mortise/base/identifiers.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import type { JournalRecord } from '@mortise/journal/record.ts';
import { checkJournal, saysSame } from './journal-check.ts';

const AT = instant(1_780_000_000_000);
const record: JournalRecord = { instant: AT, clock: 'synced', kind: 'operation', verb: 'unlock', reason: 'granted-trusted', sensed: { bolt: 'unlocked', door: 'closed' } };
const item: ActivityItem = {
  cursor: 1, lockId: 'L', door: { id: 'D', name: 'Front door' }, seq: 1, missing: 0, at: AT, clock: 'synced', receivedAt: AT, kind: 'operation', verb: 'unlock',
  interface: null, actor: null, credential: null, rule: null, reason: 'granted-trusted', allowed: null,
  sensed: { bolt: 'unlocked', door: 'closed', batteryMv: null }, requestId: null,
};

test('an item that tells what the record says passes; any story of the hub’s own does not', () => {
  assert.equal(saysSame(record, item), true);
  const stories: readonly Partial<ActivityItem>[] = [
    { at: AT + 1 }, { verb: 'lock' }, { reason: 'manual' }, { clock: 'lost' }, { allowed: false }, { rule: 'trusted:9' }, { kind: 'event' },
    { interface: 0x5e }, { credential: base64url(new Uint8Array(32)) }, { requestId: base64url(new Uint8Array(16)) },
    { sensed: { bolt: 'unlocked', door: 'closed', batteryMv: 3000 } }, { sensed: { bolt: 'locked', door: 'closed', batteryMv: null } }, { sensed: { bolt: 'unlocked', door: 'open', batteryMv: null } },
  ];
  assert.deepEqual(stories.map((story) => saysSame(record, { ...item, ...story })), stories.map(() => false));
});

test('an opening from afar is not told as one at the door, nor as another key’s', () => {
  const [credential, requestId] = [new Uint8Array(32).fill(1), new Uint8Array(16).fill(2)];
  const opening: JournalRecord = { ...record, interface: 0xf1, credential, requestId, sensed: { ...record.sensed, batteryMv: 6000 } };
  const told: ActivityItem = { ...item, interface: 0xf1, credential: base64url(credential), requestId: base64url(requestId), sensed: { bolt: 'unlocked', door: 'closed', batteryMv: 6000 } };
  assert.equal(saysSame(opening, told), true);
  const stories: readonly Partial<ActivityItem>[] = [{ interface: 0x5e }, { interface: null }, { credential: null }, { credential: base64url(requestId) }, { requestId: null }];
  assert.deepEqual(stories.map((story) => saysSame(opening, { ...told, ...story })), stories.map(() => false));
});

test('text that is no journal is a fault, not an exception', () => {
  for (const text of ['', '{}', '\n\n', 'x'.repeat(10_000), '{"format":"mortise-journal-1"}']) {
    assert.equal(checkJournal(nobleCrypto, text, required(parseIdentifier<LockId>('AAAAAAAAAAAAAAAAAAAAAA'), 'an id')).ok, false);
  }
});
