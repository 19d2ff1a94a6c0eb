import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NOT_COMING, stepArrival, type ArrivalEvent } from '../model/arrival.ts';
import { awayWords } from './radio.ts';

const SECOND = 1000;
const from = (...events: readonly ArrivalEvent[]): string => {
  let state = stepArrival(NOT_COMING, { kind: 'said', at: 0, isNear: false }).state;
  let at = 0;
  for (const event of events) {
    state = stepArrival(state, event).state;
    if ('at' in event) ({ at } = event);
  }
  return state.kind === 'coming' ? awayWords(state, at) : state.kind;
};
const looked = (seconds: number, isNear: boolean): ArrivalEvent => ({ kind: 'looked', at: seconds * SECOND, isNear });
const every = (first: number, last: number, isNear: boolean): readonly ArrivalEvent[] => Array.from({ length: last - first + 1 }, (_, index) => looked(first + index, isNear));

test('who is on the way is told how long the lock has to be out of reach, and when that begins anew', () => {
  assert.equal(from(), 'It has to be out of reach for 60 s more.');
  assert.equal(from(...every(1, 45, false)), 'It has to be out of reach for 15 s more.');
  assert.equal(from(...every(1, 60, false)), 'It was out of reach long enough.');
  assert.equal(from(...every(1, 60, false), looked(61, true)), 'off', 'the control: there it opens');
  assert.equal(from(...every(1, 45, false), looked(46, true)), 'The lock is heard: it opens only after it was out of reach for a minute on end.');
  assert.equal(from(...every(1, 45, false), looked(46, true), looked(47, false)), 'It has to be out of reach for 60 s more.');
  assert.equal(from(...every(1, 45, false), looked(60, false)), 'It has to be out of reach for 60 s more.', 'a page that did not look begins anew');
});
