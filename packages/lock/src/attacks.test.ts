// What a hub can do to a lock that it relays for: hold back, repeat, swap, invent, flood. Each attack ends in refusal, and beside
// it stands the control: the same without the attack opens the door.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8, type Bytes } from '@mortise/base/bytes.ts';
import { deriveKeyPair } from '@mortise/crypto/entropy.ts';
import { encodeCommand } from '@mortise/aliro/vendor.ts';
import { encodeRelayFrame, type RelayFrame } from '@mortise/courier/relay-frame.ts';
import { decodeRosterAnswer } from '@mortise/courier/link-body.ts';
import { MAX_UNPROVEN_PER_MINUTE } from './journal-keeper.ts';
import { ownedLock, type PhoneRun, type Site } from './site.conformance.ts';
import { RTC_MS, type World } from './world.conformance.ts';

const opens = (site: Site, world: World): void => {
  site.carry = (frame, _to, pass) => pass(frame);
  const run = site.askAndWait({ verb: 'unlock' });
  assert.deepEqual(run.outcome, { kind: 'completed', readerStatus: 0x0181 }, 'control: without the attack the door opens');
  assert.equal(world.position, 'withdrawn');
};

const reasons = (world: World): readonly string[] => world.records().slice(2).map(({ kind, reason }) => `${kind} ${reason}`);

// Replaces the phone's n-th apdu on its way to the lock.
const tamper = (site: Site, nth: number, change: (apdu: Bytes) => Bytes): void => {
  let count = 0;
  site.carry = (frame, to, pass) => {
    if (to === 'phone' || frame.kind !== 'apdu') return pass(frame);
    count += 1;
    pass(count === nth ? { kind: 'apdu', apdu: change(frame.apdu) } : frame);
  };
};

test('the hub swaps the verb in AUTH0’s answer: the keys cover it, so the transaction fails', () => {
  const { world, site } = ownedLock();
  const requestId = new Uint8Array(16).fill(5);
  const [lock, unlock] = (['lock', 'unlock'] as const).map((verb) => encodeCommand({ verb, requestId, until: 0 }).toHex());
  tamper(site, 2, (apdu) => {
    assert.ok(apdu.toHex().includes(lock ?? '-'), 'the verb is there in the clear');
    return Uint8Array.fromHex(apdu.toHex().replace(lock ?? '-', unlock ?? '-'));
  });
  site.askAndWait({ verb: 'lock', requestId });
  assert.deepEqual(world.drives, []);
  assert.deepEqual(reasons(world), ['decision protocol-error']);
  opens(site, world);
});

test('each byte of each answer, flipped: nothing opens', () => {
  const { world, site } = ownedLock();
  let cases = 0;
  for (const nth of [1, 2, 3]) {
    for (const place of [0, 3, 20, 40, 70, -3, -1]) {
      tamper(site, nth, (apdu) => apdu.with(place < 0 ? apdu.length + place : Math.min(place, apdu.length - 1), (apdu.at(place) ?? 0) ^ 1));
      const run = site.ask({ verb: 'unlock' });
      world.run(300);
      // The proprietary information of SELECT's answer is part of the keys; its other bytes carry nothing.
      assert.deepEqual(world.drives, [], `answer ${nth}, byte ${place}`);
      assert.ok(run.outcome?.kind !== 'completed' || run.outcome.readerStatus < 0x0100, 'no success is told');
      cases += 1;
      world.run(60_000);
    }
  }
  console.log(`attacks: ${cases} flipped bytes, none opened`);
  opens(site, world);
});

test('an answer that comes later than 5 s after AUTH0 is refused; one inside them passes', () => {
  const delayed = (delayMs: number): { readonly world: World; readonly run: PhoneRun } => {
    const { world, site } = ownedLock();
    let count = 0;
    site.carry = (frame, to, pass) => {
      count += to === 'lock' && frame.kind === 'apdu' ? 1 : 0;
      if (to === 'lock' && count === 3) world.later(delayMs, () => pass(frame));
      else pass(frame);
    };
    const run = site.ask({ verb: 'unlock' });
    world.run(20_000);
    return { world, run };
  };
  const late = delayed(5000);
  assert.deepEqual(late.world.drives, []);
  assert.equal(late.run.closed === 'too-late' || late.run.closed === 'session-unknown', true);
  assert.deepEqual(reasons(late.world), ['decision transaction-too-late']);
  assert.deepEqual(delayed(4700).world.drives, ['withdraw'], 'control');
});

test('the ring may fill slowly before AUTH0 is answered, but not for ever', () => {
  const { world, site } = ownedLock();
  const session = site.session();
  site.say('relay', encodeRelayFrame({ kind: 'open' }), session);
  world.run(29_000);
  assert.equal(world.state.sessions.length, 1);
  world.run(2000);
  assert.equal(world.state.sessions.length, 0);
});

test('a whole session, replayed in the same and in another session: nothing opens, and its request stays spent', () => {
  const { world, site } = ownedLock();
  const run = site.askAndWait({ verb: 'unlock' });
  assert.deepEqual(world.drives, ['withdraw']);
  site.askAndWait({ verb: 'lock' });
  for (const session of [run.session, site.session()]) {
    for (const frame of run.said) {
      site.say('relay', encodeRelayFrame(frame), session);
      world.run(60);
    }
    world.run(6000);
  }
  assert.deepEqual(world.drives, ['withdraw', 'throw']);
  opens(site, world);
});

test('frames doubled, and answers before they are asked for (AUTH1 before AUTH0): nothing opens', () => {
  const { world, site } = ownedLock();
  const first = site.askAndWait({ verb: 'lock' });
  const answers = first.said.filter((frame): frame is RelayFrame & { kind: 'apdu' } => frame.kind === 'apdu');
  for (const order of [[2], [1], [2, 0, 1], [1, 2, 0], [0, 2, 1], [0, 0], [0, 1, 1], [0, 1, 2, 2]]) {
    const session = site.session();
    site.say('relay', encodeRelayFrame({ kind: 'open' }), session);
    world.run(20);
    for (const index of order) {
      site.say('relay', encodeRelayFrame(answers[index] ?? assert.fail()), session);
      world.run(20);
    }
    world.run(61_000);
  }
  assert.deepEqual(world.drives, []);
  opens(site, world);
});

test('the hub answers itself, with a key of its own: known to nobody, recorded, no receipt', () => {
  const { world, site } = ownedLock();
  const thief = deriveKeyPair(world.crypto, site.entropy(), 'thief');
  const run = site.askAndWait({ verb: 'unlock', phone: thief });
  assert.deepEqual(run.outcome, { kind: 'completed', readerStatus: 0x0001 });
  assert.equal(run.receipt, undefined);
  assert.equal(run.heard.some(({ kind }) => kind === 'receipt'), false, 'a stranger learns nothing of the door');
  assert.deepEqual(reasons(world), ['decision credential-unknown']);
  opens(site, world);
});

test('without B2 nothing says what to do; another vendor’s does not either', () => {
  const { world, site } = ownedLock();
  for (const command of [null, utf8('another vendor'), encodeCommand({ verb: 'unlock', requestId: new Uint8Array(16), until: 0 }).slice(0, 24)]) {
    site.askAndWait({ verb: 'unlock', command });
  }
  assert.deepEqual(reasons(world), Array<string>(3).fill('decision verb-missing'));
  assert.deepEqual(world.drives, []);
  opens(site, world);
});

test('what the roster does not allow: remote without the right, another verb; a removed phone', () => {
  const { world, site } = ownedLock();
  const guest = deriveKeyPair(world.crypto, site.entropy(), 'guest');
  const first = site.roster().bytes;
  assert.ok(world.state.membership.kind === 'adopted');
  const second = site.roster({ version: 2, previous: world.state.membership.roster.hash }, [site.entry(guest, 1), site.entry(site.phone, 6)]);
  site.say('roster', second.bytes);
  world.run(100);
  site.askAndWait({ verb: 'unlock', phone: guest });
  site.askAndWait({ verb: 'unlock' });
  assert.deepEqual(reasons(world), ['event roster-accepted', 'decision remote-not-allowed', 'decision right-missing']);
  const third = site.roster({ version: 3, previous: second.hash }, [site.entry(guest, 7)]);
  site.say('roster', third.bytes);
  world.run(100);
  site.say('roster', first);
  site.say('roster', second.bytes);
  world.run(100);
  site.askAndWait({ verb: 'unlock' });
  assert.equal(world.records().at(-1)?.reason, 'credential-unknown');
  assert.deepEqual(world.drives, []);
  assert.deepEqual(site.askAndWait({ verb: 'unlock', phone: guest }).outcome, { kind: 'completed', readerStatus: 0x0181 }, 'control');
});

test('rosters: replayed, forked, with a gap, by a stranger, for another lock, garbage: refused; the same one again is answered again', () => {
  const { world, site } = ownedLock();
  const answers = (): readonly (string | undefined)[] =>
    world.sent.filter(({ type }) => type === 'roster-answer').map(({ body }) => decodeRosterAnswer(body)).map((answer) => `${answer?.version} ${answer?.code}`);
  assert.ok(world.state.membership.kind === 'adopted');
  const { hash } = world.state.membership.roster;
  const second = site.roster({ version: 2, previous: hash });
  const say = (bytes: Bytes): void => {
    site.say('roster', bytes);
    world.run(20);
  };
  [second.bytes, second.bytes].forEach(say);
  say(site.roster().bytes);
  say(site.roster({ version: 2, previous: hash, zone: 'Europe/Rome' }).bytes);
  say(site.roster({ version: 3, previous: hash }).bytes);
  say(site.roster({ version: 4, previous: second.hash }).bytes);
  say(utf8('garbage'));
  assert.deepEqual(answers(), ['2 accepted', '2 accepted', '2 stale', '2 fork', '2 fork', '2 gap', '2 malformed']);
  assert.deepEqual(reasons(world), ['event roster-accepted', ...Array<string>(5).fill('event roster-refused')]);
  opens(site, world);
});

test('a flood of sessions: four at most, and a phone still opens the door', () => {
  const { world, site } = ownedLock();
  for (let flood = 0; flood < 50; flood += 1) site.say('relay', encodeRelayFrame({ kind: 'open' }), site.session());
  assert.equal(world.state.sessions.length, 4);
  opens(site, world);
});

test('of sessions that have proved nothing the one that came first gives way, however much it says', () => {
  const { world, site } = ownedLock();
  const held: (() => void)[] = [];
  site.carry = (frame, to, pass) => {
    if (to === 'lock' && frame.kind === 'apdu') held.push(() => pass(frame));
    else pass(frame);
  };
  const open = (): Bytes | undefined => {
    site.say('relay', encodeRelayFrame({ kind: 'open' }), site.session());
    return sessionsOf(world).at(-1);
  };
  site.ask({ verb: 'unlock' });
  world.run(50);
  const [talker] = sessionsOf(world);
  const others = [open(), open(), open()];
  held.splice(0).forEach((pass) => pass());
  world.run(50);
  assert.deepEqual(sessionsOf(world), [talker, ...others], 'control: there was room');
  const last = open();
  assert.deepEqual(sessionsOf(world), [...others, last]);
});

const sessionsOf = ({ state }: World): readonly (Bytes | undefined)[] => state.sessions.map(({ peer }) => (peer.kind === 'relay' ? peer.session : undefined));

test('a finger that lets go before the ring is full leaves no record; a phone that asked and went leaves one', () => {
  for (const [answers, records] of [[1, 0], [2, 1]] as const) {
    const { world, site } = ownedLock();
    const before = world.stored.entries.length;
    let said = 0;
    site.carry = (frame, to, pass) => {
      if (to === 'phone' || frame.kind !== 'apdu' || (said += 1) <= answers) pass(frame);
    };
    const run = site.ask({ verb: 'unlock' });
    world.run(500);
    site.say('relay', encodeRelayFrame({ kind: 'closed', code: 'released' }), run.session);
    world.run(100);
    assert.deepEqual([world.state.sessions.length, world.stored.entries.length - before, world.drives], [0, records, []], `${answers} answers`);
  }
});

test('a transaction that has proved its key is not pushed out by a flood', () => {
  const { world, site } = ownedLock();
  world.faults.travelMs = 1000;
  const run = site.ask({ verb: 'unlock' });
  world.run(400);
  assert.deepEqual(world.drives, ['withdraw']);
  for (let flood = 0; flood < 50; flood += 1) site.say('relay', encodeRelayFrame({ kind: 'open' }), site.session());
  world.run(3000);
  assert.equal(run.receipt?.record.sensed.bolt, 'unlocked');
});

test('noise fills neither the journal nor the store: so many a minute, and then their number', () => {
  const { world, site } = ownedLock();
  const before = world.stored.entries.length;
  for (let noise = 0; noise < 100; noise += 1) {
    const session = site.session();
    site.say('relay', encodeRelayFrame({ kind: 'open' }), session);
    site.say('relay', encodeRelayFrame({ kind: 'apdu', apdu: utf8('noise') }), session);
    world.run(10);
  }
  assert.equal(world.stored.entries.length - before, MAX_UNPROVEN_PER_MINUTE);
  world.run(61_000);
  const last = world.records().at(-1);
  assert.deepEqual([last?.reason, last?.rule], ['refusals-suppressed', `count:${100 - MAX_UNPROVEN_PER_MINUTE}`]);
  opens(site, world);
});

test('strangers’ keys are bounded likewise, and the owner’s is not shut out by them', () => {
  const { world, site } = ownedLock();
  const before = world.stored.entries.length;
  for (let count = 0; count < MAX_UNPROVEN_PER_MINUTE + 3; count += 1) {
    site.ask({ verb: 'unlock', phone: deriveKeyPair(world.crypto, site.entropy(), 'stranger') });
    world.run(300);
  }
  assert.equal(world.stored.entries.length - before, MAX_UNPROVEN_PER_MINUTE);
  opens(site, world);
});

test('a message past its expiry counts for nothing; one before it does', () => {
  const { world, site } = ownedLock();
  const nowMs = RTC_MS + 500_000 + world.nowMs;
  site.say('relay', encodeRelayFrame({ kind: 'open' }), site.session(), nowMs - 1000);
  assert.equal(world.state.sessions.length, 0);
  site.say('relay', encodeRelayFrame({ kind: 'open' }), site.session(), nowMs + 1000);
  assert.equal(world.state.sessions.length, 1, 'control');
});

test('an acknowledgement of what was never sent drops nothing', () => {
  const { world, site } = ownedLock();
  site.acknowledges = false;
  site.askAndWait({ verb: 'unlock' });
  const { held } = world.state.journal;
  assert.ok(held.length > 0);
  const last = world.state.journal.last.seq;
  assert.ok(world.state.journal.sentUpTo < last, 'the last entries wait for the batch before them');
  for (const seq of [last, last + 1, 2 ** 40]) site.acknowledge(seq);
  assert.equal(world.state.journal.held.length, held.length);
  site.acknowledges = true;
  world.run(30_000);
  assert.equal(world.state.journal.held.length, 0, 'control');
});
