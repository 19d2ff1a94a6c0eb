import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromHex, hex } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import { decodeCommand, encodeCommand, type Verb } from './vendor.ts';

const VERBS: readonly Verb[] = ['unlock', 'lock', 'unlatch', 'holdUnlocked', 'endHold', 'privacyOn', 'privacyOff', 'lockdownOn', 'lockdownOff', 'syncOnly'];
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

test('B2 is vendor, 01, verb, request id, until (CONTRACTS)', () => {
  const requestId = required(fromHex('000102030405060708090a0b0c0d0e0f'), 'hex');
  assert.equal(hex(encodeCommand({ verb: 'holdUnlocked', requestId, until: 0x01020304 })), `4d4f520104${hex(requestId)}01020304`);
  assert.deepEqual(VERBS.map((verb) => encodeCommand({ verb, requestId, until: 0 })[4]), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

test('a command comes back as it was', () => {
  fc.assert(fc.property(fc.constantFrom(...VERBS), bytes(16), fc.nat(0xffffffff), (verb, requestId, until) => {
    assert.deepEqual(decodeCommand(encodeCommand({ verb, requestId, until })), { verb, requestId, until });
  }));
});

test('anything else is not a command', () => {
  const right = encodeCommand({ verb: 'unlock', requestId: new Uint8Array(16), until: 0 });
  for (let length = 0; length < right.length; length += 1) assert.equal(decodeCommand(right.slice(0, length)), undefined);
  for (const [at, value] of [[0, 0x4e], [2, 0x53], [3, 0x02], [4, 0x00], [4, 0x0b]] as const) assert.equal(decodeCommand(right.with(at, value)), undefined);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (value) => {
    const read = decodeCommand(value);
    assert.ok(read === undefined || hex(encodeCommand(read)) === hex(value));
  }));
});
