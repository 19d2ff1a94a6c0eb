import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { concat, fromHex, hex, type Bytes } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import { MAX_OBJECTS, decodeTlvs, encodeTlv, encodeTlvs, readLenient, readOrdered, type Field } from './tlv.ts';

const bytes = (text: string): Bytes => required(fromHex(text), 'hex');
const FIELDS: readonly Field[] = [{ tag: 0x41, min: 1, max: 1 }, { tag: 0x5c, min: 2, max: 2 }, { tag: 0xb1, min: 0, max: 4, optional: true }];

test('lengths have their shortest form', () => {
  for (const [length, head] of [[0, '4100'], [0x7f, '417f'], [0x80, '418180'], [0xff, '4181ff'], [0x100, '41820100'], [0xffff, '4182ffff']] as const) {
    const encoded = encodeTlv(0x41, new Uint8Array(length));
    assert.equal(hex(encoded.subarray(0, head.length / 2)), head);
    const decoded = decodeTlvs(encoded);
    assert.ok(decoded.ok && decoded.value[0]?.value.length === length);
  }
  assert.equal(hex(encodeTlvs([0x7f66, bytes('01')], [0x42, undefined], [0x43, bytes('02')])), '7f660101430102');
});

test('other forms are refused', () => {
  for (const text of ['41', '4181', '41817f', '4180', '418200', '418200ff', '41830000', '4102aa', '7f', '7f66', '1f81', '5f', '9f8101']) {
    const decoded = decodeTlvs(bytes(text));
    assert.ok(!decoded.ok && decoded.error.code === 'tlv-malformed', text);
  }
  assert.ok(decodeTlvs(new Uint8Array(MAX_OBJECTS * 2)).ok);
  assert.ok(!decodeTlvs(new Uint8Array(MAX_OBJECTS * 2 + 2)).ok);
});

test('what is decoded is encoded again to the same bytes', () => {
  const object = fc.record({ tag: fc.oneof(fc.integer({ min: 0, max: 0xff }).filter((tag) => (tag & 0x1f) !== 0x1f), fc.integer({ min: 0x7f00, max: 0x7f7f })), value: fc.uint8Array({ maxLength: 300 }) });
  fc.assert(fc.property(fc.array(object, { maxLength: 8 }), (objects) => {
    const encoded = concat(...objects.map(({ tag, value }) => encodeTlv(tag, value)));
    const decoded = decodeTlvs(encoded);
    assert.ok(decoded.ok);
    assert.equal(hex(concat(...decoded.value.map(({ tag, value }) => encodeTlv(tag, value)))), hex(encoded));
  }));
  fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (any) => {
    const decoded = decodeTlvs(any);
    if (decoded.ok) assert.equal(hex(concat(...decoded.value.map(({ tag, value }) => encodeTlv(tag, value)))), hex(any));
  }), { numRuns: 2000 });
});

const codeOf = (read: typeof readOrdered, text: string): string => {
  const result = read(bytes(text), FIELDS);
  return result.ok ? [...result.value.keys()].map((tag) => tag.toString(16)).join() : result.error.code;
};

test('strict and lenient reading', () => {
  const table: readonly (readonly [string, string, string])[] = [
    ['4101005c020100', '41,5c', '41,5c'],
    ['4101005c020100b101ff', '41,5c,b1', '41,5c,b1'],
    ['5c020100410100', 'field-missing', '5c,41'],
    ['4101005c020100aa00', 'field-unexpected', '41,5c'],
    ['4101005c0201005c020100', 'field-repeated', 'field-repeated'],
    ['410100', 'field-missing', 'field-missing'],
    ['410200005c020100', 'field-length', 'field-length'],
    ['4101005c020100b1050000000000', 'field-length', 'field-length'],
    ['4101', 'tlv-malformed', 'tlv-malformed'],
    ['', 'field-missing', 'field-missing'],
  ];
  for (const [text, strict, lenient] of table) {
    assert.equal(codeOf(readOrdered, text), strict, text);
    assert.equal(codeOf(readLenient, text), lenient, text);
  }
});
