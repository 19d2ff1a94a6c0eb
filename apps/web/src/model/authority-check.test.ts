// The Trust page's check of who holds power: an honest hub's documents hold, a lying one's are named.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import { exampleKey, exampleLock, exampleSite, rosterFields, signRoster } from '@mortise/documents/example-site.ts';
import { seenOf } from '@mortise/wallet/lock-papers.ts';
import { checkAuthority, type NamedRoster } from './authority-check.ts';

const site = exampleSite();
const [front, back] = [exampleLock(), exampleLock('back')];
const siteId = site.ownerSet.siteId;
const of = (door: string, lock: typeof front, signer = site.owner): NamedRoster => ({ door, lockId: lock.lockId, document: signRoster(signer, rosterFields(site, lock)) });
const codeOf = (rosters: readonly NamedRoster[], id: string = siteId, sets = [site.document]): string => {
  const checked = checkAuthority(crypto, id, sets, rosters);
  return checked.ok ? 'holds' : checked.error.code;
};

test('owner sets and rosters of this site hold', () => {
  assert.equal(codeOf([of('Front door', front), of('Back door', back)]), 'holds');
});

test('a hub that shows what no owner signed for this lock is told', () => {
  assert.equal(codeOf([of('Front door', front), of('Back door', back, exampleKey('hub'))]), 'roster-not-signed');
  // A lock of the hub’s own making, with the roster of a true one.
  assert.equal(codeOf([of('Front door', front), { ...of('Front door', front), door: 'Back door', lockId: back.lockId }]), 'roster-of-other');
  assert.equal(codeOf([{ door: 'Front door', lockId: front.lockId, document: new Uint8Array(9) }]), 'roster-not-signed');
  assert.equal(codeOf([], 'AAAAAAAAAAAAAAAAAAAAAA'), 'other-site');
  assert.equal(codeOf([], siteId, []), 'owner-sets-broken');
});

test('a hub that keeps a newer roster back, from a browser that has seen it, is told', () => {
  const named = of('Front door', front);
  const checked = checkAuthority(crypto, siteId, [site.document], [named]);
  assert.ok(checked.ok);
  const [roster] = checked.value.rosters;
  assert.ok(roster !== undefined);
  const newer = { version: roster.version + 1, hash: new Uint8Array(32), document: named.document };
  assert.equal(codeOf([{ ...named, seen: seenOf(roster, named.document) }]), 'holds');
  assert.equal(codeOf([{ ...named, seen: newer }]), 'roster-withheld');
  assert.equal(codeOf([{ ...named, seen: { ...newer, version: roster.version } }]), 'roster-withheld', 'another one of the same version');
});
