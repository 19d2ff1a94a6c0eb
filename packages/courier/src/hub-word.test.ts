import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Bytes } from '@mortise/base/bytes.ts';
import { instant } from '@mortise/base/instant.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import { exampleKey, exampleLock, exampleSite, exampleTimeKey, signWith } from '@mortise/documents/example-site.ts';
import { timeKeyPayload, timeKeyToSign, type TimeKey } from '@mortise/documents/time.ts';
import { hubWordToSign, MAX_HUB_WORD_BYTES } from './hub-word.ts';
import { JOURNAL_ACK_TYPE, journalAckToSign, openJournalAck, unprovenJournalAck } from './journal-ack.ts';
import { openTimeBound, timeBoundToSign, TIME_BOUND_TYPE } from './time-bound.ts';

const site = exampleSite();
const { lockId } = exampleLock();
const hub = exampleKey('time');
const at = instant(Date.UTC(2026, 10, 23));
const certified = (changes: Partial<TimeKey>, by: KeyPair = site.owner): Bytes => {
  const fields = { key: hub.publicKey, kind: 'hub', driftPpm: 100, until: instant(Date.UTC(2040, 0, 1)), ...changes } as const;
  return signWith(by, timeKeyToSign(crypto, by.publicKey, timeKeyPayload(crypto, fields)));
};
const authority = { ownerKeys: site.ownerSet.keys, certificates: [exampleTimeKey(site)] };

const ackBy = (by: KeyPair, changes = {}, named: Bytes = by.publicKey): Bytes => signWith(by, journalAckToSign(crypto, named, { lockId, seq: 7, instant: at, ...changes }));
const boundBy = (by: KeyPair, named: Bytes = by.publicKey): Bytes => signWith(by, timeBoundToSign(crypto, named, at));

type Word = { readonly name: string; readonly type: string; readonly by: (key: KeyPair, named?: Bytes) => Bytes; readonly open: (bytes: Bytes, trust?: typeof authority) => string; readonly others: Bytes };

const codeOf = (opened: { readonly ok: boolean; readonly error?: { readonly code: string } }): string => opened.error?.code ?? 'opened';
const WORDS: readonly Word[] = [
  { name: 'journal-ack', type: JOURNAL_ACK_TYPE, by: (key, named) => ackBy(key, {}, named), open: (bytes, trust = authority) => codeOf(openJournalAck(crypto, bytes, lockId, trust)), others: boundBy(hub) },
  { name: 'time-bound', type: TIME_BOUND_TYPE, by: boundBy, open: (bytes, trust = authority) => codeOf(openTimeBound(crypto, bytes, trust)), others: ackBy(hub) },
];

test('what the hub said comes back as it was', () => {
  fc.assert(fc.property(fc.maxSafeNat(), (seq) =>
    assert.deepEqual(openJournalAck(crypto, ackBy(hub, { seq }), lockId, authority), { ok: true, value: { lockId, seq, instant: at } })), { numRuns: 20 });
  assert.deepEqual(openTimeBound(crypto, boundBy(hub), authority), { ok: true, value: at });
  assert.deepEqual(unprovenJournalAck(ackBy(exampleKey('anybody'))), { lockId, seq: 7, instant: at });
});

test('an acknowledgement is for one lock', () => {
  assert.equal(codeOf(openJournalAck(crypto, ackBy(hub, { lockId: exampleLock('other').lockId }), lockId, authority)), 'other-lock');
});

for (const { name, type, by, open, others } of WORDS) {
  test(`${name}: only by a hub's time key that a present owner certified, for as long as that holds`, () => {
    const signed = by(hub);
    assert.equal(open(signed), 'opened', 'the control');
    const stranger = exampleKey('stranger');
    assert.equal(open(by(stranger)), 'signer-unknown');
    assert.equal(open(by(stranger, hub.publicKey)), 'signature-invalid', 'in the hub’s name');
    assert.equal(open(by(site.owner)), 'signer-unknown', 'an owner is no time key');
    assert.equal(open(signed, { ...authority, certificates: [] }), 'signer-unknown');
    assert.equal(open(signed, { ...authority, certificates: [certified({}, stranger)] }), 'signer-unknown', 'certified by nobody');
    assert.equal(open(signed, { ...authority, certificates: [certified({ kind: 'ekey' })] }), 'signer-unknown', 'an electronic key’s clock attests nothing to others');
    assert.equal(open(signed, { ...authority, certificates: [certified({ until: instant(at - 1) })] }), 'expired');
    assert.equal(open(signed, { ...authority, certificates: [certified({ until: instant(at - 1) }), certified({ until: at })] }), 'opened', 'any certificate that holds');
    assert.equal(open(others), 'type-wrong', 'one word is not the other');
    assert.equal(open(signWith(hub, hubWordToSign(crypto, hub.publicKey, type, Uint8Array.of(0x80)))), 'malformed');
  });

  test(`${name}: with any bit changed, cut anywhere, and for any bytes: refused`, () => {
    const signed = by(hub);
    for (let length = 0; length < signed.length; length += 1) assert.notEqual(open(signed.subarray(0, length)), 'opened');
    fc.assert(fc.property(fc.nat({ max: signed.length - 1 }), fc.nat({ max: 7 }), (where, bit) =>
      assert.notEqual(open(signed.with(where, (signed[where] ?? 0) ^ (1 << bit))), 'opened')), { numRuns: 60 });
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (any) => {
      assert.notEqual(open(any), 'opened');
      void unprovenJournalAck(any);
    }));
    assert.equal(open(new Uint8Array(MAX_HUB_WORD_BYTES + 1)), 'too-long');
  });
}
