// PINs and codes as they are being given: what holds together, what is too easy to guess, and numbers that no two codes share.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CODE_EPOCH, codeNumber, HOUR_MS } from '@mortise/access/offline-code.ts';
import { codeDraftFault, freeCode, freshCodeDraft, lengthWords, spanOfCode, startOf, wallOf } from './code-draft.ts';
import { drawPin, entryTermsOf, freshEntryDraft, pinFault, sealedTermsOf } from './entry-draft.ts';

const ZONE = 'Europe/Zurich';
const NOW = Date.parse('2026-11-26T10:20:00Z');
const ANNA = { id: 'a', name: 'Anna', isNew: true };

test('PINs that people try first are not taken; others are', () => {
  const rows: readonly (readonly [string, boolean])[] = [
    ['123456', false], ['987654', false], ['111111', false], ['121212', false], ['011990', true], ['240790', false], ['24071990', false], ['19900724', false], ['47110', false], ['4711081234', false],
    ['471108', true], ['4361659', true], ['830517294', true],
  ];
  for (const [pin, fits] of rows) assert.equal(pinFault(pin) === undefined, fits, pin);
});

test('a PIN is drawn without a bias: what lies beyond the last whole run of seven digits is drawn again, and so is what is easy to guess', () => {
  const draws = [Uint8Array.of(255, 255, 255, 255), Uint8Array.of(0, 0, 0, 0), Uint8Array.of(0, 0x42, 0x8d, 0x3b)];
  assert.equal(drawPin(() => draws.shift() ?? assert.fail('no more')), '4361531');
  assert.equal(draws.length, 0);
});

test('without dates it opens always; with them, within; hours that lack a day are said', () => {
  const draft = freshEntryDraft(ANNA, '471108', NOW, ZONE);
  assert.deepEqual(entryTermsOf(draft, NOW, ZONE), { ok: true, value: { verbs: ['unlock', 'lock'], from: null, until: null, hours: [], holidays: null, second: [] } });
  const dated = entryTermsOf({ ...draft, isLimited: true, second: 'finger' }, NOW, ZONE);
  assert.ok(dated.ok && dated.value.from !== null && dated.value.until !== null && dated.value.until > dated.value.from);
  assert.equal(entryTermsOf({ ...draft, isLimited: true, until: { day: '2020-01-01', time: '10:00' } }, NOW, ZONE).ok, false);
  assert.equal(entryTermsOf({ ...draft, hours: [{ days: [], from: '09:00', until: '17:00' }] }, NOW, ZONE).ok, false);
  const window = { days: [1], from: '09:00', until: '17:00' };
  assert.equal(entryTermsOf({ ...draft, hours: [window, window, window, window, window] }, NOW, ZONE).ok, false, 'a lock keeps four');
  const sealed = sealedTermsOf({ ...dated.value, hours: [window] }, new Uint8Array(16), true);
  assert.deepEqual([sealed.rights, sealed.hours.length, sealed.second, sealed.duress], [3, 1, ['finger'], true]);
});

test('codes begin at whole hours, say their span, and each has a number of its own', () => {
  const draft = freshCodeDraft(NOW);
  assert.deepEqual(wallOf(draft, ZONE), { day: '2026-11-26', time: '11:00' });
  assert.equal(startOf({ day: '2026-11-26', time: '11:40' }, ZONE), draft.startH);
  assert.equal(spanOfCode(draft).until - spanOfCode(draft).from, 24 * HOUR_MS - 1);
  assert.equal(codeDraftFault(draft, NOW), undefined);
  assert.equal(codeDraftFault({ ...draft, startH: Math.floor((NOW - CODE_EPOCH) / HOUR_MS) - 30 }, NOW), 'That is over already.');
  const made: { number: number }[] = [];
  for (let index = 0; index < 4; index += 1) made.push({ number: codeNumber(freeCode(draft, made) ?? assert.fail('there is one left')) });
  assert.equal(new Set(made.map(({ number }) => number)).size, 4);
  assert.equal(freeCode(draft, made), undefined);
  assert.deepEqual([0, 6, 7, 8, 12, 15].map(lengthWords), ['an hour', '12 hours', 'a day', '2 days', 'a week', '4 weeks']);
});
