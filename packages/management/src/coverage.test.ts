// What a lock has heard of a grant, and until when it could matter that it has not.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { instant } from '@mortise/base/instant.ts';
import { coverage, SILENT_MS, worstOf, type CoveredDocument, type CoveredGrant, type LockKnowledge } from './coverage.ts';

const NOW = instant(Date.UTC(2026, 5, 1, 10));
const DAY = 86_400_000;
const at = (ms: number) => instant(NOW + ms);

const document = (changes: Partial<CoveredDocument> = {}): CoveredDocument => ({ accessId: 'a', until: at(7 * DAY), freshForS: null, retired: false, stampedUntil: null, ...changes });
const former = (changes: Partial<CoveredDocument> = {}): CoveredDocument => document({ accessId: 'former', retired: true, ...changes });
const LIVE: CoveredGrant = { isHeld: true, isWanted: true, documents: [document()] };
const LOCK: LockKnowledge = { heardAt: NOW, isReady: true, hasRefused: false, revoked: new Set(), takesKeyTime: false };

void test('what a lock has heard, and until when it could matter that it has not', () => {
  const table: readonly (readonly [string, CoveredGrant, Partial<LockKnowledge>, string, number | null])[] = [
    ['nobody has it', { ...LIVE, isHeld: false, documents: [] }, {}, 'wanted', null],
    ['all is there', LIVE, {}, 'onTheLock', null],
    ['the roster is on its way', LIVE, { isReady: false }, 'onItsWay', null],
    ['and the lock is silent', LIVE, { isReady: false, heardAt: NOW - SILENT_MS - 1 }, 'notHeard', null],
    ['it was never heard', LIVE, { isReady: false, heardAt: null }, 'notHeard', null],
    ['it refused', LIVE, { isReady: false, hasRefused: true }, 'cannotBeChecked', null],
    ['changed, and it has not heard', { ...LIVE, documents: [former(), document()] }, {}, 'onItsWay', 7 * DAY],
    ['changed, and it has', { ...LIVE, documents: [former(), document()] }, { revoked: new Set(['former']) }, 'onTheLock', null],
    ['taken back, not heard', { ...LIVE, isWanted: false, documents: [former()] }, { heardAt: null }, 'notHeard', 7 * DAY],
    ['taken back, heard, the roster on its way', { ...LIVE, isWanted: false, documents: [former()] }, { isReady: false, revoked: new Set(['former']) }, 'onTheLock', null],
    ['taken back, over by itself', { ...LIVE, isWanted: false, documents: [former({ until: at(-1) })] }, {}, 'onTheLock', null],
    ['confirmed until noon', { ...LIVE, isWanted: false, documents: [former({ freshForS: 3600, stampedUntil: at(7_200_000) })] }, {}, 'onItsWay', 7_200_000],
    ['never confirmed', { ...LIVE, isWanted: false, documents: [former({ freshForS: 3600 })] }, {}, 'onTheLock', null],
    ['the last instant counts', { ...LIVE, isWanted: false, documents: [former({ until: NOW })] }, {}, 'onItsWay', 0],
  ];
  for (const [label, grant, lock, standing, until] of table) {
    assert.deepEqual(coverage(grant, { ...LOCK, ...lock }, NOW), { standing, opensUntil: until === null ? null : NOW + until }, label);
  }
});

void test('where the holder’s own key is the clock there is no last instant, until the lock has heard', () => {
  const held: CoveredGrant = { ...LIVE, isWanted: false, clockFrom: NOW - 3600_000, documents: [former()] };
  const passive: LockKnowledge = { ...LOCK, takesKeyTime: true };
  const table: readonly (readonly [string, Partial<CoveredGrant>, Partial<LockKnowledge>, string, number | 'unbounded' | null])[] = [
    ['a passive lock has not heard', {}, {}, 'onItsWay', 'unbounded'],
    ['and was never heard', {}, { heardAt: null }, 'notHeard', 'unbounded'],
    ['it has heard', {}, { revoked: new Set(['former']) }, 'onTheLock', null],
    ['a lock with a clock of its own', {}, { takesKeyTime: false }, 'onItsWay', NOW + 7 * DAY],
    ['a key without a certified clock, or in our own hands', { clockFrom: undefined }, {}, 'onItsWay', NOW + 7 * DAY],
    ['over by our clock, but not by that of the key', { documents: [former({ until: at(-1) })] }, {}, 'onItsWay', 'unbounded'],
    ['over before its clock was set', { documents: [former({ until: at(-7200_000) })] }, {}, 'onTheLock', null],
    ['its last stamp lapsed before its clock was set', { documents: [former({ freshForS: 60, stampedUntil: at(-7200_000) })] }, {}, 'onTheLock', null],
    ['its last stamp did not', { documents: [former({ freshForS: 60, stampedUntil: at(-60_000) })] }, {}, 'onItsWay', 'unbounded'],
    ['what nobody took back is not counted', { isWanted: true, documents: [document()] }, {}, 'onTheLock', null],
  ];
  for (const [label, grant, lock, standing, opensUntil] of table) assert.deepEqual(coverage({ ...held, ...grant }, { ...passive, ...lock }, NOW), { standing, opensUntil }, label);
  assert.deepEqual([worstOf([null, 3, 5]), worstOf([null]), worstOf([]), worstOf([9, 'unbounded', null])], [5, null, null, 'unbounded']);
});

void test('what is told as closed opens at no instant that the lock could believe', () => {
  const documents = fc.array(fc.record({
    accessId: fc.constantFrom('a', 'b', 'c'), until: fc.integer({ min: 0, max: 100 }), freshForS: fc.constantFrom(null, 60), retired: fc.boolean(),
    stampedUntil: fc.option(fc.integer({ min: 0, max: 100 }), { nil: null }),
  }), { maxLength: 4 });
  const clockFrom = fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined });
  const lock = fc.record({ takesKeyTime: fc.boolean(), revoked: fc.uniqueArray(fc.constantFrom('a', 'b', 'c')).map((ids) => new Set(ids)) });
  fc.assert(fc.property(documents, clockFrom, lock, fc.integer({ min: 0, max: 100 }), fc.nat(200), (all, from, knowledge, now, later) => {
    const { opensUntil } = coverage({ isHeld: true, isWanted: false, documents: all, clockFrom: from }, { ...LOCK, ...knowledge }, now);
    // A clock of its own says no less than now; the key's own says what its holder likes, from where it stood.
    const earliest = knowledge.takesKeyTime && from !== undefined ? Math.min(from, now) : now;
    const believed = earliest + later;
    const opens = all.some(({ accessId, retired, until, freshForS, stampedUntil }) => retired && !knowledge.revoked.has(accessId) && believed <= until && (freshForS === null || believed <= (stampedUntil ?? -1)));
    if (opensUntil === null) assert.ok(!opens);
    else if (opensUntil !== 'unbounded') assert.ok(!opens || believed <= opensUntil);
    else assert.ok(knowledge.takesKeyTime && from !== undefined);
  }), { numRuns: 500 });
});
