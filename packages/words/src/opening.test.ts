import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PlainTerms } from '@mortise/management/plain-terms.ts';
import { openingWords } from './opening.ts';

const ZONE = 'Europe/Zurich';
const NOW = Date.parse('2026-05-29T12:31:00Z');
const SATURDAY = Date.parse('2026-06-06T08:00:00Z');
const MONDAY = Date.parse('2026-06-08T07:00:00Z');
const terms: PlainTerms = {
  places: [], verbs: ['unlock'], from: NOW, until: NOW + 1e10, hours: [{ days: [1, 2, 3, 4, 5], from: '09:00', until: '17:00' }],
  uses: null, minutesAfterFirstUse: null, freshForS: null, holidays: null, remote: false,
};
const context = { terms, at: SATURDAY, now: NOW, zone: ZONE, calendarName: 'School holidays' };

test('yes or no first, then why, then when next', () => {
  assert.deepEqual(openingWords({ opens: false, code: 'outside-hours', next: MONDAY }, context), {
    word: 'No', why: 'It is Saturday 6 June, 10:00 there, and that is not among its hours.', next: 'Monday 8 June, 9:00',
  });
  assert.deepEqual(openingWords({ opens: true }, { ...context, at: MONDAY }), { word: 'Yes', why: 'On Monday 8 June, 9:00, Zurich time, the lock would open.' });
  assert.deepEqual(openingWords({ opens: false, code: 'grant-expired' }, context), { word: 'No', why: 'The key has ended by then.' });
  assert.match(openingWords({ opens: false, code: 'holiday', next: MONDAY }, context).why, /School holidays/);
  assert.match(openingWords({ opens: false, code: 'zone-unknown' }, context).why, /time zone/);
});

test('yes is said with what only the lock knows: how often the key was used, and when first', () => {
  const why = (over: Partial<PlainTerms>): string => openingWords({ opens: true }, { ...context, at: MONDAY, terms: { ...terms, ...over } }).why;
  assert.match(why({ uses: 1 }), /the lock would open, if it has not opened before\.$/);
  assert.match(why({ uses: 20 }), /the lock would open, if it has opened fewer than 20 times\.$/);
  assert.match(why({ minutesAfterFirstUse: 30 }), /would open, no longer than 30 minutes after the first opening\.$/);
  assert.match(why({ uses: 2, minutesAfterFirstUse: 60 }), /fewer than 2 times, and no longer than an hour after the first opening\.$/);
});
