import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant, type Instant } from '@mortise/base/instant.ts';
import { Secret } from '@mortise/base/secret.ts';
import { MAX_RULE_LENGTH as JOURNAL_RULE_LENGTH } from '@mortise/journal/record.ts';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import type { CodeKeyEntry } from '@mortise/documents/code-key-entry.ts';
import type { EntryTerms } from '@mortise/documents/entry-terms.ts';
import { exampleEntropy, exampleLock } from '@mortise/documents/example-site.ts';
import { decideCode, type CodeRequest } from './decide-code.ts';
import { book, CODE, CODE_KEY, DAY_MS, ENTRY, FRESH, later, LOCK_ID, NOON, person, typing } from './entries.fixture.ts';
import type { EntryMemory, EntryOutcome } from './entry-request.ts';
import { codeNumber, codeUntil, encodeCode, HOUR_MS, type OfflineCode } from './offline-code.ts';

const decide = (typed: string, changes: Partial<CodeRequest> = {}, memory: EntryMemory = FRESH): EntryOutcome => decideCode(crypto, typing(typed, changes), memory);
const say = (typed: string, changes: Partial<CodeRequest> = {}, memory: EntryMemory = FRESH): string => decide(typed, changes, memory).decision.reason;
const at = (now: Instant, quality: 'synced' | 'held' | 'lost' = 'synced'): Partial<CodeRequest> => ({ clock: { quality, now } });
const pin = (terms: Partial<EntryTerms>, changes: Partial<CodeRequest> = {}): string => say('471108', { pins: book({ '471108': terms }), ...changes });

// ---- PINs -----------------------------------------------------------------------------------------------------------------------------

test('a PIN opens, and the decision names roster, window, clock and zone, and no digit', () => {
  const { decision } = decide('47110812');
  assert.deepEqual(decision, { allowed: true, reason: 'granted-pin', rule: 'pin:7 always synced Europe/Zurich', pseudonym: person('Anna'), duress: false });
  assert.equal(pin({}, { verb: 'lock' }), 'secured-entry');
  const hours = [{ startS: 0, recurrence: { durationS: HOUR_MS / 1000, mask: 0, pattern: 1, interval: 1, ordinal: 0 }, utc: false }, { startS: 0, utc: true }] as const;
  assert.equal(decide('471108', { pins: book({ '471108': { hours } }) }).decision.rule, 'pin:7 window 1 synced Europe/Zurich');
  const refused = decide('471109').decision;
  assert.deepEqual(refused, { allowed: false, reason: 'code-unknown', rule: 'default:7 code-unknown synced Europe/Zurich', duress: false });
});

test('a rule fits into the journal, whatever the zone is called', () => {
  const place = { ...ENTRY.place, zone: 'Z'.repeat(64) };
  for (const typed of ['471108', encodeCode(CODE_KEY, LOCK_ID, { ...CODE, length: 15 }), '000000']) {
    assert.ok(decide(typed, { place, ...at(later(5)) }).decision.rule.length <= JOURNAL_RULE_LENGTH);
  }
});

test('each limit of a PIN has its reason, at its edges', () => {
  const recurrence = { durationS: 3600, mask: 0, pattern: 1, interval: 1, ordinal: 0 } as const;
  const daily = (hour: number) => [{ startS: 1_700_006_400 - (1_700_006_400 % 86_400) + hour * 3600, recurrence, utc: false }];
  const monday = { ...ENTRY.place, calendars: [{ id: 3, days: [Math.floor(NOON / DAY_MS)], untilDay: 30_000 }] };
  const rows: readonly (readonly [Partial<EntryTerms>, Partial<CodeRequest>, string])[] = [
    [{ rights: 1 }, {}, 'granted-pin'], [{ rights: 2 }, {}, 'right-missing'], [{ rights: 1 }, { verb: 'lock' }, 'right-missing'], [{ rights: 2 }, { verb: 'lock' }, 'secured-entry'],
    [{}, { verb: undefined }, 'verb-missing'], [{}, { capabilities: ['lock'] }, 'verb-not-supported'], [{ rights: 7 }, { verb: 'holdUnlocked', capabilities: ['holdUnlocked'] }, 'right-missing'],
    [{}, { source: 'near' }, 'granted-pin'], [{}, { source: 'relay' }, 'remote-not-allowed'], [{ rights: 5 }, { source: 'relay' }, 'granted-pin'],
    [{ from: NOON }, {}, 'granted-pin'], [{ from: later(1) }, {}, 'grant-not-yet'], [{ until: NOON }, {}, 'granted-pin'], [{ until: later(-1) }, {}, 'grant-expired'],
    [{ hours: daily(14) }, {}, 'granted-pin'], [{ hours: daily(12) }, {}, 'outside-hours'], [{ hours: daily(13) }, {}, 'outside-hours'],
    [{ hours: daily(14) }, { place: { zone: 'Europe/Zurich', calendars: [] } }, 'zone-unknown'],
    [{ holidays: 3 }, { place: monday }, 'holiday'], [{ holidays: 3 }, { place: monday, ...at(later(DAY_MS)) }, 'granted-pin'], [{ holidays: 4 }, { place: monday }, 'holiday'],
    [{ holidays: 4 }, { place: { ...monday, calendars: [...monday.calendars, { id: 4, days: [], untilDay: 30_000 }] } }, 'granted-pin'],
    [{ hours: daily(12), holidays: 3 }, { place: monday }, 'outside-hours'],
  ];
  for (const [terms, changes, expected] of rows) assert.equal(pin(terms, changes), expected, JSON.stringify([terms, changes]));
});

test('on a lost clock a PIN without limits opens, and none with any', () => {
  assert.equal(pin({}, at(NOON, 'lost')), 'granted-pin');
  const limits: readonly Partial<EntryTerms>[] = [{ from: instant(0) }, { until: later(DAY_MS) }, { hours: [{ startS: 0, utc: true }] }, { holidays: 1 }];
  for (const terms of limits) assert.equal(pin(terms, at(NOON, 'lost')), 'clock-lost', JSON.stringify(terms));
  for (const terms of limits.slice(0, 3)) assert.equal(pin(terms, at(NOON, 'held')), 'granted-pin', JSON.stringify(terms));
});

test('of two equal PINs the one that may opens, in either order', () => {
  const pins = (first: Partial<EntryTerms>, second: Partial<EntryTerms>): CodeRequest['pins'] => {
    const [one, two] = [book({ '471108': first }), book({ '471108': second })];
    return { ...one, kept: new Map([...one.kept].map(([prefix, kept]) => [prefix, [...kept, ...(two.kept.get(prefix) ?? [])]])) };
  };
  const [ended, good] = [{ until: later(-1), pseudonym: person('Beat') }, {}];
  for (const both of [pins(ended, good), pins(good, ended)]) assert.deepEqual(decide('471108', { pins: both }).decision.pseudonym, person('Anna'));
  assert.equal(say('471108', { pins: pins(ended, { rights: 2 }) }), 'grant-expired', 'the control');
});

// ---- duress --------------------------------------------------------------------------------------------------------------------------

test('a PIN of duress opens like any other and raises the alarm, refused or not; no record’s reason tells it', () => {
  const pins = book({ '471108': {}, '471109': { duress: true }, '4711081': { duress: true, pseudonym: person('Beat') }, '555555': { duress: true, rights: 2 } });
  const told = (typed: string) => {
    const { allowed, reason, duress } = decide(typed, { pins }).decision;
    return [allowed, reason, duress];
  };
  assert.deepEqual(told('471109'), [true, 'granted-pin', true]);
  assert.deepEqual(told('471108'), [true, 'granted-pin', false], 'the control');
  assert.deepEqual(told('4711081'), [true, 'granted-pin', true], 'where an ordinary PIN begins one of duress, both are typed');
  assert.deepEqual(told('555555'), [false, 'right-missing', true]);
  assert.deepEqual(told('555556'), [false, 'code-unknown', false]);
  assert.equal(decide('471109', { pins }).decision.rule, decide('471108', { pins }).decision.rule);
});

// ---- two factors ---------------------------------------------------------------------------------------------------------------------

test('a PIN that wants a card opens with it within 30 seconds, and each once', () => {
  const pins = book({ '471108': { second: ['card', 'phone'] } });
  const card = { factor: 'card', pseudonym: person('Anna'), atMs: ENTRY.nowMs - 30_000, duress: false } as const;
  const alone = decide('471108', { pins });
  assert.deepEqual([alone.decision.allowed, alone.decision.reason, alone.memory.proofs.map(({ factor }) => factor)], [false, 'second-factor-missing', ['pin']]);
  assert.deepEqual(alone.memory.lockout, FRESH.lockout, 'the first of two is no guess');
  const both = decide('471108', { pins }, { ...FRESH, proofs: [card] });
  assert.deepEqual([both.decision.reason, both.decision.rule, both.memory.proofs], ['granted-pin', 'pin:7 always with card synced Europe/Zurich', []]);
  assert.equal(say('471108', { pins }, both.memory), 'second-factor-missing', 'the pair is used up');
  assert.equal(say('471108', { pins, nowMs: ENTRY.nowMs + 1 }, { ...FRESH, proofs: [card] }), 'second-factor-missing', 'too late');
  assert.equal(say('471108', { pins }, { ...FRESH, proofs: [{ ...card, pseudonym: person('Beat') }] }), 'second-factor-missing', 'another person’s');
  assert.equal(decide('471108', { pins }, { ...FRESH, proofs: [{ ...card, duress: true }] }).decision.duress, true, 'one of duress in a pair raises the alarm');
  assert.equal(decide('471108', { pins: book({ '471108': { second: ['card'], rights: 2 } }) }).memory.proofs.length, 0, 'what may not is no first factor');
});

test('of several PINs in what was typed the one that waits for its second factor is told, and each first factor is kept', () => {
  const pins = book({ '471108': { until: later(-1) }, '4711081': { second: ['card'] }, '11081234': { second: ['card'], pseudonym: person('Beat') } });
  const { decision, memory } = decide('4711081999', { pins });
  assert.deepEqual([decision.reason, decision.pseudonym, memory.proofs.map(({ pseudonym }) => pseudonym)], ['second-factor-missing', person('Anna'), [person('Anna')]]);
  const both = decide('471108111081234', { pins });
  assert.deepEqual([both.decision.reason, both.memory.proofs.map(({ pseudonym }) => pseudonym)], ['second-factor-missing', [person('Anna'), person('Beat')]]);
  const card = { factor: 'card', pseudonym: person('Beat'), atMs: ENTRY.nowMs, duress: false } as const;
  const opened = decide('471108111081234', { pins }, { ...FRESH, proofs: [card] });
  assert.deepEqual([opened.decision.reason, opened.decision.pseudonym, opened.memory.proofs], ['granted-pin', person('Beat'), []]);
});

test('the first of two factors is free when the PIN was typed alone: beside anything else it may be a guess', () => {
  const pins = book({ '471108': { second: ['card'] }, '1234567': {} });
  const cost = (typed: string): readonly unknown[] => {
    const { decision, memory } = decide(typed, { pins });
    return [decision.reason, memory.lockout.debtMs / (4 * HOUR_MS)];
  };
  const rows: readonly (readonly [string, number])[] = [['471108', 0], ['4711080', 1], ['47110800', 1], ['471108000', 1], ['4711080000', 2], ['94711080', 1], [`${'9'.repeat(14)}471108`, 4]];
  for (const [typed, units] of rows) assert.deepEqual(cost(typed), ['second-factor-missing', units], typed);
});

// ---- offline codes -------------------------------------------------------------------------------------------------------------------

const code = (changes: Partial<OfflineCode> = {}, key: CodeKeyEntry = CODE_KEY): string => encodeCode(key, LOCK_ID, { ...CODE, ...changes });

test('a code opens from its hour to its last millisecond, and the decision names key, kind, start, length and index', () => {
  const { decision, memory } = decide(code({ index: 2 }));
  const rule = `code:${Buffer.from(CODE_KEY.keyId).toString('hex').slice(0, 12)} window 2027-05-03T12:00Z+1h.2 in-time synced Europe/Zurich`;
  assert.deepEqual(decision, { allowed: true, reason: 'granted-code', rule: rule.slice(0, 96), pseudonym: CODE_KEY.keyId, duress: false });
  assert.equal(memory.codes, FRESH.codes, 'one that opens as often as one likes is not remembered');
  const told = [-1, 0, HOUR_MS - 1, HOUR_MS].map((ms) => say(code(), at(later(ms))));
  assert.deepEqual(told, ['grant-not-yet', 'granted-code', 'granted-code', 'grant-expired']);
  assert.equal(say(code(), { verb: 'lock' }), 'secured-entry');
});

test('every length, through both changes of the clocks: hours are counted, not shown', () => {
  for (const start of [NOON, Date.UTC(2027, 2, 27, 20), Date.UTC(2027, 9, 30, 20)]) {
    for (let length = 0; length < 16; length += 1) {
      const one = { ...CODE, startH: CODE.startH + (start - NOON) / HOUR_MS, length };
      const told = [start - 1, start, codeUntil(one), codeUntil(one) + 1].map((now) => say(code(one), at(instant(now))));
      assert.deepEqual(told, ['grant-not-yet', 'granted-code', 'granted-code', 'grant-expired'], `length ${length}`);
    }
  }
});

test('each limit of a key has its reason', () => {
  const rows: readonly (readonly [Partial<CodeKeyEntry>, Partial<OfflineCode>, Partial<CodeRequest>, string])[] = [
    [{}, {}, {}, 'granted-code'], [{ kinds: ['once'] }, {}, {}, 'code-unknown'], [{ kinds: ['once'] }, { kind: 'once' }, {}, 'granted-code'],
    [{ longest: 3 }, { length: 3 }, {}, 'granted-code'], [{ longest: 3 }, { length: 4 }, {}, 'code-unknown'],
    [{ until: NOON }, {}, {}, 'granted-code'], [{ until: later(-1) }, {}, {}, 'delegation-over'],
    [{ revoked: [codeNumber(CODE)] }, {}, {}, 'revoked'], [{ revoked: [codeNumber(CODE)] }, { index: 1 }, {}, 'granted-code'],
    [{ rights: 2 }, {}, {}, 'right-missing'], [{ rights: 1 }, {}, { verb: 'lock' }, 'right-missing'],
    [{}, {}, { source: 'near' }, 'granted-code'], [{}, {}, { source: 'relay' }, 'remote-not-allowed'],
    [{}, {}, at(NOON, 'held'), 'granted-code'], [{}, {}, at(NOON, 'lost'), 'clock-lost'], [{}, {}, at(later(-90 * DAY_MS), 'lost'), 'clock-lost'], [{ kinds: ['once'] }, {}, at(NOON, 'lost'), 'code-unknown'],
  ];
  for (const [key, changes, asked, expected] of rows) assert.equal(say(code(changes), { codeKeys: [{ ...CODE_KEY, ...key }], ...asked }), expected, JSON.stringify([changes, asked, expected]));
});

test('further than 28 days from its time a code is none: so are nearly all of other digits', () => {
  const told = (now: number): string => say(code(), at(later(now)));
  assert.deepEqual([told(-28 * DAY_MS), told(-28 * DAY_MS - 1)], ['grant-not-yet', 'code-unknown']);
  assert.deepEqual([told(HOUR_MS - 1 + 28 * DAY_MS), told(HOUR_MS + 28 * DAY_MS)], ['grant-expired', 'code-unknown']);
});

test('under the key of another lock or issuer nine digits are nothing, and any of four keys will do', () => {
  const other = (name: string): CodeKeyEntry => ({ ...CODE_KEY, keyId: person(name), key: new Secret(exampleEntropy(name)) });
  assert.equal(say(code({}, other('a'))), 'code-unknown');
  assert.equal(say(encodeCode(CODE_KEY, exampleLock('next').lockId, CODE)), 'code-unknown');
  assert.equal(say(code(), { codeKeys: [] }), 'code-unknown');
  const codeKeys = ['a', 'b', 'c'].map(other);
  assert.equal(say(code(), { codeKeys: [...codeKeys, CODE_KEY], ...at(later(HOUR_MS)) }), 'grant-expired', 'the one that knows it tells');
  assert.deepEqual(decide(code(), { codeKeys: [...codeKeys, CODE_KEY] }).decision.pseudonym, CODE_KEY.keyId);
  assert.deepEqual(decide(code({}, other('b')), { codeKeys }).decision.pseudonym, person('b'));
});

test('nine digits exactly: no decoys around a code', () => {
  for (const typed of [`${code()}1`, `1${code()}`, code().slice(0, 8)]) assert.equal(say(typed), 'code-unknown', typed);
});

test('a code that opens once opens once, and locks up afterwards', () => {
  const typed = code({ kind: 'once' });
  const first = decide(typed);
  assert.deepEqual([first.decision.reason, first.memory.codes.used.size], ['granted-code', 1]);
  assert.deepEqual([say(typed, {}, first.memory), say(typed, { verb: 'lock' }, first.memory), say(code({ kind: 'once', index: 1 }), {}, first.memory)], ['uses-spent', 'secured-entry', 'granted-code']);
  assert.equal(decide(typed, { verb: 'lock' }).memory.codes, FRESH.codes, 'locking is no use');
  const full = { ...FRESH, codes: { ...FRESH.codes, used: new Map(Array.from({ length: 1024 }, (_, index) => [`k:${index}`, later(DAY_MS)])) } };
  assert.equal(say(typed, {}, full), 'memory-full', 'what cannot be remembered does not open');
  assert.equal(say(typed, {}, { ...FRESH, codes: { ...FRESH.codes, forgotten: later(DAY_MS) } }), 'uses-unknown');
  assert.equal(say(code(), {}, full), 'granted-code', 'the control');
  for (const [verb, rights] of [['unlatch', 8], ['holdUnlocked', 16], ['unlock', 1]] as const) {
    assert.equal(decide(typed, { verb, capabilities: [verb], codeKeys: [{ ...CODE_KEY, rights }] }).memory.codes.used.size, 1, `${verb} is a use`);
  }
});

test('what is a PIN and a code at once opens if either may', () => {
  const typed = code();
  assert.equal(say(typed, { pins: book({ [typed]: { until: later(-1) } }) }), 'granted-code');
  assert.equal(say(typed, { pins: book({ [typed]: {} }), codeKeys: [] }), 'granted-pin');
  assert.equal(say(typed, { pins: book({ [typed.slice(1, 7)]: { until: later(-1) } }), ...at(later(HOUR_MS)) }), 'grant-expired');
});

// ---- lockout -------------------------------------------------------------------------------------------------------------------------

test('wrong entries make the source wait; then nothing is tried, and nothing told but that', () => {
  let memory = FRESH;
  for (let wrong = 0; wrong < 5; wrong += 1) memory = decide('000000', {}, memory).memory;
  const waiting = decide('471108', { nowMs: ENTRY.nowMs + 59_999 }, memory);
  assert.deepEqual([waiting.decision.reason, waiting.decision.rule, waiting.decision.duress], ['locked-out', 'lockout:keypad 1s locked-out synced Europe/Zurich', false]);
  assert.equal(waiting.memory.lockout.debtMs, memory.lockout.debtMs - 59_999, 'and asking costs nothing');
  assert.equal(say('471108', { nowMs: ENTRY.nowMs + 60_000 }, memory), 'granted-pin');
  assert.equal(say('12', {}, memory), 'locked-out');
});

test('what is no guess costs nothing, a long one more, every refusal something; a right one forgives', () => {
  const hour = 4 * HOUR_MS;
  const debt = (typed: string, changes: Partial<CodeRequest> = {}, memory = FRESH): number => decide(typed, changes, memory).memory.lockout.debtMs / hour;
  const rows: readonly (readonly [string, number])[] = [['', 0], ['12345', 0], ['1'.repeat(21), 0], ['12345x', 0], ['000000', 1], ['000000000', 1], ['0000000000', 2], ['0'.repeat(20), 4], ['471108', 0]];
  for (const [typed, units] of rows) assert.equal(debt(typed), units, typed);
  assert.deepEqual(['', '12345', '1'.repeat(21), '12345x'].map((typed) => say(typed)), Array.from({ length: 4 }, () => 'code-malformed'));
  assert.equal(debt('471108', { pins: book({ '471108': { until: later(-1) } }) }), 1);
  assert.equal(debt(code(), at(later(HOUR_MS))), 1);
  const owing = { ...FRESH, lockout: { ...FRESH.lockout, debtMs: 3 * hour } };
  assert.deepEqual([debt('471108', {}, owing), debt('000000', {}, owing), debt('12', {}, owing)], [1, 4, 3]);
});
