// The states of a request, every combination of what they follow from.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAskable, MAX_REQUEST_AHEAD_MS, requestState, REQUEST_STATES, type RequestFacts } from './access-request.ts';

const NOW = 1000;
const ASKED: RequestFacts = { decision: null, until: 2000, isHeld: true, isGrantLive: false, isOnKey: false };
const APPROVED: RequestFacts = { ...ASKED, decision: 'approved', isGrantLive: true };

void test('what has become of a request', () => {
  const table: readonly (readonly [string, RequestFacts, string])[] = [
    ['nobody has decided', ASKED, 'asked'],
    ['at its last instant', { ...ASKED, until: NOW }, 'asked'],
    ['nobody decided in time', { ...ASKED, until: NOW - 1 }, 'lapsed'],
    ['the key changed hands', { ...ASKED, isHeld: false }, 'lapsed'],
    ['refused', { ...ASKED, decision: 'refused' }, 'refused'],
    ['refused, and long ago', { ...ASKED, decision: 'refused', until: 0, isHeld: false }, 'refused'],
    ['approved', APPROVED, 'approved'],
    ['the key has it', { ...APPROVED, isOnKey: true }, 'onTheKey'],
    ['the key has it, and it is over', { ...APPROVED, isOnKey: true, until: 0 }, 'lapsed'],
    ['approved and taken back', { ...APPROVED, isGrantLive: false, isOnKey: true }, 'lapsed'],
    ['approved, and the key was lost', { ...APPROVED, isHeld: false, isOnKey: true }, 'lapsed'],
  ];
  for (const [label, facts, state] of table) assert.equal(requestState(facts, NOW), state, label);
  assert.deepEqual(new Set(table.map(([, , state]) => state)), new Set(REQUEST_STATES), 'each state is there');
});

void test('only a key in hand with a live grant that it holds is told as such', () => {
  const either = [true, false] as const;
  for (const decision of ['approved', 'refused', null] as const) for (const isHeld of either) for (const isGrantLive of either) for (const isOnKey of either) for (const until of [NOW - 1, NOW + 1]) {
    const isReady = decision === 'approved' && isHeld && isGrantLive && isOnKey && until > NOW;
    assert.equal(requestState({ decision, until, isHeld, isGrantLive, isOnKey }, NOW) === 'onTheKey', isReady);
  }
});

void test('what may be asked for', () => {
  const table = [[NOW, NOW + 1, true], [0, NOW + 1, true], [NOW + 2, NOW + 1, false], [0, NOW, false], [NOW, NOW, false], [NOW, NOW + MAX_REQUEST_AHEAD_MS, true], [NOW, NOW + MAX_REQUEST_AHEAD_MS + 1, false]] as const;
  for (const [from, until, may] of table) assert.equal(isAskable({ from, until }, NOW), may, `${from} ${until}`);
});
