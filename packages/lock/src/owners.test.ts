// A change of owners at the lock: taken in order, by the threshold, never leaving a roster of nobody; kept over a restart; and what an
// owner who left had signed opens nothing any more. Beside each refusal stands the change that is taken.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { required } from '@mortise/base/assert.ts';
import { equalBytes, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { decodeOwnerSetAnswer } from '@mortise/courier/link-body.ts';
import { deriveKeyPair, type KeyPair } from '@mortise/crypto/entropy.ts';
import { MAX_OWNER_SETS } from '@mortise/documents/owner-set.ts';
import { CONFIGURATION_VERSION } from './configuration.ts';
import { welcomingLock } from './guests.conformance.ts';
import { ownedLock, type Site } from './site.conformance.ts';
import type { World } from './world.conformance.ts';

const keyNamed = (site: Site, name: string): KeyPair => deriveKeyPair(site.crypto, site.crypto.sha256(utf8(name)), 'owner');

/** What the lock answers to an owner set. */
const tell = (site: Site, bytes: Bytes): string => {
  const { world } = site;
  const before = world.sent.length;
  site.say('owner-set', bytes);
  world.run(100);
  const answer = world.sent.slice(before).find(({ type }) => type === 'owner-set-answer');
  const { sequence, code } = required(answer && decodeOwnerSetAnswer(answer.body), 'the lock answers');
  return `${sequence} ${code}`;
};

const lastRule = (world: World): string => {
  const record = world.records().at(-1);
  return `${record?.reason} ${record?.rule}`;
};

const held = (world: World): readonly Bytes[] => {
  const { membership } = world.state;
  assert.ok(membership.kind === 'adopted');
  return membership.ownerSet.keys;
};

test('a second owner is added, and removed; the lock says so, and knows it after a restart', () => {
  const { world, site } = ownedLock();
  const second = keyNamed(site, 'second');
  assert.equal(tell(site, site.owners([site.owner, second])), '2 accepted');
  assert.equal(lastRule(world), 'owners-accepted owners:2');
  assert.deepEqual(held(world), [site.owner.publicKey, second.publicKey]);
  world.restart();
  world.run(500);
  assert.deepEqual(held(world), [site.owner.publicKey, second.publicKey]);
  assert.equal(tell(site, site.owners([site.owner], [second])), '3 accepted', 'by the one that is to stay, or by the other: the threshold is one');
  assert.deepEqual(held(world), [site.owner.publicKey]);
  assert.equal(CONFIGURATION_VERSION, 3, 'the form of what is stored is as it was');
});

test('a change is durable before it is answered', () => {
  const { world, site } = ownedLock();
  world.faults.storeDelayMs = undefined;
  site.say('owner-set', site.owners([site.owner, keyNamed(site, 'second')]));
  world.run(1000);
  assert.equal(world.sent.some(({ type }) => type === 'owner-set-answer'), false);
  world.faults.storeDelayMs = 2;
  world.restart();
  world.run(500);
  assert.equal(held(world).length, 1, 'the cut came first');
  assert.equal(tell(site, site.owners([site.owner, keyNamed(site, 'second')])), '2 accepted', 'control');
});

test('the same change again is answered again, and recorded once', () => {
  const { world, site } = ownedLock();
  const change = site.owners([site.owner, keyNamed(site, 'second')]);
  assert.equal(tell(site, change), '2 accepted');
  const records = world.records().length;
  assert.equal(tell(site, change), '2 accepted');
  assert.equal(tell(site, site.ownerSetBytes), '2 accepted', 'an older one that it holds is nothing new either');
  assert.equal(world.records().length, records);
});

test('by a stranger, by too few, out of turn, of another history, cut or altered: refused, recorded, and nothing changes', () => {
  const { world, site } = ownedLock();
  const [second, stranger] = [keyNamed(site, 'second'), keyNamed(site, 'stranger')];
  assert.equal(tell(site, site.owners([site.owner, second], [stranger])), '1 signer-unknown');
  assert.equal(lastRule(world), 'owners-refused document:signer-unknown');
  assert.equal(tell(site, site.owners([site.owner, second], [site.owner, stranger])), '1 signer-unknown', 'one that is right makes no other right');
  assert.equal(tell(site, site.owners([site.owner, second], [site.owner], { sequence: 3 })), '1 gap');
  assert.equal(tell(site, site.owners([site.owner, second], [site.owner], { previous: site.crypto.sha256(utf8('another')) })), '1 fork');
  const good = site.owners([site.owner, second], [site.owner], { threshold: 2 });
  for (const wrong of [good.subarray(0, 40), good.with(60, (good[60] ?? 0) ^ 1), utf8('garbage')]) assert.match(tell(site, wrong), /^1 (malformed|signature-invalid|signer-unknown)$/);
  assert.deepEqual(held(world), [site.owner.publicKey]);
  assert.equal(tell(site, good), '2 accepted', 'control');
  assert.equal(tell(site, site.owners([site.owner])), '2 threshold-not-met');
  assert.equal(tell(site, site.owners([site.owner, stranger], [site.owner, second])), '3 accepted', 'control: both agree');
});

test('a set without whoever signed the roster is refused; once one who stays has signed it, it is taken', () => {
  const guests = welcomingLock();
  const { world, site } = guests;
  const second = keyNamed(site, 'second');
  assert.equal(tell(site, site.owners([site.owner, second])), '2 accepted');
  assert.equal(tell(site, site.owners([second], [second])), '2 roster-void');
  assert.equal(lastRule(world), 'owners-refused document:roster-void');
  guests.welcome({}, second);
  assert.equal(tell(site, site.owners([second], [second])), '3 accepted');
  world.restart();
  world.run(500);
  assert.deepEqual(held(world), [second.publicKey], 'the lock lives on after a restart');
  assert.equal(site.askAndWait({ verb: 'unlock' }).receipt?.record.sensed.bolt, 'unlocked', 'and its phone still opens');
});

test('what an owner who left had signed opens nothing; what the others signed does', () => {
  const guests = welcomingLock();
  const { world, site } = guests;
  const second = keyNamed(site, 'second');
  tell(site, site.owners([site.owner, second]));
  const [byFirst, bySecond] = [guests.issue(), guests.issue({}, { by: second })];
  assert.equal(guests.ask([bySecond]).decision.reason, 'granted-document', 'control: while it is an owner');
  assert.equal(tell(site, site.owners([site.owner])), '3 accepted');
  world.turn('thrown');
  assert.equal(guests.ask([bySecond]).decision.reason, 'issuer-unknown');
  assert.equal(guests.ask([byFirst]).decision.reason, 'granted-document', 'control');
  site.say('roster', guests.roster({}, second));
  world.run(100);
  assert.equal(lastRule(world), 'roster-refused document:signer-unknown');
});

test('an owner who was just added may sign the roster, and lends at once', () => {
  const guests = welcomingLock();
  const { site } = guests;
  const second = keyNamed(site, 'second');
  assert.equal(guests.ask([guests.issue({}, { by: second })]).decision.reason, 'issuer-unknown', 'not before');
  tell(site, site.owners([site.owner, second]));
  assert.equal(guests.ask([guests.issue({}, { by: second })]).decision.reason, 'granted-document');
  guests.welcome({}, second);
});

test('a delegation that the present owners’ threshold did not sign counts no more, and no less once they did', () => {
  const guests = welcomingLock();
  const { world, site } = guests;
  const second = keyNamed(site, 'second');
  const byHub = guests.issue({ remote: false, until: guests.at(86_400_000) }, { by: guests.hub });
  assert.equal(guests.ask([byHub]).decision.reason, 'remote-not-allowed', 'control: the hub’s document is known');
  tell(site, site.owners([site.owner, second], [site.owner], { threshold: 2 }));
  assert.equal(guests.ask([byHub]).decision.reason, 'issuer-unknown');
  tell(site, site.owners([site.owner, second], [site.owner, second]));
  assert.equal(guests.ask([byHub]).decision.reason, 'remote-not-allowed');
  assert.equal(world.drives.length, 0);
});

test('the history has an end: past it nothing is taken, and the lock goes on', () => {
  const { world, site } = ownedLock();
  for (let sequence = 2; sequence <= MAX_OWNER_SETS; sequence += 1) assert.equal(tell(site, site.owners([site.owner])), `${sequence} accepted`);
  assert.equal(tell(site, site.owners([site.owner])), `${MAX_OWNER_SETS} too-long`);
  world.restart();
  world.run(500);
  assert.equal(site.askAndWait({ verb: 'unlock' }).receipt?.record.sensed.bolt, 'unlocked');
});

test('a lock whose statement is not written yet answers that it is busy', () => {
  const guests = welcomingLock();
  const { world, site } = guests;
  const second = keyNamed(site, 'second');
  world.state = { ...world.state, membership: world.state.membership.kind === 'adopted' ? { ...world.state.membership, statement: undefined } : world.state.membership };
  world.faults.signDelayMs = undefined;
  assert.equal(tell(site, site.owners([site.owner, second])), '1 busy');
  assert.ok(equalBytes(held(world)[0] ?? new Uint8Array(0), site.owner.publicKey));
});
