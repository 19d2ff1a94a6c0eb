// When a phone that comes near opens by itself: only after it was said, from afar, and once.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AWAY_MS, INTENT_MS, NOT_COMING, stepArrival, UNSEEN_MS, type Arrival, type ArrivalEvent } from './arrival.ts';

/** What a page that is seen all the while looks at: between two events, often enough, what was there at the first. */
const watched = (events: readonly ArrivalEvent[]): readonly ArrivalEvent[] =>
  events.flatMap((event, index) => {
    const next = events[index + 1];
    if (event.kind === 'withdrawn' || next === undefined || next.kind === 'withdrawn') return [event];
    const looks = Math.floor((next.at - event.at - 1) / UNSEEN_MS);
    return [event, ...Array.from({ length: Math.max(0, looks) }, (_, look) => looked(event.at + (look + 1) * UNSEEN_MS, event.isNear))];
  });

const run = (events: readonly ArrivalEvent[]) => runUnwatched(watched(events));

const runUnwatched = (events: readonly ArrivalEvent[]): { readonly state: Arrival; readonly openings: readonly number[] } => {
  let state = NOT_COMING;
  const openings: number[] = [];
  for (const event of events) {
    const step = stepArrival(state, event);
    state = step.state;
    if (step.opens && event.kind !== 'withdrawn') openings.push(event.at);
  }
  return { state, openings };
};
const looked = (at: number, isNear: boolean): ArrivalEvent => ({ kind: 'looked', at, isNear });
const said = (at: number, isNear: boolean): ArrivalEvent => ({ kind: 'said', at, isNear });

test('said from afar, it opens once when the lock is heard', () => {
  const story = [said(0, false), looked(30_000, false), looked(AWAY_MS, true), looked(AWAY_MS + 1000, true), looked(AWAY_MS + 2000, false), looked(5 * AWAY_MS, true)];
  assert.deepEqual(run(story), { state: NOT_COMING, openings: [AWAY_MS] });
});

test('to be near opens nothing, however often, when nothing was said', () => {
  assert.deepEqual(run([looked(0, false), looked(AWAY_MS * 2, true), looked(AWAY_MS * 3, false), looked(AWAY_MS * 9, true)]).openings, []);
});

test('at the door it is not taken, and from inside it opens nothing: the lock must have been out of reach first', () => {
  assert.deepEqual(run([said(0, true), looked(AWAY_MS * 2, true)]), { state: { kind: 'off', why: 'at-door' }, openings: [] });
  const flicker = [said(0, false), looked(10_000, true), looked(20_000, false), looked(50_000, true), looked(70_000, false), looked(70_000 + AWAY_MS - 1, true)];
  assert.deepEqual(run(flicker).openings, [], 'a radio that is lost now and then is no way');
  assert.deepEqual(run([...flicker, looked(200_000, false), looked(200_000 + AWAY_MS, true)]).openings, [200_000 + AWAY_MS], 'the control: gone and come');
});

test('a phone that was in a pocket opens nothing when it is taken out inside: what was not looked for was not away', () => {
  const pocket = [said(0, false), looked(5000, false), looked(5 * AWAY_MS, false), looked(5 * AWAY_MS + 4000, true), looked(6 * AWAY_MS, true)];
  assert.deepEqual(runUnwatched(pocket).openings, []);
  assert.deepEqual(runUnwatched([said(0, false), looked(5 * AWAY_MS, true)]).openings, [], 'heard at once, too');
  assert.deepEqual(run(pocket).openings, [5 * AWAY_MS + 4000], 'the control: looked for all the while');
});

test('after a quarter of an hour it is over, and what is taken back is nothing', () => {
  assert.deepEqual(run([said(0, false), looked(INTENT_MS, true)]), { state: { kind: 'off', why: 'over' }, openings: [] });
  assert.deepEqual(run([said(0, false), looked(INTENT_MS - 1, true)]).openings, [INTENT_MS - 1], 'the control');
  assert.deepEqual(run([said(0, false), { kind: 'withdrawn' }, looked(AWAY_MS * 2, true)]).openings, []);
});

test('whatever is seen, there are never more openings than words, and each comes after a time away', () => {
  const event = fc.record({ kind: fc.constantFrom('said' as const, 'looked' as const, 'looked' as const, 'looked' as const), gap: fc.integer({ min: 1, max: 120_000 }), isNear: fc.boolean() });
  fc.assert(fc.property(fc.array(event, { maxLength: 60 }), (steps) => {
    let at = 0;
    const events = steps.map(({ kind, gap, isNear }): ArrivalEvent => ({ kind, at: (at += gap), isNear }));
    const { openings } = run(events);
    assert.deepEqual(runUnwatched(events).openings.filter((each) => !openings.includes(each)), [], 'who looks less opens no more');
    assert.ok(openings.length <= events.filter(({ kind }) => kind === 'said').length);
    for (const opening of openings) {
      const near = events.filter((each) => each.kind === 'looked' && each.isNear && each.at < opening && each.at > opening - AWAY_MS);
      assert.deepEqual(near.filter((each) => each.kind === 'looked' && events.some((word) => word.kind === 'said' && word.at <= each.at && !events.some((later) => later.kind === 'said' && later.at > each.at && later.at <= opening))), []);
    }
  }));
});
