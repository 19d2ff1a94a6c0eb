import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { concat, hex, type Bytes } from '@mortise/base/bytes.ts';
import { Tagged, asText, decodeCbor, encodeCbor, field, type Cbor } from '@mortise/base/cbor.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { accessDataCbor } from './access-data.ts';
import { MAX_CHAINED_BYTES } from '../protocol/apdu.ts';
import { MAX_ANSWER_BYTES, RESPONSE_STATUS, answerRequest, decodeDeviceResponse, decodeDocument, encodeDeviceResponse, encodeFailedResponse, failureStatusOf, type StoredDocument } from './device-response.ts';
import { embed } from './document-cbor.ts';
import { documentError } from './document-error.ts';
import { ACCESS, ACCESS_DRAFT, CREDENTIAL, DOOR, POLICY, REQUESTS, endOf, filled, issue, item, revocationDraft, type Draft } from '../conformance/document.fixture.ts';
import { encodeEnvelope } from '../protocol/envelope.ts';
import { NO_MEMORIES } from '../judgement/issuer-memory.ts';
import { judgeResponse } from '../judgement/judge.ts';

const codeOf = (bytes: Bytes): string => {
  const read = decodeDeviceResponse(bytes);
  return read.ok ? 'read' : read.error.code;
};

const value = accessDataCbor(ACCESS);
const wide: Draft = { ...ACCESS_DRAFT, items: [item('d.back', value, 1), item(DOOR, value, 2), item('g.all', value, 3)] };
const storedAccess = (draft: Draft): StoredDocument => ({ docType: 'aliro-a', bytes: issue(draft) });
const revocation: StoredDocument = { docType: 'aliro-r', bytes: issue(revocationDraft({ change: 'append' })) };
const asking = (...elements: readonly string[]) => [{ docType: 'aliro-a', elements } as const];

const namesIn = (response: Bytes): readonly (readonly string[])[] => {
  const read = decodeDeviceResponse(response);
  return read.ok ? read.value.map(({ items }) => [...items.values()].flat().map(({ content }) => asText(field(decodeCbor(content), '3')) ?? '')) : [];
};

// ---- the user device ---------------------------------------------------------------------------------------------------------

test('the stored bytes themselves go out when nothing is left out', () => {
  const stored = storedAccess(wide);
  assert.equal(hex(answerRequest([stored], asking('g.all', DOOR, 'd.back'))), hex(encodeDeviceResponse([stored.bytes])));
});

test('elements that nobody asked for are left out, and what is left is still signed for', () => {
  const response = answerRequest([storedAccess(wide)], asking(DOOR));
  assert.deepEqual(namesIn(response), [[DOOR]]);
  assert.equal(endOf(judgeResponse(nobleCrypto, response, REQUESTS, CREDENTIAL.publicKey, POLICY, NO_MEMORIES)), 'granted');
  assert.equal(hex(answerRequest([{ docType: 'aliro-a', bytes: decodedBytes(response) }], asking(DOOR))), hex(response));
});

test('who filed it may say what is in it: the answers are the same', () => {
  const [plain, told] = [storedAccess(wide), { ...storedAccess(wide), elements: ['d.back', DOOR, 'g.all'] }];
  for (const asked of [asking('g.all', DOOR, 'd.back', 'd.more'), asking(DOOR), asking('d.elsewhere'), asking()])
    assert.equal(hex(answerRequest([told], asked)), hex(answerRequest([plain], asked)), JSON.stringify(asked));
  assert.equal(hex(answerRequest([{ ...told, elements: [] }], asking(DOOR))), hex(answerRequest([plain], asking(DOOR))), 'of nothing said it is looked into');
  assert.deepEqual(namesIn(answerRequest([{ docType: 'aliro-a', bytes: filled(3, 0xff), elements: ['', DOOR] }], asking(DOOR))), [], 'what could not be read goes by no name');
});

const decodedBytes = (response: Bytes): Bytes => {
  const read = decodeDeviceResponse(response);
  return read.ok ? read.value[0]?.bytes ?? filled(0, 0) : filled(0, 0);
};

test('of each request the documents of its kind that hold something asked for', () => {
  const stored = [storedAccess(wide), revocation, storedAccess(ACCESS_DRAFT)];
  assert.deepEqual(namesIn(answerRequest(stored, asking(DOOR))), [[DOOR], [DOOR]]);
  assert.deepEqual(namesIn(answerRequest(stored, REQUESTS)), [[DOOR, 'g.all'], [DOOR], ['site']]);
  assert.equal(hex(answerRequest(stored, asking('d.elsewhere'))), hex(encodeDeviceResponse([])));
  assert.equal(hex(answerRequest(stored, [])), hex(encodeDeviceResponse([])));
  assert.deepEqual(namesIn(answerRequest(Array.from({ length: 10 }, () => storedAccess(ACCESS_DRAFT)), asking(DOOR))).length, 8);
});

test('a document of another issuer may have more elements than one response shows', () => {
  const items = (count: number): Draft => ({ ...ACCESS_DRAFT, items: Array.from({ length: count }, (_, index) => item(index === 40 ? DOOR : `e${index}`, 0, index)) });
  const response = answerRequest([storedAccess(items(256))], asking(DOOR));
  assert.deepEqual(namesIn(response), [[DOOR]]);
  assert.equal(endOf(judgeResponse(nobleCrypto, response, REQUESTS, CREDENTIAL.publicKey, POLICY, NO_MEMORIES)), 'access-data-malformed', 'what it says is not the point');
  assert.deepEqual(namesIn(answerRequest([storedAccess(items(257))], asking(DOOR))), []);
});

test('what is too long for a chain of APDUs is answered as a failure, not cut', () => {
  const long = (bytes: number): Draft => ({ ...ACCESS_DRAFT, items: [item(DOOR, filled(bytes, 1), 1)] });
  const answer = (bytes: number): Bytes => answerRequest([storedAccess(long(bytes))], asking(DOOR));
  const overhead = answer(30_000).length - 30_000;
  assert.equal(codeOf(answer(MAX_ANSWER_BYTES - overhead)), 'read');
  assert.equal(hex(answer(MAX_ANSWER_BYTES - overhead + 1)), hex(encodeFailedResponse(RESPONSE_STATUS.general)));
  assert.equal(encodeEnvelope(filled(MAX_ANSWER_BYTES + 16, 0)).length, MAX_CHAINED_BYTES);
});

test('what is filed as a document and is none is not answered; what is damaged inside is', () => {
  const bad = [filled(0, 0), filled(3, 0xff), encodeCbor(null), encodeCbor(new Map([['1', new Map([['1', new Map([['aliro-a', [1, new Tagged(24, filled(2, 0xff))]]])]])]]))];
  assert.equal(hex(answerRequest(bad.map((bytes) => ({ docType: 'aliro-a', bytes })), asking(DOOR))), hex(encodeDeviceResponse([])));
  const damaged = storedAccess({ ...ACCESS_DRAFT, docType: 'nonsense', damage: () => filled(64, 0) });
  assert.equal(hex(answerRequest([damaged], asking(DOOR))), hex(encodeDeviceResponse([damaged.bytes])));
});

test('a document without the parts that it should have is reduced all the same', () => {
  const items = [embed(item(DOOR, value, 1)), embed(item('d.back', value, 2))];
  const bare = encodeCbor(new Map<string, Cbor>([['1', new Map<string, Cbor>([['1', new Map([['aliro-a', items]])]])]]));
  assert.equal(codeOf(answerRequest([{ docType: 'aliro-a', bytes: bare }], asking(DOOR))), 'document-malformed');
});

test('failures and bounds', () => {
  assert.equal(hex(encodeFailedResponse(RESPONSE_STATUS.general)), 'a3613163312e3061328061330a');
  assert.equal(hex(encodeDeviceResponse([])), 'a3613163312e30613280613300');
  for (const status of [0, 256, 1.5, -1]) assert.throws(() => encodeFailedResponse(status), { name: 'InvariantError' });
  assert.equal(codeOf(encodeFailedResponse(255)), 'response-status');
  assert.equal(codeOf(encodeFailedResponse(1)), 'response-status');
  assert.throws(() => encodeDeviceResponse(Array.from({ length: 9 }, () => revocation.bytes)), { name: 'InvariantError' });
  assert.equal(codeOf(encodeDeviceResponse(Array.from({ length: 8 }, () => revocation.bytes))), 'read');
  const statuses = (['request-undecodable', 'request-malformed', 'request-version'] as const).map((code) => failureStatusOf(documentError(code)));
  assert.deepEqual(statuses, [RESPONSE_STATUS.undecodable, RESPONSE_STATUS.invalid, RESPONSE_STATUS.invalid]);
});

// ---- the reader --------------------------------------------------------------------------------------------------------------

const auth: Cbor = [];
const documentWith = (spaces: Cbor, docType: Cbor = 'aliro-a', issuerAuth: Cbor = auth): Cbor => new Map<string, Cbor>([['1', new Map<string, Cbor>([['1', spaces], ['2', issuerAuth]])], ['5', docType]]);
const space = (items: readonly Cbor[], name: string | number = 'aliro-a'): Cbor => new Map([[name, items]]);
const plain = embed(0);
const response = (documents: Cbor, version: Cbor = '1.0', status: Cbor = 0): Bytes => encodeCbor(new Map<string, Cbor>([['1', version], ['2', documents], ['3', status]]));

test('what a response may be, on both sides of its bounds', () => {
  const good = documentWith(space([plain]));
  const many = (count: number): readonly Cbor[] => Array.from({ length: count }, () => plain);
  const spaces = (count: number): Cbor => new Map(Array.from({ length: count }, (_, index) => [`s${index}`, [plain]]));
  const cases: readonly (readonly [string, Bytes, string])[] = [
    ['whole', response([good]), 'read'],
    ['eight', response(Array.from({ length: 8 }, () => good)), 'read'],
    ['nine', response(Array.from({ length: 9 }, () => good)), 'response-malformed'],
    ['none', response([]), 'document-missing'],
    ['no list', encodeCbor(new Map<string, Cbor>([['1', '1.0'], ['3', 0]])), 'document-missing'],
    ['a list that is none', response(0), 'response-malformed'],
    ['another version', response([good], '1.1'), 'response-version'],
    ['a version by number', response([good], 1), 'response-malformed'],
    ['a status', response([good], '1.0', 10), 'response-status'],
    ['a status that is none', response([good], '1.0', 'ok'), 'response-malformed'],
    ['a version before a status', response([good], '1.1', 10), 'response-version'],
    ['a status before documents', response(0, '1.0', 12), 'response-status'],
    ['no map', encodeCbor([]), 'response-malformed'],
    ['32 elements', response([documentWith(space(many(32)))]), 'read'],
    ['33 elements', response([documentWith(space(many(33)))]), 'document-malformed'],
    ['no elements', response([documentWith(space([]))]), 'read'],
    ['an element that is not embedded', response([documentWith(space([plain, 0]))]), 'document-malformed'],
    ['elements that are no list', response([documentWith(new Map([['aliro-a', 0]]))]), 'document-malformed'],
    ['a name space by number', response([documentWith(space([plain], 1))]), 'document-malformed'],
    ['eight name spaces', response([documentWith(spaces(8))]), 'read'],
    ['nine name spaces', response([documentWith(spaces(9))]), 'document-malformed'],
    ['name spaces that are none', response([documentWith(0)]), 'document-malformed'],
    ['a kind by number', response([documentWith(space([plain]), 1)]), 'document-malformed'],
    ['no signature', response([new Map<string, Cbor>([['1', new Map([['1', space([plain])]])], ['5', 'aliro-a']])]), 'document-malformed'],
    ['a document that is none', response([good, 0]), 'document-malformed'],
    ['nothing signed', response([new Map<string, Cbor>([['5', 'aliro-a']])]), 'document-malformed'],
  ];
  for (const [name, bytes, code] of cases) assert.equal(codeOf(bytes), code, name);
});

test('documents are told with what they were read from', () => {
  const [one, two] = [issue(ACCESS_DRAFT), revocation.bytes];
  const read = decodeDeviceResponse(encodeDeviceResponse([one, two]));
  assert.ok(read.ok);
  assert.deepEqual(read.value.map(({ docType, bytes }) => [docType, hex(bytes)]), [['aliro-a', hex(one)], ['aliro-r', hex(two)]]);
});

test('a response cut at any byte, any other bytes, and one that is too long', () => {
  const whole = encodeDeviceResponse([issue(ACCESS_DRAFT), revocation.bytes]);
  for (let length = 0; length < whole.length; length += 1) assert.equal(codeOf(whole.subarray(0, length)), 'response-malformed');
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => { assert.notEqual(codeOf(bytes), 'read'); }));
  const padded = (length: number): Bytes => response([documentWith(space([new Tagged(24, filled(length, 0))]))]);
  const overhead = padded(60_000).length - 60_000;
  assert.equal(codeOf(padded(65_536 - overhead)), 'read');
  assert.equal(codeOf(padded(65_537 - overhead)), 'response-malformed');
  assert.equal(codeOf(concat(whole, filled(1, 0))), 'response-malformed');
});

test('a stored Document is read as one that came, and what would not have been is not', () => {
  const came = (bytes: Bytes) => {
    const read = decodeDeviceResponse(encodeDeviceResponse([bytes]));
    return read.ok ? read.value[0] : undefined;
  };
  const { bytes } = storedAccess(wide);
  assert.ok(came(bytes) !== undefined);
  assert.deepEqual(decodeDocument(bytes), came(bytes));
  let [read, refused] = [0, 0];
  fc.assert(fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), fc.boolean(), (at, bits, cut) => {
    const changed = cut ? bytes.subarray(0, at) : bytes.map((byte, index) => (index === at ? byte ^ bits : byte));
    const expected = came(changed);
    assert.deepEqual(decodeDocument(changed), expected);
    if (expected === undefined) refused += 1;
    else read += 1;
  }), { numRuns: 500 });
  assert.ok(read > 0 && refused > 0, `${read} read, ${refused} refused`);
});
