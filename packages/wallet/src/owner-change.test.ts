// Owners who come and go, and what the hub is let do: by the documents' own rules.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import { instant } from '@mortise/base/instant.ts';
import { exampleEntropy, exampleKey, exampleLock, exampleRoster, exampleSite, ownerSetFields, placeOf, signOwnerSet } from '@mortise/documents/example-site.ts';
import { openOwnerSet, openOwnerSets } from '@mortise/documents/owner-set.ts';
import { openEntries, openRoster } from '@mortise/documents/roster.ts';
import { openTimeKeys } from '@mortise/documents/time.ts';
import { UTC } from '@mortise/schedule/zone-table.ts';
import { proveGrantedLock, openSite } from './held-grants.ts';
import { hubDelegationsIn, signHubDelegation } from './hub-delegation.ts';
import { DOOR, NOW } from './lending.fixture.ts';
import { signIntroduction } from './lend.ts';
import { acceptIssuerWrap, openIssuerWrap, wrapIssuerKey } from './issuer-key.ts';
import { nextOwnerSet, type OwnerChange } from './owner-change.ts';
import { nextRoster } from './roster-change.ts';

const site = exampleSite();
const { owner, kit, ownerSet } = site;
const second = exampleKey('second owner');
const next = (change: OwnerChange, by = owner, last = ownerSet) => nextOwnerSet(crypto, by, last, change, exampleEntropy('next'));

test('somebody comes, somebody goes; the set before signs, and the history holds', () => {
  const added = next({ kind: 'add', ownerKeys: [second.publicKey] });
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
    [next({ kind: 'add', ownerKeys: [kit.publicKey] }), 'is-owner'],
    [next({ kind: 'remove', ownerKeys: [owner.publicKey] }), 'nobody-left'],
    [next({ kind: 'add', ownerKeys: [second.publicKey] }, owner, two.value), 'needs-others'],
    [next({ kind: 'add', ownerKeys: [second.publicKey] }, owner, full.value), 'too-many-owners'],
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
  const again = nextRoster(crypto, opened.value, { ...author, owner: kit }, { kind: 'resign', ownerKeys: ownerSet.keys }, exampleEntropy('resign'));
  assert.ok(again.ok);
  const resigned = openRoster(crypto, again.value, placeOf(site, lock), opened.value);
  assert.ok(resigned.ok);
  const { version: _v, previous: _p, hash: _h, signer, timeKeys, ...said } = resigned.value;
  const { version: _v2, previous: _p2, hash: _h2, signer: _s, timeKeys: held2, ...before } = opened.value;
  assert.deepEqual(said, before);
  assert.deepEqual(signer, kit.publicKey);
  const afterwards = (certificates: readonly Uint8Array[]) => openTimeKeys(crypto, { certificates, ownerKeys: [kit.publicKey] }).length;
  assert.deepEqual([afterwards(held2), afterwards(timeKeys)], [0, 1], 'the hub’s time counts also once the owner who certified it is gone');
});

test('several changes are one version', () => {
  const lock = exampleLock();
  const held = exampleRoster(site, lock);
  const phones = [{ credentialKey: exampleKey('one phone').publicKey }, { credentialKey: exampleKey('another').publicKey }];
  const changes = [{ kind: 'replacePhones', phones: phones.slice(0, 1) }, ...phones.slice(1).map((phone) => ({ kind: 'addPhone', phone }) as const)] as const;
  const made = nextRoster(crypto, held, { owner, sealKey: lock.seal.publicKey }, { kind: 'several', changes }, exampleEntropy('several'));
  assert.ok(made.ok);
  const opened = openRoster(crypto, made.value, placeOf(site, lock), held);
  const entries = opened.ok ? openEntries(crypto, lock.seal, opened.value) : opened;
  assert.ok(opened.ok && entries.ok && opened.value.version === held.version + 1);
  assert.deepEqual(entries.value.map(({ credentialKey }) => credentialKey), phones.map(({ credentialKey }) => credentialKey));
  assert.equal(new Set(entries.value.map(({ pseudonym }) => Buffer.from(pseudonym).toString('hex'))).size, 2);
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

test('who has just come takes the issuer key by another owner’s word, and from then on by their own only', () => {
  const added = next({ kind: 'add', ownerKeys: [second.publicKey] });
  const three = added.ok ? openOwnerSets(crypto, [site.document, added.value]) : added;
  assert.ok(three.ok);
  const issuer = exampleKey('issuer');
  const wrap = wrapIssuerKey(crypto, { siteId: ownerSet.siteId, issuer, voucher: owner }, second.publicKey, exampleEntropy('wrap'));
  const code = (result: ReturnType<typeof openIssuerWrap>): string => (result.ok ? 'ok' : result.error.code);
  assert.equal(code(acceptIssuerWrap(crypto, three.value, second, wrap)), 'ok');
  assert.equal(code(openIssuerWrap(crypto, three.value, second, wrap)), 'issuer-not-vouched');
  const hub = exampleKey('hub');
  const forged = wrapIssuerKey(crypto, { siteId: ownerSet.siteId, issuer: hub, voucher: hub }, second.publicKey, exampleEntropy('forged'));
  assert.equal(code(acceptIssuerWrap(crypto, three.value, second, forged)), 'issuer-not-vouched');
  const own = wrapIssuerKey(crypto, { siteId: ownerSet.siteId, issuer, voucher: second }, second.publicKey, exampleEntropy('own'));
  assert.equal(code(openIssuerWrap(crypto, three.value, second, own)), 'ok');
});
