import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { EMPTY, concat, fromHex, hex, type Bytes } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import {
  MAX_CHAINED_BYTES, MAX_PIECES, decodeCommandApdu, decodeResponseApdu, encodeCommandChain, encodeGetResponse, encodeResponseApdu,
  gather, isGetResponse, partBytes, servePart, type CommandApdu, type Header, type PartialCommand,
} from './apdu.ts';

const bytes = (text: string): Bytes => required(fromHex(text), 'hex');
const HEADER: Header = [0x80, 0xd1, 0x00, 0x00];
const LONG = { maxCommand: 4096, maxResponse: 4096 };

test('the four cases in both forms (ISO/IEC 7816-4)', () => {
  const table: readonly (readonly [string, string, boolean, boolean])[] = [
    ['80d10000', '', false, false],
    ['80d1000000', '', true, false],
    ['80d1000002aabb', 'aabb', false, false],
    ['80d1000002aabb00', 'aabb', true, false],
    ['80d10000001000', '', true, true],
    ['80d10000000002aabb', 'aabb', false, true],
    ['80d10000000002aabb0000', 'aabb', true, true],
  ];
  for (const [text, data, expects, extended] of table) {
    const decoded = decodeCommandApdu(bytes(text));
    assert.ok(decoded.ok, text);
    assert.deepEqual({ ...decoded.value, data: hex(decoded.value.data) }, { header: HEADER, data, expects, extended });
  }
});

test('lengths that do not add up are refused', () => {
  for (const text of ['', '80', '80d100', '80d1000003aabb', '80d1000002aabb0000', '80d100000000', '80d10000000000aa', '80d10000000003aabb', '80d10000000002aabb00']) {
    const decoded = decodeCommandApdu(bytes(text));
    assert.ok(!decoded.ok && decoded.error.code === 'apdu-malformed', text);
  }
  assert.ok(!decodeResponseApdu(bytes('90')).ok);
  assert.deepEqual(decodeResponseApdu(bytes('aa6982')), { ok: true, value: { data: bytes('aa'), status: 0x6982 } });
});

const gatherAll = (apdus: readonly Bytes[]): CommandApdu | undefined => {
  let partial: PartialCommand | undefined;
  for (const apdu of apdus) {
    const decoded = decodeCommandApdu(apdu);
    const gathered = decoded.ok ? gather(partial, decoded.value) : decoded;
    if (!gathered.ok) return undefined;
    if (gathered.value.kind === 'whole') return gathered.value.command;
    partial = gathered.value.partial;
  }
  return undefined;
};

test('a chain is put together as it was cut', () => {
  fc.assert(fc.property(fc.uint8Array({ minLength: 1, maxLength: 9000 }), fc.boolean(), (data, extended) => {
    const apdus = encodeCommandChain(HEADER, data, true, extended ? LONG : undefined);
    assert.equal(apdus.length, Math.ceil(data.length / (extended ? 4087 : 255)));
    assert.ok(apdus.every((apdu) => apdu.length <= (extended ? 4096 : 261)));
    assert.deepEqual(apdus.map((apdu) => apdu[0]), apdus.map((_, index) => (index === apdus.length - 1 ? 0x80 : 0x90)));
    const command = gatherAll(apdus);
    assert.deepEqual(command, { header: HEADER, data, expects: true, extended });
  }), { numRuns: 40 });
});

test('chains have bounds and one header', () => {
  const piece = (header: Header, length: number): CommandApdu => ({ header, data: new Uint8Array(length), expects: true, extended: true });
  const chained: Header = [0x90, 0xd1, 0x00, 0x00];
  const first = gather(undefined, piece(chained, 10));
  assert.ok(first.ok && first.value.kind === 'more');
  const broken = gather(first.value.partial, piece([0x80, 0x81, 0x00, 0x00], 10));
  assert.ok(!broken.ok && broken.error.code === 'chain-broken');
  const long = gather(first.value.partial, piece(chained, MAX_CHAINED_BYTES));
  assert.ok(!long.ok && long.error.code === 'apdu-too-long');
  const many = gather({ header: HEADER, pieces: Array.from({ length: MAX_PIECES }, () => EMPTY), length: 0 }, piece(chained, 0));
  assert.ok(!many.ok && many.error.code === 'apdu-too-long');
});

test('a long response comes in parts', () => {
  const data = Uint8Array.from({ length: 600 }, (_, index) => index & 0xff);
  const parts: Bytes[] = [];
  const statuses: number[] = [];
  for (let rest: Bytes = data; rest.length > 0; ) {
    const served = servePart(rest, partBytes(false, undefined));
    const decoded = decodeResponseApdu(served.apdu);
    assert.ok(decoded.ok);
    parts.push(decoded.value.data);
    statuses.push(decoded.value.status);
    rest = served.rest;
  }
  assert.deepEqual(parts.map(({ length }) => length), [254, 254, 92]);
  assert.deepEqual(statuses, [0x61ff, 0x61ff, 0x9000]);
  assert.deepEqual(concat(...parts), data);
  assert.equal(partBytes(true, LONG), 4094);
  assert.equal(partBytes(true, undefined), 254);
  assert.equal(hex(encodeGetResponse(0x61ff)), '00c00000ff');
  assert.equal(hex(encodeGetResponse(0x61ff, LONG)), '00c00000001000');
  assert.equal(hex(encodeResponseApdu(EMPTY, 0x9000)), '9000');
  const asked = decodeCommandApdu(encodeGetResponse(0x6110, LONG));
  assert.ok(asked.ok && isGetResponse(asked.value));
});
