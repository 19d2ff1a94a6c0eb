import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { randomisedCrypto } from '@mortise/node/randomised-crypto.fixture.ts';
import { required } from '@mortise/base/assert.ts';
import { INVARIANT_NAMES } from './checks.ts';
import { Office } from './office.ts';
import { simulate, type Report } from './simulate.ts';

const SMALL = { locations: 8, locks: 24, people: 8, keys: 14 };
const TINY = { locations: 8, locks: 8, people: 3, keys: 4 };
const run = (seed: number, days: number): Report => simulate(randomisedCrypto, { seed, days, size: SMALL });

void test('small estates hold what must hold, whatever goes wrong there', (t) => {
  const reports = [11, 12].map((seed) => run(seed, 3));
  for (const { held, broken, seed } of reports) assert.ok(held, `seed ${seed}: ${broken.map(({ what }) => what).join('; ')}`);
  for (const name of INVARIANT_NAMES) t.diagnostic(`${name}: ${reports.reduce((sum, { invariants }) => sum + (invariants.find((each) => each.name === name)?.checks ?? 0), 0)} checks`);
  const count = (what: string): number => reports.reduce((sum, { statistics }) => sum + (statistics.find(([name]) => name === what)?.[1] ?? 0), 0);
  for (const what of ['openings', 'contacts that broke off', 'updates that were cut', 'keys lost', 'refusals to whoever found a key']) {
    t.diagnostic(`${what}: ${count(what)}`);
    assert.ok(count(what) > 0, `${what} came to pass`);
  }
});

void test('the same seed tells the same story', () => {
  // With signatures that are the same every time.
  const [one, again, other] = [21, 21, 22].map((seed) => simulate(nodeCrypto, { seed, days: 1, size: TINY }));
  assert.ok(one && other);
  assert.deepEqual(again, one);
  assert.notDeepEqual(other.statistics, one.statistics);
});

void test('an office that believes every lock to have heard is found out', (t) => {
  const honest = required(Object.getOwnPropertyDescriptor(Office.prototype, 'coverageOf'), 'the office tells');
  t.after(() => Object.defineProperty(Office.prototype, 'coverageOf', honest));
  Object.defineProperty(Office.prototype, 'coverageOf', { ...honest, value: () => ({ standing: 'onTheLock', opensUntil: null }) });
  const broken = [11, 12].flatMap((seed) => run(seed, 3).broken);
  assert.ok(broken.some(({ invariant }) => invariant === 'closed'), 'a lost key opened what it called closed');
});
