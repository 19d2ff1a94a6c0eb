// A bounded share of the attacks of mutation.conformance.ts; `npm run test:extended` runs them by the million.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { controlOf, runMutations, runTruncations } from './mutation.conformance.ts';

const RUNS = 6000;
const SEED = 20260101;

test('control: the unaltered transaction passes in every setup', () => {
  assert.equal(controlOf(nobleCrypto).length, 8);
});

test('altered messages end in coded refusals', (t) => {
  const counts = runMutations({ runs: RUNS, seed: SEED });
  const says = (record: Readonly<Record<string, number>>): string => Object.entries(record).toSorted(([, a], [, b]) => b - a).map(([key, count]) => `${key} ${count}`).join(', ');
  t.diagnostic(`aliro mutations: ${counts.runs} (seed ${counts.seed}) over ${counts.messages} messages; layers: ${says(counts.byLayer)}; sides: ${says(counts.bySide)}`);
  t.diagnostic(`plaintexts sealed again, by who read them: ${says(counts.resealed)}`);
  t.diagnostic(`documents in altered step-ups: ${says(counts.judged)}`);
  t.diagnostic(`ends: ${says(counts.ends)}`);
  assert.ok(Object.values(counts.byLayer).every((count) => count > RUNS / 20), 'every layer was reached');
  assert.ok((counts.ends['tolerated'] ?? 0) < RUNS / 5);
});

test('every message cut at every length', (t) => {
  const fed = runTruncations(nobleCrypto);
  t.diagnostic(`aliro truncations: ${fed}`);
  assert.ok(fed > 2500);
});
