// The wire's forms, each beside what is nearly one.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { required } from '@mortise/base/assert.ts';
import { EMPTY, fromHex, hex, type Bytes } from '@mortise/base/bytes.ts';
import { decodeAnswer, decodeCommand, encodeAnswer, encodeNative, encodeSelectByName, MAX_DATA_BYTES } from './native-command.ts';

const bytes = (text: string): Bytes => required(fromHex(text), 'hexadecimal');

test('a native command has its length where it has data, and none where it has not', () => {
  assert.deepEqual([hex(encodeNative(0x51)), hex(encodeNative(0xf5, bytes('03')))], ['9051000000', '90f50000010300']);
  assert.equal(encodeNative(0x8d, new Uint8Array(MAX_DATA_BYTES)).length, 261);
});

test('commands come back as they were sent', () => {
  for (const length of [0, 1, 16, MAX_DATA_BYTES]) {
    const data = Uint8Array.from({ length }, (_, index) => index);
    assert.deepEqual(decodeCommand(encodeNative(0xad, data)), { kind: 'native', ins: 0xad, data });
  }
  assert.deepEqual(decodeCommand(encodeSelectByName(bytes('d27600'))), { kind: 'select', name: bytes('d27600') });
});

test('what is nearly a command is none', () => {
  const none = [
    '', '90', '90510000', '905100000000', '9051000001', '90ad000002aa00', '90ad000001aabb00', '90ad000001aa01', '90ad000001aa', '91ad000001aa00', '00ad000001aa00', '90ad010001aa00', '90ad000101aa00',
    '00a4040001aa00', '00a4000c01aa00', '00a5040c01aa00', '80a4040c01aa00',
  ];
  for (const text of none) assert.equal(decodeCommand(bytes(text)), undefined, text);
});

test('an answer has its status last, and no more than 256 bytes before it', () => {
  for (const length of [0, 1, 256]) assert.deepEqual(decodeAnswer(encodeAnswer({ data: new Uint8Array(length), status: 0x91af })), { data: new Uint8Array(length), status: 0x91af });
  for (const apdu of [EMPTY, bytes('91'), new Uint8Array(259)]) assert.equal(decodeAnswer(apdu), undefined);
});
