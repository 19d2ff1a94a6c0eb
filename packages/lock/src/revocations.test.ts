// Revocation Documents that come to the lock by themselves or in a step-up: what they teach holds at once, is written before it is told,
// and is told once, by the document's name. Beside each refusal stands the document that is taken.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { revocationName } from '@mortise/access/revocation-document.ts';
import type { StoredDocument } from '@mortise/aliro/device-response.ts';
import { utf8, type Bytes } from '@mortise/base/bytes.ts';
import { deriveKeyPair } from '@mortise/crypto/entropy.ts';
import { welcomingLock, type Guests } from './guests.conformance.ts';
import { MAX_UNPROVEN_PER_MINUTE } from './journal-keeper.ts';
import { Site } from './site.conformance.ts';
import { World } from './world.conformance.ts';

const bring = (guests: Guests, bytes: Bytes): void => {
  guests.site.say('revocation', bytes);
  guests.world.run(50);
};

/** What the journal says of revocations, in order. */
const told = ({ world }: Guests): readonly string[] =>
  world.records().flatMap(({ reason, rule, allowed }) => (reason.startsWith('revocations-') && allowed === undefined ? [`${reason} ${rule}`] : []));

const accepted = ({ site }: Guests, { bytes }: StoredDocument): string => `revocations-accepted revocation:${revocationName(site.crypto, bytes)}`;

test('a revocation that comes by itself holds at once and over a restart, and the journal names it once', () => {
  const guests = welcomingLock();
  const document = guests.issue();
  assert.equal(guests.ask([document]).decision.reason, 'granted-document', 'control');
  const revocation = guests.revoke(guests.id('grant'));
  bring(guests, revocation.bytes);
  assert.equal(guests.ask([document]).decision.reason, 'revoked');
  bring(guests, revocation.bytes);
  guests.sleep(1000);
  bring(guests, revocation.bytes);
  assert.equal(guests.ask([document]).decision.reason, 'revoked');
  assert.deepEqual(told(guests), [accepted(guests, revocation)]);
  assert.match(told(guests)[0] ?? '', /^revocations-accepted revocation:[\w-]{22}$/);
});

test('one that came in a step-up is told by the same name, whatever the decision was', () => {
  const guests = welcomingLock();
  const [other, own] = [guests.revoke(guests.id('another')), guests.revoke(guests.id('grant'), guests.hub)];
  assert.equal(guests.ask([guests.issue(), other]).decision.reason, 'granted-document');
  assert.equal(guests.ask([guests.issue(), own, other]).decision.reason, 'revoked');
  assert.deepEqual(told(guests), [accepted(guests, other), accepted(guests, own)]);
  bring(guests, own.bytes);
  assert.equal(told(guests).length, 2, 'by itself it is nothing new');
});

test('a document that teaches nothing but is new to the lock is told, so that nobody waits for it', () => {
  const guests = welcomingLock();
  const [first, again] = [guests.revoke(guests.id('grant')), guests.revoke(guests.id('grant'))];
  bring(guests, first.bytes);
  bring(guests, again.bytes);
  bring(guests, first.bytes);
  bring(guests, again.bytes);
  assert.deepEqual(told(guests), [accepted(guests, first), accepted(guests, again)]);
});

test('what it teaches is durable no later than the record that says so, at any cut', () => {
  const guests = welcomingLock();
  const { world, site } = guests;
  const [document, revocation] = [guests.issue(), guests.revoke(guests.id('grant'))];
  const before = { memory: world.stored.memory, entries: world.stored.entries.length };
  world.faults.storeDelayMs = 50;
  site.say('revocation', revocation.bytes);
  world.run(10);
  world.faults.storeDelayMs = 2;
  world.restart();
  assert.deepEqual([world.stored.memory, told(guests)], [before.memory, []], 'the cut came first: neither');
  bring(guests, revocation.bytes);
  world.restart();
  world.run(500);
  assert.deepEqual(told(guests), [accepted(guests, revocation)]);
  assert.equal(guests.ask([document]).decision.reason, 'revoked', 'both');
});

test('two owners and the hub who revoke at once do not undo each other', () => {
  const guests = welcomingLock();
  const { site } = guests;
  const second = deriveKeyPair(site.crypto, site.crypto.sha256(utf8('second')), 'owner');
  site.say('owner-set', site.owners([site.owner, second]));
  guests.world.run(100);
  const names = ['one', 'two', 'three'] as const;
  const signers = [site.owner, second, guests.hub];
  names.forEach((name, index) => bring(guests, guests.revoke(guests.id(name), signers[index]).bytes));
  for (const name of names) assert.equal(guests.ask([guests.issue({ grantId: guests.grantId(name) })]).decision.reason, 'revoked');
  assert.equal(guests.ask([guests.issue()]).decision.reason, 'granted-document', 'control');
});

test('by nobody, by a delegate that may not, altered, cut, an access document, garbage: refused, recorded with why, and nothing is lost', () => {
  const guests = welcomingLock();
  const { site, world } = guests;
  const stranger = deriveKeyPair(site.crypto, site.crypto.sha256(utf8('stranger')), 'owner');
  const good = guests.revoke(guests.id('grant'));
  const cases: readonly (readonly [Bytes, string])[] = [
    [guests.revoke(guests.id('grant'), stranger).bytes, 'issuer-unknown'],
    [guests.revoke(guests.id('grant'), guests.link).bytes, 'issuer-unknown'],
    [good.bytes.with(good.bytes.length - 20, (good.bytes.at(-20) ?? 0) ^ 1), 'issuer-signature'],
    [good.bytes.with(good.bytes.length - 1, (good.bytes.at(-1) ?? 0) ^ 1), 'document-doctype'],
    [good.bytes.subarray(0, 60), 'document-malformed'],
    [guests.issue().bytes, 'document-doctype'],
    [utf8('garbage'), 'document-malformed'],
  ];
  for (const [bytes, code] of cases) {
    bring(guests, bytes);
    assert.equal(told(guests).at(-1), `revocations-refused document:${code}`);
  }
  assert.equal(guests.ask([guests.issue()]).decision.reason, 'granted-document', 'nothing was learnt');
  guests.welcome({ delegations: [guests.sign({ ...guests.standing(), revocation: false })] });
  bring(guests, guests.revoke(guests.id('grant'), guests.hub).bytes);
  assert.equal(told(guests).at(-1), 'revocations-refused document:issuer-unknown');
  bring(guests, good.bytes);
  assert.equal(told(guests).at(-1), accepted(guests, good), 'control');
  world.turn('thrown');
  assert.equal(guests.ask([guests.issue()]).decision.reason, 'revoked');
});

test('refusals are counted past their bound, and what teaches something is recorded all the same', () => {
  const guests = welcomingLock();
  for (let count = 0; count < MAX_UNPROVEN_PER_MINUTE + 10; count += 1) guests.site.say('revocation', utf8(`garbage ${count}`));
  const revocation = guests.revoke(guests.id('grant'));
  bring(guests, revocation.bytes);
  const records = told(guests);
  assert.equal(records.filter((record) => record.startsWith('revocations-refused')).length, MAX_UNPROVEN_PER_MINUTE);
  assert.equal(records.at(-1), accepted(guests, revocation));
});

test('on a lost clock revocations are taken; a lock that nobody owns takes none', () => {
  const guests = welcomingLock();
  const { world, site } = guests;
  world.state = { ...world.state, clock: { ...world.state.clock, basis: 'none' } };
  site.tellsTime = false;
  const revocation = guests.revoke(guests.id('grant'));
  bring(guests, revocation.bytes);
  assert.deepEqual(told(guests), [accepted(guests, revocation)]);
  const fresh = new World();
  const stranger = new Site(fresh);
  fresh.start();
  fresh.run(100);
  const before = fresh.records().length;
  stranger.say('revocation', revocation.bytes);
  fresh.run(100);
  assert.equal(fresh.records().length, before);
});

test('a step-up that names the same document twice is told once', () => {
  const guests = welcomingLock();
  const revocation = guests.revoke(guests.id('another'));
  guests.ask([guests.issue(), revocation, revocation]);
  assert.deepEqual(told(guests), [accepted(guests, revocation)]);
});
