// A credential that is not in the roster opens by its access document, over the relay, from hub to bolt. Each refusal stands beside
// the control: the same without what is wrong opens the door.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GrantTerms } from '@mortise/access/grant.ts';
import { delegationHeader } from '@mortise/access/invitation.ts';
import { INTERFACES } from '@mortise/aliro/vendor.ts';
import { hex, type Bytes } from '@mortise/base/bytes.ts';
import { encodeRelayFrame } from '@mortise/courier/relay-frame.ts';
import { deriveKeyPair } from '@mortise/crypto/entropy.ts';
import type { Schedule } from '@mortise/schedule/schedule.ts';
import { DAY_MS, Guests, HOUR_MS, welcomingLock, type Told } from './guests.conformance.ts';
import { isHeld, NO_HOLD } from './hold.ts';
import { updateHold } from './holding.ts';
import { MAX_LOOKS_PER_MINUTE, MAX_UNPROVEN_PER_MINUTE } from './journal-keeper.ts';
import { ownedLock, Site } from './site.conformance.ts';
import { RTC_MS, World } from './world.conformance.ts';

const opened = (told: Told, what = 'control'): void => {
  assert.deepEqual([told.decision.reason, told.decision.allowed, told.drives], ['granted-document', true, 1], what);
  assert.deepEqual(told.run.outcome, { kind: 'completed', readerStatus: 0x0181 }, what);
  assert.equal(told.run.receipt?.record.sensed.bolt, 'unlocked', what);
};

/** Refused, nothing moved; `grant`: whether the phone showed a grant that was truly issued to it, and got a receipt. */
const refused = (told: Told, reason: string, grant = true): void => {
  assert.deepEqual([told.decision.reason, told.decision.allowed, told.drives], [reason, false, 0]);
  assert.deepEqual([told.run.receipt?.record.reason, told.decision.grant !== undefined], grant ? [reason, true] : [undefined, false], reason);
  assert.equal(told.run.outcome?.kind, 'completed', 'the credential is told');
};

const locked = (guests: Guests): void => {
  guests.world.turn('thrown');
  guests.world.run(100);
};

test('a document that an owner signed opens, and is recorded with its grant and its rule before the bolt moves', () => {
  const guests = welcomingLock();
  const document = guests.issue();
  const told = guests.ask([document]);
  opened(told);
  const { decision, run } = told;
  assert.match(decision.rule ?? '', /^owner:[0-9a-f]{12} d\.[a-z2-7]{26} always synced UTC$/i);
  assert.deepEqual([hex(decision.grant ?? new Uint8Array(0)), decision.pseudonym, decision.verb, decision.interface], [hex(guests.id('grant')), undefined, 'unlock', INTERFACES.relay]);
  const [last, before] = guests.world.records().toReversed();
  assert.deepEqual([before, last?.kind, last?.rule, last?.grant], [decision, 'operation', decision.rule, decision.grant], 'the operation says the same');
  assert.equal(run.closed, 'done');
  assert.deepEqual(guests.world.drives, ['withdraw']);
  const lockUp = guests.ask([document], { verb: 'lock' });
  assert.deepEqual([lockUp.decision.reason, guests.world.drives], ['secured-document', ['withdraw', 'throw']]);
  refused(guests.ask([document], { verb: 'unlatch' }), 'verb-not-supported', false);
});

test('a use that was spent stays spent: after a restart, and after a power cut between the store and the drive', () => {
  const guests = welcomingLock();
  const document = guests.issue({ uses: 2 });
  opened(guests.ask([document]));
  locked(guests);
  guests.sleep(1000);
  // The write is durable, and the power fails before the lock hears of it.
  const { world, site } = guests;
  let cut = false;
  world.watch = (state, event) => {
    cut ||= event.kind === 'stored' && state.stores.some(({ id, after }) => id === event.id && after.kind === 'granted');
    if (cut) throw new Error('the power is cut');
  };
  site.ask({ verb: 'unlock', phone: guests.guest, documents: [document] });
  assert.throws(() => world.run(5000), /the power is cut/);
  world.watch = () => undefined;
  world.restart();
  world.run(500);
  assert.deepEqual(world.drives, ['withdraw'], 'it did not move the second time');
  refused(guests.ask([document]), 'uses-spent');
  opened(guests.ask([guests.issue({ uses: 3 })]), 'control: one more use would be left');
  guests.sleep(DAY_MS);
  locked(guests);
  refused(guests.ask([guests.issue({ uses: 3 })]), 'uses-spent');
});

test('what is refused for now spends nothing: an empty battery, a request that was seen before, also by an earlier life', () => {
  const guests = welcomingLock();
  const { world } = guests;
  const document = guests.issue({ uses: 2 });
  world.input({ kind: 'battery', mv: 100 });
  refused(guests.ask([document]), 'battery-empty');
  world.input({ kind: 'battery', mv: 6000 });
  const requestId = guests.id('a request');
  opened(guests.ask([document], { requestId }));
  locked(guests);
  refused(guests.ask([document], { requestId }), 'request-repeated');
  guests.sleep(1000);
  refused(guests.ask([document], { requestId }), 'request-repeated');
  opened(guests.ask([document]), 'control: the second use is left');
  locked(guests);
  refused(guests.ask([document]), 'uses-spent');
});

// ---- each limit of a grant -----------------------------------------------------------------------------------------------------

/** Every day for an hour of UTC, which begins so long from now. */
const hourFrom = (guests: Guests, ms: number): Schedule =>
  ({ startS: Math.floor(guests.at(ms - 7 * DAY_MS) / 1000), recurrence: { durationS: 3600, mask: 0, pattern: 1, interval: 1, ordinal: 0 }, utc: true });

test('each limit of a grant is the lock’s to keep: its dates, its hours, its door, the right to open from afar, verification', () => {
  const guests = welcomingLock();
  const limits: readonly (readonly [reason: string, beyond: Partial<GrantTerms>, within: Partial<GrantTerms>])[] = [
    ['grant-not-yet', { from: guests.at(HOUR_MS) }, { from: guests.at(-HOUR_MS) }],
    ['grant-expired', { until: guests.at(-1000) }, { until: guests.at(HOUR_MS) }],
    ['outside-hours', { hours: [hourFrom(guests, 2 * HOUR_MS)] }, { hours: [hourFrom(guests, -HOUR_MS / 2)] }],
    ['remote-not-allowed', { remote: false }, { remote: true }],
    ['right-missing', { verbs: ['lock'] }, { verbs: ['unlock'] }],
    ['verification-missing', { userVerification: true }, { userVerification: false }],
    ['holiday', { holidays: 9 }, {}],
  ];
  for (const [reason, beyond, within] of limits) {
    refused(guests.ask([guests.issue(beyond)]), reason);
    opened(guests.ask([guests.issue(within)]), reason);
    locked(guests);
  }
  refused(guests.ask([guests.issue({ places: [guests.otherDoor] })]), 'document-missing', false);
  opened(guests.ask([guests.issue({ places: [guests.otherDoor, guests.group] })]), 'a group that the door is in');
  locked(guests);
  refused(guests.ask([guests.issue()], { phone: guests.second }), 'other-credential', false);
  opened(guests.ask([guests.issue({}, { to: guests.second })], { phone: guests.second }));
});

test('a document opens the lock of its door, and no other of the site, and none of another site', () => {
  const guests = welcomingLock();
  const document = guests.issue();
  const there = (seed: string): Guests => {
    const world = new World('another lock');
    const other = new Guests(new Site(world, seed));
    world.start();
    assert.ok(other.site.adopt().ok);
    world.run(500);
    return other;
  };
  const [backDoor, neighbour] = [there('a site'), there('another site')];
  assert.ok(guests.otherDoor.kind === 'door');
  backDoor.welcome({ door: guests.otherDoor.id });
  neighbour.welcome();
  refused(backDoor.ask([document]), 'document-missing', false);
  refused(neighbour.ask([document]), 'issuer-unknown', false);
  opened(backDoor.ask([backDoor.issue({ places: [guests.otherDoor] })]), 'control');
  opened(neighbour.ask([neighbour.issue()]), 'control');
  opened(guests.ask([document]), 'control');
});

test('what was taken back stays so: learnt in the same response, or from another guest’s, and after a restart', () => {
  const guests = welcomingLock();
  const mine = guests.issue();
  const hers = guests.issue({ uses: 9 }, { to: guests.second });
  opened(guests.ask([mine]));
  locked(guests);
  // A stranger, refused, carries it in.
  const stranger = deriveKeyPair(guests.site.crypto, guests.site.entropy(), 'stranger');
  refused(guests.ask([guests.issue({}, { by: stranger, to: stranger }), guests.revoke(guests.id('another grant'))], { phone: stranger }), 'issuer-unknown', false);
  opened(guests.ask([mine]), 'control: that one was about another grant');
  locked(guests);
  refused(guests.ask([hers, guests.revoke(guests.id('grant'))], { phone: guests.second }), 'revoked');
  refused(guests.ask([mine]), 'revoked');
  guests.sleep(HOUR_MS);
  refused(guests.ask([mine]), 'revoked');
  guests.sleep(6 * DAY_MS);
  refused(guests.ask([mine]), 'revoked');
  opened(guests.ask([guests.issue({ grantId: guests.grantId('a new grant') })]), 'control');
});

test('without a stamp that is fresh enough, by somebody who may stamp, a grant lapses', () => {
  const guests = welcomingLock();
  const document = guests.issue({ freshForS: 3600 });
  refused(guests.ask([document]), 'freshness-lapsed');
  refused(guests.ask([document, guests.stamp(document, guests.hub, 2 * HOUR_MS)]), 'freshness-lapsed');
  refused(guests.ask([document, guests.stamp(document, guests.second)]), 'freshness-lapsed');
  refused(guests.ask([document, guests.stamp(guests.issue())]), 'freshness-lapsed');
  const stamp = guests.stamp(document);
  opened(guests.ask([document, stamp]));
  locked(guests);
  guests.sleep(2 * HOUR_MS);
  refused(guests.ask([document, stamp]), 'freshness-lapsed');
  opened(guests.ask([document, guests.stamp(document)]), 'control: renewed');
});

test('while the clock is lost no document opens; the owner’s own phone does', () => {
  const world = new World();
  const site = new Site(world);
  site.tellsTime = false;
  world.start();
  assert.ok(site.adopt().ok);
  world.run(500);
  const guests = new Guests(site);
  guests.welcome();
  refused(guests.ask([guests.issue()]), 'clock-lost');
  assert.equal(world.records().at(-1)?.clock, 'lost');
  assert.deepEqual(site.askAndWait({ verb: 'unlock' }).outcome, { kind: 'completed', readerStatus: 0x0181 });
  locked(guests);
  site.tellsTime = true;
  world.input({ kind: 'linkDown' });
  world.input({ kind: 'linkUp' });
  world.run(500);
  opened(guests.ask([guests.issue()]), 'control');
});

// Over the relay nothing that a delegate issues opens, since no delegation reaches so far: what it may do near the door is shown in packages/access.
test('a delegate, and whoever has an invitation’s link, open nothing from afar, whatever they write into a document', () => {
  const guests = welcomingLock();
  refused(guests.ask([guests.issue({}, { by: guests.hub })]), 'delegation-exceeded');
  refused(guests.ask([guests.issue({ remote: false }, { by: guests.hub })]), 'remote-not-allowed');
  refused(guests.ask([guests.issue({ remote: false, until: guests.at(20 * DAY_MS) }, { by: guests.hub })]), 'delegation-exceeded');
  refused(guests.ask([guests.issue({ remote: false, places: [guests.group] }, { by: guests.hub })]), 'delegation-exceeded');
  for (const phone of [guests.guest, guests.second]) {
    const document = guests.redeem(phone);
    refused(guests.ask([document, guests.stamp(document)], { phone }), 'remote-not-allowed');
  }
  guests.welcome({ delegations: [] });
  refused(guests.ask([guests.issue({ remote: false }, { by: guests.hub })]), 'issuer-unknown', false);
  opened(guests.ask([guests.issue()]), 'control');
});

// ---- what the hub can do to it -------------------------------------------------------------------------------------------------

test('what the hub alters, cuts or puts in place of the documents’ answer opens nothing, and spends nothing', () => {
  const guests = welcomingLock();
  const { site, world } = guests;
  const document = guests.issue({ uses: 1 });
  const recorded = guests.ask([guests.issue({ grantId: guests.grantId('earlier') })]).run.said;
  locked(guests);
  const answers = recorded.flatMap((frame) => (frame.kind === 'apdu' ? [frame.apdu] : []));
  const old = answers[3] ?? assert.fail('SELECT, AUTH0, AUTH1, ENVELOPE');
  const changes: readonly ((apdu: Bytes) => Bytes)[] = [
    ...[0, 1, 2, 3, 8, 40, 200, -20, -3, -2, -1].map((at) => (apdu: Bytes) => apdu.with(at, (apdu.at(at) ?? 0) ^ 1)),
    (apdu) => apdu.slice(0, -3), (apdu) => apdu.slice(-2), () => old, () => answers[2] ?? old, () => new Uint8Array(4096),
  ];
  for (const change of changes) {
    let count = 0;
    site.carry = (frame, to, pass) => {
      if (to === 'lock' && frame.kind === 'apdu') count += 1;
      pass(to === 'lock' && frame.kind === 'apdu' && count === 4 ? { kind: 'apdu', apdu: change(frame.apdu) } : frame);
    };
    const told = guests.ask([document]);
    assert.deepEqual([told.drives, told.decision.allowed, told.run.receipt], [0, false, undefined]);
    assert.match(told.decision.reason, /^(protocol-error|transaction-too-late)$/);
    assert.deepEqual(told.decision.credential, site.crypto.sha256(guests.guest.publicKey), 'it is said who was asked for documents');
  }
  site.carry = (frame, _to, pass) => pass(frame);
  // A session of the past, frame by frame, in its own and in another session.
  for (const session of [guests.site.session(), guests.site.session()]) {
    for (const frame of recorded) {
      site.say('relay', encodeRelayFrame(frame), session);
      world.run(60);
    }
    world.run(6000);
  }
  assert.deepEqual(world.drives, ['withdraw']);
  opened(guests.ask([document]), 'control: its one use is still there');
});

test('an answer with documents that comes later than 5 s after AUTH0 is refused; one that comes twice counts once', () => {
  const guests = welcomingLock();
  const { site, world } = guests;
  const document = guests.issue({ uses: 1 });
  let count = 0;
  site.carry = (frame, to, pass) => {
    count += to === 'lock' && frame.kind === 'apdu' ? 1 : 0;
    if (to === 'lock' && count === 4) world.later(4980, () => pass(frame));
    else pass(frame);
  };
  site.ask({ verb: 'unlock', phone: guests.guest, documents: [document] });
  world.run(20_000);
  assert.equal(world.records().at(-1)?.reason, 'transaction-too-late');
  assert.deepEqual(world.drives, []);
  count = 0;
  site.carry = (frame, to, pass) => {
    count += to === 'lock' && frame.kind === 'apdu' ? 1 : 0;
    pass(frame);
    if (to === 'lock' && count === 4) pass(frame);
  };
  opened(guests.ask([document]), 'control: in time, and twice');
  locked(guests);
  site.carry = (frame, _to, pass) => pass(frame);
  refused(guests.ask([document]), 'uses-spent');
});

test('documents too long for an answer, documents that are none, and more of them than fit: refused, and the lock goes on', () => {
  const guests = welcomingLock();
  const tooLong = guests.ask([guests.issue({}, { headers: delegationHeader(new Uint8Array(40_000)) })]);
  assert.deepEqual([tooLong.drives, tooLong.decision.reason], [0, 'document-missing'], 'the wallet says that it cannot give them');
  refused(guests.ask([{ docType: 'aliro-a', bytes: new Uint8Array(40) }]), 'document-missing', false);
  refused(guests.ask(Array.from({ length: 12 }, () => guests.issue({ until: guests.at(-1000) }))), 'grant-expired');
  opened(guests.ask([guests.issue({}, { headers: delegationHeader(new Uint8Array(20_000)) })]), 'control: a long one that fits');
});

test('strangers with documents of their own making fill neither the journal nor the lock’s time, and a guest gets in after the minute', () => {
  const guests = welcomingLock();
  const { site, world } = guests;
  const before = world.stored.entries.length;
  const stranger = deriveKeyPair(site.crypto, site.entropy(), 'stranger');
  const own = guests.issue({}, { by: stranger, to: stranger });
  let looks = 0;
  world.watch = (state, event) => {
    looks += event.kind === 'link' && state.sessions.some(({ stage }) => stage === 'steppingUp') ? 1 : 0;
  };
  for (let count = 0; count < MAX_LOOKS_PER_MINUTE + 40; count += 1) {
    site.ask({ verb: 'unlock', phone: stranger, documents: [own] });
    world.run(300);
  }
  assert.equal(looks, MAX_LOOKS_PER_MINUTE);
  assert.equal(world.stored.entries.length - before, MAX_UNPROVEN_PER_MINUTE);
  site.ask({ verb: 'unlock', phone: guests.guest, documents: [guests.issue()] });
  world.run(300);
  assert.deepEqual(world.drives, [], 'while that goes on a guest is kept out');
  assert.deepEqual(site.askAndWait({ verb: 'unlock' }).outcome, { kind: 'completed', readerStatus: 0x0181 }, 'and the owner is not');
  locked(guests);
  // What a stranger brings of the owners' word is still kept, once, though nobody is recorded any more.
  world.run(61_000);
  for (let count = 0; count < MAX_UNPROVEN_PER_MINUTE; count += 1) {
    site.ask({ verb: 'unlock', phone: stranger });
    world.run(150);
  }
  const { issuers } = world.stored.memory;
  const revocation = guests.revoke(guests.id('another grant'));
  site.ask({ verb: 'unlock', phone: stranger, documents: [own, revocation] });
  world.run(500);
  const learnt = world.stored.memory.issuers;
  assert.notDeepEqual(learnt, issuers);
  site.ask({ verb: 'unlock', phone: stranger, documents: [own, revocation] });
  world.run(500);
  assert.equal(world.stored.memory.issuers, learnt, 'the same again is not written again');
  world.run(61_000);
  opened(guests.ask([guests.issue()]), 'control');
});

test('a lock without a door of its own, as it is after adoption, asks nobody for documents', () => {
  const guests = new Guests(ownedLock().site);
  refused(guests.ask([guests.issue()]), 'credential-unknown', false);
  guests.welcome();
  opened(guests.ask([guests.issue()]), 'control');
  locked(guests);
  refused(guests.ask([]), 'credential-unknown', false);
});

test('a hold of a lent key ends with the key at the latest: with its last day, its time after the first use, its hours, its stamp', () => {
  const hours = (guests: Guests): GrantTerms['hours'] => [{ startS: guests.at(0) / 1000 - 3600, utc: true, recurrence: { durationS: 7200, mask: 0, pattern: 1, interval: 1, ordinal: 0 } }];
  const heldFor = (terms: (guests: Guests) => Partial<GrantTerms>): number => {
    const guests = welcomingLock();
    const [document, start] = [guests.issue({ verbs: ['unlock', 'lock', 'hold'], ...terms(guests) }), guests.at(0)];
    opened(guests.ask([document, guests.stamp(document)], { verb: 'holdUnlocked', until: guests.at(5 * HOUR_MS) / 1000 }));
    guests.world.run(6 * HOUR_MS);
    const ended = guests.world.records().find(({ reason }) => reason === 'hold-ended');
    return Math.round(((ended?.instant ?? 0) - start) / 1000);
  };
  const heldS = [() => ({}), (guests: Guests) => ({ until: guests.at(HOUR_MS) }), () => ({ minutesAfterFirstUse: 60 }), (guests: Guests) => ({ hours: hours(guests) }), () => ({ freshForS: 3600 })].map(heldFor);
  assert.deepEqual(heldS, [5 * 3600, 3600, 3600, 3600, 3600]);
});

test('a hold of a lent key ends once the lock hears that the key was taken back; not by the word about another, and a roster’s key is none of theirs', () => {
  const heldAfter = (revoked: string, hold: (guests: Guests, until: number) => void): readonly boolean[] => {
    const guests = welcomingLock();
    const holds = (): boolean => guests.world.state.hold.untilMs !== undefined;
    hold(guests, guests.at(5 * HOUR_MS) / 1000);
    const before = holds();
    guests.ask([guests.issue({}, { to: guests.second }), guests.revoke(guests.id(revoked))], { phone: guests.second, verb: 'syncOnly' });
    return [before, holds()];
  };
  const lent = (guests: Guests, until: number): void => void guests.ask([guests.issue({ verbs: ['unlock', 'lock', 'hold'] })], { verb: 'holdUnlocked', until });
  const own = ({ site }: Guests, until: number): void => void site.askAndWait({ verb: 'holdUnlocked', until });
  assert.deepEqual([heldAfter('grant', lent), heldAfter('another grant', lent), heldAfter('grant', own)], [[true, false], [true, true], [true, true]]);
});

test('the word that a key was taken back, which came while its hold was being stored, ends the hold as it begins', () => {
  const endsAtOnce = (revoked: string): boolean => {
    const guests = welcomingLock();
    const { world } = guests;
    guests.ask([guests.issue({ verbs: ['unlock', 'lock', 'hold'] })], { verb: 'holdUnlocked', until: guests.at(5 * HOUR_MS) / 1000 });
    const { hold } = world.state;
    guests.ask([guests.issue({}, { to: guests.second }), guests.revoke(guests.id(revoked))], { phone: guests.second, verb: 'syncOnly' });
    const moment = { crypto: world.crypto, now: { monotonicMs: world.nowMs, rtcMs: RTC_MS }, entropy: new Uint8Array(32) };
    return !isHeld(updateHold(moment, { ...world.state, hold: NO_HOLD }, { ...world.state, hold }).state);
  };
  assert.deepEqual([endsAtOnce('grant'), endsAtOnce('another grant')], [true, false]);
});
