import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GrantTermsJson } from '@mortise/api/grants.ts';
import type { HeldGrant } from '@mortise/api/keys.ts';
import { finalWord, heldRows, heldSentence, isUsable, offlineWords, stampWords, standingAtDoor, triedWords, usesLeft } from './held.ts';

const NOW = Date.parse('2026-05-29T12:31:00Z'); // Friday, 14:31 in Zurich
const times = { now: NOW, zone: 'Europe/Zurich' };
const HOUR_MS = 3_600_000;
const terms = (over: Partial<GrantTermsJson> = {}): GrantTermsJson => ({
  places: [], verbs: ['unlock'], from: NOW - HOUR_MS, until: Date.parse('2026-05-29T15:00:00Z'), hours: [{ days: [1, 2, 3, 4, 5], from: '09:00', until: '17:00' }],
  uses: null, minutesAfterFirstUse: null, freshForS: 3600, holidays: null, remote: false, ...over,
});
const held = (state: HeldGrant['state'], over: Partial<GrantTermsJson> = {}) => ({ state, from: 'Mira', terms: terms(over) });

test('a holder reads whether it opens, and until when', () => {
  assert.equal(heldSentence(held('live'), times), 'Your key opens it until 17:00, Zurich time.');
  assert.equal(heldSentence(held('live', { until: Date.parse('2026-06-11T22:00:00Z') }), times), 'Your key opens it until the end of Thursday 11 June, Zurich time.');
  assert.equal(heldSentence(held('live', { from: NOW + 24 * HOUR_MS, until: NOW + 48 * HOUR_MS }), times), 'Your key opens it from tomorrow 14:31 on, Zurich time.');
  assert.equal(heldSentence(held('live', { until: NOW - HOUR_MS }), times), 'Your key ended at 13:31, Zurich time.');
  assert.match(heldSentence(held('asking'), times), /^Mira has yet to sign your key/);
  assert.match(heldSentence(held('paused'), times), /paused/);
  assert.match(heldSentence(held('takenBack'), times), /taken your key back/);
  assert.deepEqual((['asking', 'live', 'paused', 'takenBack', 'ended'] as const).map((state) => isUsable(held(state), NOW)), [false, true, false, false, false]);
  assert.equal(isUsable(held('live', { until: NOW - 1 }), NOW), false);
});

test('what is left is said as this phone knows it', () => {
  assert.equal(usesLeft(terms({ uses: 20 }), 2), '18 of 20 openings, by this phone’s count');
  assert.equal(usesLeft(terms(), 2), undefined);
  assert.equal(usesLeft(terms({ uses: 20 }), 2, 'uses-spent'), 'None, as the lock says', 'the lock counts, and other phones may have opened');
  assert.equal(usesLeft(terms({ uses: 20 }), 2, 'revoked'), '18 of 20 openings, by this phone’s count');
  assert.equal(stampWords(NOW + HOUR_MS, terms(), times), 'Until 15:31; then it must be confirmed');
  assert.match(stampWords(NOW - 1, terms(), times) ?? '', /^Connect to the internet/);
  assert.equal(stampWords(undefined, terms({ freshForS: null }), times), undefined);
  assert.equal(stampWords(terms().until, terms(), times), undefined);
});

test('the terms in the holder’s words', () => {
  assert.deepEqual(heldRows(terms({ uses: 20, holidays: 1, minutesAfterFirstUse: 30 }), 'the holidays', times), [
    ['When', 'On weekdays from 9:00 to 17:00, Zurich time'], ['Until', 'Friday 29 May 17:00'], ['After opening', 'For 30 minutes from the first opening on'],
    ['Limits', 'At most 20 times. Not on the days of the holidays'],
  ]);
});

test('that somebody else tried the link is told to its holder', () => {
  assert.equal(triedWords({ triedAgain: 0, triedAgainAt: null, from: 'Mira' }, times), undefined);
  assert.equal(triedWords({ triedAgain: 1, triedAgainAt: NOW, from: 'Mira' }, times), 'Somebody else tried your link at 14:31, and got nothing. Mira has been told too.');
  assert.match(triedWords({ triedAgain: 1, triedAgainAt: NOW - 24 * HOUR_MS, from: 'Mira' }, times) ?? '', /at 14:31, yesterday,/);
});

test('a key that is over is not said to work without internet', () => {
  const [later, before] = [NOW + HOUR_MS, NOW - 1];
  assert.equal(standingAtDoor(held('live'), later, false, NOW), 'works', 'the control');
  assert.equal(standingAtDoor(held('live', { freshForS: null }), undefined, false, NOW), 'works');
  assert.equal(standingAtDoor(held('live'), before, false, NOW), 'unconfirmed');
  assert.equal(standingAtDoor(held('live'), undefined, false, NOW), 'unconfirmed');
  assert.equal(standingAtDoor(held('live'), later, true, NOW), 'over');
  for (const state of ['asking', 'paused', 'takenBack', 'ended'] as const) assert.equal(standingAtDoor(held(state), later, false, NOW), 'over');
  assert.equal(standingAtDoor(held('live', { until: before }), later, false, NOW), 'over');
  assert.deepEqual([/works all the same/, /must be confirmed/, /^$/].map((says, index) => says.test(offlineWords((['works', 'unconfirmed', 'over'] as const)[index] ?? 'works'))), [true, true, true]);
});

test('what a lock refuses for good is told apart from what ends by itself', () => {
  assert.deepEqual(['revoked', 'uses-spent', 'first-use-over', 'invitation-used'].map(finalWord), ['Taken back', 'Used up', 'Time is over', 'Used before']);
  for (const code of ['outside-hours', 'holiday', 'grant-not-yet', 'freshness-lapsed', 'clock-lost', 'go-nearer', 'link-lost', 'toString']) assert.equal(finalWord(code), undefined, code);
});
