import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GrantTermsJson } from '@mortise/api/grants.ts';
import { changesOf, draftOf, narrows } from './grant-change.ts';
import { termsOfDraft, type LendDraft } from './lend-draft.ts';

const ZONE = 'Europe/Zurich';
const NOW = Date.parse('2026-05-29T12:31:40Z');
const terms: GrantTermsJson = {
  places: ['d.AAAAAAAAAAAAAAAAAAAAAAAAAA'], verbs: ['unlock', 'lock'], from: Date.parse('2026-05-29T07:00:17Z'), until: Date.parse('2026-06-14T22:00:00Z'),
  hours: [{ days: [1, 2, 3, 4, 5], from: '09:00', until: '17:00' }], uses: 20, minutesAfterFirstUse: null, freshForS: null, holidays: 2, remote: false,
};
const before = draftOf({ terms, person: { id: 'P', name: 'Ana' }, credentialKey: 'K', word: '' }, NOW, ZONE);
const changes = (over: Partial<LendDraft>) => {
  const after = { ...before, ...over };
  const meant = termsOfDraft(after, NOW, ZONE);
  assert.ok(meant.ok);
  return changesOf(before, after, meant.value);
};

test('the fields show what the key says', () => {
  assert.deepEqual(draftOf({ terms: { ...terms, verbs: ['unlock', 'lock', 'unlatch'] }, person: { id: 'P', name: 'Ana' }, credentialKey: 'K', word: '' }, NOW, ZONE).more, ['unlatch']);
  assert.deepEqual([before.from, before.until, before.uses, before.holidays], [{ day: '2026-05-29', time: '09:00' }, { day: '2026-06-14', time: '23:59' }, 20, 2]);
});

test('only what was touched is changed: a limit that nobody spoke of stays', () => {
  assert.deepEqual(changes({}), {}, 'not even a second that the fields do not show');
  assert.deepEqual(changes({ until: { day: '2026-06-21', time: '23:59' } }), { until: Date.parse('2026-06-21T22:00:00Z') });
  assert.deepEqual(changes({ uses: null }), { uses: null });
  assert.deepEqual(changes({ hours: [] }), { hours: [] });
});

test('whether something is taken away is told apart from giving more', () => {
  const day = 86_400_000;
  const hours = [{ days: [1], from: '09:00', until: '10:00' }];
  for (const each of [{ until: terms.until - day }, { uses: 5 }, { hours }, { freshForS: 3600 }, { from: terms.from + day }]) assert.equal(narrows(terms, each), true);
  for (const each of [{ until: terms.until + day }, { uses: 50 }, { uses: null }, { hours: [] }, { remote: true }, {}]) assert.equal(narrows(terms, each), false);
  assert.equal(narrows({ ...terms, remote: true }, { remote: false }), true);
});
