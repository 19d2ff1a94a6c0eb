// The desks for PINs, cards and fingers at the edges of their work: a lock of nobody or not yet started, one without room, what is written beside what, a card while its
// reader waits, and a sensor whose slots come and go.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LOCKOUT_POLICIES } from '@mortise/access/lockout.ts';
import { identifierOf, type DoorId } from '@mortise/base/identifiers.ts';
import { concat, type Bytes } from '@mortise/base/bytes.ts';
import { Secret } from '@mortise/base/secret.ts';
import { CARD_ENTRY, type CardEntry } from '@mortise/documents/card-entry.ts';
import type { EntryTerms } from '@mortise/documents/entry-terms.ts';
import type { RosterAccess } from '@mortise/documents/roster-access.ts';
import { sealEntry } from '@mortise/documents/sealed-entry.ts';
import { CARD_MS, MAX_CARD_CANDIDATES } from './card-desk.ts';
import { lockWith, nowOf, PIN, TERMS, UID, type Hands } from './entries.fixture.ts';
import type { LockEvent, StoreWrite } from './events.ts';
import { ENROLMENT_MS, LEARNING_MS, MAX_FINGER_SLOTS } from './finger-desk.ts';
import { MAX_PENDING_STORES_FOR_REQUESTS } from './journal-keeper.ts';
import { World } from './world.conformance.ts';

const BOB = new Uint8Array(16).fill(0xb0);
const [HOUR_MS, DAY_MS] = [3_600_000, 86_400_000];
const typed = (digits: string): LockEvent => ({ kind: 'typed', digits, verb: 'unlock' });
const found = (uid: Bytes = UID): LockEvent => ({ kind: 'cardFound', product: 'ntag424', uid, verb: 'unlock' });

/** What is handed to the store while `act` runs. */
const writesOf = (world: World, act: () => void): readonly StoreWrite[] => {
  const writes: StoreWrite[] = [];
  world.beforeEffect = (effect) => {
    if (effect.kind === 'store') writes.push(effect.write);
  };
  act();
  world.beforeEffect = () => undefined;
  return writes;
};

const ENTRIES: readonly LockEvent[] = [typed(PIN), found(), { kind: 'finger', slot: 7, verb: 'unlock' }];

test('a lock of nobody refuses what is typed, laid on or touched, records nothing, and forgets no finger', () => {
  const world = new World();
  world.start();
  world.run(500);
  const count = world.records().length;
  for (const entry of ENTRIES) world.input(entry);
  assert.deepEqual(world.signals, ['refused', 'refused', 'refused']);
  world.sensor.slots.add(7);
  world.input({ kind: 'fingerSlots', slots: [7] });
  world.run(500);
  assert.deepEqual([world.records().length, [...world.sensor.slots], world.state.card], [count, [7], undefined]);
});

test('before it has started, and without a keypad, a sensor or a reader, a lock hears nothing of the kind', () => {
  const { world } = lockWith({ pins: { [PIN]: {} } });
  world.run(500);
  world.revive();
  world.signals.length = 0;
  for (const entry of ENTRIES) world.input(entry);
  const passive = new World('a lock', 'passive');
  passive.start();
  passive.run(500);
  for (const entry of ENTRIES) passive.input(entry);
  assert.deepEqual([world.signals, world.state.stores, passive.signals], [[], [], []]);
  world.start();
  world.input(typed(PIN));
  world.run(500);
  assert.deepEqual(world.signals, ['granted'], 'control');
});

test('with a store that does not answer, no more is taken than can still be written down', () => {
  const { world } = lockWith({ pins: { [PIN]: {} } });
  world.faults.storeDelayMs = undefined;
  for (let tries = 0; tries < MAX_PENDING_STORES_FOR_REQUESTS; tries += 1) world.input(typed(PIN));
  assert.deepEqual([world.signals, world.state.stores.length], [[], MAX_PENDING_STORES_FOR_REQUESTS], 'nothing is told yet');
  const { entries } = world.state;
  world.input(typed(PIN));
  assert.deepEqual([world.signals, world.state.stores.length, world.state.entries], [['refused'], MAX_PENDING_STORES_FOR_REQUESTS, entries], 'what is turned away costs nothing');
});

test('a decision and what it cost are one write; a right entry of one who owes nothing writes no memory', () => {
  const { world } = lockWith({ pins: { [PIN]: {} } });
  const keysOf = (digits: string): readonly unknown[] => writesOf(world, () => world.input(typed(digits))).map(({ append, memory }) => [append?.length, memory && Object.keys(memory)]);
  assert.deepEqual(keysOf(PIN), [[1, undefined]]);
  assert.deepEqual(keysOf('999999'), [[1, ['lockouts']]]);
  assert.deepEqual(keysOf(PIN), [[1, ['lockouts']]], 'what is forgiven too');
  assert.deepEqual(keysOf('99999'), [[1, undefined]], 'what is no PIN at all is no guess');
  for (let tries = 0; tries < 5; tries += 1) world.input(typed('999999'));
  assert.deepEqual(keysOf(PIN), [[1, undefined]], 'nor is what is not judged');
});

test('whoever the roster names is recorded, however many were refused in that minute that it does not', () => {
  const hands = lockWith({ pins: { [PIN]: {}, '222222': { rights: 2 } } });
  const { world } = hands;
  for (let tries = 0; tries < 30; tries += 1) world.input({ kind: 'finger', slot: undefined, verb: 'unlock' });
  world.run(100);
  assert.equal(world.state.journal.unproven.suppressed, 10, 'the rest is only counted');
  assert.deepEqual(hands.type('222222'), ['refused', 'decision right-missing refused']);
  assert.deepEqual(hands.type(PIN), ['granted', 'decision granted-pin allowed', 'operation granted-pin allowed']);
});

test('the roster’s calendars and zone hold for entries too', () => {
  const terms: Readonly<Record<string, Partial<EntryTerms>>> = { '111111': { holidays: 1 }, '222222': { holidays: 2 }, '333333': { holidays: 3 }, [PIN]: { hours: [{ startS: 0, recurrence: { durationS: 86_400, mask: 0, pattern: 1, interval: 1, ordinal: 0 }, utc: false }] } };
  const hands = lockWith({ pins: terms });
  const told = (): readonly unknown[] => Object.keys(terms).map((digits) => hands.type(digits)[1]);
  assert.deepEqual(told(), ['decision holiday refused', 'decision holiday refused', 'decision holiday refused', 'decision zone-unknown refused'], 'a roster that has none');
  hands.world.run(DAY_MS);
  const today = Math.floor(nowOf(hands.world) / DAY_MS);
  const access: RosterAccess = {
    door: identifierOf<DoorId>(new Uint8Array(16).fill(1)), zoneTable: { initialOffsetS: 0, transitions: [], untilS: 4_000_000_000 }, delegations: [],
    calendars: [{ id: 1, days: [today], untilDay: today + 9 }, { id: 2, days: [], untilDay: today + 9 }],
  };
  hands.enrol({ pins: terms }, { access });
  assert.deepEqual(told(), ['decision holiday refused', 'decision granted-pin allowed', 'decision holiday refused', 'decision granted-pin allowed']);
});

// ---- cards ---------------------------------------------------------------------------------------------------------------------------

test('a card gets no session while its reader waits, and one at the moment that the wait is over', () => {
  const { world } = lockWith({ card: {} });
  for (let tries = 0; tries < 5; tries += 1) world.input(found(UID.with(6, 1)));
  const { waitMs } = world.state.entries.lockouts.card;
  assert.ok(waitMs > 0);
  world.nowMs += waitMs - 1;
  world.input(found());
  assert.equal(world.state.card, undefined);
  world.nowMs += 1;
  world.input(found());
  assert.ok(world.state.card !== undefined);
  world.run(500);
  assert.equal(world.signals.at(-1), 'wait', 'the answer while it waits');
});

test('a card that says nothing is waited for so long and no longer', () => {
  const { world } = lockWith({ card: {} });
  world.input(found());
  world.run(CARD_MS - 1);
  assert.ok(world.state.card !== undefined);
  world.run(1);
  assert.equal(world.state.card, undefined);
});

test('an entry whose number is no id of a proven card is no card’s here, though it begins with the UID', () => {
  const hands = lockWith({ card: {} });
  const { world, site } = hands;
  const { lockId, keys } = world.state;
  for (const [card, uid] of [[UID, UID], [UID.subarray(0, 4), UID.subarray(0, 4)]] as const) {
    const entry = { ...TERMS, card, key: new Secret(new Uint8Array(16).fill(5)) };
    hands.enrol({}, { entries: [{ kind: CARD_ENTRY.kind, sealed: sealEntry(world.crypto, CARD_ENTRY, { sealKey: keys.seal.publicKey, lockId }, entry, site.entropy()) }] });
    world.input(found(uid));
    assert.equal(world.state.card, undefined);
    world.run(500);
    assert.equal(world.records().at(-1)?.reason, 'card-unknown');
  }
  hands.enrol({ card: {} });
  for (const uid of [UID.subarray(0, 6), concat(UID, Uint8Array.of(0, 0, 0)), new Uint8Array(0)]) {
    world.input(found(uid));
    assert.equal(world.state.card, undefined, 'nor one whose UID is cut or goes on');
    world.nowMs += HOUR_MS;
  }
  world.input(found());
  assert.ok(world.state.card !== undefined, 'control');
});

/** A roster of these cards alone, in this order. */
const holdsCards = ({ world, site, enrol }: Hands, cards: readonly Pick<CardEntry, 'card' | 'key'>[]): void => {
  const { lockId, keys: { seal } } = world.state;
  enrol({}, { entries: cards.map((card) => ({ kind: CARD_ENTRY.kind, sealed: sealEntry(world.crypto, CARD_ENTRY, { sealKey: seal.publicKey, lockId }, { ...TERMS, ...card }, site.entropy()) })) });
};

/** Of a card that says the same UID and is another, or was before it was enrolled anew. */
const former = (id: number): Pick<CardEntry, 'card' | 'key'> => ({ card: concat(UID, new Uint8Array(9).fill(id)), key: new Secret(new Uint8Array(16).fill(id)) });

for (const product of ['ntag424', 'desfire'] as const) {
  test(`of entries with one UID each is asked for in turn (${product}), whichever is the older, as many as the bound allows, for the price of one try`, () => {
    const hands = lockWith({ card: {} }, product);
    const { known, card, world } = hands;
    const formers = Array.from({ length: MAX_CARD_CANDIDATES }, (_, index) => former(index + 1));
    const opens = ['granted', 'decision granted-card allowed', 'operation granted-card allowed'];
    for (const cards of [[former(1), known], [known, former(1)], [known, ...formers.slice(1)]]) {
      holdsCards(hands, cards);
      assert.deepEqual(hands.lay(card), opens);
      world.turn('thrown');
      world.run(500);
    }
    holdsCards(hands, [known, ...formers]);
    const { debtMs } = world.state.entries.lockouts.card;
    assert.deepEqual(hands.lay(card), ['refused', 'decision card-unknown refused'], 'past the bound');
    const owed = world.state.entries.lockouts.card.debtMs - debtMs;
    assert.ok(owed > 0 && owed <= LOCKOUT_POLICIES.card.unitMs, 'all of it is one wrong entry');
    holdsCards(hands, [former(1)]);
    assert.deepEqual(hands.lay(card), ['refused', 'decision card-unknown refused'], 'of none of them');
  });
}

test('a card that is asked for another entry is waited for no longer than any', () => {
  const hands = lockWith({ card: {} });
  const { world, known } = hands;
  holdsCards(hands, [known, former(1)]);
  world.input(found());
  world.run(CARD_MS - 10);
  world.input({ kind: 'cardAnswer', apdu: Uint8Array.of(0x6a, 0x82) });
  assert.deepEqual([world.state.card?.entry.card, world.state.card?.others], [known.card, []], 'the second is asked for now');
  world.run(10);
  assert.equal(world.state.card, undefined);
});

test('a roster that comes while the card lies there counts: under another key, or another number, it is nobody’s; with other terms it is who it is', () => {
  const hands = lockWith({ card: {} });
  const { known } = hands;
  const other = former(1);
  const layWhile = (cards: readonly Pick<CardEntry, 'card' | 'key'>[]): readonly string[] => {
    holdsCards(hands, [known]);
    let came = false;
    return hands.lay(hands.card, (answer) => {
      if (!came) holdsCards(hands, cards);
      came = true;
      return answer;
    }).filter((told) => told.startsWith('decision'));
  };
  const nobody = ['decision card-unknown refused'];
  assert.deepEqual(layWhile([{ card: known.card, key: other.key }]), nobody, 'another key');
  assert.deepEqual(layWhile([{ card: other.card, key: known.key }]), nobody, 'another number');
  assert.deepEqual(layWhile([]), nobody);
  assert.deepEqual(layWhile([other, known]), ['decision granted-card allowed'], 'the control');
});

// ---- fingers -------------------------------------------------------------------------------------------------------------------------

test('a slot that waits for its finger waits until that finger is there, whatever else the sensor says', () => {
  const { world, type } = lockWith({ pins: { [PIN]: {} }, fingers: { 7: {}, 9: {} } });
  world.input({ kind: 'fingerSlots', slots: [] });
  type(PIN);
  assert.deepEqual([world.state.fingers.slots, world.state.fingers.enrolling?.slot], [[], 7]);
  world.input({ kind: 'fingerSlots', slots: [9] });
  assert.deepEqual([world.state.fingers.slots, world.state.fingers.enrolling?.slot], [[9], 7]);
  world.input({ kind: 'fingerSlots', slots: [9, 7] });
  assert.deepEqual(world.state.fingers, { slots: [9, 7], enrolling: undefined });
});

test('a new roster ends the wait for a finger that it gives to another, and no other wait', () => {
  const hands = lockWith({ pins: { [PIN]: {} }, fingers: { 7: {} } });
  const { world } = hands;
  world.input({ kind: 'fingerSlots', slots: [] });
  hands.type(PIN);
  hands.enrol({ fingers: { 3: { pseudonym: BOB }, 7: {} } });
  assert.deepEqual([world.state.fingers.slots, world.state.fingers.enrolling?.slot], [[], 7]);
  assert.equal(world.sensor.wanted, 7);
  hands.enrol({ fingers: { 3: {}, 7: { pseudonym: BOB } } });
  assert.deepEqual(world.state.fingers, { slots: [], enrolling: undefined });
  assert.equal(world.sensor.wanted, undefined, 'the sensor too: it would learn one person’s finger as the other’s');
});

test('what no roster names is forgotten by the lock as by its sensor; more slots than it may have are not looked at', () => {
  const { world } = lockWith({ fingers: { 7: {} } });
  for (const slot of [3, 7, 8]) world.sensor.slots.add(slot);
  const count = world.records().length;
  world.input({ kind: 'fingerSlots', slots: [3, 7, 8] });
  assert.deepEqual([world.state.fingers, [...world.sensor.slots]], [{ slots: [7], enrolling: undefined }, [7]]);
  world.input({ kind: 'fingerSlots', slots: [...Array.from({ length: MAX_FINGER_SLOTS }, () => 3), 7] });
  assert.deepEqual(world.state.fingers.slots, []);
  world.run(500);
  assert.equal(world.records().length, count, 'nobody was asked for, nobody was learnt');
});

test('nobody’s finger comes: the wait ends by the lock’s own clock, with the sensor’s, and whoever touches later is not learnt', () => {
  const hands = lockWith({ pins: { [PIN]: {} }, fingers: { 7: {} } });
  const { world } = hands;
  world.input({ kind: 'fingerSlots', slots: [] });
  const waits = (): readonly unknown[] => [world.state.fingers.enrolling?.slot, world.sensor.wanted];
  world.input(typed(PIN));
  world.run(500);
  const until = world.state.fingers.enrolling?.untilMs ?? 0;
  assert.ok(until - world.nowMs <= ENROLMENT_MS + LEARNING_MS && (world.state.nextWakeMs ?? Infinity) <= until, 'it will be woken for it');
  world.run(until - world.nowMs - 1);
  assert.deepEqual(waits(), [7, 7]);
  world.run(1);
  assert.deepEqual(waits(), [undefined, undefined]);
  world.turn('thrown');
  world.input(typed(PIN));
  world.run(500);
  assert.deepEqual(waits(), [7, 7], 'and anew by who may say whose it is');
  world.input({ kind: 'fingerSlots', slots: [7] });
  assert.equal(world.state.fingers.enrolling, undefined, 'control: in time it is learnt');
});
