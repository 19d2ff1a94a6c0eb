import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identifierOf, type LockId } from '@mortise/base/identifiers.ts';
import { Secret } from '@mortise/base/secret.ts';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import { encodeSetupCode } from '@mortise/documents/setup-code.ts';
import { judgeSetupCode, type Around } from './setup-judgement.ts';

const lockId = identifierOf<LockId>(new Uint8Array(16).fill(7));
const other = identifierOf<LockId>(new Uint8Array(16).fill(8));
const text = encodeSetupCode(crypto, { lockId, secret: new Secret(new Uint8Array(10).fill(3)) });
const waits = (id: string) => ({ lockId: id, model: 'Virtual lock', adopted: false, finishing: false, heardAt: 0 });
const judge = (around: Partial<Around>, typed = text) => judgeSetupCode(crypto, typed, { waiting: [], doors: [], ...around });

test('the code of a lock that waits names it', () => {
  const { note, bad, lock } = judge({ waiting: [waits(other), waits(lockId)], doors: [{ name: 'Cellar', lock: { lockId: other } }] });
  assert.deepEqual([note, bad, lock?.lockId], ['The code is whole. Its lock is on the link: Virtual lock.', false, lockId]);
});

test('a code that was used up says whose the lock is, and where', () => {
  const { note, bad, lock } = judge({ waiting: [waits(other)], doors: [{ name: 'Front door', lock: { lockId } }] });
  assert.deepEqual([note, bad, lock], ['This code was used up: its lock is yours already, on Front door. After a reset the lock has a new code.', true, undefined]);
});

test('a lock that is nowhere, and a code that is not whole', () => {
  assert.match(judge({ doors: [{ name: 'Cellar', lock: { lockId: other } }] }).note, /its lock is not on the link/);
  assert.deepEqual(judge({}, text.slice(0, 5)), { note: '40 letters and digits, from the label or the Workbench. 5 so far.', bad: false });
  assert.equal(judge({}, `${text.startsWith('A') ? 'B' : 'A'}${text.slice(1)}`).bad, true);
});
