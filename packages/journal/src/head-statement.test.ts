import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import { toSign } from '@mortise/documents/cose.ts';
import { exampleEntries, exampleLock, exampleStatement } from './example-journal.ts';
import { MAX_STATEMENT_BYTES, openHeadStatement } from './head-statement.ts';

const lock = exampleLock(crypto, 'front door');
const other = exampleLock(crypto, 'back door');
const [entry] = exampleEntries(crypto, lock, 1);
assert.ok(entry?.statement !== undefined);
const statement = entry.statement;
const open = (bytes: Uint8Array): ReturnType<typeof openHeadStatement> => openHeadStatement(crypto, lock.identity.publicKey, lock.lockId, bytes);

test('a statement says lock, number and head', () => {
  assert.deepEqual(open(statement), { ok: true, value: { lockId: lock.lockId, seq: 1, head: entry.head } });
});

test('the longest statement is within its bound', () => {
  assert.ok(exampleStatement(crypto, lock, { seq: Number.MAX_SAFE_INTEGER, head: entry.head }).length <= MAX_STATEMENT_BYTES);
});

test('another lock’s key, type, or lock is refused', () => {
  const foreign = openHeadStatement(crypto, other.identity.publicKey, other.lockId, statement);
  assert.deepEqual(foreign, { ok: false, error: { code: 'signature-invalid' } });
  assert.deepEqual(openHeadStatement(crypto, lock.identity.publicKey, other.lockId, statement), { ok: false, error: { code: 'other-lock' } });
  const sign = (type: string, payload: Uint8Array): Uint8Array => {
    const { message, assemble } = toSign(type, 1, lock.identity.publicKey, payload, crypto);
    return assemble(crypto.p256.sign(lock.identity.privateKey.reveal(), message));
  };
  assert.deepEqual(open(sign('mortise-roster', new Uint8Array(3))), { ok: false, error: { code: 'signature-invalid' } });
  assert.deepEqual(open(sign('mortise-journal-head', new Uint8Array(3))), { ok: false, error: { code: 'malformed' } });
});

test('any changed or missing byte is refused', (t) => {
  for (let at = 0; at < statement.length; at += 1) {
    assert.equal(open(statement.map((byte, index) => (index === at ? byte ^ 1 : byte))).ok, false, `byte ${at}`);
    assert.equal(open(statement.subarray(0, at)).ok, false, `cut at ${at}`);
  }
  t.diagnostic(`${statement.length} bytes changed and cut`);
});

test('any bytes are refused', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (any) => !open(any).ok));
});
