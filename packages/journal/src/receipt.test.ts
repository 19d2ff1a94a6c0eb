import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import { GENESIS, type Entry } from './chain.ts';
import { exampleEntries, exampleLock, exampleRecord, exampleStatement } from './example-journal.ts';
import { MAX_RECEIPT_BYTES, encodeReceipt, unprovenReceipt, verifyReceipt, type ExpectedReceipt } from './receipt.ts';

const lock = exampleLock(crypto, 'front door');
const other = exampleLock(crypto, 'back door');
const [first, second] = [...exampleEntries(crypto, lock, 2)].map(({ seq, leaf, salt, record, head }): Entry => {
  assert.ok(salt !== undefined && record !== undefined);
  return { seq, leaf, salt, record, head };
});
assert.ok(first !== undefined && second !== undefined);

const record = exampleRecord(crypto, lock, 2);
assert.ok(record.requestId !== undefined && record.transactionId !== undefined && record.credential !== undefined);
const expected: ExpectedReceipt = { requestId: record.requestId, transactionId: record.transactionId, credential: record.credential };
const bytes = encodeReceipt(second, first.head, exampleStatement(crypto, lock, second));

const verify = (receipt: Uint8Array, wanted: ExpectedReceipt = expected): ReturnType<typeof verifyReceipt> =>
  verifyReceipt(crypto, lock.identity.publicKey, lock.lockId, receipt, wanted);
const refused = (receipt: Uint8Array, code: string, wanted = expected): void => assert.deepEqual(verify(receipt, wanted), { ok: false, error: { code } });

test('a receipt says what was sensed, under the lock’s signature', () => {
  assert.deepEqual(verify(bytes), { ok: true, value: { seq: 2, record } });
  assert.ok(bytes.length <= MAX_RECEIPT_BYTES);
});

test('what does not belong together is refused', () => {
  refused(encodeReceipt(first, first.head, exampleStatement(crypto, lock, second)), 'record-mismatch');
  refused(encodeReceipt(second, GENESIS.head, exampleStatement(crypto, lock, second)), 'record-mismatch');
  refused(encodeReceipt({ ...second, record: first.record }, first.head, exampleStatement(crypto, lock, second)), 'record-mismatch');
  refused(encodeReceipt(second, first.head, exampleStatement(crypto, lock, first)), 'record-mismatch');
  refused(encodeReceipt(second, first.head, exampleStatement(crypto, other, second)), 'signature-invalid');
});

test('a receipt of another request, transaction or key is refused', () => {
  for (const name of ['requestId', 'transactionId', 'credential'] as const) {
    refused(bytes, 'other-request', { ...expected, [name]: expected[name].map((byte) => byte ^ 1) });
  }
  const hand = [...exampleEntries(crypto, lock, 3)].at(-1);
  assert.ok(hand?.salt !== undefined && hand.record !== undefined && hand.statement !== undefined);
  refused(encodeReceipt({ ...hand, salt: hand.salt, record: hand.record }, second.head, hand.statement), 'other-request');
});

test('any changed or missing byte is refused', (t) => {
  for (let at = 0; at < bytes.length; at += 1) {
    assert.equal(verify(bytes.map((byte, index) => (index === at ? byte ^ 4 : byte))).ok, false, `byte ${at}`);
    assert.equal(verify(bytes.subarray(0, at)).ok, false, `cut at ${at}`);
  }
  t.diagnostic(`${bytes.length} bytes changed and cut`);
});

test('any bytes are refused', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (any) => !verify(any).ok));
});

test('where the lock is known by its id only, all but the signature is checked', () => {
  const unproven = (receipt: Uint8Array, lockId = lock.lockId, wanted = expected) => {
    const read = unprovenReceipt(crypto, lockId, receipt, wanted);
    return read.ok ? 'ok' : read.error.code;
  };
  assert.deepEqual(unprovenReceipt(crypto, lock.lockId, bytes, expected), { ok: true, value: { seq: 2, record } });
  assert.equal(unproven(bytes.with(bytes.length - 1, (bytes.at(-1) ?? 0) ^ 1)), 'ok', 'no proof: another signature is not found out');
  assert.equal(unproven(bytes, other.lockId), 'other-lock');
  assert.equal(unproven(bytes, lock.lockId, { ...expected, requestId: new Uint8Array(16) }), 'other-request');
  assert.equal(unproven(encodeReceipt(second, GENESIS.head, exampleStatement(crypto, lock, second))), 'record-mismatch');
  for (let at = 0; at < bytes.length; at += 1) assert.notEqual(unproven(bytes.subarray(0, at)), 'ok', `cut at ${at}`);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (any) => unproven(any) !== 'ok'));
});
