// The schemas take what they say and no more; each refusal stands beside the value that passes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { base64url } from '@mortise/base/bytes.ts';
import { assert as assertProperty, property, uint8Array } from 'fast-check';
import { activityQuery } from './activity.ts';
import { bytesOf, identifier, name, publicKey, zone } from './fields.ts';
import { authentication, registration, withoutPrfResults } from './passkey.ts';
import { pathOf, ROUTES } from './routes.ts';
import type { z } from './schema.ts';
import { strayFields } from './stray.ts';

const id = base64url(new Uint8Array(16).fill(7));
const TABLE: readonly (readonly [string, z.ZodType, unknown, boolean])[] = [
  ['identifier', identifier, id, true],
  ['identifier, padded', identifier, `${id}==`, false],
  ['identifier, stray bits', identifier, `${id.slice(0, -1)}x`, false],
  ['identifier, number', identifier, 7, false],
  ['key', publicKey, base64url(new Uint8Array(65)), true],
  ['key, compressed', publicKey, base64url(new Uint8Array(33)), false],
  ['name', name, 'Front door', true],
  ['name, letters of any script', name, '玄関 · Tür', true],
  ['name, joined emoji', name, 'Casa 👩‍🚀', true],
  ['name, a joiner of Persian', name, 'می‌خانه', true],
  ['name, joiners alone', name, '\u200d\u200c', false],
  ['name, empty', name, '   ', false],
  ['name, line break', name, 'a\nb', false],
  ['name, text direction override', name, 'a\u202eb', false],
  ['name, long', name, 'x'.repeat(65), false],
  ['zone', zone, 'America/Argentina/Buenos_Aires', true],
  ['zone, path', zone, '../etc/passwd', false],
  ['limit', activityQuery, { limit: '200' }, true],
  ['limit, too many', activityQuery, { limit: '201' }, false],
  ['before, negative', activityQuery, { before: '-1' }, false],
];

void test(`fields: ${TABLE.length} values`, () => {
  for (const [label, schema, value, fits] of TABLE) assert.equal(schema.safeParse(value).success, fits, label);
});

void test('bytes of a stated length pass in their written form only', () => {
  assertProperty(
    property(uint8Array({ maxLength: 40 }), (bytes) => {
      assert.equal(bytesOf(8, 32).safeParse(base64url(bytes)).success, bytes.length >= 8 && bytes.length <= 32);
    }),
  );
});

const response = {
  id,
  rawId: id,
  type: 'public-key',
  response: { clientDataJSON: id, authenticatorData: base64url(new Uint8Array(37)), signature: id },
};

void test('PRF output is refused by the schema and taken off by withoutPrfResults', () => {
  const leaking = { ...response, clientExtensionResults: { prf: { enabled: true, results: { first: id } } } };
  assert.equal(authentication.safeParse(leaking).success, false);
  const sent = authentication.safeParse(withoutPrfResults(leaking));
  assert.deepEqual(sent.data?.clientExtensionResults, { prf: { enabled: true } });
  assert.deepEqual(withoutPrfResults({ ...response, clientExtensionResults: {} }).clientExtensionResults, {});
});

void test('a registration as browsers write it leaves nothing over', () => {
  const made = { clientDataJSON: id, attestationObject: id, transports: ['internal'], authenticatorData: base64url(new Uint8Array(37)), publicKey: id, publicKeyAlgorithm: -7 };
  const sent = { ...response, response: made, authenticatorAttachment: 'platform', clientExtensionResults: {} };
  assert.deepEqual(strayFields(sent, registration.parse(sent), 3), []);
  assert.deepEqual(strayFields({ ...sent, prf: 1 }, registration.parse(sent), 3), [['prf']], 'the control');
});

void test('what was sent and not read is found at any depth, up to a bound, whatever it is called', () => {
  const cases: readonly (readonly [unknown, unknown, readonly unknown[]])[] = [
    [{ a: 1 }, { a: 1, b: 2 }, []], [{ a: [{ b: null }] }, { a: [{ b: null }] }, []], ['text', 'text', []], [{ a: ' x ' }, { a: 'x' }, []],
    [{ a: 1, b: 2 }, { a: 1 }, [['b']]], [{ a: [{}, { b: 1 }] }, { a: [{}, {}] }, [['a', 1, 'b']]], [{ a: { b: {} } }, { a: {} }, [['a', 'b']]],
    [JSON.parse('{"__proto__":1}'), {}, [['__proto__']]], [{ toString: 1 }, {}, [['toString']]], [{ a: 1, b: 2, c: 3 }, {}, [['a'], ['b']]],
  ];
  for (const [sent, read, stray] of cases) assert.deepEqual(strayFields(sent, read, 2), stray, JSON.stringify(sent));
});

void test('paths are filled, and no two routes share method and path', () => {
  assert.equal(pathOf(ROUTES.door.path, { doorId: id }), `/api/doors/${id}`);
  const all = Object.values(ROUTES).map((route) => `${route.method} ${route.path}`);
  assert.equal(new Set(all).size, all.length);
});
