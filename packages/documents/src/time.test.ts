import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Bytes } from '@mortise/base/bytes.ts';
import { encodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import { identifierBytes } from '@mortise/base/identifiers.ts';
import { instant } from '@mortise/base/instant.ts';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { toSign } from './cose.ts';
import { exampleEntropy, exampleKey, exampleLock, exampleSite, exampleTimeKey, signWith } from './example-site.ts';
import {
  openTimeAnswer,
  openTimeKey,
  timeAnswerPayload,
  timeAnswerToSign,
  timeKeyPayload,
  timeKeyToSign,
  type TimeAnswer,
  type TimeKey,
  type TimeQuestion,
} from './time.ts';

const site = exampleSite();
const lock = exampleLock();
const hub = exampleKey('time');
const noon = Date.UTC(2026, 10, 23, 12);
const nonce = exampleEntropy('nonce').subarray(0, 16);
const question: TimeQuestion = { lockId: lock.lockId, nonce, ownerKeys: site.ownerSet.keys, certificates: [exampleTimeKey(site)] };

const certify = (fields: Partial<TimeKey>, owner: KeyPair = site.owner): Bytes => {
  const payload = timeKeyPayload(crypto, { key: hub.publicKey, kind: 'hub', driftPpm: 100, until: instant(noon), ...fields });
  return signWith(owner, timeKeyToSign(crypto, owner.publicKey, payload));
};
const answer = (fields: Partial<TimeAnswer> = {}, key: KeyPair = hub): Bytes => {
  const all = { lockId: lock.lockId, nonce, instant: instant(noon), errorMs: 50, lastSync: instant(noon - 60_000), ...fields };
  return signWith(key, timeAnswerToSign(crypto, key.publicKey, timeAnswerPayload(all)));
};
const codeOf = (bytes: Bytes, changes: Partial<TimeQuestion> = {}): string => {
  const opened = openTimeAnswer(crypto, bytes, { ...question, ...changes });
  return opened.ok ? 'opened' : opened.error.code;
};

test('a certified key answers the lock’s own question', () => {
  const opened = openTimeAnswer(crypto, answer(), question);
  assert.ok(opened.ok);
  assert.equal(opened.value.instant, noon);
  assert.equal(opened.value.errorMs, 50);
  assert.equal(opened.value.by.kind, 'hub');
});

test('an answer to another lock, to another nonce, or by a key without a certificate is refused', () => {
  const stranger = exampleKey('stranger');
  const payload = timeAnswerPayload({ lockId: lock.lockId, nonce, instant: instant(noon), errorMs: 0, lastSync: instant(noon) });
  assert.equal(codeOf(answer()), 'opened', 'the control');
  assert.equal(codeOf(answer({ lockId: exampleLock('next').lockId })), 'other-lock');
  assert.equal(codeOf(answer({ nonce: exampleEntropy('older').subarray(0, 16) })), 'nonce-wrong');
  assert.equal(codeOf(answer({}, stranger)), 'signer-unknown');
  assert.equal(codeOf(answer({}, site.owner)), 'signer-unknown', 'not even an owner answers without a certificate');
  assert.equal(codeOf(signWith(hub, toSign('mortise-roster', 1, hub.publicKey, payload, crypto))), 'type-wrong');
  assert.equal(codeOf(signWith(hub, toSign('mortise-time-answer', 2, hub.publicKey, payload, crypto))), 'version-unknown');
});

test('a certificate counts only by a present owner and until its end', () => {
  const stranger = exampleKey('stranger');
  assert.equal(codeOf(answer(), { certificates: [certify({}, stranger)] }), 'signer-unknown', 'certified by a stranger');
  assert.equal(codeOf(answer(), { ownerKeys: [site.kit.publicKey] }), 'signer-unknown', 'its owner was removed');
  assert.equal(codeOf(answer(), { certificates: [certify({ until: instant(noon) })] }), 'opened', 'at its last instant');
  assert.equal(codeOf(answer(), { certificates: [certify({ until: instant(noon - 1) })] }), 'expired', 'one after');
  const both = [certify({ until: instant(noon - 1) }), certify({ until: instant(noon) })];
  assert.equal(codeOf(answer(), { certificates: both }), 'opened', 'renewed');
});

test('the error is no less than the certified drift since the clock was set', () => {
  const day = 86_400_000;
  const errorAfter = (days: number): number | string => {
    const opened = openTimeAnswer(crypto, answer({ lastSync: instant(noon - days * day) }), question);
    return opened.ok ? opened.value.errorMs : opened.error.code;
  };
  assert.equal(errorAfter(0), 50);
  assert.equal(errorAfter(1), 8_640, '100 ppm for a day');
  assert.equal(errorAfter(69), 596_160);
  assert.equal(errorAfter(70), 'expired', 'more than ten minutes is no answer');
});

test('a time key opens as it was certified, or is refused', () => {
  const opened = openTimeKey(crypto, certify({ kind: 'ekey', driftPpm: 20 }), site.ownerSet.keys);
  assert.deepEqual(opened, { ok: true, value: { key: hub.publicKey, kind: 'ekey', driftPpm: 20, until: noon } });
  const foreign = openTimeKey(crypto, certify({}), [site.kit.publicKey]);
  assert.deepEqual(foreign, { ok: false, error: { code: 'signer-unknown' } });
  const answered = openTimeKey(crypto, answer({}, site.owner), site.ownerSet.keys);
  assert.deepEqual(answered, { ok: false, error: { code: 'type-wrong' } });
  const long = openTimeKey(crypto, new Uint8Array(513), site.ownerSet.keys);
  assert.deepEqual(long, { ok: false, error: { code: 'too-long' } });
  const payload = timeKeyPayload(crypto, { key: hub.publicKey, kind: 'hub', driftPpm: 100, until: instant(noon) });
  const newer = signWith(site.owner, toSign('mortise-time-key', 2, site.owner.publicKey, payload, crypto));
  assert.deepEqual(openTimeKey(crypto, newer, site.ownerSet.keys), { ok: false, error: { code: 'version-unknown' } });
});

test('certificates and answers out of bounds are malformed, though rightly signed', () => {
  type Raw = Readonly<Record<string, Cbor>>;
  const map = (fields: Raw): Bytes => encodeCbor(new Map(Object.entries(fields)));
  const goodKey: Raw = { key: hub.publicKey, kind: 'hub', driftPpm: 100, until: noon };
  const goodAnswer: Raw = { lockId: identifierBytes(lock.lockId), nonce, instant: noon, errorMs: 50, lastSync: noon };
  const readKey = (changes: Raw): string => {
    const document = signWith(site.owner, timeKeyToSign(crypto, site.owner.publicKey, map({ ...goodKey, ...changes })));
    const opened = openTimeKey(crypto, document, site.ownerSet.keys);
    return opened.ok ? 'opened' : opened.error.code;
  };
  const readAnswer = (changes: Raw): string =>
    codeOf(signWith(hub, timeAnswerToSign(crypto, hub.publicKey, map({ ...goodAnswer, ...changes }))));
  const badKeys: readonly Raw[] = [{ key: new Uint8Array(65) }, { kind: 'phone' }, { driftPpm: -1 }, { driftPpm: 10_001 }, { until: -1 },
    { until: 253_402_300_800_000 }, { until: '2040' }, { more: 1 }];
  const badAnswers: readonly Raw[] = [{ lockId: lock.lockId }, { nonce: nonce.subarray(1) }, { instant: -1 }, { instant: noon + 0.5 }, { errorMs: -1 },
    { errorMs: 600_001 }, { lastSync: noon + 1 }, { lastSync: null }, { more: 1 }];
  assert.deepEqual([readKey({}), readKey({ driftPpm: 10_000 }), readAnswer({})], ['opened', 'opened', 'opened'], 'the controls');
  for (const changes of badKeys) assert.equal(readKey(changes), 'malformed', JSON.stringify(Object.entries(changes)));
  for (const changes of badAnswers) assert.equal(readAnswer(changes), 'malformed', JSON.stringify(Object.entries(changes)));
});

test('any bytes, every changed bit and every cut are answered', () => {
  const right = answer();
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => assert.notEqual(codeOf(bytes), 'opened')));
  for (let at = 0; at < right.length; at += 1) {
    const changed = Uint8Array.from(right);
    changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
    assert.notEqual(codeOf(changed), 'opened');
    assert.equal(codeOf(right.subarray(0, at)), 'malformed');
  }
  assert.equal(codeOf(new Uint8Array(513)), 'too-long');
});
