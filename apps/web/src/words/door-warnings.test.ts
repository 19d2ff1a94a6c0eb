import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant } from '@mortise/base/instant.ts';
import { WARNINGS } from '@mortise/courier/status.ts';
import { byUrgency, heldWords, reserveSentence } from './door-warnings.ts';

const NOW = Date.parse('2026-05-29T12:31:00Z');
const ZONE = 'Europe/Zurich';

test('until when it is kept unlocked, on the door’s wall clock', () => {
  const until = (text: string): string => heldWords({ until: instant(Date.parse(text)) }, NOW, ZONE);
  assert.deepEqual([until('2026-05-29T13:00:00Z'), until('2026-05-30T07:00:00Z'), heldWords({ until: null }, NOW, ZONE)],
    ['Kept unlocked until 15:00', 'Kept unlocked until tomorrow 9:00', 'Kept unlocked, as its hours say']);
});

test('every warning has its place, the most urgent first', () => {
  assert.equal(byUrgency(WARNINGS).length, WARNINGS.length);
  assert.deepEqual(byUrgency(['ajar', 'tamper', 'forced']), ['forced', 'tamper', 'ajar']);
});

test('the reserve counts down to openings alone', () => {
  assert.match(reserveSentence(19), /19 more times, then it only opens/);
  assert.match(reserveSentence(1), /1 more time, then/);
  assert.match(reserveSentence(0), /used up/);
});
