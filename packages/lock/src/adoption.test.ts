// Adoption at the lock: what a wrong code, an old code, a second owner, a man in the middle or bad documents change: nothing.
// Beside them the rightful one.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8 } from '@mortise/base/bytes.ts';
import { decodeAdoptBody, encodeAdoptBody } from '@mortise/courier/link-body.ts';
import { unprovenStatus } from '@mortise/courier/status.ts';
import { encodeRelayFrame } from '@mortise/courier/relay-frame.ts';
import { decodeAnswer } from '@mortise/documents/adoption-message.ts';
import { ownerHello } from '@mortise/documents/adoption.ts';
import { Site } from './site.conformance.ts';
import { World } from './world.conformance.ts';
import { view } from './view.ts';

const fresh = (): { readonly world: World; readonly site: Site } => {
  const world = new World();
  const site = new Site(world);
  world.start();
  world.run(100);
  return { world, site };
};

const codeOf = (result: ReturnType<Site['adopt']>): string => (result.ok ? 'accepted' : result.error.code);
const WRONG = utf8('9876543210');

test('a wrong code changes nothing but its count; the right one then adopts', () => {
  const { world, site } = fresh();
  assert.equal(codeOf(site.adopt({ secret: WRONG })), 'setup-code-wrong');
  assert.equal(world.state.membership.kind, 'factory');
  assert.deepEqual(world.records().at(-1)?.reason, 'adoption-refused');
  assert.equal(codeOf(site.adopt()), 'accepted');
  assert.equal(world.state.membership.kind, 'adopted');
});

test('after five wrong codes it does not listen for a minute, then two; a restart does not shorten that', () => {
  const { world, site } = fresh();
  const wrong = (): string => codeOf(site.adopt({ secret: WRONG }));
  assert.deepEqual([1, 2, 3, 4, 5].map(wrong), Array<string>(5).fill('setup-code-wrong'));
  assert.equal(codeOf(site.adopt()), 'too-many-tries', 'not even the right one');
  world.run(59_000);
  assert.equal(codeOf(site.adopt()), 'too-many-tries');
  world.run(2000);
  assert.equal(wrong(), 'setup-code-wrong');
  world.run(61_000);
  assert.equal(codeOf(site.adopt()), 'too-many-tries', 'two minutes now');
  world.restart();
  assert.equal(codeOf(site.adopt()), 'too-many-tries', 'the count survived');
  world.run(121_000);
  assert.equal(codeOf(site.adopt()), 'accepted');
});

test('a wrong code is answered only once its count is durable: cutting the power buys no tries', () => {
  const { world, site } = fresh();
  world.faults.storeDelayMs = undefined;
  assert.equal(codeOf(site.adopt({ secret: WRONG })), 'malformed', 'no answer came');
});

test('a second adoption is refused, and the first one holds', () => {
  const { world, site } = fresh();
  assert.equal(codeOf(site.adopt()), 'accepted');
  const thief = new Site(world, 'a thief', false);
  assert.equal(codeOf(thief.adopt()), 'already-adopted');
  assert.ok(world.state.membership.kind === 'adopted');
  assert.deepEqual(world.state.membership.ownerSet.hash, site.ownerSet.hash);
});

test('the setup secret is gone once the lock is adopted', () => {
  const { world, site } = fresh();
  assert.ok(view(world.crypto, world.state).setup);
  site.adopt();
  assert.equal('setupSecret' in world.state.membership, false);
  world.restart();
  assert.equal('setupSecret' in world.state.membership, false);
});

test('documents that do not belong together, or to this lock, are refused, and said so under seal', () => {
  const cases: Readonly<Record<string, (site: Site) => object>> = {
    'the reader certificate of another issuer': (site) => ({ readerIssuerKey: site.owner.publicKey }),
    'the reader certificate of another lock': (site) => ({ readerCertificate: site.readerCertificate(site.world.keys.readerKey, 'another lock') }),
    'the reader certificate of another key': (site) => ({ readerCertificate: site.readerCertificate(site.phone.publicKey, site.world.state.lockId) }),
    'no reader certificate': () => ({ readerCertificate: utf8('x') }),
  };
  for (const [name, change] of Object.entries(cases)) {
    const { world, site } = fresh();
    assert.equal(codeOf(site.adopt({ change: change(site) })), 'document-refused', name);
    assert.equal(world.state.membership.kind, 'factory', name);
    assert.equal(codeOf(site.adopt()), 'accepted', 'control');
  }
});

test('an offer in another session, a second offer in one handshake, an offer after two minutes: refused', () => {
  const { world, site } = fresh();
  const last = (): string => {
    const answer = decodeAdoptBody(world.sent.findLast(({ type }) => type === 'adopt')?.body ?? utf8(''));
    const decoded = decodeAnswer(answer?.bytes ?? utf8(''));
    return decoded.ok ? 'answered' : decoded.error.code;
  };
  const [session, other] = [site.session(), site.session()];
  const hello = (): void => {
    site.say('adopt', encodeAdoptBody({ step: 1, bytes: ownerHello(world.crypto, site.entropy()).message }), session);
    world.run(50);
  };
  hello();
  assert.equal(last(), 'answered');
  site.say('adopt', encodeAdoptBody({ step: 3, bytes: utf8('offer') }), other);
  world.run(50);
  const handshakes = (): number => (world.state.membership.kind === 'factory' ? world.state.membership.handshakes.length : -1);
  assert.equal(handshakes(), 1, 'another session does not end it');
  site.say('adopt', encodeAdoptBody({ step: 3, bytes: utf8('offer') }), session);
  world.run(50);
  assert.equal(handshakes(), 0, 'one offer ends it');
  hello();
  world.run(120_000);
  assert.equal(handshakes(), 0, 'time ends it');
});

test('before it has an owner a lock hears of adoption and status only', () => {
  const { world, site } = fresh();
  const before = { sent: world.sent.length, stored: world.stored.entries.length };
  for (const type of ['roster', 'journal-ack', 'time-answer'] as const) site.say(type, site.roster().bytes);
  world.run(100);
  assert.deepEqual({ sent: world.sent.length, stored: world.stored.entries.length }, before);
  site.say('relay', encodeRelayFrame({ kind: 'open' }), site.session());
  assert.equal(world.state.sessions.length, 0);
  site.say('status-ask', utf8(''));
  world.run(10);
  assert.equal(unprovenStatus(world.sent.at(-1)?.body ?? utf8(''))?.adopted, false);
});

test('nothing is said and nothing holds until it is durable', () => {
  const { world, site } = fresh();
  world.faults.storeDelayMs = undefined;
  assert.equal(codeOf(site.adopt()), 'malformed', 'no answer came');
  assert.equal(world.credentials.length, 0);
  world.faults.storeDelayMs = 2;
  world.restart();
  assert.equal(world.state.membership.kind, 'factory');
  assert.equal(codeOf(site.adopt()), 'accepted');
});
