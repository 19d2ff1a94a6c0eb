// The mailbox by its words (SPEC §7): which command is in form, what it reads, what stands there afterwards.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromHex, hex, type Bytes } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import { MAX_READ_BYTES, decodeMailboxCommand, encodeMailboxCommand, operateMailbox, type Mailbox, type MailboxOperation } from './mailbox.ts';

const bytes = (text: string): Bytes => required(fromHex(text), 'hex');
const once = (...operations: readonly MailboxOperation[]) => ({ goesOn: false, operations });
const part = (...operations: readonly MailboxOperation[]) => ({ goesOn: true, operations });
const read = (offset: number, length: number): MailboxOperation => ({ kind: 'read', offset, length });
const write = (offset: number, data: string): MailboxOperation => ({ kind: 'write', offset, data: bytes(data) });
const set = (offset: number, length: number, value: number): MailboxOperation => ({ kind: 'set', offset, length, value });

const EIGHT: Mailbox = { stored: bytes('0001020304050607') };

/** What was read, what is stored, what an atomic session would store. */
const after = (mailbox: Mailbox, ...commands: readonly { goesOn: boolean; operations: readonly MailboxOperation[] }[]): string => {
  let now = mailbox;
  const seen: string[] = [];
  for (const command of commands) {
    const result = operateMailbox(now, command);
    if (!result.ok) return result.error.code;
    seen.push(...result.value.reads.map(hex));
    now = result.value.mailbox;
  }
  return [...seen, hex(now.stored), ...(now.pending ? [`pending ${hex(now.pending)}`] : [])].join(' ');
};

test('reads see what was stored; sets apply before writes, whatever their order', () => {
  assert.equal(after(EIGHT, once(read(2, 3))), '020304 0001020304050607');
  assert.equal(after(EIGHT, once(write(1, 'aabb'), read(0, 4))), '00010203 00aabb0304050607');
  assert.equal(after(EIGHT, once(set(6, 2, 0xcc))), '000102030405cccc');
  assert.equal(after(EIGHT, once(write(2, 'aa'), set(1, 3, 0xbb))), '00bbaabb04050607');
  assert.equal(after(EIGHT, once(read(0, 1), read(7, 1), read(8, 0))), '00 07  0001020304050607');
  assert.equal(after(EIGHT, once()), '0001020304050607');
});

test('an atomic session stores at its end; until then reads see what is stored', () => {
  assert.equal(after(EIGHT, part(write(0, 'ff'))), '0001020304050607 pending ff01020304050607');
  assert.equal(after(EIGHT, part(write(0, 'ff')), part(read(0, 1), write(1, 'ee'))), '00 0001020304050607 pending ffee020304050607');
  assert.equal(after(EIGHT, part(write(0, 'ff')), once(read(0, 2))), '0001 ff01020304050607');
  assert.equal(after(EIGHT, part(), once(write(0, 'ff'))), 'ff01020304050607');
  assert.equal(after(EIGHT, part(read(0, 1))), '00 0001020304050607 pending 0001020304050607');
});

test('a command changes nothing in what it was given, and nothing when one operation is out of bounds', () => {
  const stored = EIGHT.stored.slice();
  operateMailbox({ stored }, once(write(0, 'ff'), set(1, 2, 9)));
  assert.equal(hex(stored), hex(EIGHT.stored));
  for (const operation of [read(8, 1), read(0, 9), read(65535, 65535), write(8, 'aa'), write(7, 'aabb'), set(8, 1, 0), set(0, 9, 0)]) {
    assert.equal(after(EIGHT, once(write(0, 'ff'), operation)), 'mailbox-out-of-bounds', JSON.stringify(operation));
  }
  for (const operation of [read(7, 1), write(7, 'aa'), set(7, 1, 0), read(8, 0)]) assert.notEqual(after(EIGHT, once(operation)), 'mailbox-out-of-bounds');
});

test('an answer holds so much and no more', () => {
  const large: Mailbox = { stored: new Uint8Array(MAX_READ_BYTES) };
  assert.ok(operateMailbox(large, once(read(0, MAX_READ_BYTES))).ok);
  assert.equal(after(large, once(read(0, MAX_READ_BYTES), read(0, 1))), 'mailbox-out-of-bounds');
});

test('commands in and out of form', () => {
  const table: readonly (readonly [string, string])[] = [
    ['8c0100', 'ok'], ['8c0101', 'ok'], ['8c010087040000000495050000000100', 'ok'],
    ['', 'field-missing'], ['870400000004', 'field-missing'], ['8704000000048c0100', 'field-missing'],
    ['8c00', 'field-value'], ['8c0102', 'field-value'], ['8c020000', 'field-value'],
    ['8c01008703000000', 'field-value'], ['8c010087050000000000', 'field-value'], ['8c01008a020000', 'field-value'], ['8c01008a03000001', 'ok'],
    ['8c0100950400000001', 'field-value'], ['8c010095060000000100', 'tlv-malformed'], ['8c01009506000000010000', 'field-value'],
    ['8c0100aa00', 'field-value'], ['8c01008c0100', 'field-value'], ['8c01', 'tlv-malformed'],
  ];
  for (const [value, expected] of table) {
    const decoded = decodeMailboxCommand(bytes(value));
    assert.equal(decoded.ok ? 'ok' : decoded.error.code, expected, value);
  }
});

const anyOffset = fc.integer({ min: 0, max: 65535 });
const anyOperation: fc.Arbitrary<MailboxOperation> = fc.oneof(
  fc.record({ kind: fc.constant('read' as const), offset: anyOffset, length: anyOffset }),
  fc.record({ kind: fc.constant('write' as const), offset: anyOffset, data: fc.uint8Array({ minLength: 1, maxLength: 40 }) }),
  fc.record({ kind: fc.constant('set' as const), offset: anyOffset, length: anyOffset, value: fc.integer({ min: 0, max: 255 }) }),
);

test('what is encoded is read again', () => {
  fc.assert(fc.property(fc.boolean(), fc.array(anyOperation, { maxLength: 8 }), (goesOn, operations) => {
    const encoded = encodeMailboxCommand({ goesOn, operations });
    const decoded = decodeMailboxCommand(encoded);
    assert.ok(decoded.ok && decoded.value.goesOn === goesOn && decoded.value.operations.length === operations.length);
    assert.deepEqual(decoded.value.operations.map(({ kind, offset }) => [kind, offset]), operations.map(({ kind, offset }) => [kind, offset]));
    assert.equal(hex(encodeMailboxCommand(decoded.value)), hex(encoded));
  }));
});
