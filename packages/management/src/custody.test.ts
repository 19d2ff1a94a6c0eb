// Custody: what may follow on what, and whose a record is.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CUSTODY_ACTIONS, holderAt, KEY_STATES, mayFollow, stateAfter, type CustodyAction, type CustodyEntry } from './custody.ts';

void test('what may be done with a key in each state', () => {
  const told = KEY_STATES.map((state) => `${state}: ${CUSTODY_ACTIONS.filter((action) => mayFollow(state, action)).join(' ')}`);
  assert.deepEqual(told, ['inStock: issued lost', 'issued: returned lost', 'returned: issued lost', 'lost: returned']);
  assert.deepEqual(CUSTODY_ACTIONS.map(stateAfter), ['inStock', 'issued', 'returned', 'lost']);
});

void test('a record is told of whoever held the key then', () => {
  const log: readonly CustodyEntry[] = [
    { action: 'registered', at: 10, personId: null }, { action: 'issued', at: 20, personId: 'ann' }, { action: 'returned', at: 30, personId: 'ann' },
    { action: 'issued', at: 40, personId: 'bob' }, { action: 'lost', at: 50, personId: 'bob' },
  ];
  const table = [[9, undefined], [19, undefined], [20, 'ann'], [29, 'ann'], [30, undefined], [40, 'bob'], [49, 'bob'], [50, undefined], [9999, undefined]] as const;
  for (const [at, who] of table) assert.equal(holderAt(log, at), who, String(at));
  assert.equal(holderAt([], 5), undefined);
});

void test('whatever is done with a key, at each instant at most the one to whom it was issued last has it', () => {
  const steps = fc.array(fc.tuple(fc.constantFrom<CustodyAction>('issued', 'returned', 'lost'), fc.constantFrom('ann', 'bob', 'cho'), fc.integer({ min: 1, max: 50 })), { maxLength: 30 });
  fc.assert(fc.property(steps, fc.integer({ min: 0, max: 1500 }), (all, at) => {
    const log: CustodyEntry[] = [{ action: 'registered', at: 0, personId: null }];
    let holder: string | undefined;
    let expected: string | undefined;
    for (const [action, person, after] of all) {
      const last = log.at(-1);
      if (last === undefined || !mayFollow(stateAfter(last.action), action)) continue;
      const entry = { action, at: last.at + after, personId: action === 'issued' ? person : (holder ?? null) };
      log.push(entry);
      holder = action === 'issued' ? person : undefined;
      if (entry.at <= at) expected = holder;
    }
    assert.equal(holderAt(log, at), expected);
  }));
});
