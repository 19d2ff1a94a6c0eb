import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeCbor, Tagged, type Cbor } from '@mortise/base/cbor.ts';
import { decodeDeviceRequest, encodeDeviceRequest, isAsked, type ItemsRequest } from './device-request.ts';
import { embed } from './document-cbor.ts';

const identifier = fc.string({ minLength: 1, maxLength: 64, unit: 'grapheme' }).filter((text) => text.length <= 64);
const request = fc.record({ docType: fc.constantFrom('aliro-a' as const, 'aliro-r' as const), elements: fc.uniqueArray(identifier, { minLength: 1, maxLength: 32 }) });
const codeOf = (value: Cbor): string => {
  const read = decodeDeviceRequest(encodeCbor(value));
  return read.ok ? 'read' : read.error.code;
};

const sorted = ({ docType, elements }: ItemsRequest): ItemsRequest => ({ docType, elements: elements.toSorted() });

test('what is asked for comes back, in the encoding’s order', () => {
  fc.assert(fc.property(fc.array(request, { minLength: 1, maxLength: 8 }), (requests) => {
    const read = decodeDeviceRequest(encodeDeviceRequest(requests));
    assert.ok(read.ok);
    assert.deepEqual(read.value.map(sorted), requests.map(sorted));
  }), { numRuns: 100 });
});

test('a request cut at any byte is refused', () => {
  const whole = encodeDeviceRequest([{ docType: 'aliro-a', elements: ['d.x', 'g.y'] }]);
  for (let length = 0; length < whole.length; length += 1) {
    const read = decodeDeviceRequest(whole.subarray(0, length));
    assert.equal(read.ok ? '' : read.error.code, 'request-undecodable');
  }
});

test('any bytes are read or refused', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
    assert.equal(typeof decodeDeviceRequest(bytes).ok, 'boolean');
  }));
  assert.equal(decodeDeviceRequest(new Uint8Array(8193)).ok, false);
});

const items = (docType: Cbor, spaces: Cbor): Cbor => new Map<string, Cbor>([['1', spaces], ['5', docType]]);
const asking = (...docRequests: readonly Cbor[]): Cbor => new Map<string, Cbor>([['1', '1.0'], ['2', docRequests]]);
const doc = (content: Cbor): Cbor => new Map([['1', embed(content)]]);
const elements = (count: number, retain: Cbor = false): Cbor => new Map(Array.from({ length: count }, (_, index) => [`d.${index}`, retain]));
const space = (docType: string, named: Cbor): Cbor => new Map([[docType, named]]);
const good = doc(items('aliro-a', space('aliro-a', elements(1))));

test('what a request may be, on both sides of its bounds', () => {
  const cases: readonly (readonly [string, Cbor, string])[] = [
    ['whole', asking(good), 'read'],
    ['eight', asking(...Array.from({ length: 8 }, () => good)), 'read'],
    ['nine', asking(...Array.from({ length: 9 }, () => good)), 'request-malformed'],
    ['none', asking(), 'request-malformed'],
    ['32 elements', asking(doc(items('aliro-a', space('aliro-a', elements(32))))), 'read'],
    ['33 elements', asking(doc(items('aliro-a', space('aliro-a', elements(33))))), 'request-malformed'],
    ['no elements', asking(doc(items('aliro-a', space('aliro-a', elements(0))))), 'request-malformed'],
    ['an intent that is none', asking(doc(items('aliro-a', space('aliro-a', elements(1, 1))))), 'request-malformed'],
    ['an element by number', asking(doc(items('aliro-a', space('aliro-a', new Map([[1, true]]))))), 'request-malformed'],
    ['an empty name', asking(doc(items('aliro-a', space('aliro-a', new Map([['', true]]))))), 'request-malformed'],
    ['a long name', asking(doc(items('aliro-a', space('aliro-a', new Map([['x'.repeat(65), true]]))))), 'request-malformed'],
    ['another name space', asking(doc(items('aliro-a', space('aliro-r', elements(1))))), 'request-malformed'],
    ['two name spaces', asking(doc(items('aliro-a', new Map([['aliro-a', elements(1)], ['aliro-r', elements(1)]])))), 'request-malformed'],
    ['no name space', asking(doc(items('aliro-a', new Map()))), 'request-malformed'],
    ['no kind', asking(doc(items(null, space('aliro-a', elements(1))))), 'request-malformed'],
    ['not embedded', asking(new Map([['1', items('aliro-a', space('aliro-a', elements(1)))]])), 'request-malformed'],
    ['another tag', asking(new Map([['1', new Tagged(25, encodeCbor(items('aliro-a', space('aliro-a', elements(1)))))]])), 'request-malformed'],
    ['embedded text', asking(new Map([['1', new Tagged(24, 'text')]])), 'request-malformed'],
    ['one good, one not', asking(good, doc(null)), 'request-malformed'],
    ['request info', asking(doc(new Map<string, Cbor>([['1', space('aliro-a', elements(1))], ['2', new Map()], ['5', 'aliro-a']]))), 'read'],
    ['another version', new Map<string, Cbor>([['1', '2.0'], ['2', [good]]]), 'request-version'],
    ['no version', new Map<string, Cbor>([['2', [good]]]), 'request-malformed'],
    ['a version by number', new Map<string, Cbor>([['1', 1], ['2', [good]]]), 'request-malformed'],
    ['no list', new Map<string, Cbor>([['1', '1.0']]), 'request-malformed'],
    ['an array', ['1.0', [good]], 'request-malformed'],
    ['16 labels', new Map<string, Cbor>([['1', '1.0'], ['2', [good]], ...Array.from({ length: 14 }, (_, index) => [`x${index}`, 0] as const)]), 'read'],
    ['17 labels', new Map<string, Cbor>([['1', '1.0'], ['2', [good]], ...Array.from({ length: 15 }, (_, index) => [`x${index}`, 0] as const)]), 'request-malformed'],
  ];
  for (const [name, value, code] of cases) assert.equal(codeOf(value), code, name);
});

test('a kind that we do not know is left out', () => {
  const read = decodeDeviceRequest(encodeCbor(asking(good, doc(items('aliro-x', space('aliro-x', elements(1)))))));
  assert.deepEqual(read, { ok: true, value: [{ docType: 'aliro-a', elements: ['d.0'] }] });
});

test('our own requests are within their bounds', () => {
  const one = (...names: readonly string[]): readonly ItemsRequest[] => [{ docType: 'aliro-a', elements: names }];
  const numbered = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `d.${index}`);
  const wrong = [[], one(), one('a', 'a'), one(''), one('x'.repeat(65)), one(...numbered(33)), Array.from({ length: 9 }, () => one('a')).flat()];
  for (const requests of wrong) assert.throws(() => encodeDeviceRequest(requests), { name: 'InvariantError' });
  for (const requests of [one('x'.repeat(64)), one(...numbered(32)), Array.from({ length: 8 }, () => one('a')).flat()]) assert.equal(decodeDeviceRequest(encodeDeviceRequest(requests)).ok, true);
});

test('asked for: the same kind and the same name', () => {
  const requests: readonly ItemsRequest[] = [{ docType: 'aliro-a', elements: ['x', 'y'] }, { docType: 'aliro-r', elements: ['z'] }];
  assert.deepEqual([['aliro-a', 'y'], ['aliro-a', 'z'], ['aliro-r', 'z'], ['aliro-r', 'x']].map(([docType = '', name = '']) => isAsked(requests, docType, name)), [true, false, true, false]);
});
