import assert from 'node:assert/strict';
import { test } from 'node:test';
import { equalBytes } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import { exampleEntropy, exampleKey, exampleLock, exampleSite, placeOf, rosterFields, signRoster } from '@mortise/documents/example-site.ts';
import { openRoster } from '@mortise/documents/roster.ts';
import { nextRoster } from '@mortise/wallet/roster-change.ts';
import { openNewest, rosterDocument } from './roster.ts';

const site = exampleSite();
const lock = exampleLock();
const { owner, ownerSet } = site;
const place = placeOf(site, lock);
const first = signRoster(owner, rosterFields(site, lock));

test('the document made from an opened roster is the one that was signed', () => {
  const opened = openRoster(crypto, first, place, undefined);
  assert.ok(opened.ok);
  assert.ok(equalBytes(rosterDocument(crypto, owner, opened.value), first));
});

test('the newest roster opens at any place in the chain, and only when an owner of this site signed it for this lock', () => {
  const one = required(openNewest(crypto, first, ownerSet, lock.lockId), 'version 1 opens');
  const author = { owner, sealKey: lock.seal.publicKey };
  const change = { kind: 'addPhone', phone: { credentialKey: exampleKey('new phone').publicKey } } as const;
  const second = nextRoster(crypto, one, author, change, exampleEntropy('second'));
  assert.ok(second.ok);
  const two = required(openNewest(crypto, second.value, ownerSet, lock.lockId), 'version 2 opens');
  assert.deepEqual([one.version, two.version, two.entries.length - one.entries.length], [1, 2, 1]);
  assert.ok(openRoster(crypto, second.value, place, one).ok, 'and follows what the lock holds');

  const stranger = signRoster(exampleKey('stranger'), rosterFields(site, lock));
  assert.equal(openNewest(crypto, stranger, ownerSet, lock.lockId), undefined);
  assert.equal(openNewest(crypto, first, ownerSet, exampleLock('other').lockId), undefined);
  assert.equal(openNewest(crypto, first.with(first.length - 1, (first.at(-1) ?? 0) ^ 1), ownerSet, lock.lockId), undefined);
});
