// PINs, cards, fingers and keys of codes as owners make them: sealed for one lock, added and taken away without a look at the others', bounded; and what stands for
// a person is the same for every owner, and for nobody else.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hex, type Bytes } from '@mortise/base/bytes.ts';
import { Secret } from '@mortise/base/secret.ts';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import type { EntryTerms } from '@mortise/documents/entry-terms.ts';
import { exampleEntropy, exampleKey, exampleLock, exampleRoster, exampleSite } from '@mortise/documents/example-site.ts';
import { openRosterEntries } from '@mortise/documents/roster-credentials.ts';
import { openRoster, type Roster } from '@mortise/documents/roster.ts';
import { pinImage } from '@mortise/documents/pin-entry.ts';
import { codeKeyAt, entryId, pseudonymAt, type NewEntry } from './entries.ts';
import { nextRoster, type RosterChange } from './roster-change.ts';

const site = exampleSite();
const lock = exampleLock();
const [owner, issuer] = [site.owner, exampleKey('issuer')];
const place = { siteId: site.ownerSet.siteId, lockId: lock.lockId, ownerKeys: site.ownerSet.keys };
const TERMS: EntryTerms = { pseudonym: pseudonymAt(crypto, issuer, lock.lockId, 'Anna'), rights: 3, from: null, until: null, hours: [], holidays: null, second: [], duress: false };
const PIN: NewEntry = { kind: 'pin', pin: '471108', terms: TERMS };
const CODES = { kind: 'codeKey', entry: { ...codeKeyAt(crypto, owner, lock.lockId, 1), rights: 3, kinds: ['window', 'once'], longest: 15, until: null, revoked: [] } } as const satisfies NewEntry;
const NEW: readonly NewEntry[] = [
  PIN, CODES, { kind: 'finger', entry: { ...TERMS, slot: 7 } }, { kind: 'card', entry: { ...TERMS, card: new Uint8Array(16).fill(4), key: new Secret(new Uint8Array(16).fill(5)) } },
];

let count = 0;
const made = (last: Roster, change: RosterChange): ReturnType<typeof nextRoster> => {
  count += 1;
  return nextRoster(crypto, last, { owner, sealKey: lock.seal.publicKey }, change, exampleEntropy(`entry ${count}`));
};
const next = (last: Roster, change: RosterChange): Roster => {
  const document = made(last, change);
  assert.ok(document.ok, document.ok ? '' : document.error.code);
  const opened = openRoster(crypto, document.value, place, last);
  assert.ok(opened.ok, opened.ok ? '' : opened.error.code);
  return opened.value;
};
const first = exampleRoster(site, lock);
const opened = (roster: Roster) => {
  const entries = openRosterEntries(crypto, lock.seal, roster);
  assert.ok(entries.ok, entries.ok ? '' : entries.error.code);
  return entries.value;
};

test('each kind is added beside what was there, and opens at its lock as what it is', () => {
  const roster = NEW.reduce((last, entry) => next(last, { kind: 'addEntry', entry }), first);
  const { trusted, credentials: { pins, cards, fingers, codeKeys } } = opened(roster);
  assert.deepEqual([trusted.length, pins.length, cards.length, fingers.length, codeKeys.length], [opened(first).trusted.length, 1, 1, 1, 1]);
  assert.deepEqual([hex(pins[0]?.image ?? new Uint8Array()), fingers[0]?.slot, hex(cards[0]?.card ?? new Uint8Array())], [hex(pinImage(crypto, lock.lockId, '471108')), 7, '04'.repeat(16)]);
  assert.ok(!hex(roster.entries.reduce((all, { sealed }) => new Uint8Array([...all, ...sealed]), new Uint8Array())).includes(hex(pins[0]?.image ?? new Uint8Array())), 'under a seal');
});

test('one is taken away by its id alone; the others and the phones stay', () => {
  const roster = NEW.reduce((last, entry) => next(last, { kind: 'addEntry', entry }), first);
  const ids = new Map(roster.entries.map((entry) => [entry.kind, entryId(crypto, entry)]));
  const id = (kind: 'pin' | 'trusted'): Bytes => ids.get(kind) ?? assert.fail(kind);
  const without = next(roster, { kind: 'dropEntries', ids: [id('pin'), id('trusted')] });
  const { trusted, credentials } = opened(without);
  assert.deepEqual([trusted.length, credentials.pins.length, credentials.cards.length, credentials.fingers.length, credentials.codeKeys.length], [opened(first).trusted.length, 0, 1, 1, 1]);
  assert.equal(next(without, { kind: 'dropEntries', ids: [exampleEntropy('nothing')] }).entries.length, without.entries.length, 'of an unknown id: nothing');
});

test('of keys of codes those stay that are named; one that nobody names goes, and nothing else', () => {
  const second: NewEntry = { ...CODES, entry: { ...CODES.entry, ...codeKeyAt(crypto, exampleKey('second'), lock.lockId, 1) } };
  const roster = [...NEW, second].reduce((last, entry) => next(last, { kind: 'addEntry', entry }), first);
  const [own] = roster.entries.filter(({ kind }) => kind === 'codeKey').map((entry) => entryId(crypto, entry));
  const keyIds = (ids: readonly Bytes[]): readonly string[] => opened(next(roster, { kind: 'keepCodeKeys', ids })).credentials.codeKeys.map(({ keyId }) => hex(keyId));
  const [mine, theirs] = [hex(CODES.entry.keyId), hex(second.entry.keyId)];
  assert.deepEqual([keyIds(roster.entries.map((entry) => entryId(crypto, entry))), keyIds([own ?? assert.fail('two keys')]), keyIds([exampleEntropy('nothing')])], [[mine, theirs], [mine], []]);
  assert.equal(next(roster, { kind: 'keepCodeKeys', ids: [] }).entries.length, roster.entries.length - 2, 'PINs, cards, fingers and phones stay');
});

test('bounds: so many of a kind, and so much in all; said before anything is signed', () => {
  let roster = first;
  for (let index = 0; index < 4; index += 1) roster = next(roster, { kind: 'addEntry', entry: { ...CODES, entry: { ...CODES.entry, ...codeKeyAt(crypto, owner, lock.lockId, index) } } });
  const fifth = made(roster, { kind: 'addEntry', entry: CODES });
  assert.equal(fifth.ok ? 'ok' : fifth.error.code, 'too-many-entries');
  let refused: string | undefined;
  for (let index = 0; index < 64 && refused === undefined; index += 1) {
    const pin = made(roster, { kind: 'addEntry', entry: { ...PIN, pin: String(100_000 + index) } });
    if (!pin.ok) refused = pin.error.code;
    else roster = next(roster, { kind: 'addEntry', entry: { ...PIN, pin: String(100_000 + index) } });
  }
  assert.equal(refused, undefined, 'sixty-four PINs fit');
  for (let slot = 0; slot < 64 && refused === undefined; slot += 1) {
    const finger = made(roster, { kind: 'addEntry', entry: { kind: 'finger', entry: { ...TERMS, slot } } });
    if (finger.ok) roster = next(roster, { kind: 'addEntry', entry: { kind: 'finger', entry: { ...TERMS, slot } } });
    else refused = finger.error.code;
  }
  assert.equal(refused, 'roster-full');
  console.log(`a roster with ${roster.entries.length} entries is full`);
});

test('a person is the same to every owner at one lock, and another at each lock; a code key is of one owner, one lock, one generation', () => {
  const at = (who: string, whose = issuer, where = lock): string => hex(pseudonymAt(crypto, whose, where.lockId, who));
  assert.equal(at('Anna'), at('Anna'));
  assert.equal(new Set([at('Anna'), at('Beat'), at('Anna', exampleKey('another issuer')), at('Anna', issuer, exampleLock('next'))]).size, 4);
  const keys = [codeKeyAt(crypto, owner, lock.lockId, 1), codeKeyAt(crypto, owner, lock.lockId, 2), codeKeyAt(crypto, exampleKey('second'), lock.lockId, 1), codeKeyAt(crypto, owner, exampleLock('next').lockId, 1)];
  assert.equal(new Set(keys.flatMap(({ keyId, key }) => [hex(keyId), hex(key.reveal())])).size, 8);
  assert.equal(hex(codeKeyAt(crypto, owner, lock.lockId, 1).key.reveal()), hex(keys[0]?.key.reveal() ?? new Uint8Array()));
});
