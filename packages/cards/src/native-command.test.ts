import assert from 'node:assert/strict';
import { test } from 'node:test';
import { required } from '@mortise/base/assert.ts';
import { fromHex, hex, type Bytes } from '@mortise/base/bytes.ts';
import { INS, MAX_DATA_BYTES, decodeAnswer, decodeCommand, encodeNative, encodeSelectByName } from './native-command.ts';

const bytes = (text: string): Bytes => required(fromHex(text), 'hexadecimal');

test('a native command says the length of its data only where it has some', () => {
  assert.equal(hex(encodeNative(INS.getCardUid)), '9051000000');
  assert.equal(hex(encodeNative(INS.getFileSettings, bytes('03'))), '90f50000010300');
  assert.equal(hex(encodeSelectByName(bytes('d276'))), '00a4040c02d27600');
});

test('an answer has a status, and no more than a short one holds before it', () => {
  assert.deepEqual(decodeAnswer(bytes('9100')), { data: bytes(''), status: 0x9100 });
  assert.equal(decodeAnswer(new Uint8Array(258))?.data.length, 256);
  for (const length of [0, 1, 259]) assert.equal(decodeAnswer(new Uint8Array(length)), undefined, `${length} bytes`);
});

test('a card takes a command whole, and in its two forms only', () => {
  assert.deepEqual(decodeCommand(bytes('9051000000')), { kind: 'native', ins: INS.getCardUid, data: bytes('') }, 'control');
  assert.deepEqual(decodeCommand(bytes('90f50000010300')), { kind: 'native', ins: INS.getFileSettings, data: bytes('03') }, 'control');
  assert.deepEqual(decodeCommand(bytes('00a4040c02d27600')), { kind: 'select', name: bytes('d276') }, 'control');
  assert.equal(decodeCommand(encodeNative(INS.writeData, new Uint8Array(MAX_DATA_BYTES)))?.kind, 'native', 'control');
  const none = [
    '', '90510000', '9051000001', '905100000000', '90f50000000300', '90f50000020300', '90f50000010301', '90f500000103', '90f5000001030000',
    '00f50000010300', '90f50100010300', '90f50001010300', '00f50100010300', '00a4040002d27600', '00a4000c02d27600', '01a4040c02d27600', '00a5040c02d27600',
  ];
  for (const text of none) assert.equal(decodeCommand(bytes(text)), undefined, text);
});
