import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant } from '@mortise/base/instant.ts';
import { freshUntil, STAMP_LEAD_MS, type Stamp } from './freshness.ts';

const NOW = instant(Date.UTC(2026, 10, 26, 12));
const HOUR_MS = 3_600_000;
const stamp = (issuedMs: number, fromMs = -HOUR_MS): Stamp =>
  ({ digest: new Uint8Array(32), by: new Uint8Array(65), issued: instant(NOW + issuedMs), from: instant(NOW + fromMs), until: instant(NOW + 240 * HOUR_MS) });
const end = (...stamps: readonly Stamp[]): number | undefined => {
  const until = freshUntil(stamps, 3600, () => NOW + 1000 * HOUR_MS, NOW);
  return until === undefined ? undefined : until - NOW;
};

void test('a stamp that was made in advance shows nothing of now, from whenever it says to count', () => {
  assert.equal(end(stamp(0)), HOUR_MS, 'the control');
  assert.equal(end(stamp(STAMP_LEAD_MS)), STAMP_LEAD_MS + HOUR_MS, 'a lock whose clock lags');
  assert.equal(end(stamp(STAMP_LEAD_MS + 1)), undefined);
  assert.equal(end(stamp(120 * HOUR_MS)), undefined, 'five days ahead');
  assert.equal(end(stamp(120 * HOUR_MS), stamp(-HOUR_MS / 2)), HOUR_MS / 2, 'and takes nothing from one that counts');
});
