import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coverageMark, coverageSentence, coverageSummary } from '../words/ekey-coverage.ts';
import { coverageCounts, worstFirst, type CoveredLock } from './ekey-coverage.ts';

const NOW = Date.parse('2026-05-29T12:00:00Z');
const HOUR = 3_600_000;
const times = { now: NOW, zone: 'Europe/Zurich' };
const lock = (doorName: string, over: Partial<CoveredLock> = {}): CoveredLock => ({ doorId: doorName, doorName, lockId: doorName, heardAt: NOW - HOUR, opensUntil: null, unbounded: false, hasHeard: false, ...over });

const heard = lock('Heard', { hasHeard: true });
const soon = lock('Soon', { opensUntil: NOW + HOUR });
const late = lock('Late', { opensUntil: NOW + 9 * HOUR });
const over = lock('Over', { opensUntil: NOW - HOUR });
const never = lock('Never held');
const endless = lock('Endless', { opensUntil: Number.MAX_SAFE_INTEGER, unbounded: true, heardAt: null });

test('the worst first: without end, then what opens longest, then what need not hear, then what has heard', () => {
  assert.deepEqual(worstFirst([heard, soon, over, endless, late, never], NOW).map(({ doorName }) => doorName), ['Endless', 'Late', 'Soon', 'Never held', 'Over', 'Heard']);
});

test('what all come to, in counts and in a sentence', () => {
  const counts = coverageCounts([heard, soon, over, endless, late, never], NOW);
  assert.deepEqual(counts, { all: 6, heard: 1, unbounded: 1, open: 2, lastAt: NOW + 9 * HOUR });
  assert.equal(coverageSummary(counts, times), '3 locks of 6 would still open to it. 1 of them goes by the key’s own clock, so that no date ends it: only hearing does.');
  const sentence = (locks: readonly CoveredLock[]): string => coverageSummary(coverageCounts(locks, NOW), times);
  assert.equal(sentence([soon, heard]), '1 lock of 2 would still open to it. Left alone, the last closes 15:00, Zurich time.');
  assert.equal(sentence([endless]), '1 lock of 1 would still open to it. It goes by the key’s own clock, so that no date ends it: only hearing does.');
  assert.deepEqual([sentence([heard, heard]), sentence([heard, over]), sentence([])], ['All 2 locks have heard. The key opens nothing.', 'The key opens nothing any more, at any lock.', 'No lock was ever to open to this key.']);
});

test('a lock is never said to have heard for having nothing to hear of', () => {
  assert.deepEqual([endless, soon, over, never, heard].map((each) => coverageMark(each, NOW).word), ['Would open, without end', 'Would still open', 'Need not hear', 'Need not hear', 'Has heard']);
  assert.match(coverageSentence(endless, times), /takes the time from the key itself: .* however long that takes\. Nobody has brought word/);
  assert.match(coverageSentence(soon, times), /at the latest until 15:00, Zurich time\. The lock itself was last heard of at 13:00\./);
  assert.match(coverageSentence(never, times), /need not/);
  assert.match(coverageSentence(heard, times), /^It refuses the key\./);
});
