import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RecordItem } from '@mortise/api/records.ts';
import { gapsTitle, gapWords, missingWords, recordRow } from './record-row.ts';
import { locksLine } from './location.ts';

const NOW = Date.parse('2026-05-29T12:00:00Z');
const HOUR = 3_600_000;
const times = { now: NOW, zone: 'Europe/Zurich' };
const gate: RecordItem['device'] = { kind: 'lock', id: 'L', name: 'Gate' };
const key: RecordItem['device'] = { kind: 'ekey', id: 'K', name: 'K-0217' };
const record = (over: Partial<RecordItem> = {}): RecordItem => ({
  cursor: 9, seq: 5, missing: 0, at: NOW, clock: 'held', receivedAt: NOW, kind: 'operation', verb: 'unlock', interface: 0xf0, actor: { personId: 'P', name: 'Bob', keyLabel: 'K-0217' }, credential: 'C', rule: null,
  reason: 'granted-document', allowed: true, sensed: { bolt: 'unlocked', door: 'none', batteryMv: null }, requestId: null, device: gate, lockId: 'L', door: { id: 'D', name: 'Gate' }, ekey: { id: 'K', name: 'K-0217' },
  transactionId: null, told: [], ...over,
});

test('a lock’s record is told as in the activity, with who and by which key', () => {
  assert.deepEqual(recordRow(record()), { mark: 'open', what: 'Bob unlocked Gate', how: 'K-0217, by contact.', where: 'Gate', who: 'Bob', key: 'K-0217', told: 'Gate' });
  const twin = { cursor: 8, device: key, seq: 3, kind: 'operation', reason: 'contact-opened', at: NOW } as const;
  assert.equal(recordRow(record({ told: [twin, twin] })).told, 'Gate; K-0217 tells of it too');
});

test('a key’s record is what the lock told it, or what it wrote of itself', () => {
  const opened = recordRow(record({ device: key, reason: 'contact-opened' }));
  assert.deepEqual([opened.mark, opened.what, opened.where, opened.told], ['open', 'The lock told the key that it opened.', 'Gate', 'K-0217']);
  const started = recordRow(record({ device: key, kind: 'event', reason: 'clock-set', actor: null, door: null, lockId: null, verb: null, allowed: null }));
  assert.deepEqual([started.mark, started.what, started.where, started.who], ['note', 'The key’s clock was set.', '', '']);
});

test('what is missing is told where it is missing, and since when', () => {
  assert.equal(missingWords(record()), undefined);
  assert.deepEqual(missingWords(record({ missing: 3, device: key })), { what: '3 records of K-0217 are missing here', how: 'No. 2 to 4. Nobody can say whether they are of what you search for.' });
  assert.deepEqual(missingWords(record({ missing: 1 })), { what: '1 record of Gate is missing here', how: 'No. 4. Nobody can say whether it is of what you search for.' });
  const gap = { device: key, first: 2, last: 4, after: NOW - HOUR, before: NOW } as const;
  assert.equal(gapWords(gap, times), 'No. 2 to 4 of K-0217, between 13:00 and 14:00, Zurich time');
  assert.equal(gapWords({ ...gap, after: null }, times), 'No. 2 to 4 of K-0217, from before 14:00, Zurich time');
  assert.equal(gapWords({ ...gap, before: null }, times), 'No. 2 to 4 of K-0217, from after 13:00, Zurich time');
  assert.equal(gapWords({ ...gap, after: null, before: null, last: 2 }, times), 'No. 2 of K-0217, nobody can say from when');
  assert.deepEqual([gapsTitle([gap], false), gapsTitle([{ ...gap, last: 2 }], false), gapsTitle([gap], true)], ['3 records are missing', '1 record is missing', 'More than 3 records are missing']);
});

test('a location names only what is not locked', () => {
  assert.deepEqual([locksLine([]), locksLine(['locked']), locksLine(['unknown']), locksLine(['locked', 'locked']), locksLine(['locked', 'jammed', 'unknown', 'unknown'])], ['No lock', '1 lock, locked', '1 lock, unknown', 'All 2 locked', '4 locks: 1 jammed, 2 unknown']);
});
