// The crash tests can fail: each loss, double and disagreement, planted among good evidence, is seen; without one nothing is.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ActivityItem } from '@mortise/api/activity.ts';
import { required } from '@mortise/base/assert.ts';
import { utf8 } from '@mortise/base/bytes.ts';
import { instant } from '@mortise/base/instant.ts';
import { decodeRecord, encodeRecord, type JournalRecord } from '@mortise/journal/record.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { violations, type Ends, type Kept, type Told } from './evidence.ts';

const idOf = (name: string): Uint8Array => nodeCrypto.sha256(utf8(name)).slice(0, 16);

const recordOf = (kind: 'decision' | 'operation', request: string): JournalRecord => ({
  instant: instant(1_795_000_000_000), clock: 'synced', kind, verb: 'unlock', interface: 0xf1, credential: nodeCrypto.sha256(utf8('phone')), rule: 'trusted:1',
  reason: 'granted-trusted', allowed: true, sensed: { bolt: 'unlocked', door: 'closed' }, transactionId: idOf(`${request} transaction`), requestId: idOf(request),
});

const keptOf = (seq: number, record: JournalRecord): Kept => ({ seq, head: nodeCrypto.sha256(utf8(`head ${seq}`)), record: encodeRecord(record) });

const journal: readonly Kept[] = [
  keptOf(1, recordOf('decision', 'first')), keptOf(2, recordOf('operation', 'first')), keptOf(3, recordOf('decision', 'second')), keptOf(4, recordOf('operation', 'second')),
];
const item = (seq: number): ActivityItem => ({
  cursor: seq, lockId: 'lock', door: { id: 'door', name: 'Front door' }, seq, missing: 0, at: 0, clock: 'synced', receivedAt: 0, kind: 'decision', verb: 'unlock', interface: 0xf1,
  actor: null, credential: null, rule: null, reason: 'granted-trusted', allowed: true, sensed: { bolt: 'unlocked', door: 'closed', batteryMv: null }, requestId: null,
});
const told: Told = {
  receipts: [{ seq: 2, record: required(decodeRecord(encodeRecord(recordOf('operation', 'first'))), 'a record') }],
  served: new Map([[1, item(1)], [3, item(3)]]),
  memories: [{ entries: journal.slice(0, 3), acknowledged: 2 }],
};
const ends: Ends = { journal, activity: [1, 2, 3, 4].map(item), lock: { entries: journal.slice(2), acknowledged: 4 } };

test('good evidence shows no violation, each planted one is seen', (t) => {
  assert.deepEqual(violations(told, ends), []);
  const without = (seq: number): readonly Kept[] => journal.filter((kept) => kept.seq !== seq);
  const table: readonly (readonly [name: string, told: Told, ends: Ends, says: RegExp])[] = [
    ['a record gone at the hub', told, { ...ends, journal: without(3) }, /record 3 is missing/],
    ['the record of a receipt gone', told, { ...ends, journal: without(2) }, /receipt 2 is lost/],
    ['another record in the place of a receipt’s', told, { ...ends, journal: journal.with(1, keptOf(2, recordOf('operation', 'second'))) }, /receipt 2 is another one/],
    ['a served row gone', told, { ...ends, activity: ends.activity.filter(({ cursor }) => cursor !== 3) }, /row 3 that was served/],
    ['a served row told otherwise', told, { ...ends, activity: ends.activity.map((each) => ({ ...each, receivedAt: each.cursor === 1 ? 1 : 0 })) }, /row 1 that was served/],
    ['a record that the lock had, rewritten', told, { ...ends, journal: journal.with(2, { ...required(journal[2], 'a record'), head: new Uint8Array(32) }) }, /record 3 that the lock had/],
    ['an acknowledgement of what is not there', { ...told, memories: [{ entries: [], acknowledged: 9 }] }, ends, /acknowledged 9/],
    ['an operation twice', told, { ...ends, journal: [...journal, keptOf(5, recordOf('operation', 'second'))] }, /record 5 says one operation twice/],
    ['a decision twice', told, { ...ends, journal: [...journal, keptOf(5, recordOf('decision', 'first'))] }, /record 5 says one decision twice/],
    ['a bolt driven without a decision', told, { ...ends, journal: [...journal, keptOf(5, recordOf('operation', 'third'))] }, /operation 5 has no decision/],
    ['a lock that knows more', told, { ...ends, lock: { ...ends.lock, entries: [...ends.lock.entries, keptOf(5, recordOf('decision', 'third'))] } }, /the hub ends with record 4, the lock with 5/],
    ['a lock with another end', told, { ...ends, lock: { ...ends.lock, entries: [{ ...required(journal[3], 'a record'), head: new Uint8Array(32) }] } }, /the hub ends with record 4/],
  ];
  for (const [name, said, found, says] of table) assert.ok(violations(said, found).some((violation) => says.test(violation)), `${name}: ${violations(said, found).join('; ')}`);
  t.diagnostic(`${table.length} planted violations seen`);
});
