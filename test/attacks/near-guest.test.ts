// What a guest can do at the door of a lock whose link is down, where phones are all that comes and goes: keep a key that was taken back,
// keep an opening to themselves, play old sessions, tell the time, and carry what is old, made up, out of order or cut. Pure lock,
// virtual time, near link. Beside each attack stands the same thing done rightly.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { revocationName } from '@mortise/access/revocation-document.ts';
import type { StoredDocument } from '@mortise/aliro/device-response.ts';
import { required } from '@mortise/base/assert.ts';
import { hex, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { instant, type Instant } from '@mortise/base/instant.ts';
import { decodeOwnerSetAnswer, decodeRosterAnswer, decodeTimeAsk } from '@mortise/courier/link-body.ts';
import { encodeToLock, NO_SESSION, type ToLockType } from '@mortise/courier/link-message.ts';
import { deriveKeyPair, type KeyPair } from '@mortise/crypto/entropy.ts';
import { timeAnswerPayload, timeAnswerToSign } from '@mortise/documents/time.ts';
import { mergeBatch, openBatch, type OpenedBatch } from '@mortise/journal/batch.ts';
import { GENESIS, verifyEntries, type Entry } from '@mortise/journal/chain.ts';
import { decodeRecord } from '@mortise/journal/record.ts';
import { DAY_MS, HOUR_MS, welcomingLock, type Guests, type Told } from '@mortise/lock/guests.conformance.ts';
import type { NearLink } from '@mortise/lock/near-link.conformance.ts';
import type { Ask } from '@mortise/lock/site.conformance.ts';

const said = ({ decision, drives }: Told): string => `${decision.reason} ${drives}`;
const OPENED = 'granted-document 1';

/** A lock at the end of a road: its clock is set, and then there is no link any more. */
const remoteLock = (): Guests => {
  const guests = welcomingLock();
  guests.world.run(1000);
  guests.world.input({ kind: 'linkDown' });
  guests.site.tellsTime = false;
  return guests;
};

/** Time goes by with the power off, and the link stays down. */
const sleep = ({ world }: Guests, ms: number): void => {
  world.nowMs += ms;
  world.restart();
  world.input({ kind: 'linkDown' });
  world.run(500);
};

const lockUp = ({ world }: Guests): void => {
  world.turn('thrown');
  world.run(100);
};

const near = (guests: Guests, documents: readonly StoredDocument[], ask: Partial<Ask> = {}): Told => guests.ask(documents, { via: guests.site.connect(), ...ask });

/** A phone that may carry: the guest's own, by a grant that holds. */
const carrier = (guests: Guests): NearLink => {
  const via = guests.site.connect();
  const told = guests.ask([guests.issue({ grantId: guests.grantId('a courier’s'), remote: false })], { verb: 'syncOnly', via });
  assert.equal(said(told), 'granted-document 0');
  return via;
};

const bring = (guests: Guests, type: ToLockType, ...bodies: readonly Bytes[]): NearLink => {
  const via = carrier(guests);
  for (const body of bodies) via.bring(type, body);
  guests.world.run(200);
  return via;
};

const keyNamed = ({ site }: Guests, name: string): KeyPair => deriveKeyPair(site.crypto, site.crypto.sha256(utf8(name)), 'key');

const batchesOf = (guests: Guests, via: NearLink): readonly OpenedBatch[] => via.bodies('journal').map((body) => openedBatch(guests, body) ?? assert.fail('what the lock gives opens'));

const openedBatch = ({ site, world }: Guests, body: Bytes): OpenedBatch | undefined => {
  const opened = openBatch(site.crypto, site.journalKey.privateKey.reveal(), world.keys.identityKey, body);
  return opened.ok ? opened.value : undefined;
};

/** What a phone brought home of the journal since the hub last heard, in order. */
const entriesOf = (guests: Guests, via: NearLink): readonly Entry[] => {
  const merged = batchesOf(guests, via).flatMap((batch) => batch.entries);
  assert.ok(merged.length > 0);
  return merged;
};

test('near: a guest opens nothing after the key’s end, nor once its stamp lapsed; any honest phone brings the revocation, shown or carried (attacks row 1: Ho et al. 2016; Master Lock D1000)', () => {
  const guests = remoteLock();
  const [short, stamped, long, other] = [guests.issue({ until: guests.at(DAY_MS), remote: false }), guests.issue({ freshForS: 86_400 }), guests.issue(), guests.issue({ grantId: guests.grantId('other') })];
  const stamp = guests.stamp(stamped);
  for (const shown of [[short], [stamped, stamp], [long], [other]]) {
    assert.equal(said(near(guests, shown)), OPENED, 'control: while they hold');
    lockUp(guests);
  }
  sleep(guests, 2 * DAY_MS);
  assert.equal(said(near(guests, [short])), 'grant-expired 0');
  assert.equal(said(near(guests, [stamped, stamp])), 'freshness-lapsed 0');
  assert.equal(said(near(guests, [long])), OPENED, 'control: no revocation has come');
  lockUp(guests);
  const honest = guests.issue({ grantId: guests.grantId('honest') }, { to: guests.second });
  assert.equal(said(near(guests, [honest, guests.revoke(guests.id('other'))], { phone: guests.second })), OPENED, 'an honest guest shows one');
  lockUp(guests);
  assert.equal(said(near(guests, [other])), 'revoked 0');
  const via = guests.site.connect();
  assert.equal(said(guests.ask([honest], { phone: guests.second, via })), OPENED);
  via.bring('revocation', guests.revoke(guests.id('grant'), guests.hub).bytes);
  guests.world.run(100);
  lockUp(guests);
  for (const shown of [[long], [short], [stamped, guests.stamp(stamped)]]) assert.match(said(near(guests, shown)), /^(revoked|grant-expired) 0$/);
  sleep(guests, HOUR_MS);
  assert.equal(said(near(guests, [long])), 'revoked 0', 'and it stays so');
});

test('near: a guest who keeps an opening to themselves cannot keep it off the record; the next phone has it, and a journal without it does not verify (attacks row 2: Ho et al. 2016; Master Lock D1000)', () => {
  const guests = remoteLock();
  const { site, world } = guests;
  const silent = site.connect();
  site.carry = (frame, to, pass) => {
    if (to === 'lock' || frame.kind !== 'receipt') pass(frame);
  };
  world.watch = (state, event) => {
    if (event.kind === 'bolt' && event.position === 'withdrawn' && state.near.length > 0) silent.leave();
  };
  assert.equal(said(guests.ask([guests.issue()], { via: silent })), OPENED);
  world.watch = () => undefined;
  site.carry = (frame, _to, pass) => pass(frame);
  assert.deepEqual(silent.carried, [], 'nothing of it went out');
  // Another takes everything, says so, and throws it away; and makes up a word that it has arrived.
  const thief = carrier(guests);
  const { last } = world.state.journal;
  for (const by of [guests.guest, guests.second]) thief.bring('journal-ack', site.ack(last.seq, site.now(), by));
  thief.bring('journal-ack', utf8(`${last.seq}`));
  world.run(100);
  thief.leave();
  sleep(guests, HOUR_MS);
  const honest = carrier(guests);
  const brought = entriesOf(guests, honest);
  const openings = brought.filter(({ record }) => hex(decodeRecord(record)?.grant ?? new Uint8Array(0)) === hex(guests.id('grant')));
  assert.deepEqual(openings.map(({ record }) => decodeRecord(record)?.kind), ['decision', 'operation']);
  const whole = [...site.ingested, ...brought.filter(({ seq }) => seq > site.known.seq)];
  assert.ok(verifyEntries(site.crypto, world.state.lockId, GENESIS, whole).ok, 'control');
  assert.ok(!verifyEntries(site.crypto, world.state.lockId, GENESIS, whole.filter((entry) => !openings.includes(entry))).ok);
  honest.bring('journal-ack', site.ack(required(brought.at(-1), 'entries').seq));
  world.run(100);
  assert.equal(world.state.journal.acknowledged, brought.at(-1)?.seq, 'control: the hub’s own word lets them go');
});

test('near: a whole session of a guest, recorded and played again, on its own and on a new connection, opens nothing (attacks row 5: Master Lock D1000)', () => {
  const guests = remoteLock();
  const { site, world } = guests;
  const own = site.connect();
  const first = guests.ask([guests.issue()], { via: own });
  assert.equal(said(first), OPENED, 'control');
  lockUp(guests);
  for (const restart of [false, true]) {
    if (restart) sleep(guests, 1000);
    for (const via of [own, site.connect(), site.connect()]) {
      for (const frame of first.run.said) {
        via.say(frame);
        world.run(60);
      }
      world.run(6000);
    }
  }
  for (const frame of first.run.said) {
    site.say('relay', Uint8Array.of(1), site.session());
    if (frame.kind === 'apdu') site.say('relay', Uint8Array.of(2, ...frame.apdu), first.run.session);
  }
  world.run(6000);
  assert.deepEqual(world.drives, ['withdraw']);
  assert.equal(said(near(guests, [guests.issue()])), OPENED, 'control: a new one does');
});

test('near: each answer of a guest’s live session counts once: played twice it opens once and spends one use (attacks row 6: CVE-2022-46480)', () => {
  for (let twice = 1; twice <= 5; twice += 1) {
    const guests = remoteLock();
    const { site, world } = guests;
    const document = guests.issue({ uses: 2, remote: false });
    let count = 0;
    site.carry = (frame, to, pass) => {
      const isAnswer = to === 'lock' && frame.kind === 'apdu';
      count += isAnswer ? 1 : 0;
      pass(frame);
      if (isAnswer && count === twice) pass(frame);
    };
    near(guests, [document]);
    const opened = world.drives.length;
    assert.ok(opened <= 1, `answer ${twice}`);
    site.carry = (frame, _to, pass) => pass(frame);
    for (let use = opened; use < 2; use += 1) {
      lockUp(guests);
      assert.equal(said(near(guests, [document])), OPENED, `control: use ${use + 1} is left`);
    }
    lockUp(guests);
    assert.equal(said(near(guests, [document])), 'uses-spent 0');
  }
});

test('near: a guest who carries tells the lock the time in vain, with answers and bounds of their own, old ones and other locks’ (attacks row 7: Master Lock D1000)', () => {
  const guests = remoteLock();
  const { site, world } = guests;
  const document = guests.issue({ until: guests.at(HOUR_MS) });
  assert.equal(said(near(guests, [document])), OPENED, 'control');
  lockUp(guests);
  sleep(guests, 2 * HOUR_MS);
  const old = instant(site.now() - 1.5 * HOUR_MS);
  const answer = (via: NearLink, key: KeyPair, at: Instant, nonce = decodeTimeAsk(required(via.bodies('time-ask')[0], 'the lock asks'))): Bytes =>
    site.sign(key, timeAnswerToSign(site.crypto, key.publicKey, timeAnswerPayload({ lockId: world.state.lockId, nonce: required(nonce, 'a nonce'), instant: at, errorMs: 100, lastSync: at })));
  const lies: readonly (readonly [string, (via: NearLink) => readonly [ToLockType, Bytes]])[] = [
    ['an answer by the guest', (via) => ['time-answer', answer(via, guests.guest, old)]],
    ['an answer by the owner, who is no time key', (via) => ['time-answer', answer(via, site.owner, old)]],
    ['a true one, for another question', (via) => ['time-answer', answer(via, site.timeKey, old, new Uint8Array(16))]],
    ['one from before what the lock knows to be past', (via) => ['time-answer', answer(via, site.timeKey, instant(site.now() - 4 * HOUR_MS))]],
    ['a bound by the guest', () => ['time-bound', site.timeBound(old, guests.guest)]],
    ['an old bound', () => ['time-bound', site.timeBound(old)]],
    ['a stamp as a bound', () => ['time-bound', guests.stamp(document).bytes]],
  ];
  for (const [what, lie] of lies) {
    const via = site.connect();
    site.ask({ verb: 'syncOnly', via });
    world.run(200);
    via.bring(...lie(via));
    world.run(100);
    assert.equal(said(near(guests, [document])), 'grant-expired 0', what);
  }
  // An honest phone brings a true bound; then the real-time clock is set back while the power is off: below the bound the clock is lost,
  // and another bound does not set it.
  const bounded = (at: Instant): void => {
    const via = site.connect();
    site.askAndWait({ verb: 'syncOnly', via });
    via.bring('time-bound', site.timeBound(at));
    world.run(100);
  };
  bounded(site.now());
  sleep(guests, -1.5 * HOUR_MS);
  assert.equal(said(near(guests, [document])), 'clock-lost 0');
  bounded(site.now());
  bounded(instant(site.now() + HOUR_MS));
  assert.equal(said(near(guests, [document])), 'clock-lost 0');
  world.nowMs += 1.5 * HOUR_MS;
  const online = site.connect();
  site.ask({ verb: 'syncOnly', via: online });
  world.run(200);
  online.bring('time-answer', answer(online, site.timeKey, site.now()));
  world.run(100);
  assert.equal(said(near(guests, [document])), 'grant-expired 0', 'control: the hub’s answer to the lock’s own question');
  assert.equal(said(near(guests, [guests.issue()])), OPENED, 'control: and a key that holds opens again');
});

test('an old courier takes nothing back: acknowledgements, rosters, owner sets and time bounds of before are refused or of no account', () => {
  const guests = remoteLock();
  const { site, world } = guests;
  const old = {
    ack: site.ack(3), bound: site.timeBound(site.now()), roster: guests.roster({ delegations: [] }), owners: site.owners([site.owner, guests.guest]),
  };
  world.run(10_000);
  const second = keyNamed(guests, 'second owner');
  const control = bring(guests, 'owner-set', site.owners([site.owner, second]));
  assert.deepEqual(control.bodies('owner-set-answer').map(decodeOwnerSetAnswer), [{ sequence: 2, code: 'accepted' }], 'control');
  guests.welcome({}, second);
  const fresh = carrier(guests);
  fresh.bring('time-bound', site.timeBound(site.now()));
  fresh.bring('journal-ack', site.ack(world.state.journal.sentUpTo));
  world.run(200);
  const { journal: { acknowledged }, clock, membership } = world.state;
  assert.ok(acknowledged > 3 && membership.kind === 'adopted', 'control: the new ones are taken');

  const via = carrier(guests);
  via.bring('journal-ack', old.ack);
  via.bring('time-bound', old.bound);
  via.bring('roster', old.roster);
  via.bring('owner-set', old.owners);
  world.run(200);
  assert.equal(world.state.journal.acknowledged, acknowledged);
  assert.deepEqual(world.state.clock, clock);
  assert.deepEqual(via.bodies('roster-answer').map(decodeRosterAnswer), [{ version: membership.roster.version, code: 'fork' }]);
  assert.deepEqual(via.bodies('owner-set-answer').map(decodeOwnerSetAnswer), [{ sequence: 2, code: 'fork' }]);
  assert.deepEqual(world.records().slice(-12).filter(({ reason }) => reason.endsWith('-refused')).map(({ reason, rule }) => `${reason} ${rule}`), ['roster-refused document:fork', 'owners-refused document:fork'], 'and recorded');
  assert.equal(world.state.membership, membership, 'nothing is lost');
});

test('two owners who revoke at once: whatever order their couriers come in, both grants are gone, and each owner’s word is told', () => {
  for (const order of [[0, 1], [1, 0], [0, 1, 0, 1]]) {
    const guests = remoteLock();
    const { site, world } = guests;
    const second = keyNamed(guests, 'second owner');
    bring(guests, 'owner-set', site.owners([site.owner, second]));
    const grants = ['first', 'second'].map((name) => guests.issue({ grantId: guests.grantId(name), remote: false }));
    for (const document of grants) {
      assert.equal(said(near(guests, [document])), OPENED, 'control');
      lockUp(guests);
    }
    const words = [guests.revoke(guests.id('first')), guests.revoke(guests.id('second'), second)];
    for (const which of order) bring(guests, 'revocation', words[which]?.bytes ?? new Uint8Array(0));
    for (const document of grants) assert.equal(said(near(guests, [document])), 'revoked 0');
    const told = world.records().flatMap(({ reason, rule }) => (reason === 'revocations-accepted' ? [rule] : []));
    assert.deepEqual(told, order.slice(0, 2).map((which) => `revocation:${revocationName(site.crypto, words[which]?.bytes ?? new Uint8Array(0))}`), 'once each');
    assert.equal(said(near(guests, [guests.issue({ grantId: guests.grantId('third') })])), OPENED, 'control: another grant');
  }
});

test('a courier who makes things up: rosters, owner sets, revocations and acknowledgements of their own change nothing at the lock', () => {
  const guests = remoteLock();
  const { site, world } = guests;
  const own = guests.issue({ grantId: guests.grantId('the courier’s own'), until: guests.at(HOUR_MS) });
  const { membership, documents } = world.state;
  const made: readonly (readonly [ToLockType, Bytes])[] = [
    ['roster', guests.roster({}, guests.guest)],
    ['owner-set', site.owners([guests.guest], [guests.guest])],
    ['owner-set', site.owners([site.owner, guests.guest], [guests.guest])],
    ['revocation', guests.revoke(guests.id('the owner’s friend'), guests.guest).bytes],
    ['journal-ack', site.ack(world.state.journal.last.seq, site.now(), guests.guest)],
    ['time-bound', site.timeBound(instant(site.now() + DAY_MS), guests.guest)],
    ['time-answer', utf8('now')],
    ['revocation', own.bytes], ['roster', own.bytes], ['owner-set', guests.roster()], ['time-bound', guests.roster()],
  ];
  for (const [type, body] of made) bring(guests, type, body);
  assert.equal(world.state.membership, membership);
  assert.deepEqual([world.state.documents.issuers, world.state.journal.acknowledged <= site.known.seq], [documents.issuers, true]);
  const reasons = world.records().flatMap(({ reason, rule }) => (reason.endsWith('-refused') ? [`${reason} ${rule}`] : []));
  assert.equal(reasons.length, 7, reasons.join(', '));
  bring(guests, 'roster', guests.roster());
  assert.notEqual(world.state.membership, membership, 'control: what an owner signed is taken from the same hands');
});

test('a courier who cuts, alters or doubles what they carry in does no more than not to carry it', () => {
  const guests = remoteLock();
  const { site, world } = guests;
  const revocation = guests.revoke(guests.id('grant')).bytes;
  const document = guests.issue();
  const whole = encodeToLock({ type: 'revocation', session: NO_SESSION, seq: 1, expires: 0, body: revocation });
  for (let length = 0; length < whole.length; length += Math.ceil(whole.length / 20)) {
    const via = carrier(guests);
    via.say({ kind: 'carry', message: length === 0 ? Uint8Array.of(0) : whole.slice(0, length) });
    world.run(100);
    assert.equal(via.isOpen, false, 'no message');
  }
  for (let at = 3; at < revocation.length; at += Math.ceil(revocation.length / 20)) bring(guests, 'revocation', revocation.with(at, (revocation[at] ?? 0) ^ 0x10), revocation.slice(0, at));
  assert.equal(said(near(guests, [document])), OPENED, 'nothing was learnt');
  lockUp(guests);
  bring(guests, 'revocation', revocation, revocation, revocation);
  assert.equal(said(near(guests, [document])), 'revoked 0', 'control');
  assert.equal(world.records().filter(({ reason }) => reason === 'revocations-accepted').length, 1);
  assert.ok(site.askAndWait({ verb: 'unlock', via: site.connect() }).receipt !== undefined);
});

test('a courier who cuts, alters or reorders the journal on its way out is found out, and the lock still has it', () => {
  const guests = remoteLock();
  const { site, world } = guests;
  for (let turn = 0; turn < 60; turn += 1) world.turn(turn % 2 === 0 ? 'withdrawn' : 'thrown');
  world.run(1000);
  const via = carrier(guests);
  const bodies = via.bodies('journal');
  const [first, second] = [required(bodies[0], 'a batch'), required(bodies[1], 'another')];
  for (let at = 0; at < first.length; at += Math.ceil(first.length / 30)) {
    assert.equal(openedBatch(guests, first.with(at, (first[at] ?? 0) ^ 1)), undefined, `byte ${at}`);
    assert.equal(openedBatch(guests, first.slice(0, at)), undefined, `cut at ${at}`);
  }
  const opened = [first, second].map((body) => required(openedBatch(guests, body), 'control: as the lock gave them they open'));
  const [one, two] = [required(opened[0], 'one'), required(opened[1], 'two')];
  assert.equal(mergeBatch(site.known, two).kind, 'gap', 'the later one first shows what is missing');
  const merged = mergeBatch(site.known, one);
  assert.ok(merged.kind === 'merged', 'control');
  const after = required(merged.fresh.at(-1), 'fresh entries');
  assert.equal(mergeBatch(after, two).kind, 'merged');
  const again = mergeBatch(after, one);
  assert.ok(again.kind === 'merged' && again.fresh.length === 0, 'the same again is nothing new');
  via.leave();
  assert.deepEqual(batchesOf(guests, carrier(guests)).flatMap(({ entries }) => entries).slice(0, one.entries.length).map(({ seq }) => seq), one.entries.map(({ seq }) => seq));
});
