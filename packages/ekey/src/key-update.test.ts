// Wallet's key-update.ts between a real key and its hub: over a line in any pieces, cut at every message and at every post, with everything said twice,
// and at the end of it somebody who is no key.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { concat, type Bytes } from '@mortise/base/bytes.ts';
import { instant } from '@mortise/base/instant.ts';
import { encodeFromKey, encodeToKey, encodeTook } from '@mortise/courier/key-message.ts';
import { keyStatusToSign } from '@mortise/courier/key-status.ts';
import { NO_SESSION } from '@mortise/courier/link-message.ts';
import { encodeSerialFrame, hearSerial, IDLE_LINE, type SerialLine } from '@mortise/courier/serial-frame.ts';
import { meetKey, stepUpdate, type KeyUpdate, type UpdateEffect, type UpdateInput } from '@mortise/wallet/key-update.ts';
import type { EkeyEvent } from './events.ts';
import { KeyHub } from './key-hub.conformance.ts';
import { statusOf } from './update-pump.ts';
import { fixture, TRUE_MS, updated, type Fixture } from './update.fixture.ts';
import { KeyWorld } from './world.conformance.ts';

const GROUPS = ['b', 'c', 'd'];

/** The hub's end of it: a courier who says what the hub shall hear, and takes down what it answers. */
class FarKey extends KeyWorld {
  answers: Bytes[] = [];
  override input(event: EkeyEvent): void {
    if (event.kind === 'message') this.answers.push(event.bytes);
  }
}

type Line = {
  /** How what one side says is cut into pieces on the line. */
  readonly pieces: (frame: Bytes) => readonly Bytes[];
  /** How often each message comes over. */
  readonly times: number;
  /** Messages, both ways, and posts after which the line and the hub are gone. */
  readonly messages: number;
  readonly posts: number;
};
const GOOD: Line = { pieces: (frame) => [frame], times: 1, messages: Infinity, posts: Infinity };

/** A key with its first orders in force, and second ones at the hub; its hub, as it is reached from afar. */
const scene = () => {
  const all = updated();
  const { hub, time } = all;
  hub.order([hub.ownTimeKey(), ...GROUPS.map((name) => hub.grant({ places: [{ kind: 'group', id: hub.group(name) }] }))]);
  const farKey = new FarKey(time, 'a key');
  const far = new KeyHub(farKey, hub.site, () => instant(TRUE_MS + time.nowMs));
  [far.orders, far.known] = [hub.orders, hub.known];
  hub.items.forEach((item, name) => far.items.set(name, item));
  return { ...all, far, farKey };
};
type Scene = ReturnType<typeof scene>;

type Ended = { readonly state: KeyUpdate; readonly effects: readonly UpdateEffect[]; readonly messages: number; readonly posts: number };

/** One connection to its end. */
const connect = ({ world, far, farKey, run }: Scene, line: Line = GOOD): Ended => {
  let [state, toKey, messages, posts]: [KeyUpdate, SerialLine, number, number] = [meetKey(), IDLE_LINE, 0, 0];
  const effects: UpdateEffect[] = [];
  const due: (() => void)[] = [];
  const put = (input: UpdateInput): void => {
    const step = stepUpdate(world.crypto, state, input);
    state = step.state;
    step.effects.forEach((effect) => {
      effects.push(effect);
      carryOut(effect);
    });
  };
  const passes = (): boolean => (messages += 1) <= line.messages;
  const carryOut = (effect: UpdateEffect): void => {
    if (effect.kind === 'met') due.push(() => put({ kind: 'go' }));
    if (effect.kind === 'gather') due.push(() => put({ kind: 'gathered' }));
    if (effect.kind === 'post') due.push(() => ask(effect.messages));
    if (effect.kind === 'write' && passes()) due.push(() => write(effect.bytes));
  };
  const write = (bytes: Bytes): void => {
    for (const piece of line.pieces(bytes)) {
      const heard = hearSerial(toKey, piece);
      toKey = heard.line;
      for (const message of heard.messages) for (let turn = 0; turn < line.times; turn += 1) world.input({ kind: 'message', bytes: message });
    }
  };
  const ask = (said: readonly Bytes[]): void => {
    posts += 1;
    if (posts > line.posts) return put({ kind: 'unanswered' });
    farKey.answers = [];
    for (const message of said) for (let turn = 0; turn < line.times; turn += 1) farKey.hearUpdate(message);
    run(20);
    put({ kind: 'answered', messages: farKey.answers, more: false });
  };
  far.link();
  world.hearUpdate = (message) => {
    if (!passes()) return;
    for (const piece of line.pieces(encodeSerialFrame(message))) due.push(() => put({ kind: 'bytes', bytes: piece }));
  };
  world.updateClosed = () => put({ kind: 'lost' });
  world.input({ kind: 'linked' });
  for (let turn = 0; turn < 20_000 && state.phase !== 'over'; turn += 1) {
    run(1);
    const next = due.shift();
    if (next !== undefined) next();
    else if (messages > line.messages) put({ kind: 'lost' });
    else if (turn > 20 && isIdle(world)) put({ kind: 'quiet' });
  }
  world.input({ kind: 'unlinked' });
  run(50);
  return { state, effects, messages, posts };
};

const isIdle = ({ state }: KeyWorld): boolean => state.stores.length === 0 && state.signatures.length === 0;

const endsWell = ({ world, far }: Scene, what: string): void => {
  const { orders, staged, holdings, journal } = world.state;
  assert.deepEqual([orders?.version, staged, holdings.grants.length], [2, undefined, GROUPS.length], what);
  assert.deepEqual([far.known.seq, world.stored.acknowledged], [journal.last.seq, journal.last.seq], `${what}: each record is home, and the key knows`);
};

const lastOf = ({ effects }: Ended): UpdateEffect | undefined => effects.at(-1);

test('a key is updated over a line in any pieces, and what was carried is counted', () => {
  const whole = scene();
  const before = homeAt(whole);
  const ended = connect(whole);
  assert.deepEqual(lastOf(ended), { kind: 'done', more: false });
  endsWell(whole, 'in whole frames');
  const { first, last, carried } = ended.state;
  assert.deepEqual([first?.keyId, first?.ordersVersion, last?.ordersVersion], [whole.world.state.keyId, 1, 2]);
  assert.deepEqual([carried.ownRecords, carried.lockRecords, carried.refused], [homeAt(whole) - before, 0, []], 'records by number');
  assert.ok(carried.given > GROUPS.length && carried.answered === carried.given);
  const byBytes = scene();
  assert.equal(lastOf(connect(byBytes, { ...GOOD, pieces: (frame) => Array.from(frame, (byte) => Uint8Array.of(byte)) }))?.kind, 'done');
  endsWell(byBytes, 'byte by byte');
});

/** How much of the key’s journal the hub has. */
const homeAt = ({ far }: Scene): number => far.known.seq;

test('the line ends after any message either way, and the hub after any post: the next connections end it well', (t) => {
  const control = connect(scene());
  for (let at = 0; at < control.messages; at += 1) {
    const all = scene();
    assert.deepEqual(lastOf(connect(all, { ...GOOD, messages: at })), { kind: 'cut', by: 'line' }, `after ${at} messages`);
    assert.ok([1, 2].includes(all.world.state.orders?.version ?? 0), 'the one or the other orders hold');
    connect(all);
    connect(all);
    endsWell(all, `after ${at} messages`);
  }
  for (let at = 0; at < control.posts; at += 1) {
    const all = scene();
    assert.deepEqual(lastOf(connect(all, { ...GOOD, posts: at })), { kind: 'cut', by: 'hub' }, `after ${at} posts`);
    connect(all);
    connect(all);
    endsWell(all, `after ${at} posts`);
  }
  t.diagnostic(`${control.messages} messages, ${control.posts} posts`);
  assert.ok(control.messages > 10 && control.posts > 2);
});

test('everything that is said is said twice: it ends as if once, and no record is doubled', () => {
  const all = scene();
  const before = homeAt(all);
  assert.equal(lastOf(connect(all, { ...GOOD, times: 2 }))?.kind, 'done');
  connect(all);
  endsWell(all, 'twice');
  assert.equal(all.far.records.length, homeAt(all) - before, 'each record once');
});

// ---- whoever is no key -------------------------------------------------------------------------------------------------------

const say = (all: Fixture, state: KeyUpdate, ...inputs: readonly UpdateInput[]) => {
  const effects: UpdateEffect[] = [];
  let now = state;
  for (const input of inputs) {
    const step = stepUpdate(all.world.crypto, now, input);
    now = step.state;
    effects.push(...step.effects);
  }
  return { state: now, effects };
};
const framed = (message: Bytes): UpdateInput => ({ kind: 'bytes', bytes: encodeSerialFrame(message) });
const statusBy = ({ world }: Fixture, as: KeyWorld = world): Bytes => {
  const { message, assemble } = keyStatusToSign(world.crypto, { ...statusOf({ crypto: world.crypto, now: as.now, entropy: new Uint8Array(32) }, as.state), count: 1 });
  return encodeFromKey({ type: 'key-status', session: NO_SESSION, seq: 1, expires: 0, body: assemble(world.crypto.p256.sign(world.identity.privateKey.reveal(), message)) });
};

test('who is no key, says it without its signature, or turns into another key, is not gone on with', () => {
  const [all, other] = [fixture(), fixture('another key')];
  all.run(20);
  other.run(20);
  const status = statusBy(all);
  const table: readonly (readonly [string, readonly UpdateInput[], UpdateEffect['kind'], string?])[] = [
    ['the control', [framed(status)], 'met'],
    ['noise before its first word: joined in the middle of a frame', [{ kind: 'bytes', bytes: concat(Uint8Array.of(5, 6, 7, 0), encodeSerialFrame(status)) }], 'met'],
    ['a message to a key', [framed(encodeToKey({ type: 'took', session: NO_SESSION, seq: 1, expires: 0, body: encodeTook(1) }))], 'cut', 'noise'],
    ['a status in another’s name', [framed(statusBy(other, all.world))], 'cut', 'noise'],
    ['a status whose signature is not its own', [framed(status.with(status.length - 20, (status.at(-20) ?? 0) ^ 1))], 'cut', 'noise'],
    ['nothing at all', [{ kind: 'quiet' }], 'cut', 'noise'],
    ['noise without end', [{ kind: 'bytes', bytes: concat(...Array.from({ length: 17 }, () => Uint8Array.of(9, 9, 0))) }], 'cut', 'noise'],
    ['gone', [{ kind: 'lost' }], 'cut', 'line'],
    ['another key in the middle', [framed(status), { kind: 'go' }, framed(statusBy(other))], 'cut', 'noise'],
  ];
  for (const [what, inputs, kind, by] of table) {
    const last = say(all, meetKey(), ...inputs).effects.at(-1);
    assert.deepEqual([last?.kind, last?.kind === 'cut' ? last.by : undefined], [kind, by], what);
  }
  const over = say(all, meetKey(), { kind: 'lost' }).state;
  assert.deepEqual(say(all, over, framed(status), { kind: 'go' }).effects, [], 'after its end nothing has an effect');
});

test('nothing goes to the hub before the word to go, and what the hub answers that is no message to a key goes to no key', () => {
  const all = fixture();
  all.run(20);
  const met = say(all, meetKey(), framed(statusBy(all)), { kind: 'gathered' });
  assert.deepEqual(met.effects.map(({ kind }) => kind), ['met']);
  const asked = say(all, met.state, { kind: 'go' }, { kind: 'gathered' }, { kind: 'answered', messages: [Uint8Array.of(1, 2, 3)], more: true }, { kind: 'quiet' });
  assert.deepEqual(asked.effects.map(({ kind }) => kind), ['gather', 'post', 'carried', 'done']);
  assert.deepEqual(asked.effects.at(-1), { kind: 'done', more: true });
});

test('takes any bytes: at every point it answers, and posts only what decodes as a key’s', () => {
  const all = fixture();
  all.run(20);
  const begun = say(all, meetKey(), framed(statusBy(all)), { kind: 'go' }).state;
  fc.assert(fc.property(fc.array(fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ minLength: 1, maxLength: 200 }).map(encodeSerialFrame)), { maxLength: 20 }), fc.boolean(), (pieces, isBegun) => {
    const { effects } = say(all, isBegun ? begun : meetKey(), ...pieces.map((bytes) => ({ kind: 'bytes', bytes }) as const));
    assert.ok(effects.every(({ kind }) => kind === 'cut' || kind === 'gather'));
  }), { numRuns: 200 });
});
