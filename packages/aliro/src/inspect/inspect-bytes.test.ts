// What some bytes are, told by themselves: each kind is recognised, checked as a reader checks it, and any other bytes are answered too.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { concat, type Bytes } from '@mortise/base/bytes.ts';
import { encodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import { instant } from '@mortise/base/instant.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { encodeEnvelope } from '../protocol/envelope.ts';
import { bytesOf, flatten, readVector } from './inspect.fixture.ts';
import { inspectBytes, type BytesContext, type Inspected } from './inspect-bytes.ts';
import { NO_MEMORIES } from '../judgement/issuer-memory.ts';
import type { DocumentVector } from '../conformance/document-vector.conformance.ts';

const context: BytesContext = { crypto: nobleCrypto, issuers: [], memory: NO_MEMORIES, now: instant(Date.parse('2026-06-01T12:00:00Z')) };

const inspect = (bytes: Bytes, more: Partial<BytesContext> = {}): Inspected => {
  const inspected = inspectBytes(bytes, { ...context, ...more });
  assert.ok(inspected !== undefined, 'recognised');
  return inspected;
};

const failuresOf = ({ checks }: Inspected): readonly string[] => checks.flatMap(({ result, code = '' }) => (result === 'fail' ? [code] : []));
const openOf = ({ checks }: Inspected): readonly string[] => checks.flatMap(({ result, name }) => (result === 'open' ? [name] : []));

const standard = readVector('standard');
const loadCert = readVector('standard-loadcert-default');
const certified = readVector('stepup-access-document-issuer-certificate');
const both = readVector('stepup-select-access-and-revocation');
const stepUp = (name: string): DocumentVector => Object.assign({ derived: { deviceRequest: '', deviceResponse: '' }, expect: { access: 'denied' as const } }, JSON.parse(JSON.stringify(readVector(name))));
const accessDocument = bytesOf(both.inputs.accessDocument ?? '');
const revocationDocument = bytesOf(both.inputs.revocationDocument ?? '');
const issuer = bytesOf(both.inputs.credentialIssuerKey?.publicKey ?? '');
const credentialKey = bytesOf(both.inputs.accessCredentialKey.publicKey);
const compressed = bytesOf(loadCert.inputs.readerCertificateCompressed ?? '');
const x509 = bytesOf(loadCert.inputs.readerCertificateX509 ?? '');
const request = bytesOf(stepUp('stepup-select-access-and-revocation').derived.deviceRequest);
const response = bytesOf(stepUp('stepup-select-access-and-revocation').derived.deviceResponse);
const apdus = standard.steps.map(({ apdu }) => bytesOf(apdu));
const plaintexts = standard.derived.secureMessages.map(({ plaintext }) => bytesOf(plaintext));

const KINDS: readonly (readonly [kind: string, bytes: Bytes])[] = [
  ['Access Document', accessDocument],
  ['Revocation Document', revocationDocument],
  ['DeviceRequest', request],
  ['DeviceResponse', response],
  ['compressed reader certificate', compressed],
  ['X.509 certificate', x509],
  ['SELECT command', apdus[0] ?? accessDocument],
  ['SELECT response', apdus[1] ?? accessDocument],
  ['AUTH0 command', apdus[2] ?? accessDocument],
  ['AUTH0 response', apdus[3] ?? accessDocument],
  ['AUTH1 command', apdus[4] ?? accessDocument],
  ['response', apdus[5] ?? accessDocument],
  ['EXCHANGE command', apdus[6] ?? accessDocument],
  ['CONTROL FLOW command', bytesOf('803c000006410100420127')],
  ['GET RESPONSE command', bytesOf('00c0000000')],
  ['ENVELOPE response', concat(encodeEnvelope(new Uint8Array(20)), bytesOf('9000'))],
  ['content of an AUTH1 response or a cryptogram', plaintexts[0] ?? accessDocument],
  ['content of an EXCHANGE command', plaintexts[1] ?? accessDocument],
  ['CBOR', encodeCbor(new Map<string, Cbor>([['data', new Uint8Array(20)]]))],
];

for (const [kind, bytes] of KINDS) {
  test(`${kind} is recognised, is in form, and has a name for everything`, () => {
    const inspected = inspect(bytes);
    assert.equal(inspected.kind, kind);
    assert.deepEqual(failuresOf(inspected), []);
    const unnamed = flatten(inspected.parts).filter(({ name }) => /unknown|not readable|not in form/.test(name));
    assert.deepEqual(unnamed, []);
  });
}

test('with the keys given, everything about a document can be checked', () => {
  assert.deepEqual(openOf(inspect(accessDocument)), ['trusted issuer', 'issuer’s signature', 'credential key']);
  const known = inspect(accessDocument, { issuers: [issuer], credentialKey });
  assert.deepEqual([failuresOf(known), openOf(known)], [[], []]);
  assert.deepEqual(failuresOf(inspect(accessDocument, { issuers: [credentialKey], credentialKey: issuer })), ['issuer-unknown', 'device-key-mismatch']);
  assert.deepEqual(failuresOf(inspect(accessDocument, { now: instant(0) })), ['not-yet-valid']);
});

test('a certificate is checked under the key that is given', () => {
  const group = bytesOf(loadCert.inputs.readerGroupIdentifierKey);
  assert.deepEqual(failuresOf(inspect(compressed, { groupIdentifierKey: group })), []);
  assert.deepEqual(failuresOf(inspect(compressed, { groupIdentifierKey: issuer })), ['certificate-signature']);
  assert.deepEqual(failuresOf(inspect(compressed, { groupIdentifierKey: group, now: instant(0) })), ['certificate-expired']);
  assert.deepEqual(failuresOf(inspect(x509, { issuers: [group] })), []);
  assert.deepEqual(failuresOf(inspect(x509, { issuers: [issuer] })), ['certificate-signature']);
  const inDocument = inspect(bytesOf(certified.inputs.accessDocument ?? ''), { issuers: [bytesOf(certified.inputs.credentialIssuerKey?.publicKey ?? '')] });
  assert.match(inDocument.checks[1]?.says ?? '', /by a certificate from 2025-01-01T00:00:00Z to 2035-01-01T00:00:00Z/);
});

test('a document in which one byte is another fails a check, or is no document any more', () => {
  for (let at = 0; at < accessDocument.length; at += 3) {
    const damaged = accessDocument.map((byte, index) => (index === at ? byte ^ 0x01 : byte));
    const inspected = inspectBytes(damaged, { ...context, issuers: [issuer], credentialKey });
    assert.ok(inspected === undefined || inspected.kind !== 'Access Document' || failuresOf(inspected).length > 0, `byte ${at}`);
  }
});

test('what is cut short is shown as far as it goes', () => {
  const auth0 = apdus[2] ?? accessDocument;
  for (let length = 4; length < auth0.length - 1; length += 1) {
    const inspected = inspect(auth0.subarray(0, length));
    assert.equal(inspected.kind, 'AUTH0 command');
    if (length > 5) assert.notEqual(failuresOf(inspected).length, 0, `at ${length}`);
  }
});

test('any bytes are answered', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => { inspectBytes(bytes, context); }), { numRuns: 2000 });
  const known = fc.constantFrom(...KINDS.map(([, bytes]) => bytes));
  const damaged = fc.tuple(known, fc.nat(), fc.nat(255), fc.nat(), fc.uint8Array({ maxLength: 8 }))
    .map(([bytes, at, value, length, tail]) => concat(bytes.map((byte, index) => (index === at % bytes.length ? value : byte)).subarray(0, length % (bytes.length + 1)), tail));
  fc.assert(fc.property(damaged, (bytes) => { inspectBytes(bytes, context); }), { numRuns: 1500 });
  for (const [, bytes] of KINDS) for (let length = 0; length < Math.min(bytes.length, 300); length += 1) inspectBytes(bytes.subarray(0, length), context);
});

test('any CBOR in the form of a document is answered', () => {
  const leaf = fc.oneof(fc.constant(null), fc.boolean(), fc.integer({ min: -1000, max: 70_000 }), fc.string({ maxLength: 6 }), fc.uint8Array({ maxLength: 40 }));
  const { value } = fc.letrec<{ value: Cbor }>((tie) => ({
    value: fc.oneof({ maxDepth: 5 }, leaf, fc.array(tie('value'), { maxLength: 5 }), fc.array(fc.tuple(fc.oneof(fc.constantFrom('1', '2', '3', '5', 'aliro-a'), fc.nat(6)), tie('value')), { maxLength: 5 }).map((entries) => new Map(entries))),
  }));
  fc.assert(fc.property(value, value, value, (one, two, three) => {
    inspectBytes(encodeCbor(new Map<string, Cbor>([['1', new Map([['1', one], ['2', two]])], ['5', 'aliro-a']])), context);
    inspectBytes(encodeCbor(new Map<string, Cbor>([['1', '1.0'], ['2', [one, two]], ['3', three]])), context);
  }), { numRuns: 400 });
});

test('a cryptogram is found wherever it stands in an AUTH0 response', () => {
  const apdu = bytesOf(readVector('fast').steps[3]?.apdu ?? '');
  const [key, rest] = [apdu.subarray(0, 67), apdu.subarray(67)];
  const inspected = inspect(concat(key, bytesOf('aa0101'), rest));
  assert.deepEqual([inspected.kind, failuresOf(inspected)], ['AUTH0 response', []]);
});
