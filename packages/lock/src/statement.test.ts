// The lock's word that it was adopted: one, durable before anybody hears it, said at every link-up, and made up for after a power
// cut or a full store, so that no moment leaves a lock with an owner whom nobody can learn of.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { required } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { decodeRosterAnswer } from '@mortise/courier/link-body.ts';
import { openAdoptionStatement } from '@mortise/documents/adoption-statement.ts';
import { Site } from './site.conformance.ts';
import { World } from './world.conformance.ts';

const fresh = (): { readonly world: World; readonly site: Site } => {
  const world = new World();
  const site = new Site(world);
  world.start();
  world.run(100);
  return { world, site };
};

/** `Site.adopt` lets the world run this long for the lock's answer; then the offer goes out. */
const OFFER_MS = 200;

const statements = (world: World): readonly Bytes[] => world.sent.filter(({ type }) => type === 'statement').map(({ body }) => body);
const again = (world: World): void => {
  world.input({ kind: 'linkDown' });
  world.input({ kind: 'linkUp' });
  world.run(50);
};

test('an adopted lock says by whom at each link-up, in the very word that its owner had; a factory lock says nothing', () => {
  const { world, site } = fresh();
  again(world);
  assert.equal(statements(world).length, 0, 'the control: nobody owns it');
  const word = site.adopt();
  assert.ok(word.ok);
  assert.equal(statements(world).length, 0, 'its factory link carries none');
  again(world);
  again(world);
  world.restart();
  world.run(50);
  assert.deepEqual(statements(world), [word.value.signed, word.value.signed, word.value.signed]);
  const opened = openAdoptionStatement(world.crypto, world.keys.identityKey, word.value.signed);
  assert.ok(opened.ok);
  assert.deepEqual([opened.value.siteId, opened.value.sealKey], [site.ownerSet.siteId, world.keys.seal.publicKey]);
});

test('the power fails at each moment of an adoption: a factory lock, or one that says by whom it was adopted', () => {
  const found = { factory: 0, adoptedUntold: 0, adoptedTold: 0 };
  for (let cutMs = 1; cutMs <= 40; cutMs += 1) {
    const { world, site } = fresh();
    // Slow enough for a cut between each two writes and signatures.
    Object.assign(world.faults, { storeDelayMs: 8, signDelayMs: 7 });
    world.later(OFFER_MS + cutMs, () => world.restart());
    const word = site.adopt();
    world.run(200);
    again(world);
    const said = statements(world);
    if (world.state.membership.kind === 'factory') {
      assert.deepEqual([said.length, word.ok], [0, false], `cut after ${cutMs} ms`);
      found.factory += 1;
      continue;
    }
    const [first] = said;
    assert.ok(first !== undefined && said.every((each) => each.toHex() === first.toHex()), `one word, cut after ${cutMs} ms`);
    assert.ok(openAdoptionStatement(world.crypto, world.keys.identityKey, first).ok);
    if (word.ok) assert.deepEqual(word.value.signed, first);
    found[word.ok ? 'adoptedTold' : 'adoptedUntold'] += 1;
  }
  assert.ok(found.factory > 0 && found.adoptedUntold > 0 && found.adoptedTold > 0, JSON.stringify(found));
  console.log(`statement: power cuts: ${JSON.stringify(found)}`);
});

test('a store that stays silent: no word, to nobody, until the next life', () => {
  const { world, site } = fresh();
  world.faults.signDelayMs = 50;
  world.later(OFFER_MS + 20, () => { world.faults.storeDelayMs = undefined; });
  assert.equal(site.adopt().ok, false, 'the owner hears nothing');
  again(world);
  assert.ok(world.state.membership.kind === 'adopted' && world.state.membership.statement !== undefined, 'signed');
  assert.deepEqual([statements(world).length, world.credentials.length], [0, 0], 'and not said');
  world.faults.storeDelayMs = 2;
  world.restart();
  world.run(200);
  assert.equal(world.credentials.length > 0, true);
  again(world);
  assert.equal(statements(world).length, 1);
});

test('a signature that came while the store was full is asked for again once it is not', () => {
  const { world, site } = fresh();
  world.faults.signDelayMs = 100;
  // The adoption is stored, its statement is being signed.
  world.later(OFFER_MS + 30, () => {
    world.faults.storeDelayMs = 1000;
    for (let turn = 0; turn < 40; turn += 1) world.turn(turn % 2 === 0 ? 'withdrawn' : 'thrown');
  });
  assert.equal(site.adopt().ok, false);
  assert.ok(world.state.membership.kind === 'adopted' && world.state.membership.statement === undefined);
  assert.ok(world.state.signatures.every(({ after }) => after.kind !== 'adoptionStatement'), 'the signature came, and there was no room');
  world.run(3000);
  again(world);
  assert.equal(statements(world).length, 1);
});

test('a roster before the statement is busy: the statement names the roster of the adoption', () => {
  const { world, site } = fresh();
  world.later(OFFER_MS - 50, () => { world.faults.signDelayMs = 300; });
  site.adopt();
  assert.ok(world.state.membership.kind === 'adopted' && world.state.membership.statement === undefined);
  const next = site.roster({ version: 2, previous: world.state.membership.roster.hash });
  const answered = (): string | undefined => {
    site.say('roster', next.bytes);
    world.run(500);
    return decodeRosterAnswer(required(world.sent.findLast(({ type }) => type === 'roster-answer'), 'the lock answers').body)?.code;
  };
  assert.equal(answered(), 'busy');
  assert.equal(answered(), 'accepted', 'the control: once it is there');
  again(world);
  const opened = openAdoptionStatement(world.crypto, world.keys.identityKey, required(statements(world)[0], 'it is said'));
  assert.ok(opened.ok && world.state.membership.kind === 'adopted');
  assert.notDeepEqual(opened.value.rosterHash, world.state.membership.roster.hash);
});
