// A hub that shows an owner something else than the newest roster of her lock.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { required } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import { exampleKey, exampleLock, exampleSite, placeOf, rosterFields, signRoster } from '@mortise/documents/example-site.ts';
import { reopenRoster, type Roster } from '@mortise/documents/roster.ts';
import { asSeenRoster, checkPapers, seenOf } from './lock-papers.ts';

const site = exampleSite();
const lock = exampleLock();
const place = placeOf(site, lock);

const opened = (document: Bytes): Roster => {
  const roster = reopenRoster(crypto, document, place);
  return required(roster.ok ? roster.value : undefined, 'our own rosters open');
};
const next = (document: Bytes, zone: string, signer = site.owner): Bytes => {
  const { version, hash } = opened(document);
  return signRoster(signer, { ...rosterFields(site, lock), version: version + 1, previous: hash, zone });
};
const first = signRoster(site.owner, rosterFields(site, lock));
const second = next(first, 'Europe/Zurich');
const third = next(second, 'Europe/Paris');
const fourth = next(third, 'Europe/Rome');
const seen = seenOf(opened(third), third);
const judged = (document: Bytes, memory = seen): string => {
  const checked = checkPapers(crypto, document, place, memory);
  return checked.ok ? `version ${checked.value.version}` : checked.error.code;
};

test('a roster that is older than one that was seen here is withheld news; the same and later ones are followed', () => {
  assert.deepEqual([first, second, third, fourth].map((document) => judged(document)), ['withheld', 'withheld', 'version 3', 'version 4']);
  assert.deepEqual([first, third].map((document) => checkPapers(crypto, document, place, undefined).ok), [true, true], 'nothing was seen yet');
  assert.equal(judged(fourth, seenOf(opened(first), first)), 'version 4', 'what came between was not seen');
});

test('another history than the one that was seen is a fork', () => {
  const other = next(second, 'Europe/Berlin');
  assert.deepEqual([other, next(other, 'Europe/Rome')].map((document) => judged(document)), ['fork', 'fork']);
});

test('what no owner signed for this lock is refused before that', () => {
  assert.equal(judged(next(third, 'Europe/Rome', exampleKey('stranger'))), 'signer-unknown');
  assert.equal(judged(signRoster(site.owner, rosterFields(site, exampleLock('other')))), 'other-lock');
  assert.equal(judged(new Uint8Array(9)), 'malformed');
});

test('a memory reads as it was kept, and as nothing when it is something else', () => {
  assert.deepEqual(asSeenRoster(structuredClone(seen)), seen);
  for (const other of [undefined, null, 7, {}, { ...seen, version: 0 }, { ...seen, hash: new Uint8Array(31) }, { ...seen, document: 'text' }, { ...seen, document: new Uint8Array(100_000) }]) {
    assert.equal(asSeenRoster(other), undefined);
  }
});
