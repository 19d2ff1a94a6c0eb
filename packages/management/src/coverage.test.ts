// What a lock has heard of a grant, and until when it could matter that it has not.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant } from '@mortise/base/instant.ts';
import { coverage, SILENT_MS, type CoveredDocument, type CoveredGrant, type LockKnowledge } from './coverage.ts';

const NOW = instant(Date.UTC(2026, 5, 1, 10));
const DAY = 86_400_000;
const at = (ms: number) => instant(NOW + ms);

const document = (changes: Partial<CoveredDocument> = {}): CoveredDocument => ({ accessId: 'a', until: at(7 * DAY), freshForS: null, retired: false, stampedUntil: null, ...changes });
const former = (changes: Partial<CoveredDocument> = {}): CoveredDocument => document({ accessId: 'former', retired: true, ...changes });
const LIVE: CoveredGrant = { isHeld: true, isWanted: true, documents: [document()] };
const LOCK: LockKnowledge = { heardAt: NOW, isReady: true, hasRefused: false, revoked: new Set() };

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
