// A hub that lies about how a lock is, in every way it can, beside one that does not.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { EMPTY, type Bytes } from '@mortise/base/bytes.ts';
import { instant } from '@mortise/base/instant.ts';
import { encodeStatus, statusToSign, type Status } from '@mortise/courier/status.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import { exampleKey, exampleLock, exampleSite, rosterFields, signRoster, signWith } from '@mortise/documents/example-site.ts';
import type { Sensed } from '@mortise/journal/record.ts';
import { checkPapers } from './lock-papers.ts';
import { believed, hearReceipt, hearStatus, MAX_STATUS_AGE_MS, NO_WORD, type Lock, type LockWord, type Standing } from './lock-status.ts';

const NOW = Date.UTC(2026, 10, 23);
const own = exampleLock();
const stranger = exampleLock('stranger');
const hub = exampleKey('a dishonest hub');
const lock: Lock = { lockId: own.lockId, identityKey: own.identity.publicKey };

const status = (changes: Partial<Status> = {}): Status => ({
  lockId: own.lockId, bolt: 'unlocked', door: 'closed', adopted: true, rosterVersion: 1, ownerSequence: 1, since: instant(NOW - 5000), seq: 9, instant: instant(NOW), clock: 'synced', count: 2,
  ...changes,
});
const sign = (said: Status, by: KeyPair = own.identity, named: Bytes = by.publicKey): Bytes => signWith(by, statusToSign(crypto, named, said));
const locked = status({ bolt: 'locked' });

const shown = (word: LockWord, nowMs = NOW, standing: Standing = 'signed'): string => {
  const belief = believed(word, nowMs, standing);
  return belief.ok ? belief.value.bolt : belief.error.code;
};
const hear = (statement: Bytes, word: LockWord = NO_WORD, of: Lock = lock): LockWord => hearStatus(crypto, of, word, statement);

test('what an honest hub shows is believed, and the newest word wins', () => {
  assert.equal(shown(NO_WORD), 'not-heard');
  const first = hear(sign(locked));
  assert.equal(shown(first), 'locked');
  const second = hear(sign(status({ count: 3 })), first);
  assert.equal(shown(second), 'unlocked');
  assert.equal(shown(hear(sign(status({ bolt: 'locked', seq: 10, count: 1 })), second)), 'locked', 'a new life begins with a further entry');
});

test('a lying hub cannot show a door locked that the lock does not say is locked', (t) => {
  const honest = hear(sign(status({ seq: 9, count: 5 })));
  assert.equal(shown(honest), 'unlocked', 'the control');
  const lies: readonly (readonly [string, string, Bytes])[] = [
    ['altered: the payload of another bolt under the old signature', 'not-signed', altered(sign(status()), locked)],
    ['unsigned', 'not-signed', encodeStatus(locked)],
    ['forged by its own key', 'not-signed', sign(locked, hub)],
    ['forged in the lock’s name', 'not-signed', sign(locked, hub, own.identity.publicKey)],
    ['another lock’s, which is locked', 'not-signed', sign({ ...locked, lockId: stranger.lockId }, stranger.identity)],
    ['another lock’s, under this lock’s number', 'not-signed', sign(locked, stranger.identity)],
    ['nothing', 'not-signed', EMPTY],
    ['replayed: from before, when it was locked', 'unlocked', sign(status({ bolt: 'locked', count: 4 }))],
    ['replayed: from before the last entries', 'unlocked', sign(status({ bolt: 'locked', seq: 7, count: 80 }))],
  ];
  for (const [label, outcome, statement] of lies) assert.equal(shown(hear(statement, honest)), outcome, label);
  t.diagnostic(`${lies.length} lies, none shown as locked`);
});

test('a hub that names another identity key for the lock proves nothing with it', () => {
  assert.equal(shown(hear(sign(locked, hub), NO_WORD, { ...lock, identityKey: hub.publicKey })), 'not-signed');
  assert.equal(shown(hear(sign(locked), NO_WORD, { ...lock, identityKey: new Uint8Array(65) })), 'not-signed');
  assert.equal(shown(hear(sign(locked), NO_WORD, lock)), 'locked', 'the control');
});

test('a lock of the hub’s making says what the hub likes, and is not believed: no owner signed for it', () => {
  const made = exampleLock('made by the hub');
  const word = hear(sign({ ...locked, lockId: made.lockId }, made.identity), NO_WORD, { lockId: made.lockId, identityKey: made.identity.publicKey });
  const site = exampleSite();
  const standingOf = (document: Bytes): Standing =>
    checkPapers(crypto, document, { siteId: site.ownerSet.siteId, lockId: made.lockId, ownerKeys: site.ownerSet.keys }, undefined).ok ? 'signed' : 'refused';
  const papers = [
    signRoster(site.owner, rosterFields(site, own)), // a true lock’s
    signRoster(hub, rosterFields(site, made)), // by a key of the hub’s
    signRoster(exampleSite('the hub’s').owner, rosterFields(exampleSite('the hub’s'), made)), // of a site of the hub’s
    EMPTY,
  ];
  assert.deepEqual(papers.map((document) => shown(word, NOW, standingOf(document))), papers.map(() => 'lock-refused'));
  assert.deepEqual([shown(word, NOW, 'unseen'), shown(word, NOW, 'site-unknown')], ['lock-unseen', 'site-unknown']);
  assert.equal(shown(word, NOW, standingOf(signRoster(site.owner, rosterFields(site, made)))), 'locked', 'the control: once an owner has adopted it, it counts');
});

test('an old word, to somebody who saw no newer one, is too old; one from the future has no age', () => {
  const word = hear(sign(locked));
  const table: readonly (readonly [number, string])[] = [
    [0, 'locked'], [MAX_STATUS_AGE_MS, 'locked'], [MAX_STATUS_AGE_MS + 1, 'too-old'], [86_400_000, 'too-old'],
    [-MAX_STATUS_AGE_MS, 'locked'], [-MAX_STATUS_AGE_MS - 1, 'ahead'],
  ];
  for (const [laterMs, outcome] of table) assert.equal(shown(word, NOW + laterMs), outcome, `${laterMs} ms later`);
});

test('a hub that goes on showing an old word: it is never believed, and the newest one grows old', () => {
  const old = sign(locked);
  let word = hear(sign(status({ count: 3 })), hear(old));
  for (let turn = 0; turn < 10; turn += 1) word = hear(old, word);
  assert.equal(shown(word), 'unlocked');
  assert.equal(shown(word, NOW + MAX_STATUS_AGE_MS + 1), 'too-old');
});

test('a lie is not forgotten until the lock’s own word comes again', () => {
  const lied = hear(sign(locked, hub), hear(sign(status())));
  assert.equal(shown(lied), 'not-signed');
  assert.equal(shown(hear(sign(status()), lied)), 'unlocked');
});

test('a receipt is the lock’s word too: later than every status of an earlier entry, earlier than those of its own', () => {
  const receipt = {
    seq: 12,
    record: { instant: instant(NOW), clock: 'synced', kind: 'operation', reason: 'granted-trusted', sensed: { bolt: 'unlocked', door: 'closed' } },
  } as const;
  const before = hear(sign(status({ bolt: 'locked', seq: 11, count: 7 })));
  const word = hearReceipt(before, receipt);
  assert.equal(shown(word), 'unlocked');
  assert.equal(shown(hear(sign(status({ bolt: 'moving', seq: 11, count: 8 })), word)), 'unlocked', 'said before');
  const after = hear(sign(status({ bolt: 'unlocked', seq: 12, count: 9, relockAt: instant(NOW + 30_000) })), word);
  assert.equal(after.newest?.relockAt, NOW + 30_000, 'said after');
  assert.equal(hearReceipt(after, receipt).newest?.count, 9, 'a late receipt takes nothing back');
});

test('a receipt takes nothing back of what it does not speak of, and all that it speaks against', () => {
  const built = { mechanism: 'mortise', opening: 'stand' } as const;
  const said = { built, held: { until: instant(NOW + 60_000) }, warnings: ['forced', 'leftUnlocked', 'tamper'], reserve: 4 } as const;
  const before = hear(sign(status({ bolt: 'unlocked', seq: 11, ...said })));
  const after = (verb: 'lock' | 'unlock' | 'endHold', sensed: Sensed) => {
    const { held, warnings, reserve, built: is } = hearReceipt(before, { seq: 12, record: { instant: instant(NOW), clock: 'synced', kind: 'operation', reason: 'granted-trusted', verb, sensed } }).newest ?? {};
    return [held?.until, warnings, reserve, is];
  };
  assert.deepEqual(after('unlock', { bolt: 'unlocked', door: 'closed' }), [said.held.until, ['leftUnlocked', 'tamper'], 4, built]);
  assert.deepEqual(after('unlock', { bolt: 'unlocked', door: 'open' }), [said.held.until, ['forced', 'tamper'], 4, built]);
  assert.deepEqual(after('lock', { bolt: 'locked', door: 'closed' }), [undefined, ['tamper'], 4, built]);
  assert.deepEqual(after('endHold', { bolt: 'unlocked', door: 'closed' }), [undefined, ['leftUnlocked', 'tamper'], 4, built]);
});

test('a statement with any bit changed, and any bytes, show nothing', () => {
  const statement = sign(locked);
  fc.assert(
    fc.property(fc.nat({ max: statement.length - 1 }), fc.nat({ max: 7 }), (at, bit) =>
      assert.equal(shown(hear(statement.with(at, (statement[at] ?? 0) ^ (1 << bit)))), 'not-signed')),
    { numRuns: 60 },
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => assert.equal(shown(hear(noise)), 'not-signed')));
});

/** `signed` with the payload of `other` in place of its own. */
function altered(signed: Bytes, other: Status): Bytes {
  const [was, is] = [encodeStatus(status()).toHex(), encodeStatus(other).toHex()];
  assert.ok(signed.toHex().includes(was));
  // Another length stands before it: "locked" is two characters shorter than "unlocked".
  const [short, long] = [(was.length / 2).toString(16), (is.length / 2).toString(16)];
  return Uint8Array.fromHex(signed.toHex().replace(`58${short.padStart(2, '0')}${was}`, `58${long.padStart(2, '0')}${is}`));
}
