// Reset by the act inside, only with the bolt sensed withdrawn, and by the owners' signed order: moving nothing, written down, told to the hub if it can be, and bounded.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startClock } from '@mortise/access/clock.ts';
import { required } from '@mortise/base/assert.ts';
import { utf8, type Bytes } from '@mortise/base/bytes.ts';
import { instant } from '@mortise/base/instant.ts';
import { decodeResetAnswer } from '@mortise/courier/link-body.ts';
import { deriveKeyPair, type KeyPair } from '@mortise/crypto/entropy.ts';
import { assembleResetOrder, RESET_ORDER_MS, resetOrderPayload, resetOrderToSign, type ResetOrder } from '@mortise/documents/reset-order.ts';
import { decodeRecord } from '@mortise/journal/record.ts';
import { welcomingLock } from './guests.conformance.ts';
import { RESET_REPORT_MS } from './reset-desk.ts';
import { ownedLock, Site } from './site.conformance.ts';
import { RTC_MS, World } from './world.conformance.ts';

const reasons = ({ ingested }: Site): readonly string[] => ingested.map(({ record }) => required(decodeRecord(record), 'a record').reason);

test('the hub has the record before anything is erased, and nothing moves', () => {
  const { world, site } = ownedLock();
  world.input({ kind: 'reset' });
  world.run(1000);
  assert.deepEqual([world.erasures, world.records().at(-1)?.reason === 'reset'], [0, false], 'not while it is locked');
  world.turn('withdrawn');
  world.run(500);
  world.input({ kind: 'reset' });
  assert.equal(world.erasures, 0, 'not before it is durable');
  world.run(500);
  assert.deepEqual([world.erasures, reasons(site).at(-1), world.records().at(-1)?.rule, world.drives], [1, 'reset', 'inside', []]);
  world.input({ kind: 'reset' });
  world.run(5000);
  assert.deepEqual([world.erasures, world.records().filter(({ reason }) => reason === 'reset').length], [1, 1], 'once');
});

test('a hub that is silent, a link that is down, a store that hangs: it waits so long and no longer', () => {
  const until = (change: (world: World, site: Site) => void): number => {
    const { world, site } = ownedLock();
    world.turn('withdrawn');
    world.run(500);
    change(world, site);
    world.input({ kind: 'reset' });
    const start = world.nowMs;
    while (world.erasures === 0 && world.nowMs < start + 10_000) world.run(10);
    return world.nowMs - start;
  };
  const [silent, down, hanging] = [until((_, site) => { site.acknowledges = false; }), until((world) => { world.input({ kind: 'linkDown' }); }), until((world) => { world.faults.storeDelayMs = undefined; })];
  assert.ok(silent >= RESET_REPORT_MS && silent < RESET_REPORT_MS + 100, `${silent}`);
  assert.ok(down < 100, `${down}`);
  assert.ok(hanging >= RESET_REPORT_MS && hanging < RESET_REPORT_MS + 100, `${hanging}`);
});

test('a lock that nobody owns tells nobody, and one that has not started is not reset', () => {
  const world = new World();
  world.position = 'withdrawn';
  world.input({ kind: 'bolt', position: 'withdrawn' });
  world.input({ kind: 'reset' });
  world.run(5000);
  assert.equal(world.erasures, 0);
  world.start();
  world.run(100);
  world.input({ kind: 'reset' });
  world.run(50);
  assert.deepEqual([world.erasures, world.records().at(-1)?.reason], [1, 'reset']);
});

// ---- by the owners' order ----------------------------------------------------------------------------------------------------

const keyNamed = (site: Site, name: string): KeyPair => deriveKeyPair(site.crypto, site.crypto.sha256(utf8(name)), 'owner');

const orderOf = (site: Site, changes: Partial<ResetOrder> = {}, signers: readonly KeyPair[] = [site.owner]): Bytes => {
  const issued = site.now();
  const payload = resetOrderPayload({ siteId: site.ownerSet.siteId, lockId: site.world.state.lockId, issued, until: instant(issued + RESET_ORDER_MS), ...changes });
  return assembleResetOrder(signers.map((signer) => site.sign(signer, resetOrderToSign(site.crypto, signer.publicKey, payload))));
};

/** What comes of an order: the lock's answer, its newest record, how often it was erased, what moved. */
const ordered = ({ world, site }: { readonly world: World; readonly site: Site }, bytes: Bytes): readonly unknown[] => {
  const before = world.sent.length;
  site.say('reset', bytes);
  world.run(500);
  const answer = world.sent.slice(before).find(({ type }) => type === 'reset-answer');
  const record = world.records().at(-1);
  return [answer === undefined ? 'no answer' : decodeResetAnswer(answer.body)?.code, `${record?.reason} ${record?.rule}`, world.erasures, world.drives.length];
};

const erased = ['accepted', 'reset owners:1', 1, 0];
const refusedAs = (code: string): readonly unknown[] => [code, `reset-refused document:${code}`, 0, 0];

test('an order that the owners signed erases, locked as the bolt is, once the hub has the record; it moves nothing, and counts once', () => {
  const owned = ownedLock();
  const order = orderOf(owned.site);
  owned.site.say('reset', order);
  assert.equal(owned.world.erasures, 0, 'not before it is durable');
  owned.world.run(500);
  assert.deepEqual([owned.world.erasures, owned.world.position, reasons(owned.site).at(-1), owned.world.drives], [1, 'thrown', 'reset', []]);
  assert.deepEqual(ordered(owned, order).slice(0, 3), ['no answer', 'reset owners:1', 1], 'the same again is nothing more');
});

test('a stranger’s order, another lock’s, another site’s, garbage, one that is over: refused and written down; the right one then erases', () => {
  const owned = ownedLock();
  const { site } = owned;
  const other = new World('another lock').state.lockId;
  const otherSite = new Site(new World('a third lock'), 'another site').ownerSet.siteId;
  const table: readonly (readonly [string, Bytes])[] = [
    ['signer-unknown', orderOf(site, {}, [keyNamed(site, 'stranger')])],
    ['signer-unknown', orderOf(site, {}, [site.phone])],
    ['other-lock', orderOf(site, { lockId: other })],
    ['other-site', orderOf(site, { siteId: otherSite })],
    ['malformed', utf8('garbage')],
    ['expired', orderOf(site, { issued: instant(site.now() - 2000), until: instant(site.now() - 1000) })],
  ];
  for (const [code, bytes] of table) assert.deepEqual(ordered(owned, bytes), refusedAs(code));
  assert.deepEqual(ordered(owned, orderOf(site)), erased, 'the control');
});

test('what a removed owner signed, before or after they went, resets nothing', () => {
  const owned = ownedLock();
  const { site, world } = owned;
  const second = keyNamed(site, 'second');
  const told = (bytes: Bytes): void => {
    site.say('owner-set', bytes);
    world.run(100);
  };
  told(site.owners([site.owner, second]));
  const early = orderOf(site, {}, [second]);
  told(site.owners([site.owner]));
  assert.deepEqual(ordered(owned, early), refusedAs('signer-unknown'));
  assert.deepEqual(ordered(owned, orderOf(site, {}, [second])), refusedAs('signer-unknown'));
  assert.deepEqual(ordered(owned, orderOf(site)), ['accepted', 'reset owners:3', 1, 0], 'the control');
});

test('an order for the lock that was reset says nothing to the lock that it has become', () => {
  const owned = ownedLock();
  const order = orderOf(owned.site);
  assert.deepEqual(ordered(owned, order), erased);
  const world = new World('the same board, born again');
  const site = new Site(world);
  world.start();
  world.run(100);
  assert.ok(site.adopt().ok);
  world.run(500);
  assert.deepEqual(ordered({ world, site }, order), refusedAs('other-lock'));
});

test('a clock that is lost cannot tell whether an order is over: refused, until it is set', () => {
  const owned = ownedLock();
  owned.site.tellsTime = false;
  owned.world.state = { ...owned.world.state, clock: startClock(undefined, { monotonicMs: owned.world.nowMs, rtcMs: RTC_MS }) };
  assert.deepEqual(ordered(owned, orderOf(owned.site)).slice(0, 3), ['clock-lost', 'reset-refused document:clock-lost', 0]);
});

test('whoever carries at the door, guest or owner, brings no such order: it comes by the link alone', () => {
  const guests = welcomingLock();
  const { world, site } = guests;
  world.run(1000);
  const via = site.connect();
  assert.equal(site.askAndWait({ verb: 'syncOnly', via }).outcome?.kind, 'completed');
  const before = world.records().length;
  via.bring('reset', orderOf(site));
  world.run(1000);
  assert.deepEqual([world.erasures, world.records().slice(before).filter(({ reason }) => reason.startsWith('reset'))], [0, []]);
  assert.equal(ordered({ world, site }, orderOf(site))[2], 1, 'the control: the same by the link');
});

test('a power cut between the record and the erasing: the next start finishes it', () => {
  const owned = ownedLock();
  owned.site.acknowledges = false;
  owned.site.say('reset', orderOf(owned.site));
  owned.world.run(500);
  assert.deepEqual([owned.world.erasures, owned.world.records().at(-1)?.reason], [0, 'reset'], 'the hub is silent');
  owned.world.restart();
  owned.world.run(100);
  assert.equal(owned.world.erasures, 1);
});

test('what the lock wrote after the record of its reset, before the power went, keeps no owners', () => {
  const owned = ownedLock();
  owned.site.acknowledges = false;
  owned.site.say('reset', orderOf(owned.site));
  owned.world.run(500);
  owned.world.turn('withdrawn');
  owned.world.run(500);
  const reset = owned.world.records().findIndex(({ reason }) => reason === 'reset');
  assert.ok(owned.world.erasures === 0 && reset >= 0 && owned.world.records().length > reset + 1, 'the thumb-turn was written down after it');
  owned.world.restart();
  owned.world.run(100);
  assert.equal(owned.world.erasures, 1);
});
