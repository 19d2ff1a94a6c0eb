import assert from 'node:assert/strict';
import { test } from 'node:test';
import { REASONS } from '@mortise/base/reasons.ts';
import type { PlainTerms } from '@mortise/management/plain-terms.ts';
import { keyReason } from './key-reason.ts';
import { reasonSentence } from './reasons.ts';

const ZONE = 'Europe/Zurich';
const NOW = Date.parse('2026-05-29T15:04:00Z'); // Friday, 17:04 in Zurich
const terms = (over: Partial<PlainTerms> = {}): PlainTerms => ({
  places: [], verbs: ['unlock'], from: NOW - 1e7, until: Date.parse('2026-05-29T15:00:00Z'), hours: [{ days: [1, 2, 3, 4, 5], from: '09:00', until: '17:00' }],
  uses: 20, minutesAfterFirstUse: 30, freshForS: null, holidays: null, remote: false, ...over,
});
const says = (code: string, over: Partial<PlainTerms> = {}, next?: number) => keyReason(code, { terms: terms(over), now: NOW, zone: ZONE, next });

test('times are said in the zone of the door, by its name', () => {
  const monday = Date.parse('2026-06-01T07:00:00Z');
  assert.equal(says('grant-expired').says, 'This key ended at 17:00, Zurich time.');
  assert.equal(says('grant-expired', { until: Date.parse('2026-05-28T15:00:00Z') }).says, 'This key ended yesterday at 17:00, Zurich time.');
  assert.equal(says('grant-not-yet', { from: monday }).says, 'This key begins Monday 9:00, Zurich time.');
  assert.deepEqual(says('outside-hours', {}, monday), { says: 'This key opens on weekdays from 9:00 to 17:00, Zurich time.', follows: 'It opens again Monday 9:00, Zurich time.' });
  assert.equal(says('outside-hours').follows, undefined, 'nothing is promised that is not known');
});

test('counts are said with their number', () => {
  assert.equal(says('uses-spent').says, 'This key opens at most 20 times, and that is used up.');
  assert.equal(says('first-use-over').says, 'This key opens for 30 minutes after its first opening, and they have passed.');
});

test('every reason of the table has a sentence for who holds a key; an unknown code is shown', () => {
  for (const code of Object.keys(REASONS)) assert.match(keyReason(code, { terms: terms(), now: NOW, zone: ZONE }).says, /^[A-Z].*\.$/s, code);
  assert.equal(keyReason('revoked', { terms: terms(), now: NOW, zone: ZONE }).says, reasonSentence('revoked'));
  assert.match(says('toString').says, /toString/);
});
