// Owners who come and go, and what the hub is let do: by the documents' own rules.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import { instant } from '@mortise/base/instant.ts';
import { exampleEntropy, exampleKey, exampleLock, exampleRoster, exampleSite, ownerSetFields, placeOf, signOwnerSet } from '@mortise/documents/example-site.ts';
import { openOwnerSet, openOwnerSets } from '@mortise/documents/owner-set.ts';
import { openRoster } from '@mortise/documents/roster.ts';
import { UTC } from '@mortise/schedule/zone-table.ts';
import { proveGrantedLock, openSite } from './held-grants.ts';
import { hubDelegationsIn, signHubDelegation } from './hub-delegation.ts';
import { DOOR, NOW } from './lending.fixture.ts';
import { signIntroduction } from './lend.ts';
import { nextOwnerSet, type OwnerChange } from './owner-change.ts';
import { nextRoster } from './roster-change.ts';

const site = exampleSite();
const { owner, kit, ownerSet } = site;
const second = exampleKey('second owner');
const next = (change: OwnerChange, by = owner, last = ownerSet) => nextOwnerSet(crypto, by, last, change, exampleEntropy('next'));

test('somebody comes, somebody goes; the set before signs, and the history holds', () => {
  const added = next({ kind: 'add', ownerKey: second.publicKey });
  assert.ok(added.ok);
  const three = openOwnerSets(crypto, [site.document, added.value]);
  assert.ok(three.ok && three.value.keys.length === 3 && three.value.siteId === ownerSet.siteId);
  const removed = next({ kind: 'remove', ownerKeys: [owner.publicKey] }, second, three.value);
  assert.ok(removed.ok);
  const left = openOwnerSet(crypto, removed.value, three.value);
  assert.deepEqual(left.ok && left.value.keys, [kit.publicKey, second.publicKey]);
});

test('what would leave nobody, or nothing changed, is not signed', () => {
  const two = openOwnerSet(crypto, signOwnerSet(ownerSetFields([owner, kit], { threshold: 2 }), [owner, kit]));
  const full = openOwnerSet(crypto, signOwnerSet(ownerSetFields([owner, ...Array.from({ length: 15 }, (_, index) => exampleKey(`owner ${index}`))]), [owner]));
  assert.ok(two.ok && full.ok);
  const table = [
    [next({ kind: 'add', ownerKey: kit.publicKey }), 'is-owner'],
    [next({ kind: 'remove', ownerKeys: [owner.publicKey] }), 'nobody-left'],
    [next({ kind: 'add', ownerKey: second.publicKey }, owner, two.value), 'needs-others'],
    [next({ kind: 'add', ownerKey: second.publicKey }, owner, full.value), 'too-many-owners'],
  ] as const;
  assert.deepEqual(table.map(([made]) => (made.ok ? 'ok' : made.error.code)), table.map(([, code]) => code));
});

test('a roster gets what lent keys are judged by, and the hub’s power in it; signed once more by another owner it says the same', () => {
  const lock = exampleLock();
  const held = exampleRoster(site, lock);
  const hub = exampleKey('hub');
  const power = { siteId: ownerSet.siteId, delegateKey: hub.publicKey, until: instant(NOW + 1e9), issue: null };
  const access = { door: DOOR, zoneTable: UTC, calendars: [], delegations: [signHubDelegation(crypto, owner, power), signHubDelegation(crypto, exampleKey('stranger'), power)] };
  const author = { owner, sealKey: lock.seal.publicKey };
  const made = nextRoster(crypto, held, author, { kind: 'access', access, groups: [new Uint8Array(16).fill(3)] }, exampleEntropy('roster'));
  assert.ok(made.ok);
  const opened = openRoster(crypto, made.value, placeOf(site, lock), held);
  assert.ok(opened.ok);
  assert.deepEqual([opened.value.groups.length, opened.value.entries, opened.value.access?.door], [1, held.entries, DOOR]);
  const [standing, ...more] = hubDelegationsIn(crypto, opened.value.access?.delegations ?? [], ownerSet, hub.publicKey);
  assert.equal(more.length, 0, 'a stranger’s word gives nothing');
  assert.deepEqual([standing?.freshness, standing?.revocation, standing?.issue], [true, true, null]);
  const again = nextRoster(crypto, opened.value, { ...author, owner: kit }, { kind: 'resign' }, exampleEntropy('resign'));
  assert.ok(again.ok);
  const resigned = openRoster(crypto, again.value, placeOf(site, lock), opened.value);
  assert.ok(resigned.ok);
  const { version: _v, previous: _p, hash: _h, signer, ...said } = resigned.value;
  const { version: _v2, previous: _p2, hash: _h2, signer: _s, ...before } = opened.value;
  assert.deepEqual(said, before);
  assert.deepEqual(signer, kit.publicKey);
});

test('a guest believes the owners of the link’s site, and of a door what an owner and the lock signed', () => {
  const readerIssuerKey = exampleKey('issuer').publicKey;
  const introduction = signIntroduction(crypto, owner, { siteId: ownerSet.siteId, readerIssuerKey });
  const shown = { ownerSets: [site.document], introduction };
  const opened = openSite(crypto, ownerSet.siteId, shown);
  assert.deepEqual(opened.ok && opened.value.readerIssuerKey, readerIssuerKey);
  const other = exampleSite('the hub’s own');
  const code = (result: ReturnType<typeof openSite>): string => (result.ok ? 'ok' : result.error.code);
  assert.equal(code(openSite(crypto, ownerSet.siteId, { ...shown, ownerSets: [other.document] })), 'other-site');
  assert.equal(code(openSite(crypto, ownerSet.siteId, { ...shown, introduction: signIntroduction(crypto, other.owner, { siteId: ownerSet.siteId, readerIssuerKey }) })), 'signer-unknown');
  assert.equal(code(openSite(crypto, ownerSet.siteId, { ...shown, ownerSets: [] })), 'malformed');
  const lock = exampleLock();
  const claimed = { lockId: lock.lockId, identityKey: lock.identity.publicKey, readerKey: lock.introduction.readerKey, sealKey: lock.seal.publicKey, statement: new Uint8Array(3) };
  const proven = proveGrantedLock(crypto, ownerSet, claimed, new Uint8Array(3));
  assert.equal(proven.ok ? 'ok' : proven.error.code, 'statement-refused');
});
