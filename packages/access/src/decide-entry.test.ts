import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import type { EntryTerms } from '@mortise/documents/entry-terms.ts';
import { decideCode } from './decide-code.ts';
import { decideEntry } from './decide-entry.ts';
import { book, DAY_MS, ENTRY, FRESH, later, NOON, person, TERMS, typing } from './entries.fixture.ts';
import type { EntryMemory, EntryOutcome, EntryRequest } from './entry-request.ts';
import { MAX_PROOFS } from './second-factor.ts';

type Kind = 'card' | 'finger';
const decide = (kind: Kind, terms: Partial<EntryTerms> | undefined, changes: Partial<EntryRequest> = {}, memory = FRESH): EntryOutcome =>
  decideEntry(kind, terms && { ...TERMS, ...terms }, { ...ENTRY, source: kind, ...changes }, memory);
const say = (...asked: Parameters<typeof decide>): string => decide(...asked).decision.reason;

test('a card and a finger of the roster open, and others do not', () => {
  for (const kind of ['card', 'finger'] as const) {
    assert.deepEqual(decide(kind, {}).decision, { allowed: true, reason: `granted-${kind}`, rule: `${kind}:7 always synced Europe/Zurich`, pseudonym: person('Anna'), duress: false });
    assert.deepEqual(decide(kind, undefined).decision, { allowed: false, reason: `${kind}-unknown`, rule: `default:7 ${kind}-unknown synced Europe/Zurich`, duress: false });
    const rows: readonly (readonly [Partial<EntryTerms>, Partial<EntryRequest>, string])[] = [
      [{}, { verb: 'lock' }, 'secured-entry'], [{ rights: 2 }, {}, 'right-missing'], [{ until: later(-1) }, {}, 'grant-expired'], [{ from: later(1) }, {}, 'grant-not-yet'],
      [{ until: later(DAY_MS) }, { clock: { quality: 'lost', now: NOON } }, 'clock-lost'], [{}, { clock: { quality: 'lost', now: NOON } }, `granted-${kind}`], [{ second: ['pin'] }, {}, 'second-factor-missing'],
    ];
    for (const [terms, changes, expected] of rows) assert.equal(say(kind, terms, changes), expected, JSON.stringify([kind, terms]));
  }
  assert.equal(decide('finger', { duress: true }).decision.duress, true);
});

test('card and PIN make a pair in either order', () => {
  const pins = book({ '471108': { second: ['card'] } });
  const cardFirst = decide('card', { second: ['pin'] });
  assert.equal(cardFirst.decision.reason, 'second-factor-missing');
  const thenPin = decideCode(crypto, typing('471108', { pins, nowMs: ENTRY.nowMs + 5000 }), { ...FRESH, proofs: cardFirst.memory.proofs });
  assert.deepEqual([thenPin.decision.reason, thenPin.memory.proofs], ['granted-pin', []]);
  const pinFirst = decideCode(crypto, typing('471108', { pins }), FRESH);
  const thenCard = decide('card', { second: ['pin'] }, { nowMs: ENTRY.nowMs + 30_000 }, { ...FRESH, proofs: pinFirst.memory.proofs });
  assert.deepEqual([thenCard.decision.reason, thenCard.decision.rule], ['granted-card', 'card:7 always with pin synced Europe/Zurich']);
  assert.equal(say('card', { second: ['pin'] }, { nowMs: ENTRY.nowMs + 30_001 }, { ...FRESH, proofs: pinFirst.memory.proofs }), 'second-factor-missing');
  assert.equal(say('card', { second: ['pin'], pseudonym: person('Beat') }, {}, { ...FRESH, proofs: pinFirst.memory.proofs }), 'second-factor-missing');
});

test('a card that opens alone is a first factor too, and an unknown one is none', () => {
  const shown = decide('card', {});
  assert.deepEqual(shown.memory.proofs.map(({ factor, atMs }) => [factor, atMs]), [['card', ENTRY.nowMs]]);
  assert.equal(decideCode(crypto, typing('471108', { pins: book({ '471108': { second: ['card'] } }) }), { ...FRESH, proofs: shown.memory.proofs }).decision.allowed, true);
  assert.deepEqual(decide('card', undefined).memory.proofs, []);
  assert.deepEqual(decide('card', { until: later(-1) }).memory.proofs, []);
  let memory: EntryMemory = FRESH;
  for (let number = 0; number < 20; number += 1) memory = { ...decide('card', { pseudonym: person(String(number)) }, {}, memory).memory, lockout: FRESH.lockout };
  assert.equal(memory.proofs.length, MAX_PROOFS);
});

test('each source waits for itself: a keypad that is locked out locks out no card, no finger, and by its lockout no phone', () => {
  let keypad = FRESH;
  for (let wrong = 0; wrong < 5; wrong += 1) keypad = decideCode(crypto, typing('000000'), keypad).memory;
  assert.equal(decideCode(crypto, typing('471108'), keypad).decision.reason, 'locked-out');
  // What a lock keeps: one lockout for each source, the rest is shared.
  const shared = { ...keypad, lockout: FRESH.lockout };
  assert.deepEqual([say('card', {}, {}, shared), say('finger', {}, {}, shared)], ['granted-card', 'granted-finger']);
  assert.equal(decideCode(crypto, typing('471108', { source: 'near' }), shared).decision.reason, 'granted-pin');
});

test('unknown cards and fingers make their own source wait by its own table, and right ones forgive', () => {
  for (const [kind, first] of [['card', 1000], ['finger', 10_000]] as const) {
    let memory = FRESH;
    for (let wrong = 0; wrong < 4; wrong += 1) memory = decide(kind, undefined, {}, memory).memory;
    assert.equal(memory.lockout.waitMs, 0);
    const fifth = decide(kind, undefined, {}, memory).memory;
    assert.equal(fifth.lockout.waitMs, first);
    assert.deepEqual([say(kind, {}, { nowMs: ENTRY.nowMs + first - 1 }, fifth), say(kind, {}, { nowMs: ENTRY.nowMs + first }, fifth)], ['locked-out', `granted-${kind}`]);
    assert.equal(decide(kind, {}, {}, memory).memory.lockout.debtMs, memory.lockout.debtMs / 2);
    assert.deepEqual(decide(kind, { second: ['pin'] }, {}, memory).memory.lockout, memory.lockout, 'the first of two neither');
    const waited = { ...fifth, lockout: { ...fifth.lockout, waitMs: 0 } };
    assert.deepEqual(decide(kind, { second: ['pin'] }, {}, waited).memory.lockout, waited.lockout, 'nor does it begin a wait, whatever is owed');
  }
});
