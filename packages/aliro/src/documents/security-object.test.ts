import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hex, type Bytes } from '@mortise/base/bytes.ts';
import { Tagged, encodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import { instant } from '@mortise/base/instant.ts';
import { isoSeconds } from '@mortise/base/written-time.ts';
import { asDate, asIdentifier, dateCbor, embed } from './document-cbor.ts';
import { CREDENTIAL, FROM, UNTIL, filled, retagged } from '../conformance/document.fixture.ts';
import { readItem } from './issuer-signed-item.ts';
import { deviceKeyInfo, deviceKeyOf, encodeSecurityObject, readSecurityObject } from './security-object.ts';

const seconds = fc.nat({ max: 253_402_300_799 }).map((s) => instant(s * 1000));
const content = fc.record({
  docType: fc.constantFrom('aliro-a' as const, 'aliro-r' as const),
  digests: fc.uniqueArray(fc.tuple(fc.nat(), fc.uint8Array({ minLength: 32, maxLength: 32 })), { maxLength: 32, selector: ([id]) => id }).map((entries) => new Map(entries)),
  deviceKey: fc.constant(CREDENTIAL.publicKey),
  timeVerificationRequired: fc.boolean(),
  validity: fc.record({ signed: seconds, validFrom: seconds, validUntil: seconds, expectedUpdate: seconds, validityIteration: fc.nat() }, { requiredKeys: ['signed', 'validFrom', 'validUntil'], noNullPrototype: true }),
});

test('what is written is read', () => {
  fc.assert(fc.property(content, ({ digests: given, deviceKey, ...rest }) => {
    const read = readSecurityObject(encodeSecurityObject({ ...rest, digests: given, deviceKey }));
    assert.ok(read !== undefined);
    const { deviceKeyInfo: info, digests: inOrder, ...others } = read;
    assert.deepEqual(others, { version: '1.0', digestAlgorithm: 'SHA-256', ...rest });
    assert.deepEqual(new Map(inOrder.get(rest.docType)), given);
    assert.deepEqual(deviceKeyOf(info), deviceKey);
  }), { numRuns: 100 });
});

const validity: readonly (readonly [string, Cbor])[] = [['1', dateCbor(FROM)], ['2', dateCbor(FROM)], ['3', dateCbor(UNTIL)]];
const digests = (count: number): Cbor => new Map(Array.from({ length: count }, (_, index) => [index, filled(32, index)]));
const fields: readonly (readonly [string, Cbor])[] = [
  ['1', '1.0'], ['2', 'SHA-256'], ['3', new Map([['aliro-a', digests(1)]])], ['4', deviceKeyInfo(CREDENTIAL.publicKey)], ['5', 'aliro-a'], ['6', new Map(validity)], ['7', true],
];

const payloadOf = (value: Cbor): Bytes => encodeCbor(embed(value));
const isRead = (...changes: readonly (readonly [string, Cbor])[]): boolean => readSecurityObject(payloadOf(new Map([...fields, ...changes]))) !== undefined;
const times = (...changes: readonly (readonly [string, Cbor])[]): readonly [string, Cbor] => ['6', new Map([...validity, ...changes])];

test('every field in its form, on both sides of its bounds', () => {
  const cases: readonly (readonly [string, readonly (readonly [string, Cbor])[], boolean])[] = [
    ['whole', [], true],
    ['another version', [['1', '2.0']], true],
    ['a long version', [['1', 'x'.repeat(64)]], true],
    ['a version too long', [['1', 'x'.repeat(65)]], false],
    ['a version by number', [['1', 1]], false],
    ['an algorithm by number', [['2', 1]], false],
    ['256 digests', [['3', new Map([['aliro-a', digests(256)]])]], true],
    ['257 digests', [['3', new Map([['aliro-a', digests(257)]])]], false],
    ['no digests', [['3', new Map()]], true],
    ['eight name spaces', [['3', new Map(Array.from({ length: 8 }, (_, index) => [`s${index}`, digests(1)]))]], true],
    ['nine name spaces', [['3', new Map(Array.from({ length: 9 }, (_, index) => [`s${index}`, digests(1)]))]], false],
    ['a name space by number', [['3', new Map([[1, digests(1)]])]], false],
    ['a digest of 31 bytes', [['3', new Map([['aliro-a', new Map([[1, filled(31, 0)]])]])]], false],
    ['a digest by name', [['3', new Map([['aliro-a', new Map([['1', filled(32, 0)]])]])]], false],
    ['a negative digest id', [['3', new Map([['aliro-a', new Map([[-1, filled(32, 0)]])]])]], false],
    ['digests that are none', [['3', 0]], false],
    ['digests of a space that are none', [['3', new Map([['aliro-a', 0]])]], false],
    ['any device key', [['4', 0]], true],
    ['a kind by number', [['5', 1]], false],
    ['no validity', [['6', 0]], false],
    ['an update', [times(['4', dateCbor(UNTIL)])], true],
    ['an update that is none', [times(['4', 0])], false],
    ['iteration 0', [times(['5', 0])], true],
    ['a negative iteration', [times(['5', -1])], false],
    ['an iteration in text', [times(['5', '1'])], false],
    ['a date by number', [times(['1', 0])], false],
    ['a start by number', [times(['2', 0])], false],
    ['an end by number', [times(['3', 0])], false],
    ['a date under another tag', [times(['1', retagged(dateCbor(FROM), 1)])], false],
    ['a date without a tag', [times(['1', isoSeconds(FROM)])], false],
    ['verification by number', [['7', 1]], false],
    ['other fields', [['8', 1]], true],
    ['16 labels', Array.from({ length: 9 }, (_, index) => [`x${index}`, 0] as const), true],
    ['17 labels', Array.from({ length: 10 }, (_, index) => [`x${index}`, 0] as const), false],
  ];
  for (const [name, changes, expected] of cases) assert.equal(isRead(...changes), expected, name);
  for (const label of ['1', '2', '3', '5', '6', '7']) assert.equal(readSecurityObject(payloadOf(new Map(fields.filter(([key]) => key !== label)))), undefined, `without ${label}`);
  for (const label of ['1', '2', '3']) assert.equal(isRead(['6', new Map(validity.filter(([key]) => key !== label))]), false, `validity without ${label}`);
});

test('the payload is CBOR in a tagged byte string', () => {
  const whole = payloadOf(new Map(fields));
  for (let length = 0; length < whole.length; length += 1) assert.equal(readSecurityObject(whole.subarray(0, length)), undefined);
  assert.equal(readSecurityObject(encodeCbor(new Map(fields))), undefined);
  assert.equal(readSecurityObject(encodeCbor(new Tagged(25, encodeCbor(new Map(fields))))), undefined);
  assert.equal(readSecurityObject(encodeCbor(new Tagged(24, new Map(fields)))), undefined);
  assert.equal(readSecurityObject(payloadOf([])), undefined);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (given) => { assert.equal(readSecurityObject(given), undefined); }));
});

test('a device key is a COSE key on P-256', () => {
  const [x, y] = [CREDENTIAL.publicKey.slice(1, 33), CREDENTIAL.publicKey.slice(33)];
  const key = (...parts: readonly (readonly [number, Cbor])[]): Cbor => new Map([['1', new Map(parts)]]);
  assert.equal(hex(deviceKeyOf(key([1, 2], [-1, 1], [-2, x], [-3, y])) ?? filled(0, 0)), hex(CREDENTIAL.publicKey));
  assert.notEqual(deviceKeyOf(key([1, 2], [-1, 1], [-2, x], [-3, y], [3, -7])), undefined);
  const wrong = [
    key([1, 1], [-1, 1], [-2, x], [-3, y]), key([1, 2], [-1, 2], [-2, x], [-3, y]), key([1, 2], [-1, 1], [-2, x.slice(1)], [-3, y]), key([1, 2], [-1, 1], [-2, x], [-3, y.slice(1)]),
    key([1, 2], [-1, 1], [-2, x], [-3, true]), key([1, 2], [-1, 1], [-2, x]), key([1, 2], [-2, x], [-3, y]), key([-1, 1], [-2, x], [-3, y]), key(), 0, new Map(), undefined,
    key([1, 2], [-1, 1], [-2, x], [-3, y], ...Array.from({ length: 13 }, (_, index) => [100 + index, 0] as const)),
  ];
  for (const info of wrong) assert.equal(deviceKeyOf(info), undefined);
});

test('dates in one form, of days and times that exist', () => {
  const dated = (text: string): number | undefined => asDate(new Tagged(0, text));
  fc.assert(fc.property(seconds, (at) => { assert.equal(asDate(dateCbor(at)), at); }));
  assert.equal(dated('1970-01-01T00:00:00Z'), 0);
  assert.equal(dated('2024-02-29T23:59:59Z'), Date.UTC(2024, 1, 29, 23, 59, 59));
  assert.equal(dated('9999-12-31T23:59:59Z'), 253_402_300_799_000);
  for (const wrong of [
    '1969-12-31T23:59:59Z', '2023-02-29T00:00:00Z', '2026-04-31T00:00:00Z', '2026-01-00T00:00:00Z', '2026-01-32T00:00:00Z', '2026-13-01T00:00:00Z', '2026-00-01T00:00:00Z',
    '2026-01-01T24:00:00Z', '2026-01-01T00:60:00Z', '2026-01-01T00:00:60Z', '2026-01-01T00:00:00', '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00.000Z', '2026-01-01 00:00:00Z',
    ' 2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z\n', '20260101T000000Z', '+002026-01-01T00:00:00Z', '2026-01-01T00:00:00z', '', 'x'.repeat(65),
  ]) assert.equal(dated(wrong), undefined, wrong);
  assert.deepEqual([asDate(new Tagged(0, 1)), asDate('2026-01-01T00:00:00Z'), asDate(undefined)], [undefined, undefined, undefined]);
});

test('element identifiers have 1 to 64 characters', () => {
  assert.deepEqual(['', 'x', 'x'.repeat(64), 'x'.repeat(65)].map((text) => asIdentifier(text)?.length), [undefined, 1, 64, undefined]);
});

test('an item has an id, 16 random bytes, a name and a value', () => {
  const item = (...entries: readonly (readonly [string, Cbor])[]) => {
    const tagged = encodeCbor(new Map<string, Cbor>([['1', 1], ['2', filled(16, 2)], ['3', 'd.x'], ['4', null], ...entries]));
    return readItem({ encoded: tagged, content: tagged });
  };
  assert.deepEqual(item(), { digestId: 1, random: filled(16, 2), identifier: 'd.x', value: null });
  assert.deepEqual(item(['9', 0]), item());
  for (const wrong of [['1', -1], ['1', '1'], ['2', filled(15, 2)], ['2', filled(17, 2)], ['2', 'x'], ['3', ''], ['3', 3], ['3', 'x'.repeat(65)]] as const) assert.equal(item(wrong), undefined);
  const missing = encodeCbor(new Map<string, Cbor>([['1', 1], ['2', filled(16, 2)], ['3', 'd.x']]));
  assert.equal(readItem({ encoded: missing, content: missing }), undefined);
  assert.equal(readItem({ encoded: missing, content: missing.subarray(1) }), undefined);
});
