// A lost phone at the lock: its owner key is taken out of the set by another key of the same owner, in two sets with a roster between them. What
// it signs counts until the lock has heard, and not after. Beside each refusal the same by a key that stays.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { required } from '@mortise/base/assert.ts';
import { utf8, type Bytes } from '@mortise/base/bytes.ts';
import { decodeOwnerSetAnswer } from '@mortise/courier/link-body.ts';
import { deriveKeyPair, type KeyPair } from '@mortise/crypto/entropy.ts';
import { welcomingLock } from './guests.conformance.ts';

/** The lost key, the kit's, the key in the place of the lost one, another owner's; the lock knows all but the third. */
const lostScene = () => {
  const guests = welcomingLock();
  const { world, site } = guests;
  const keyNamed = (name: string): KeyPair => deriveKeyPair(site.crypto, site.crypto.sha256(utf8(name)), 'owner');
  const [lost, kit, fresh, other] = [site.owner, keyNamed('kit'), keyNamed('fresh'), keyNamed('other')];
  const owners = (bytes: Bytes): string => {
    const before = world.sent.length;
    site.say('owner-set', bytes);
    world.run(100);
    const answer = world.sent.slice(before).find(({ type }) => type === 'owner-set-answer');
    return required(answer && decodeOwnerSetAnswer(answer.body), 'the lock answers').code;
  };
  const roster = (by: KeyPair): string => {
    site.say('roster', guests.roster({}, by));
    world.run(100);
    return required(world.records().at(-1), 'it is recorded').reason;
  };
  const grant = (by: KeyPair): string => {
    world.turn('thrown');
    return guests.ask([guests.issue({}, { by })]).decision.reason;
  };
  assert.equal(owners(site.owners([lost, kit, other])), 'accepted');
  return { guests, site, owners, roster, grant, lost, kit, fresh, other };
};

test('a lock that has heard takes nothing more that the lost key signs: no grant, no roster, no owner set; it did before', () => {
  const { site, owners, roster, grant, lost, kit, fresh, other } = lostScene();
  assert.equal(owners(site.owners([lost, kit, other, fresh], [kit])), 'accepted', 'first what adds');
  assert.equal(roster(kit), 'roster-accepted');
  assert.deepEqual([grant(lost), grant(kit), grant(fresh), grant(other)], Array.from({ length: 4 }, () => 'granted-document'), 'the control: nothing has ended yet');
  assert.equal(owners(site.owners([kit, other, fresh], [kit])), 'accepted', 'last what ends');
  assert.equal(grant(lost), 'issuer-unknown');
  assert.equal(roster(lost), 'roster-refused');
  assert.equal(owners(site.owners([lost, kit, other, fresh], [lost])), 'signer-unknown');
  assert.deepEqual([grant(kit), grant(fresh), grant(other)], Array.from({ length: 3 }, () => 'granted-document'), 'control');
});

test('until it has heard, the lock goes by the lost key, as is said; a roster by the kit it takes at once, one by the fresh key only then', () => {
  const { site, owners, roster, grant, lost, kit, fresh, other } = lostScene();
  assert.deepEqual([grant(lost), grant(kit), grant(fresh)], ['granted-document', 'granted-document', 'issuer-unknown']);
  assert.deepEqual([roster(lost), roster(kit), roster(fresh)], ['roster-accepted', 'roster-accepted', 'roster-refused']);
  assert.equal(owners(site.owners([kit, other, fresh], [kit])), 'accepted', 'one set that does both serves as well');
  assert.deepEqual([grant(lost), grant(fresh)], ['issuer-unknown', 'granted-document']);
});

test('without the paper the fresh key signs: the set that adds it comes first, and the one that ends the lost key is refused before a roster that stays', () => {
  const { site, owners, roster, grant, lost, kit, fresh, other } = lostScene();
  assert.equal(owners(site.owners([lost, kit, other, fresh], [lost])), 'accepted');
  const end = site.owners([kit, other, fresh], [fresh]);
  assert.equal(owners(end), 'roster-void', 'the roster is the lost key’s');
  assert.equal(roster(fresh), 'roster-accepted');
  assert.equal(owners(end), 'accepted');
  assert.deepEqual([grant(lost), grant(fresh)], ['issuer-unknown', 'granted-document']);
});
