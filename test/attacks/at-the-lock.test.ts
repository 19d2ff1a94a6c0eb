// What is tried at the door itself, over its radio, its contact and its keypad: short frames, guesses without end, power cuts, floods. Played to the
// pure lock in its test world, where a year of guesses takes a second. Beside each stand who may open, and does, and a lock that would have fallen.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { encodeCode, codeHourOf } from '@mortise/access/offline-code.ts';
import { concat, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { instant } from '@mortise/base/instant.ts';
import { encodeAdoptBody } from '@mortise/courier/link-body.ts';
import { SESSION_BYTES, type ToLockType } from '@mortise/courier/link-message.ts';
import { ADOPTION_STEP } from '@mortise/documents/adoption-message.ts';
import { ownerHello } from '@mortise/documents/adoption.ts';
import { PIN_ENTRY, pinEntry } from '@mortise/documents/pin-entry.ts';
import { codeKey, lockWith, nowOf, PIN, TERMS, type Hands } from '@mortise/lock/entries.fixture.ts';
import type { LockEffect, LockEvent } from '@mortise/lock/events.ts';
import { Site } from '@mortise/lock/site.conformance.ts';
import type { LockState } from '@mortise/lock/state.ts';
import { step } from '@mortise/lock/step.ts';
import { RTC_MS, World } from '@mortise/lock/world.conformance.ts';
import { nodeCrypto as crypto } from '@mortise/node/crypto.ts';
import { EmptiedStore, ForgetfulKeypad, PatientLock, ShortFrameLock, SmallKeyLock } from './naive-at-the-lock.ts';

const DAY_MS = 86_400_000;
const seeded = (seed: number, length: number): Bytes => crypto.sha256(utf8(`noise ${seed}`)).slice(0, length);

/** Lets the time pass at once: one waking for all of it. */
const skip = (world: World, ms: number): void => {
  world.nowMs += ms;
  world.input({ kind: 'tick' });
  world.run(10);
};

/** The power fails and comes back, and no link with it. */
const wakeAlone = (world: World): void => {
  world.revive();
  world.wake();
  world.run(20);
};

// ---- row 10 ------------------------------------------------------------------------------------------------------------------------

const FORMS = 6;

/** Each first byte that stands for something, and some that do not, with each length; what follows in one of several forms. */
const shortFrames = (form: number): readonly Bytes[] => {
  const frames = [new Uint8Array(0)];
  for (let length = 1; length < 16; length += 1) {
    for (const type of [0, 1, 2, 3, 4, 5, 6, 7, 8, 0x80, 0xff]) {
      const noise = seeded(length * 16 + type, length);
      const bodies = [new Uint8Array(length), new Uint8Array(length).fill(0xff), utf8('unlock unlock 1').slice(0, length), noise, noise.toReversed(), concat(noise, Uint8Array.of(0x90, 0x00)).slice(-length)];
      frames.push((bodies[form % FORMS] ?? noise).with(0, type));
    }
  }
  return frames;
};

type Seen = { readonly state: LockState; readonly atMs: number };

/** The states that the lock passes through while `story` happens, each kind of them once. */
const statesOf = (world: World, story: () => void): readonly Seen[] => {
  const seen = new Map<string, Seen>();
  world.watch = (state) => {
    const name = [state.membership.kind, ...state.sessions.map(({ stage, peer }) => `${stage} ${peer.kind}`), ...state.near.map(({ carrying }) => `near ${carrying?.batch.kind}`), ...state.stores.map(({ after }) => after.kind)].join();
    seen.set(name, { state, atMs: world.nowMs - world.bootMs });
  };
  story();
  world.watch = () => undefined;
  return [...seen.values()];
};

/** What must stay as it is: who owns the lock and who may open, what was spent and owed, the time. */
const guarded = ({ membership, documents, entries, clock, operations, hold, fingers }: LockState): readonly unknown[] =>
  [membership.kind === 'adopted' ? membership : { ...membership, handshakes: [] }, documents, entries, clock, operations, hold, fingers];
const HARMLESS: readonly LockEffect['kind'][] = ['send', 'nearSend', 'nearClose', 'sign', 'store'];
const isHarmless = (effect: LockEffect): boolean =>
  HARMLESS.includes(effect.kind) && (effect.kind !== 'store' || (effect.write.configuration === undefined && Object.keys(effect.write.memory ?? {}).every((part) => part === 'missed')));

const LINK_TYPES: readonly ToLockType[] = ['relay', 'adopt', 'roster', 'journal-ack', 'time-answer', 'time-bound', 'revocation', 'owner-set', 'network', 'certified-time'];

const STRANGE_SESSION = seeded(1, SESSION_BYTES);
const linkEvent = (type: ToLockType, session: Bytes, body: Bytes): LockEvent => ({ kind: 'link', message: { type, session, seq: 0, expires: 0, body } });

/** From whoever is there: over each connection, and into each session of the hub's relay. */
const fromThose = (state: LockState, bytes: Bytes): readonly LockEvent[] => [
  ...state.near.map(({ connection }): LockEvent => ({ kind: 'nearFrame', connection, bytes })),
  ...state.sessions.flatMap(({ peer }) => (peer.kind === 'relay' ? [linkEvent('relay', peer.session, bytes)] : [])),
];

const ENTROPY = seeded(2, 32);
const tryShort = ({ state, atMs }: Seen, event: LockEvent, frame: Bytes): void => {
  const tried = step({ crypto }, state, { now: { monotonicMs: atMs, rtcMs: RTC_MS + atMs }, entropy: ENTROPY, event });
  const [before, after] = [guarded(state), guarded(tried.state)];
  if (before.some((part, index) => part !== after[index])) assert.deepEqual(after, before, `${frame.toHex()} changes nothing`);
  assert.ok(tried.effects.every(isHarmless), `${frame.toHex()} does nothing: ${tried.effects.map(({ kind }) => kind).join()}`);
};

test('every short frame, at every moment of a transaction, at the door, by the hub, over a contact and to a new lock: nothing is changed and nothing done (attacks row 10: CVE-2023-7009, 7005)', (t) => {
  const { world, site } = lockWith({ pins: { [PIN]: {} } });
  const owned = statesOf(world, () => {
    const via = site.connect();
    world.run(50);
    assert.equal(site.askAndWait({ verb: 'unlock', via }).receipt?.record.allowed, true, 'control: whole frames open');
    assert.equal(site.askAndWait({ verb: 'lock' }).receipt?.record.allowed, true, 'control: by the hub too');
  });
  const fresh = new World('a new lock');
  const adopted = new Site(fresh);
  fresh.start();
  const factory = statesOf(fresh, () => assert.ok(adopted.adopt({ via: adopted.connect() }).ok, 'control: a whole adoption'));
  const passive = new World('a passive lock', 'passive');
  const touching = new Site(passive);
  passive.wake();
  const contact = statesOf(passive, () => {
    assert.ok(touching.adopt({ via: touching.connect() }).ok, 'control: over a contact');
    touching.askAndWait({ verb: 'unlock', via: touching.connect() });
  });
  let tried = 0;
  for (const [index, seen] of [...owned, ...factory, ...contact].entries()) {
    for (const frame of shortFrames(index)) {
      const byTheHub = LINK_TYPES.map((type) => linkEvent(type, STRANGE_SESSION, frame));
      const events = [...fromThose(seen.state, frame), ...(index % FORMS === 0 ? byTheHub : [])];
      for (const event of events) tryShort(seen, event, frame);
      tried += events.length;
    }
  }
  assert.ok(tried > 10_000);
  t.diagnostic(`${tried} short frames in ${owned.length + factory.length + contact.length} states`);
  const naive = new ShortFrameLock(seeded(3, 32));
  for (const frame of [utf8('unlock'), ...shortFrames(0)]) naive.receive(frame);
  assert.equal(naive.opened, 1, 'a lock that takes short frames in the clear has opened');
});

// ---- row 11 ------------------------------------------------------------------------------------------------------------------------

test('10⁵ guesses at a new lock’s setup code, with power cuts: it judges a handful, and its owner comes in (attacks row 11: CVE-2023-7006)', (t) => {
  const world = new World('a new lock');
  const site = new Site(world);
  const thief = new Site(world, 'a thief', false);
  world.start();
  world.run(100);
  const { message: hello } = ownerHello(crypto, seeded(4, 32));
  const isListening = (): boolean => {
    const [before, heard] = [world.sent.length, world.hear];
    world.hear = () => undefined;
    thief.say('adopt', encodeAdoptBody({ step: ADOPTION_STEP.hello, bytes: hello }), seeded(5, SESSION_BYTES));
    world.hear = heard;
    return !world.sent.slice(before).some(({ type }) => type === 'adopt');
  };
  let [tries, judged, cuts] = [0, 0, 0];
  for (; tries < 100_000; tries += 1) {
    if (isListening()) {
      const word = thief.adopt({ secret: seeded(tries, 10) });
      assert.equal(word.ok ? 'accepted' : word.error.code, 'setup-code-wrong');
      judged += 1;
      assert.ok(judged <= 8, 'the waits hold');
    }
    if (tries % 20 === 0) world.run(200);
    if (tries % (tries < 50_000 ? 1000 : 10_000) !== 999) continue;
    world.restart();
    cuts += 1;
  }
  assert.ok(judged >= 5, `${judged}`);
  t.diagnostic(`${judged} of ${tries} guesses judged, with ${cuts} power cuts in ${Math.round(world.nowMs / 60_000)} minutes`);
  skip(world, 3_600_000);
  assert.ok(site.adopt().ok, 'control: the owner, after the longest wait');
  const naive = new SmallKeyLock(0xbeef);
  assert.ok(Array.from({ length: 100_000 }, (_, guess) => naive.opensTo(77, (77 + guess) % 0x10000)).includes(true), 'a key of 16 bits and no count: found');
});

// ---- row 27 ------------------------------------------------------------------------------------------------------------------------

const page = readFileSync(new URL('../../docs/CODES.md', import.meta.url), 'utf8');
const OPENS = ['granted', 'decision granted-pin allowed', 'operation granted-pin allowed'];

test('a wrong PIN is paid for before it is answered: whoever cuts the power at each answer has five guesses, and the keypad waits (attacks row 27: PIN guessing)', () => {
  const hands = lockWith({ pins: { [PIN]: {} } });
  const { world } = hands;
  let answered = 0;
  for (let tries = 0; tries < 100; tries += 1) {
    world.beforeEffect = (effect) => {
      if (effect.kind !== 'signal') return;
      answered += effect.what === 'refused' ? 1 : 0;
      throw new Error('the power is cut');
    };
    world.input({ kind: 'typed', digits: String(100_000 + tries), verb: 'unlock' });
    assert.throws(() => world.run(1000), /the power is cut/);
    world.beforeEffect = () => undefined;
    wakeAlone(world);
  }
  assert.equal(answered, 5);
  assert.deepEqual(hands.type(PIN), ['wait', 'decision locked-out refused'], 'also the right one');
  skip(world, 60_000);
  assert.deepEqual(hands.type(PIN), OPENS, 'control: when the wait is over');
  const naive = new ForgetfulKeypad('0042');
  const cracked = Array.from({ length: 100 }, (_, tries) => {
    naive.cutPower();
    return naive.opensTo(String(tries).padStart(4, '0'));
  });
  assert.ok(cracked.includes(true), 'a keypad that counts in its memory only gives all of them');
});

test('a year of guesses at the keypad, as fast as it lets, with the power cut between them: no more are judged than the page says, and so small is the chance (attacks row 27: PIN guessing)', (t) => {
  const yearMs = 365.25 * DAY_MS;
  const { world, type } = lockWith({ pins: { [PIN]: {} } });
  wakeAlone(world);
  const startMs = world.nowMs;
  let [judged, cuts] = [0, 0];
  while (world.nowMs - startMs < yearMs) {
    const { debtMs, waitMs, atMs } = world.state.entries.lockouts.keypad;
    assert.ok(debtMs <= 16 * 4 * 3_600_000);
    skip(world, Math.max(0, world.bootMs + atMs + waitMs - world.nowMs));
    world.input({ kind: 'typed', digits: String(500_000 + judged), verb: 'unlock' });
    world.run(20);
    if (world.signals.at(-1) === 'refused') judged += 1;
    if (judged % 40 !== 0) continue;
    wakeAlone(world);
    cuts += 1;
  }
  const most = Math.floor(16 + yearMs / (4 * 3_600_000));
  assert.ok(judged <= most && judged > 0.9 * most, `${judged} of ${most}`);
  // Six digits and no more; a unit of typing finds a PIN among four runs at most.
  assert.ok(page.includes('| keypad; near; relay | 4 h | 22 | 2,207 | 40 | 6,596 |') && page.includes('| 6 digits | 1 in 250,000 | 0.88 % | 2.6 % |'));
  assert.ok(most === 2207 && 1 - (1 - 4 / 1e6) ** most < 0.0089);
  skip(world, DAY_MS);
  assert.deepEqual(type(PIN), OPENS, 'control');
  t.diagnostic(`${judged} guesses judged in a year, ${cuts} power cuts; the bound is ${most}`);
});

/** How many PINs of this length leave exactly these smudges: each of `digits` keys was touched. */
const leaving = (digits: number, length: number): number => {
  const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k);
  return Array.from({ length: digits + 1 }, (_, left) => (left % 2 === 0 ? 1 : -1) * choose(digits, left) * (digits - left) ** length).reduce((sum, each) => sum + each, 0);
};

test('decoys leave smudges and heat on every key, cost their guesser more, and fewer than six digits are nowhere taken (attacks row 27: smudge, thermal)', () => {
  const hands = lockWith({ pins: { [PIN]: {} } });
  const touched = `2359${PIN}6`;
  assert.equal(new Set(touched).size, 10, 'all ten keys');
  assert.deepEqual(hands.type(touched), OPENS, 'control: the PIN among decoys opens');
  assert.deepEqual(hands.type(PIN, 'lock').at(0), 'granted');
  const text = JSON.stringify(hands.world.records(), (_, value: unknown) => (value instanceof Uint8Array ? value.toHex() : value));
  assert.ok(!text.includes(PIN) && !text.includes(touched));
  assert.deepEqual([leaving(4, 4), leaving(new Set(PIN).size, PIN.length)], [24, 1800], 'what keys alone would tell of four digits, and of this PIN');
  const debt = (): number => hands.world.state.entries.lockouts.keypad.debtMs;
  for (const short of ['', '4711', '47110']) assert.deepEqual(hands.type(short), ['refused', 'decision code-malformed refused']);
  assert.equal(debt(), 0, 'nothing is tried, and nothing is owed');
  hands.type('9'.repeat(6));
  const one = debt();
  hands.type('9'.repeat(20));
  assert.ok(debt() > 4.9 * one && debt() <= 5 * one, 'twenty digits are tried at more places, and cost four');
  for (const short of ['4711', '47110', '1234567890']) assert.throws(() => pinEntry(crypto, hands.world.state.lockId, short, TERMS), /6 to 9 digits/);
  const entry = pinEntry(crypto, hands.world.state.lockId, PIN, TERMS);
  assert.deepEqual([6, 4].map((length) => PIN_ENTRY.read(PIN_ENTRY.write({ ...entry, length }), crypto)?.length), [6, undefined], 'nor from a roster');
  const naive = new ForgetfulKeypad('4711');
  assert.ok(naive.opensTo('4711') && !naive.opensTo('2359471106'), 'a keypad that takes the PIN alone shows which keys it has');
});

// ---- row 28 ------------------------------------------------------------------------------------------------------------------------

/** Whatever comes in at the door and by the hub, whole or in part, and none of it right. */
const malformed = (count: number): LockEvent => {
  const bytes = concat(seeded(count, 32), seeded(count + 1, 32)).slice(0, count % 64);
  const frame = bytes.length === 0 ? bytes : bytes.with(0, count % 9);
  switch (count % 5) {
    case 0:
      return { kind: 'nearOpened', connection: 1_000_000 + count };
    case 1:
    case 2:
      return { kind: 'nearFrame', connection: 1_000_000 + count - (count % 5), bytes: frame };
    case 3:
      return linkEvent(LINK_TYPES[count % LINK_TYPES.length] ?? 'relay', seeded(count % 50, SESSION_BYTES), frame);
    default:
      return count % 2 === 0 ? { kind: 'cardAnswer', apdu: bytes } : { kind: 'cardFound', product: 'ntag424', uid: bytes, verb: 'unlock' };
  }
};

test('a flood of malformed messages at the door, by the hub and at the card reader: the keypad opens within a bound all the while (attacks row 28: D1000)', (t) => {
  const hands = lockWith({ pins: { [PIN]: {} }, card: {} });
  const { world } = hands;
  world.faults.storeDelayMs = 20;
  const quietMs = openingMs(hands, () => undefined);
  let sent = 0;
  const flood = (): void => {
    for (let count = 0; count < 5; count += 1) world.input(malformed((sent += 1)));
  };
  const [records, writes] = [world.stored.entries.length, world.state.nextId];
  const openings = Array.from({ length: 20 }, () => openingMs(hands, flood));
  const longest = Math.max(...openings);
  t.diagnostic(`${sent} messages; ${longest} ms from the last digit to the motor, ${quietMs} ms without them; ${world.stored.entries.length - records} records, ${world.state.nextId - writes} writes and signatures`);
  assert.ok(sent > 5000 && longest <= quietMs + 40, `${longest}`);
  assert.ok(world.stored.entries.length - records < 20 * 8, 'nor does the flood fill the journal');
  const naive = new PatientLock();
  for (let count = 0; count < sent && naive.busyMs < 60_000; count += 1) naive.receive(Uint8Array.of(0, 0));
  const credulous = new PatientLock();
  credulous.receive(Uint8Array.of(200, 1));
  assert.ok(naive.busyMs > 10_000 && credulous.isDead, 'one that takes all in turn, and believes a length, is busy for long, or dead');
});

/** From the last digit to the motor, while something happens in each millisecond. */
const openingMs = ({ world }: Hands, each: () => void): number => {
  const [startMs, drives] = [world.nowMs + 40, world.drives.length];
  for (let ms = 0; ms < 500; ms += 1) {
    each();
    if (world.nowMs === startMs) world.input({ kind: 'typed', digits: PIN, verb: 'unlock' });
    world.run(1);
    if (world.drives.length > drives) break;
  }
  const tookMs = world.nowMs - startMs;
  world.run(1000);
  world.turn('thrown');
  world.run(200);
  return tookMs;
};

class PowerCut extends Error {}

/** A wrong PIN, a right one, a code that opens once, a card. `at`: the moment at which the power goes; answers whether it came to that. */
const day = ({ world, type, lay, card }: Hands, once: string, at: number): boolean => {
  let moments = 0;
  const tick = (): void => {
    moments += 1;
    if (moments > at) throw new PowerCut();
  };
  [world.watch, world.beforeEffect] = [tick, tick];
  try {
    type('999999');
    type(PIN);
    world.turn('thrown');
    type(once);
    world.turn('thrown');
    lay(card);
    return false;
  } catch (error) {
    if (!(error instanceof PowerCut)) throw error;
    return true;
  } finally {
    [world.watch, world.beforeEffect] = [() => undefined, () => undefined];
  }
};

test('the power goes at each moment and each write of a day at the lock: it starts, owes what it owed, spends nothing twice, and the keypad opens (attacks row 28: LockState 2017)', (t) => {
  const hands = lockWith({ pins: { [PIN]: {} }, card: {}, codeKeys: [codeKey(1)] });
  const { world } = hands;
  world.faults.storeDelayMs = 20;
  wakeAlone(world);
  let [cuts, spent] = [0, 0];
  for (let at = 0; ; at += 1) {
    const once = encodeCode(codeKey(1), world.state.lockId, { kind: 'once', startH: codeHourOf(instant(nowOf(world))) - Math.floor(at / 4) % 12, length: 6, index: at % 4 });
    const records = world.stored.entries.length;
    if (!day(hands, once, at)) break;
    cuts += 1;
    for (const write of world.unsynced.slice(0, at % 3)) world.apply(write);
    const owed = world.stored.memory.lockouts;
    const wasUsed = world.stored.memory.codes;
    wakeAlone(world);
    assert.deepEqual([world.state.membership.kind, world.stored.memory.lockouts, world.stored.memory.codes], ['adopted', owed, wasUsed], `cut ${at}`);
    spent += hands.type(once).at(-1) === 'decision uses-spent refused' ? 1 : 0;
    const uses = world.records().slice(records).filter(({ kind, reason, allowed }) => kind === 'decision' && reason === 'granted-code' && allowed === true);
    assert.equal(uses.length, 1, `cut ${at}: a code that opens once has opened once`);
    skip(world, DAY_MS / 2);
    assert.deepEqual(hands.type(PIN), OPENS, `cut ${at}: control`);
    world.turn('thrown');
    skip(world, DAY_MS / 2);
  }
  assert.ok(cuts > 40 && spent > 5 && spent < cuts, `${cuts} ${spent}`);
  t.diagnostic(`${cuts} cuts, after ${spent} of which the code was spent already`);
  const naive = new EmptiedStore('owner and PINs');
  naive.write('owner and PINs, a wrong one counted', true);
  assert.equal(naive.kept, undefined, 'a store that is emptied before it is written has lost all');
});
