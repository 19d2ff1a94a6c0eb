// What strangers with hands, cards and radios try at the lock itself, as it was done to others' locks. The lock is the whole lock in its small world, whose clock is
// virtual: power cuts lose what was not durable, and nothing moves without a durable decision. Beside each attack stands the rightful entry, and a lock made by
// the published mistake, which falls.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { encodeCode, codeHourOf } from '@mortise/access/offline-code.ts';
import { hex, type Bytes } from '@mortise/base/bytes.ts';
import { instant } from '@mortise/base/instant.ts';
import type { Secret } from '@mortise/base/secret.ts';
import { deriveKeyPair } from '@mortise/crypto/entropy.ts';
import type { VirtualCard } from '@mortise/cards/virtual-card.ts';
import { nodeCrypto as crypto } from '@mortise/node/crypto.ts';
import { codeKey, lockWith, nowOf, PIN, type Hands } from '@mortise/lock/entries.fixture.ts';
import { MAX_NEAR_CONNECTIONS } from '@mortise/lock/near-connections.ts';
import type { World } from '@mortise/lock/world.conformance.ts';
import { CardSaysLock, ForgetfulKeypad, ShortFramesLock, UidLock, WaitsForFloodLock } from './naive.ts';

const OPENS = (reason: string): readonly string[] => ['granted', `decision ${reason} allowed`, `operation ${reason} allowed`];
const DAY_MS = 86_400_000;
/** docs/CODES.md, without right entries: in a day, units of guessing at a keypad. */
const MOST_A_DAY = 22;

const shut = ({ world }: Hands): void => {
  world.turn('thrown');
  world.run(500);
};

const opensBy = (hands: Hands, act: () => readonly string[], reason: string, what = 'control'): void => {
  assert.deepEqual(act(), OPENS(reason), what);
  shut(hands);
};

const draw = (seed: string) => {
  let count = 0;
  return (bytes: number): Bytes => createHash('sha256').update(`${seed} ${(count += 1)}`).digest().subarray(0, bytes);
};

/** All that a lock is but for the clock and what it owes: nothing of this may follow from what proves nothing. */
const standing = ({ state, stored }: World): string =>
  JSON.stringify([state.membership.kind, state.sensors.bolt, state.entries.lockouts, state.sessions.length, state.operations.length, createHash('sha256').update(stored.configuration ?? '').digest('hex'), Object.keys(stored.memory)]);

test('every frame shorter than sixteen bytes, at the door and from afar: none is taken in plain (attacks row 10: CVE-2023-7009)', (t) => {
  const hands = lockWith({ pins: { [PIN]: {} } });
  const { world, site } = hands;
  const random = draw('short frames');
  const rests = (length: number): readonly Bytes[] => (length === 0 ? [new Uint8Array()] : Array.from({ length: 256 }, (_, first) => Uint8Array.of(first, ...random(length - 1))));
  const frames = Array.from({ length: 16 }, (_, length) => rests(length)).flat();
  const [before, drives] = [standing(world), world.drives.length];
  for (const [index, bytes] of frames.entries()) {
    const connection = 1_000_000 + index;
    world.input({ kind: 'nearOpened', connection });
    world.input({ kind: 'nearFrame', connection, bytes });
    world.input({ kind: 'nearClosed', connection });
    site.say('relay', bytes, random(16));
    world.input({ kind: 'cardAnswer', apdu: bytes });
  }
  // One short frame asks for a transaction. That proves nothing, and is over soon.
  world.run(60_000);
  assert.deepEqual([standing(world), world.drives.length], [before, drives]);
  // In the place of each word of a phone that has begun: there the published lock took the plain command.
  for (const nth of [1, 2, 3, 4]) {
    for (let length = 1; length < 16; length += 1) {
      let count = 0;
      site.carry = (frame, to, pass) => pass(to === 'lock' && frame.kind === 'apdu' && (count += 1) === nth ? { kind: 'apdu', apdu: random(length) } : frame);
      site.askAndWait({ verb: 'unlock' });
      if (nth < 4) assert.equal(world.drives.length, drives, `${length} bytes for the phone's word ${nth}`);
      world.run(60_000);
    }
  }
  site.carry = (frame, _to, pass) => pass(frame);
  shut(hands);
  assert.equal(site.askAndWait({ verb: 'unlock' }).receipt?.record.sensed.bolt, 'unlocked', 'control: the whole of it');
  const naive = new ShortFramesLock();
  for (const bytes of frames) naive.receive(bytes);
  assert.ok(naive.opened > 0, 'control: a lock that takes short frames in plain');
  t.diagnostic(`${frames.length} short frames near, from afar and as a card's answer, ${4 * 15} in a session`);
});

test('a hundred thousand guesses with power cuts between: so many are looked at as the page says, by hand; by radio none is near (attacks row 11: CVE-2023-7006)', (t) => {
  const hands = lockWith({ pins: { [PIN]: {} } });
  const { world, site } = hands;
  const startMs = world.nowMs;
  const naive = new ForgetfulKeypad(PIN);
  const codes = Array.from({ length: 100_000 }, (_, index) => String((Number(PIN) - 99_999 + index) % 1_000_000).padStart(6, '0'));
  let restarts = 0;
  for (const [index, digits] of codes.entries()) {
    if (digits !== PIN) world.input({ kind: 'typed', digits, verb: 'unlock' });
    if (index % 10 === 0) world.run(100);
    if (index % 2500 === 2499) {
      world.restart();
      restarts += 1;
    }
    naive.type(digits);
  }
  const waits = world.signals.filter((signal) => signal === 'wait').length;
  const looked = world.signals.filter((signal) => signal === 'refused').length;
  const days = Math.ceil((world.nowMs - startMs) / DAY_MS);
  assert.ok(looked > 0 && looked <= MOST_A_DAY * days, `${looked} looked at`);
  assert.deepEqual([world.drives, naive.opened], [[], 1], 'a keypad that forgets opens in the same time');
  for (let count = 0; count < 60; count += 1) {
    const guessed = deriveKeyPair(crypto, crypto.sha256(Uint8Array.of(count)), 'a guess');
    const { outcome } = site.askAndWait({ verb: 'unlock', phone: guessed });
    assert.ok(outcome?.kind !== 'completed' || outcome.readerStatus < 0x0100);
    if (count % 10 === 9) world.restart();
    world.run(10_000);
  }
  assert.deepEqual(world.drives, []);
  world.run(60_000);
  assert.equal(site.askAndWait({ verb: 'unlock' }).receipt?.record.sensed.bolt, 'unlocked', 'control: its owner’s phone, after all of it');
  shut(hands);
  world.run(2 * DAY_MS);
  opensBy(hands, () => hands.type(PIN), 'granted-pin');
  t.diagnostic(`${codes.length} guesses, ${restarts} power cuts: ${looked} looked at, ${waits} told to wait; 60 guessed keys`);
});

const secretsOf = ({ world }: Hands): readonly Bytes[] => {
  const { membership, keys: { seal } } = world.state;
  assert.ok(membership.kind === 'adopted');
  const { pins, credentials } = membership;
  const keys: readonly Secret[] = [world.identity.privateKey, world.reader.privateKey, seal.privateKey, pins.key, ...credentials.cards.map(({ key }) => key)];
  return [...keys.map((each) => each.reveal()), ...[...pins.kept.values()].flat().map(({ verifier }) => verifier)];
};

test('two locks of one site share no secret, though PIN, card number and code key be the same (attacks row 12: CVE-2023-7003)', (t) => {
  const everything = { pins: { [PIN]: {} }, card: {}, codeKeys: [codeKey(1)] };
  const [front, back] = [lockWith(everything), lockWith(everything, 'ntag424', 'another lock')];
  const [ofFront, ofBack] = [front, back].map((hands) => new Set(secretsOf(hands).map(hex)));
  assert.ok(ofFront !== undefined && ofBack !== undefined && ofFront.size > 4 && ofFront.size === ofBack.size);
  assert.deepEqual([...ofFront].filter((secret) => ofBack.has(secret)), []);
  const kept = hex(back.world.stored.configuration ?? new Uint8Array()) + JSON.stringify(back.world.stored.memory);
  for (const secret of ofFront) assert.ok(!kept.includes(secret), 'nor stands one of the one in what the other keeps');
  const naive = (pin: string): string => createHash('sha256').update(pin).digest('hex');
  assert.equal(naive(PIN), naive(PIN), 'control: hashes without a key of the lock are the same everywhere');
  const code = encodeCode(codeKey(1), front.world.state.lockId, { kind: 'window', startH: codeHourOf(instant(nowOf(front.world))), length: 0, index: 0 });
  assert.notDeepEqual(back.type(code), OPENS('granted-code'), 'a code for the one opens not the other');
  opensBy(front, () => front.type(code), 'granted-code');
  opensBy(back, () => back.type(PIN), 'granted-pin');
  t.diagnostic(`${ofFront.size} secrets of each`);
});

/** All that is on a card, put on a chip that shows any UID and any id. */
const forged = (dumped: VirtualCard, like: VirtualCard): VirtualCard => ({
  ...dumped, uid: like.uid,
  applications: new Map([...dumped.applications].map(([name, application]) => [name, { ...(like.applications.get(name) ?? application), keys: application.keys }])),
});

for (const product of ['ntag424', 'desfire'] as const) {
  test(`${product}: the whole memory of one card, keys and all, opens the door of that card and no other (attacks row 22: Unsaflok)`, () => {
    const [mine, theirs] = [lockWith({ card: {} }, product), lockWith({ card: {} }, product, 'another lock')];
    const forgery = forged(mine.card, theirs.card);
    assert.notDeepEqual(theirs.lay(mine.card), OPENS('granted-card'));
    theirs.world.run(60_000);
    assert.notDeepEqual(theirs.lay(forgery), OPENS('granted-card'), 'the other card’s numbers under this card’s keys');
    assert.deepEqual(theirs.world.drives, []);
    theirs.world.run(60_000);
    opensBy(theirs, () => theirs.lay(theirs.card), 'granted-card');
    opensBy(mine, () => mine.lay(mine.card), 'granted-card', 'control: at its own door the dump opens, until it is taken away');
    mine.enrol({});
    assert.notDeepEqual(mine.lay(mine.card), OPENS('granted-card'));
    const naive = new CardSaysLock('another lock');
    naive.lay({ opens: 'a lock' });
    assert.equal(naive.opened, 0);
    naive.lay({ opens: 'another lock' });
    assert.equal(naive.opened, 1, 'control: a lock that believes what stands on a card');
  });

  test(`${product}: numbers copied in a minute, and an emulator that plays what it heard, open nothing (attacks row 23: CVE-2023-26941, FM11RF08S)`, () => {
    const hands = lockWith({ card: {} }, product);
    const heard: Bytes[] = [];
    opensBy(hands, () => hands.lay(hands.card, (answer) => {
      heard.push(answer);
      return answer;
    }), 'granted-card');
    const copied = forged(lockWith({}, product, 'a stranger’s').card, hands.card);
    assert.notDeepEqual(hands.lay(copied), OPENS('granted-card'), 'UID and id, without the key');
    hands.world.run(60_000);
    let count = 0;
    assert.notDeepEqual(hands.lay(hands.card, () => heard[(count += 1) - 1] ?? new Uint8Array()), OPENS('granted-card'), 'each answer again');
    assert.deepEqual([hands.world.drives.length, heard.length > 2, count > 1], [1, true, true]);
    const naive = new UidLock(hands.card.uid);
    naive.lay(copied.uid);
    assert.equal(naive.opened, 1, 'control: a lock that goes by the number');
    hands.world.run(60_000);
    opensBy(hands, () => hands.lay(hands.card), 'granted-card');
  });
}

test('a day of guessing, the power cut after each: it gives no more tries than waiting does; decoys hide the PIN, and cost who guesses with them (attacks row 27)', (t) => {
  const guessed = (cuts: boolean): number => {
    const hands = lockWith({ pins: { [PIN]: {} } });
    const { world } = hands;
    const untilMs = world.nowMs + DAY_MS;
    let looked = 0;
    for (let guess = 0; world.nowMs < untilMs; guess += 1) {
      const [signal] = hands.type(String(600_000 + guess));
      looked += Number(signal === 'refused');
      if (cuts) world.restart();
      world.run(15 * 60_000);
    }
    assert.deepEqual(world.drives, []);
    world.run(2 * DAY_MS);
    opensBy(hands, () => hands.type(PIN), 'granted-pin');
    return looked;
  };
  const [waited, cut] = [guessed(false), guessed(true)];
  assert.ok(cut > 0 && cut <= waited && waited <= MOST_A_DAY, `${cut} with cuts, ${waited} without`);
  const naive = new ForgetfulKeypad(PIN);
  for (let code = 0; code < 1_000_000 && naive.opened === 0; code += 1) {
    naive.type(String(code).padStart(6, '0'));
    naive.restart();
  }
  assert.equal(naive.opened, 1, 'control: a keypad whose count the power cut clears');
  const hands = lockWith({ pins: { [PIN]: {} } });
  opensBy(hands, () => hands.type(`83${PIN}920175`), 'granted-pin', 'the PIN among decoys');
  for (const short of ['4', '47110', '71108']) assert.notDeepEqual(hands.type(short), OPENS('granted-pin'), 'nothing shorter than six digits');
  const one = hands.world.state.entries.lockouts.keypad.debtMs;
  hands.type('99999999999999999999');
  assert.ok(hands.world.state.entries.lockouts.keypad.debtMs - one > one / 2, 'twenty digits cost more than six');
  t.diagnostic(`${waited} guesses looked at in a day, ${cut} with a power cut after each, at most ${MOST_A_DAY}`);
});

test('a flood by radio and from afar, in the midst of which somebody types: the keypad opens at once (attacks row 28: D1000, WOOT 2025)', (t) => {
  const hands = lockWith({ pins: { [PIN]: {} } });
  const { world, site } = hands;
  const random = draw('flood');
  let [frames, connection] = [0, 2_000_000];
  const naive = new WaitsForFloodLock();
  const flood = (): void => {
    for (let count = 0; count < 50; count += 1) {
      connection += 1;
      world.input({ kind: 'nearOpened', connection });
      world.input({ kind: 'nearFrame', connection: connection - (count % MAX_NEAR_CONNECTIONS), bytes: random(1 + (count % 31)) });
      site.say('relay', random(20), random(16));
      naive.receive();
      frames += 2;
    }
    if (frames < 10_000) world.later(10, flood);
  };
  flood();
  world.run(300);
  const askedMs = world.nowMs;
  naive.type(PIN);
  world.input({ kind: 'typed', digits: PIN, verb: 'unlock' });
  while (world.drives.length === 0 && world.nowMs < askedMs + 1000) world.run(1);
  assert.ok(world.nowMs - askedMs <= 20, `after ${world.nowMs - askedMs} ms`);
  assert.equal(naive.opened, 0, 'control: a lock that works off what came before');
  world.run(5000);
  assert.ok(world.state.near.length <= MAX_NEAR_CONNECTIONS);
  shut(hands);
  opensBy(hands, () => hands.type(PIN), 'granted-pin');
  assert.equal(site.askAndWait({ verb: 'unlock' }).receipt?.record.sensed.bolt, 'unlocked', 'control: the phone, too');
  t.diagnostic(`${frames} frames of strangers`);
});

test('the power cut at each write of a wrong entry, a right one and a roster: each life begins whole, gives nothing back, and opens (attacks row 28: LockState 2017)', (t) => {
  let [cuts, paid] = [0, 0];
  for (let at = 0; ; at += 1) {
    const hands = lockWith({ pins: { [PIN]: {} } });
    const { world } = hands;
    let writes = 0;
    world.beforeEffect = ({ kind }) => {
      if (kind !== 'store') return;
      writes += 1;
      if (writes > at) throw new Error('the power is cut');
    };
    const story = [() => hands.type('999999'), () => hands.type(PIN), () => hands.type(PIN, 'lock'), () => hands.enrol({ pins: { [PIN]: {}, '220011': {} } })];
    const cutIn = story.findIndex((act) => {
      try {
        act();
        return false;
      } catch (error) {
        assert.match(String(error), /the power is cut/);
        return true;
      }
    });
    world.beforeEffect = () => undefined;
    world.restart();
    world.run(1000);
    if (cutIn === 0 && world.stored.memory.lockouts !== undefined) {
      assert.ok(world.state.entries.lockouts.keypad.debtMs > 0, 'what was paid is not given back');
      paid += 1;
    }
    opensBy(hands, () => hands.type(PIN), 'granted-pin', `cut at write ${at}`);
    if (cutIn < 0) break;
    cuts += 1;
  }
  assert.ok(cuts > 5 && paid > 0);
  t.diagnostic(`${cuts} writes, the power cut at each`);
});
