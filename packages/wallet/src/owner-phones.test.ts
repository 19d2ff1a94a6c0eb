// Which phones stay when the list is written anew: those that a staying owner signed for, and none that a hub puts in.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import { exampleKey, exampleSite } from '@mortise/documents/example-site.ts';
import { isOwnerPhone, phonesOfOwners, signOwnerPhone } from './owner-phones.ts';

const { owner, kit, ownerSet } = exampleSite();
const { siteId } = ownerSet;
const [mine, theirs, hubs] = [exampleKey('mine').publicKey, exampleKey('theirs').publicKey, exampleKey('a hub').publicKey];
const said = (credentialKey: Uint8Array, signer = owner) => ({ credentialKey, proof: signOwnerPhone(crypto, signer, { siteId, credentialKey }) });

test('phones that owners signed for stay, each once; with an owner go theirs', () => {
  const list = [said(mine), said(theirs, kit), said(mine)];
  assert.deepEqual(phonesOfOwners(crypto, list, ownerSet), [mine, theirs]);
  assert.deepEqual(phonesOfOwners(crypto, list, { siteId, keys: [owner.publicKey] }), [mine]);
});

test('a hub adds none: not with a proof of its own, not with another phone’s, not without', () => {
  for (const proof of [said(hubs, exampleKey('a hub')).proof, said(mine).proof, new Uint8Array(0)]) {
    assert.equal(isOwnerPhone(crypto, { credentialKey: hubs, proof }, ownerSet), false);
    assert.deepEqual(phonesOfOwners(crypto, [{ credentialKey: hubs, proof }, said(mine)], ownerSet), [mine]);
  }
});
