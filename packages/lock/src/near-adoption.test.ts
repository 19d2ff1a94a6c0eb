// Adoption at the lock itself, with no link to any hub: a powered lock over its near link, a passive one by contact. Beside each refusal the
// rightful owner.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { required } from '@mortise/base/assert.ts';
import { equalBytes, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { identifierBytes } from '@mortise/base/identifiers.ts';
import { Secret } from '@mortise/base/secret.ts';
import { encodeAdoptBody } from '@mortise/courier/link-body.ts';
import { encodeToLock, NO_SESSION, type ToLockType } from '@mortise/courier/link-message.ts';
import { ADOPTION_STEP, decodeAnswer, decodeSealed } from '@mortise/documents/adoption-message.ts';
import { openAdoptionStatement } from '@mortise/documents/adoption-statement.ts';
import { ownerHello, ownerOffer, ownerReadAnswer, ownerReadDone, type OwnerOffered } from '@mortise/documents/adoption.ts';
import { MAX_NEAR_ADOPTION_MESSAGES } from './near-desk.ts';
import type { NearLink } from './near-link.conformance.ts';
import { PROFILES, type Profile } from './profile.ts';
import { Site } from './site.conformance.ts';
import { SETUP_SECRET, World } from './world.conformance.ts';

const WRONG = utf8('9876543210');

/** A new lock that has power and nothing else. */
const fresh = (profile: Profile): { readonly world: World; readonly site: Site } => {
  const world = new World('a new lock', profile);
  const site = new Site(world);
  world.wake();
  world.run(100);
  return { world, site };
};

/** A passive lock is lifted and touched again; its bolt stays. */
const touchAgain = (world: World): void => {
  world.revive();
  world.hearNear = () => undefined;
  world.nearClosed = () => undefined;
  world.wake();
};

const codeOf = (result: ReturnType<Site['adopt']>): string => (result.ok ? 'accepted' : result.error.code);
const kindOf = ({ state }: World): string => state.membership.kind;

/** Up to an offer that is right, and was not said yet. */
const prepared = (site: Site, via: NearLink): OwnerOffered => {
  const code = { lockIdPrefix: identifierBytes(site.world.state.lockId).slice(0, 12), secret: new Secret(SETUP_SECRET) };
  const { message, state } = ownerHello(site.crypto, site.entropy());
  const answer = ownerReadAnswer(site.crypto, state, code, required(via.adopt(ADOPTION_STEP.hello, message), 'an answer'));
  assert.ok(answer.ok, answer.ok ? '' : answer.error.code);
  const offered = ownerOffer(site.crypto, answer.value, site.offer(answer.value, { linkCertificate: new Uint8Array(0), brokerCa: new Uint8Array(0) }));
  assert.ok(offered.ok);
  return offered.value;
};

/** What the lock made of an offer, in a word. */
const offer = ({ crypto }: Site, via: NearLink, offered: OwnerOffered): string => {
  const done = via.adopt(ADOPTION_STEP.offer, offered.message);
  if (done === undefined) return 'nothing';
  const read = ownerReadDone(crypto, offered, done);
  return read.ok ? 'accepted' : read.error.code;
};

for (const profile of ['powered', 'passive'] as const) {
  test(`adopted at the lock without any link; the first opening follows on the same connection: ${profile}`, () => {
    const { world, site } = fresh(profile);
    const via = site.connect();
    world.run(50);
    const word = site.adopt({ via, change: { linkCertificate: new Uint8Array(0), brokerCa: new Uint8Array(0) } });
    assert.ok(word.ok, word.ok ? '' : word.error.code);
    assert.equal(word.value.statement.profile, profile, 'it says what it is built as');
    assert.deepEqual(world.credentials.map(({ certificate, ca }) => [certificate.length, ca.length]), [[0, 0]], 'the shell is told, and forgets the setup secret');
    const run = site.askAndWait({ verb: 'unlock', via });
    assert.equal(run.receipt?.record.reason, 'granted-trusted');
    assert.deepEqual(via.bodies('statement'), [word.value.signed], 'and whoever carries takes its word home');
    assert.deepEqual(world.records().map(({ reason }) => reason).filter((reason) => reason === 'adopted'), ['adopted']);
    assert.deepEqual(world.sent, [], 'nothing went over a link');
  });

  test(`its word is said at each contact until a hub has acknowledged something: ${profile}`, () => {
    const { world, site } = fresh(profile);
    assert.equal(codeOf(site.adopt({ via: site.connect() })), 'accepted');
    const contact = (): NearLink => {
      touchAgain(world);
      const via = site.connect();
      site.askAndWait({ verb: 'syncOnly', via });
      return via;
    };
    const [first, second] = [contact(), contact()];
    assert.deepEqual([first, second].map((via) => via.bodies('statement').length), [1, 1]);
    const opened = openAdoptionStatement(site.crypto, world.keys.identityKey, required(first.bodies('statement')[0], 'a statement'));
    assert.ok(opened.ok && opened.value.siteId === site.ownerSet.siteId);
    second.bring('journal-ack', site.ack(1));
    world.run(100);
    assert.equal(contact().bodies('statement').length, 0);
  });

  test(`who has not shown a key hears nothing of whose it is beyond the hello: ${profile}`, () => {
    const { world, site } = fresh(profile);
    assert.equal(codeOf(site.adopt({ via: site.connect() })), 'accepted');
    touchAgain(world);
    const via = site.connect();
    world.run(3000);
    assert.equal(via.bodies('statement').length, 0);
  });

  test(`a second owner at the lock is told that it is somebody's: ${profile}`, () => {
    const { world, site } = fresh(profile);
    assert.equal(codeOf(site.adopt({ via: site.connect() })), 'accepted');
    touchAgain(world);
    const thief = new Site(world, 'a thief', false);
    assert.equal(codeOf(thief.adopt({ via: thief.connect() })), 'already-adopted');
    assert.ok(world.state.membership.kind === 'adopted' && equalBytes(world.state.membership.ownerSet.hash, site.ownerSet.hash));
  });
}

// ---- wrong codes -------------------------------------------------------------------------------------------------------------

test('wrong codes count together, by whichever way they come', () => {
  const { world, site } = fresh('powered');
  world.input({ kind: 'linkUp' });
  const ways = [site.connect(), site.connect(), undefined, undefined, site.connect()];
  assert.deepEqual(ways.map((via) => codeOf(site.adopt({ secret: WRONG, ...(via && { via }) }))), Array<string>(5).fill('setup-code-wrong'));
  assert.equal(codeOf(site.adopt()), 'too-many-tries', 'over the relay');
  assert.equal(codeOf(site.adopt({ via: site.connect() })), 'too-many-tries', 'at the door');
  world.run(61_000);
  assert.equal(codeOf(site.adopt({ via: site.connect() })), 'accepted');
});

test('passive: lifting between wrong codes buys no tries; who waits at the lock gets another', () => {
  const { world, site } = fresh('passive');
  const touch = (secret: Bytes): string => {
    touchAgain(world);
    return codeOf(site.adopt({ secret, via: site.connect() }));
  };
  assert.deepEqual(Array.from({ length: 5 }, () => touch(WRONG)), Array<string>(5).fill('setup-code-wrong'));
  assert.deepEqual([touch(WRONG), touch(SETUP_SECRET), touch(SETUP_SECRET)], Array<string>(3).fill('too-many-tries'), 'the wait begins anew with each life');
  world.run(59_000);
  assert.equal(codeOf(site.adopt({ via: site.connect() })), 'too-many-tries');
  world.run(2_000);
  assert.equal(codeOf(site.adopt({ via: site.connect() })), 'accepted');
});

test('passive: a lift before the count is durable gets no answer, so that it is no try', () => {
  const { world, site } = fresh('passive');
  for (let tries = 0; tries < 8; tries += 1) {
    touchAgain(world);
    world.faults.storeDelayMs = undefined;
    assert.equal(codeOf(site.adopt({ secret: WRONG, via: site.connect() })), 'malformed', 'no answer came');
  }
  world.faults.storeDelayMs = 2;
  touchAgain(world);
  assert.equal(codeOf(site.adopt({ via: site.connect() })), 'accepted');
});

test('passive: strangers fill their share of the ring, and wrong codes count on', () => {
  const { world, site } = fresh('passive');
  for (let touches = 0; touches < PROFILES.passive.noiseEntries + 20; touches += 1) {
    touchAgain(world);
    site.connect().sayBytes(utf8('nonsense'));
    world.run(20);
  }
  assert.equal(world.state.journal.noise.length, PROFILES.passive.noiseEntries);
  const touch = (secret: Bytes): string => {
    touchAgain(world);
    return codeOf(site.adopt({ secret, via: site.connect() }));
  };
  assert.deepEqual(Array.from({ length: 6 }, () => touch(WRONG)), [...Array<string>(5).fill('setup-code-wrong'), 'too-many-tries']);
  world.run(61_000);
  assert.equal(codeOf(site.adopt({ via: site.connect() })), 'accepted');
});

// ---- several at once ---------------------------------------------------------------------------------------------------------

test('two owners at once: the first offer counts, the other is told; the hello of the second does not end the first', () => {
  const { world, site } = fresh('powered');
  const other = new Site(world, 'another owner with the code', false);
  const [via, beside] = [site.connect(), other.connect()];
  const [mine, theirs] = [prepared(site, via), prepared(other, beside)];
  assert.equal(offer(site, via, mine), 'accepted');
  assert.equal(offer(other, beside, theirs), 'already-adopted');
  assert.ok(world.state.membership.kind === 'adopted' && equalBytes(world.state.membership.ownerSet.hash, site.ownerSet.hash));
});

test('an offer belongs to the connection of its hello, and goes with it', () => {
  const { world, site } = fresh('powered');
  const [via, beside] = [site.connect(), site.connect()];
  const mine = prepared(site, via);
  assert.equal(offer(site, beside, mine), 'malformed', 'by another connection');
  via.leave();
  assert.ok(world.state.membership.kind === 'factory' && world.state.membership.handshakes.length === 0, 'gone with the connection');
  assert.equal(codeOf(site.adopt({ via: beside })), 'accepted', 'control');
});

test('phones that pass by do not push out who is adopting', () => {
  const { world, site } = fresh('powered');
  const via = site.connect();
  const mine = prepared(site, via);
  for (let phones = 0; phones < 3 * PROFILES.powered.nearConnections; phones += 1) site.connect();
  world.run(50);
  assert.equal(offer(site, via, mine), 'accepted');
});

// ---- strangers and replays ---------------------------------------------------------------------------------------------------

for (const profile of ['powered', 'passive'] as const) {
  test(`what was said in one adoption is nothing in the next contact: ${profile}`, () => {
    const { world, site } = fresh(profile);
    const via = site.connect();
    const mine = prepared(site, via);
    touchAgain(world);
    const again = site.connect();
    assert.equal(offer(site, again, mine), 'malformed', 'no handshake');
    const { message } = ownerHello(site.crypto, site.entropy());
    again.adopt(ADOPTION_STEP.hello, message);
    assert.equal(offer(site, again, mine), 'setup-code-wrong', 'an offer to another answer opens under no key');
    assert.equal(kindOf(world), 'factory');
    assert.equal(codeOf(site.adopt({ via: again })), 'accepted', 'control');
  });

  test(`before it has an owner it takes nothing else at the door: ${profile}`, () => {
    const types: readonly ToLockType[] = ['relay', 'roster', 'journal-ack', 'time-answer', 'status-ask', 'revocation', 'owner-set', 'time-bound', 'certified-time', 'network'];
    for (const type of types) {
      const { world, site } = fresh(profile);
      const via = site.connect();
      via.bring(type, site.roster().bytes);
      world.run(50);
      assert.equal(via.isOpen, false, type);
      assert.equal(kindOf(world), 'factory');
    }
    const { world, site } = fresh(profile);
    const via = site.connect();
    via.say({ kind: 'open' });
    world.run(50);
    assert.deepEqual(via.heard.at(-1), { kind: 'closed', code: 'not-adopted' });
    assert.equal(codeOf(site.adopt({ via: site.connect() })), 'accepted', 'control');
  });

  test(`nonsense in the place of each message is refused in plain, and changes nothing: ${profile}`, () => {
    const { world, site } = fresh(profile);
    for (const step of [0, 1, 2, 3, 4, 15]) {
      for (const bytes of [new Uint8Array(0), utf8('nonsense'), new Uint8Array(60_000).fill(7)]) {
        const via = site.connect();
        const said = via.adopt(step, bytes);
        const code = said === undefined ? 'nothing' : [decodeAnswer(said), decodeSealed(4, said)].flatMap((read) => (read.ok ? [] : [read.error.code]))[0];
        assert.equal(code, step === ADOPTION_STEP.hello || step === ADOPTION_STEP.offer ? 'malformed' : 'nothing', `step ${step}`);
      }
    }
    assert.equal(kindOf(world), 'factory');
    assert.equal(codeOf(site.adopt({ via: site.connect() })), 'accepted', 'control');
  });
}

test('one connection adopts so many times and no more; one that is cut short ends it', () => {
  const { world, site } = fresh('powered');
  const via = site.connect();
  for (let hellos = 0; hellos < MAX_NEAR_ADOPTION_MESSAGES; hellos += 1) assert.ok(via.adopt(ADOPTION_STEP.hello, ownerHello(site.crypto, site.entropy()).message));
  assert.equal(via.isOpen, true);
  assert.equal(via.adopt(ADOPTION_STEP.hello, ownerHello(site.crypto, site.entropy()).message), undefined);
  assert.equal(via.isOpen, false);
  const next = site.connect();
  const body = encodeAdoptBody({ step: ADOPTION_STEP.hello, bytes: ownerHello(site.crypto, site.entropy()).message });
  next.say({ kind: 'carry', message: encodeToLock({ type: 'adopt', session: NO_SESSION, seq: 1, expires: 0, body }).slice(0, -1) });
  world.run(50);
  assert.equal(next.isOpen, false, 'cut short it is none');
  assert.equal(codeOf(site.adopt({ via: site.connect() })), 'accepted', 'control');
});
