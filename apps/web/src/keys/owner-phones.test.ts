// A lost phone replaced: the other owners' phones stay, the lost one goes, and a hub puts none in.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { base64url } from '@mortise/base/bytes.ts';
import { exampleKey, exampleSite } from '@mortise/documents/example-site.ts';
import { phoneBody, phonesUnder } from './owner-phones.ts';

const { owner, kit, ownerSet } = exampleSite();
const keyOf = (name: string): Uint8Array => exampleKey(name).publicKey;
const phoneOf = (name: string, signer = owner) => ({ ...phoneBody(signer, ownerSet.siteId, keyOf(name), name), credentialHash: 'x', addedAt: 0 });
const named = (...names: readonly string[]) => names.map((name) => ({ credentialKey: keyOf(name) }));

test('of the others each phone that an owner signed for, and the new one', () => {
  const others = [{ phoneKeys: [phoneOf('bob’s', kit), phoneOf('bob’s', kit)] }, { phoneKeys: [phoneOf('cy’s')] }];
  assert.deepEqual(phonesUnder(others, ownerSet, [keyOf('new')]), named('new', 'bob’s', 'cy’s'));
  assert.deepEqual(phonesUnder(others, { ...ownerSet, keys: [owner.publicKey] }, [keyOf('new')]), named('new', 'cy’s'), 'whose key is gone, their phone is');
});

test('a key that a hub puts in is none, whatever it says of it', () => {
  const { proof } = phoneOf('bob’s');
  const lies = [{ ...phoneOf('hub’s'), proof: null }, { ...phoneOf('hub’s'), proof }, phoneOf('hub’s', exampleKey('hub')), { ...phoneOf('hub’s'), proof: '!' }];
  for (const lie of lies) assert.deepEqual(phonesUnder([{ phoneKeys: [lie] }], ownerSet, [keyOf('new')]), named('new'));
  assert.equal(phoneOf('bob’s').credentialKey, base64url(keyOf('bob’s')));
});
