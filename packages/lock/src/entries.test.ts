// PINs, codes, fingers and cards at the lock: each opens, by a durable decision; each wrong one is refused, told, recorded and paid for, also across a
// power cut; nobody at the keypad locks out a phone. Beside each refusal stands the entry that opens.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeCode, codeHourOf, HOUR_MS, type OfflineCode } from '@mortise/access/offline-code.ts';
import { hex, type Bytes } from '@mortise/base/bytes.ts';
import { instant } from '@mortise/base/instant.ts';
import { ANNA, codeKey, lockWith, nowOf, PIN, type Enrolled, type Hands } from './entries.fixture.ts';

const OPENS = (reason: string): readonly string[] => ['granted', `decision ${reason} allowed`, `operation ${reason} allowed`];
const REFUSED = (reason: string, signal = 'refused'): readonly string[] => [signal, `decision ${reason} refused`];

const lockUp = ({ world }: Hands): void => {
  world.turn('thrown');
  world.run(500);
};

test('a PIN opens, also among decoys, and locks; a wrong one does not', () => {
  const hands = lockWith({ pins: { [PIN]: {} } });
  assert.deepEqual(hands.type(PIN), OPENS('granted-pin'));
  assert.deepEqual(hands.type(PIN, 'lock'), OPENS('secured-entry'));
  assert.deepEqual(hands.type(`98${PIN}7`), OPENS('granted-pin'));
  assert.deepEqual(hands.world.drives, ['withdraw', 'throw', 'withdraw']);
  const [decision] = hands.world.records().filter(({ reason }) => reason === 'granted-pin');
  assert.deepEqual([hex(decision?.pseudonym ?? new Uint8Array()), decision?.rule, decision?.credential], [hex(ANNA), 'pin:2 always synced Europe/Zurich', undefined]);
  lockUp(hands);
  for (const [typed, reason] of [['471109', 'code-unknown'], ['47110', 'code-malformed'], ['', 'code-malformed'], ['1'.repeat(21), 'code-malformed'], ['12a456', 'code-malformed']] as const) {
    assert.deepEqual(hands.type(typed), REFUSED(reason), typed);
  }
  assert.equal(hands.world.drives.length, 3);
  const text = JSON.stringify(hands.world.records(), (_, value: unknown) => (value instanceof Uint8Array ? hex(value) : value));
  assert.ok(!text.includes(PIN) && !text.includes('471109'), 'no digit of what was typed is recorded');
});

test('a lock of nobody, and a roster without entries, open to nothing typed', () => {
  const hands = lockWith({});
  assert.deepEqual(hands.type(PIN), REFUSED('code-unknown'));
  hands.enrol({ pins: { [PIN]: {} } });
  assert.deepEqual(hands.type(PIN), OPENS('granted-pin'), 'control: with the next roster');
  lockUp(hands);
  hands.enrol({});
  assert.deepEqual(hands.type(PIN), REFUSED('code-unknown'), 'taken away again');
});

test('rights and times of an entry are the lock’s to keep', () => {
  const hour = (h: number) => instant(Math.floor(nowOf(lockWith({}).world) / HOUR_MS) * HOUR_MS + h * HOUR_MS);
  const hands = lockWith({ pins: { '111111': { rights: 2 }, '222222': { from: hour(2), until: hour(3) }, '333333': { from: hour(-5), until: hour(-4) }, '444444': { from: hour(-1), until: hour(2) } } });
  assert.deepEqual(hands.type('111111'), REFUSED('right-missing'));
  assert.deepEqual(hands.type('222222'), REFUSED('grant-not-yet'));
  assert.deepEqual(hands.type('333333'), REFUSED('grant-expired'));
  assert.deepEqual(hands.type('444444'), OPENS('granted-pin'), 'control');
  assert.deepEqual(hands.type('111111', 'lock'), OPENS('secured-entry'), 'control: what it may');
});

test('nothing moves before the decision is durable, nor against an open door or with an empty battery', () => {
  const hands = lockWith({ pins: { [PIN]: {} }, codeKeys: [codeKey(1)] });
  const { world } = hands;
  world.faults.storeDelayMs = 900;
  world.input({ kind: 'typed', digits: PIN, verb: 'unlock' });
  world.run(800);
  assert.deepEqual(world.drives, []);
  world.run(800);
  assert.deepEqual(world.drives, ['withdraw']);
  world.faults.storeDelayMs = 3000;
  world.input({ kind: 'typed', digits: PIN, verb: 'lock' });
  world.run(6000);
  assert.deepEqual([world.drives.length, world.records().at(-1)?.reason], [1, 'transaction-too-late'], 'who was not let in at once does not find it open later');
  world.faults.storeDelayMs = 2;
  world.moveDoor(true);
  assert.deepEqual(hands.type(PIN, 'lock'), REFUSED('door-open'));
  world.moveDoor(false);
  lockUp(hands);
  world.input({ kind: 'battery', mv: 1000 });
  world.run(100);
  const once = codeOf(hands, { kind: 'once' });
  assert.deepEqual(hands.type(once), REFUSED('battery-empty'));
  world.input({ kind: 'battery', mv: 6000 });
  assert.deepEqual(hands.type(once), OPENS('granted-code'), 'a code that could not be used is not spent');
});

/** An offline code that holds now. */
const codeOf = ({ world }: Hands, change: Partial<OfflineCode> = {}, id = 1): string =>
  encodeCode(codeKey(id), world.state.lockId, { kind: 'window', startH: codeHourOf(instant(nowOf(world))), length: 0, index: 0, ...change });

test('an offline code opens within its time, with no word to the lock before; one that opens once is spent, also after a power cut', () => {
  const hands = lockWith({ codeKeys: [codeKey(1)] });
  assert.deepEqual(hands.type(codeOf(hands)), OPENS('granted-code'));
  assert.deepEqual(hands.type(codeOf(hands)), ['granted', 'decision granted-code allowed', 'operation granted-code allowed'], 'as often as one likes');
  lockUp(hands);
  assert.deepEqual(hands.type(codeOf(hands, {}, 2)), REFUSED('code-unknown'), 'of another key');
  assert.deepEqual(hands.type(codeOf(hands, { startH: codeHourOf(instant(nowOf(hands.world))) - 1 })), REFUSED('grant-expired'));
  assert.deepEqual(hands.type(codeOf(hands, { startH: codeHourOf(instant(nowOf(hands.world))) + 1 })), REFUSED('grant-not-yet'));
  const once = codeOf(hands, { kind: 'once', index: 1 });
  assert.deepEqual(hands.type(once), OPENS('granted-code'));
  lockUp(hands);
  assert.deepEqual(hands.type(once), REFUSED('uses-spent'));
  hands.world.restart();
  hands.world.run(1000);
  assert.deepEqual(hands.type(once), REFUSED('uses-spent'));
  assert.deepEqual(hands.type(codeOf(hands, { kind: 'once', index: 2 })), OPENS('granted-code'), 'control: another one');
});

test('after wrong entries the keypad waits, across a power cut too; phone, finger and card open meanwhile', () => {
  const hands = lockWith({ pins: { [PIN]: {} }, fingers: { 7: {} }, card: {} });
  const { world, site } = hands;
  for (let tries = 0; tries < 5; tries += 1) assert.deepEqual(hands.type('999999'), REFUSED('code-unknown'));
  assert.deepEqual(hands.type(PIN), REFUSED('locked-out', 'wait'), 'also the right one');
  world.run(30_000);
  assert.deepEqual(hands.type(PIN), REFUSED('locked-out', 'wait'));
  world.restart();
  world.run(1000);
  assert.deepEqual(hands.type(PIN), REFUSED('locked-out', 'wait'), 'cutting the power gives nothing back');
  assert.deepEqual(hands.touch(7), OPENS('granted-finger'));
  lockUp(hands);
  assert.deepEqual(hands.lay(hands.card), OPENS('granted-card'));
  lockUp(hands);
  assert.equal(site.askAndWait({ verb: 'unlock' }).receipt?.record.reason, 'granted-trusted');
  lockUp(hands);
  world.run(60_000);
  assert.deepEqual(hands.type(PIN), OPENS('granted-pin'), 'control: the wait is over');
});

test('a storm at the keypad is bounded in the journal, is told each time, and costs each time', () => {
  const hands = lockWith({ pins: { [PIN]: {} } });
  const { world } = hands;
  const before = world.records().length;
  for (let tries = 0; tries < 60; tries += 1) {
    world.input({ kind: 'typed', digits: '99999', verb: 'unlock' });
    world.run(20);
  }
  world.run(500);
  assert.equal(world.signals.length, 60, 'each is answered');
  assert.equal(world.records().length - before, 20);
  assert.deepEqual(hands.type('999999').slice(0, 1), ['refused']);
  assert.equal(world.state.entries.lockouts.keypad.debtMs > 0 && world.stored.memory.lockouts !== undefined, true, 'what is not recorded is paid for all the same');
  world.run(60_000);
  assert.equal(world.records().some(({ reason, rule }) => reason === 'refusals-suppressed' && rule === 'count:41'), true);
});

test('fingers: the slot that the sensor matched; none, or an unknown one, opens nothing', () => {
  const hands = lockWith({ fingers: { 7: {}, 9: { rights: 2 } } });
  assert.deepEqual(hands.touch(undefined), REFUSED('finger-unknown'));
  assert.deepEqual(hands.touch(8), REFUSED('finger-unknown'));
  assert.deepEqual(hands.touch(9), REFUSED('right-missing'));
  assert.deepEqual(hands.touch(7), OPENS('granted-finger'), 'control');
});

test('a finger is learnt only while its person, by PIN or card, or an owner’s phone stands there; and forgotten with its entry', () => {
  const hands = lockWith({ pins: { [PIN]: {}, '222222': { pseudonym: new Uint8Array(16).fill(2) } }, fingers: { 7: {}, 9: {} } });
  const { world, site } = hands;
  const fill = (): void => {
    if (world.sensor.wanted !== undefined) world.sensor.slots.add(world.sensor.wanted);
    world.sensor.wanted = undefined;
    world.input({ kind: 'fingerSlots', slots: [...world.sensor.slots] });
    world.run(100);
  };
  fill();
  hands.touch(7);
  hands.type('999999');
  hands.type('222222');
  site.askAndWait({ verb: 'lock' });
  assert.equal(world.sensor.wanted, undefined, 'by a finger, a wrong PIN, somebody else’s, a phone from afar: nothing is learnt');
  hands.type(PIN);
  assert.equal(world.sensor.wanted, 7, 'control: their own PIN');
  fill();
  assert.deepEqual([world.records().at(-1)?.reason, world.records().at(-1)?.rule, hex(world.records().at(-1)?.pseudonym ?? new Uint8Array())], ['finger-enrolled', 'slot:7', hex(ANNA)]);
  site.askAndWait({ verb: 'lock', via: site.connect() });
  assert.equal(world.sensor.wanted, 9, 'an owner’s phone at the door');
  fill();
  hands.enrol({ fingers: { 9: {} } });
  assert.deepEqual([...world.sensor.slots], [9], 'what no roster names is forgotten');
  world.sensor.slots.add(3);
  fill();
  assert.deepEqual([...world.sensor.slots], [9], 'also what came otherwise');
});

test('a finger is never learnt for another than it was asked for, nor under duress, nor before the decision is durable', () => {
  const BOB = new Uint8Array(16).fill(0xb0);
  const hands = lockWith({ pins: { [PIN]: {}, '999990': { duress: true } }, fingers: { 7: {} } });
  const { world } = hands;
  world.input({ kind: 'fingerSlots', slots: [] });
  hands.type('999990');
  assert.equal(world.sensor.wanted, undefined, 'under duress');
  world.turn('thrown');
  world.run(100);
  world.faults.storeDelayMs = 500;
  world.input({ kind: 'typed', digits: PIN, verb: 'unlock' });
  world.run(300);
  assert.equal(world.sensor.wanted, undefined, 'not durable yet');
  world.run(1000);
  assert.equal(world.sensor.wanted, 7, 'control');
  world.faults.storeDelayMs = 2;
  hands.enrol({ fingers: { 7: { pseudonym: BOB } } });
  world.input({ kind: 'fingerSlots', slots: [7] });
  world.run(100);
  assert.equal(world.records().some(({ reason }) => reason === 'finger-enrolled'), false, 'whoever touched is not told as Bob');
});

test('a life that begins while the clock runs on takes over what is owed', () => {
  const hands = lockWith({ pins: { [PIN]: {} } });
  const { world } = hands;
  for (let tries = 0; tries < 5; tries += 1) hands.type('999999');
  const owed = world.state.entries.lockouts.keypad.debtMs;
  world.nowMs += 1000;
  const boot = world.bootMs;
  world.revive();
  world.bootMs = boot - 40 * 3_600_000;
  world.start();
  world.run(100);
  assert.ok(world.state.entries.lockouts.keypad.debtMs >= owed - 2000);
  assert.deepEqual(hands.type(PIN), REFUSED('locked-out', 'wait'));
});

for (const product of ['ntag424', 'desfire'] as const) {
  test(`cards (${product}): the card that proves its key opens; a clone of its numbers, a changed answer, another card do not`, () => {
    const hands = lockWith({ card: {} }, product);
    const { card, world } = hands;
    assert.deepEqual(hands.lay(card), OPENS('granted-card'));
    lockUp(hands);
    const { card: other } = lockWith({}, product);
    const keyless = { ...card, applications: new Map([...card.applications].map(([name, application]) => [name, { ...application, keys: application.keys.map(() => application.keys[0] ?? assert.fail()) }])) };
    assert.deepEqual(hands.lay(keyless), REFUSED('card-unknown'), 'UID and id without the key');
    assert.deepEqual(hands.lay(card, (answer) => answer.with(0, (answer[0] ?? 0) ^ 1)), REFUSED('card-unknown'));
    assert.deepEqual(hands.lay({ ...other, uid: other.uid.with(6, 1) }), REFUSED('card-unknown'), 'of nobody here');
    assert.deepEqual(hands.lay(card), OPENS('granted-card'), 'control');
    assert.equal(world.state.card, undefined);
  });
}

test('a card that is lifted, says nothing, or nonsense, holds nothing up', () => {
  const hands = lockWith({ card: {}, pins: { [PIN]: {} } });
  const { world, card } = hands;
  const count = world.records().length;
  world.input({ kind: 'cardFound', product: card.product, uid: card.uid, verb: 'unlock' });
  assert.ok(world.state.card !== undefined && world.state.nextWakeMs !== undefined);
  world.input({ kind: 'cardGone' });
  assert.equal(world.state.card, undefined);
  world.input({ kind: 'cardFound', product: card.product, uid: card.uid, verb: 'unlock' });
  world.run(5000);
  assert.equal(world.state.card, undefined, 'not waited for');
  world.input({ kind: 'cardAnswer', apdu: new Uint8Array(3) });
  world.run(500);
  assert.equal(world.records().length, count, 'no attempt');
  assert.deepEqual(hands.lay(card, () => new Uint8Array(300)), REFUSED('card-unknown'));
  assert.deepEqual(hands.lay(card), OPENS('granted-card'), 'control');
});

test('two factors: a PIN that asks for the phone, a finger that asks for the PIN; in either order, once, within 30 seconds', () => {
  const hands = lockWith({ fingers: { 7: { second: ['pin'] } }, pins: { [PIN]: { second: ['finger'] }, '222222': { second: ['phone'] } } });
  const { world } = hands;
  assert.deepEqual(hands.touch(7), REFUSED('second-factor-missing', 'another'));
  assert.deepEqual(hands.type(PIN), OPENS('granted-pin'));
  lockUp(hands);
  assert.deepEqual(hands.type(PIN), REFUSED('second-factor-missing', 'another'), 'a pair opens once');
  world.run(40_000);
  assert.deepEqual(hands.touch(7), REFUSED('second-factor-missing', 'another'), 'too late');
  assert.deepEqual(hands.type(PIN), OPENS('granted-pin'), 'control');
});

test('guesses beside one’s own PIN, that waits for its second factor, cost as all do; the PIN alone costs nothing', () => {
  const hands = lockWith({ pins: { [PIN]: { second: ['finger'] } }, codeKeys: [codeKey(1)] });
  const debt = (): number => hands.world.state.entries.lockouts.keypad.debtMs;
  for (let tries = 0; tries < 3; tries += 1) assert.deepEqual(hands.type(PIN), REFUSED('second-factor-missing', 'another'));
  assert.equal(debt(), 0, 'control');
  hands.type(`${PIN}123`);
  const one = debt();
  assert.ok(one > 0, 'nine digits may be a code as well');
  for (let tries = 0; tries < 2; tries += 1) hands.type(`${PIN}98765432109876`);
  assert.deepEqual(hands.type(PIN), REFUSED('locked-out', 'wait'), 'twenty digits cost four units');
});

test('the phone of the same person may be the one factor', () => {
  const hands = lockWith({ pins: { [PIN]: { second: ['phone'], pseudonym: ANNA } } });
  const { world, site } = hands;
  assert.deepEqual(hands.type(PIN), REFUSED('second-factor-missing', 'another'));
  site.askAndWait({ verb: 'unlock', via: site.connect() });
  assert.deepEqual(hands.type(PIN, 'lock'), REFUSED('second-factor-missing', 'another'), 'somebody else’s phone');
  const own = lockWith({ pins: { [PIN]: { second: ['phone'], pseudonym: site.entry(site.phone).pseudonym } } });
  own.site.askAndWait({ verb: 'unlock' });
  assert.deepEqual(own.type(PIN, 'lock'), REFUSED('second-factor-missing', 'another'), 'their phone, from afar');
  own.site.askAndWait({ verb: 'unlock', via: own.site.connect() });
  assert.deepEqual(own.type(PIN, 'lock'), OPENS('secured-entry'), 'control: of the same person, at the door');
  assert.equal(world.state.entries.proofs.length <= 8, true);
});

test('duress opens like any other, and raises an alarm that nothing at the door tells', () => {
  const hands = lockWith({ pins: { [PIN]: {}, '999990': { duress: true } } });
  const plain = hands.type(PIN);
  lockUp(hands);
  const forced = hands.type('999990');
  assert.deepEqual(forced.filter((told) => !told.includes('duress-alarm')), plain, 'light, sound and decision are the same');
  assert.deepEqual(forced.filter((told) => told.includes('duress-alarm')), ['event duress-alarm']);
  const alarm = hands.world.records().find(({ reason }) => reason === 'duress-alarm');
  assert.equal(hex(alarm?.pseudonym ?? new Uint8Array()), hex(ANNA));
});

test('where an entry under duress is refused, or is one of two, the hand is told what it would be told of any other', () => {
  const hands = lockWith({ pins: { [PIN]: { rights: 2 }, '999990': { rights: 2, duress: true }, '471200': { second: ['card'] }, '471300': { second: ['card'], duress: true } }, card: {} });
  const told = (digits: string): string[] => hands.type(digits).filter((each) => !each.includes('duress-alarm'));
  assert.deepEqual(told('999990'), told(PIN));
  assert.deepEqual(told('471300'), told('471200'));
  assert.ok(told(PIN).some((each) => each.includes('refused')), 'refused, and not opened');
  assert.equal(hands.world.records().filter(({ reason }) => reason === 'duress-alarm').length >= 1, true, 'the control: the alarm is raised');
});

test('what is stored of entries, damaged, keeps the lock from starting; any bytes', () => {
  const hands = lockWith({ pins: { [PIN]: {} }, codeKeys: [codeKey(1)] });
  hands.type('999999');
  hands.type(codeOf(hands, { kind: 'once' }));
  const { memory } = hands.world.stored;
  for (const part of ['lockouts', 'codes'] as const) {
    const bytes = memory[part] ?? assert.fail(`${part} is stored`);
    const damaged = (change: Bytes): void => {
      hands.world.stored.memory = { ...memory, [part]: change };
      assert.throws(() => hands.world.revive(), /memory-refused/);
    };
    for (let length = 0; length < bytes.length; length += 1) damaged(bytes.slice(0, length));
  }
  hands.world.stored.memory = memory;
  hands.world.restart();
  hands.world.run(500);
  assert.deepEqual(hands.type(PIN), OPENS('granted-pin'), 'control');
});

test('a card that is taken from the roster while it lies on the reader opens nothing', () => {
  const hands = lockWith({ card: {} });
  const { world, card } = hands;
  const taken = (enrolled: Enrolled): readonly string[] => {
    const drives = world.drives.length;
    let held: Bytes | undefined;
    const told = hands.lay(card, (answer) => {
      if (held === undefined) {
        held = answer;
        hands.enrol(enrolled);
      }
      return answer;
    });
    return [...told.filter((each) => each.startsWith('decision')), `${world.drives.length - drives} drives`];
  };
  assert.deepEqual(taken({ card: {} }), ['decision granted-card allowed', '1 drives'], 'control: it stays in the next roster');
  lockUp(hands);
  assert.deepEqual(taken({ pins: { [PIN]: {} } }), ['decision card-unknown refused', '0 drives']);
});

test('the first of two factors counts no more once a new roster is there', () => {
  const both = { pins: { [PIN]: { second: ['card'] } }, card: { second: ['pin'] } } as const;
  const hands = lockWith(both);
  const pair = (): readonly string[] => [...hands.type(PIN), ...hands.lay(hands.card)];
  assert.deepEqual(pair(), [...REFUSED('second-factor-missing', 'another'), ...OPENS('granted-card')], 'control');
  lockUp(hands);
  assert.deepEqual(hands.type(PIN), REFUSED('second-factor-missing', 'another'));
  hands.enrol({ card: both.card });
  assert.deepEqual(hands.lay(hands.card), REFUSED('second-factor-missing', 'another'), 'the PIN was taken away');
});
