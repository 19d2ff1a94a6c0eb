// When a grant is confirmed anew, beside when it is not.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant } from '@mortise/base/instant.ts';
import { stampDue, type Stamping } from './stamps.ts';

const NOW = instant(Date.UTC(2026, 5, 1, 10));
const DAY = 86_400_000;
const at = (ms: number) => instant(NOW + ms);
const STAMPING: Stamping = { freshForS: 3600, until: at(7 * DAY), powerUntil: at(30 * DAY), last: undefined, now: NOW };

void test('a stamp is made at first, and again once half its time has passed; it ends with the grant and with the power', () => {
  const last = { issued: NOW, until: at(3_600_000) };
  const table: readonly (readonly [string, Partial<Stamping>, number | undefined])[] = [
    ['the first', {}, 3_600_000], ['a moment later', { last, now: at(1000) }, undefined], ['before half', { last, now: at(1_799_999) }, undefined], ['at half', { last, now: at(1_800_000) }, 5_400_000],
    ['lapsed', { last, now: at(2 * DAY) }, 2 * DAY + 3_600_000], ['to the grant’s end', { until: at(60_000) }, 60_000], ['that it has already', { until: at(3_600_000), last, now: at(1_900_000) }, undefined],
    ['after the end', { now: at(8 * DAY) }, undefined], ['to the power’s end', { powerUntil: at(5500) }, 5000], ['the power has ended', { powerUntil: at(-1) }, undefined], ['without power', { powerUntil: -1 }, undefined],
  ];
  for (const [label, changes, until] of table) assert.equal(stampDue({ ...STAMPING, ...changes })?.until, until === undefined ? undefined : at(until), label);
});
