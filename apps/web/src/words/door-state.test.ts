import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant } from '@mortise/base/instant.ts';
import { countsAtDoor, doorSentence, doorState, isThrownOpen, summary, type DoorState, type Known } from './door-state.ts';

const NOW = Date.parse('2026-05-29T12:31:00Z');
const ZONE = 'Europe/Zurich';
type State = NonNullable<Known['state']>;
const state = (bolt: State['bolt'], door: State['door'] = 'closed'): State => ({ bolt, door, instant: instant(NOW - 3000) });
const known = (over: Partial<Known>): Known => ({ online: true, state: state('locked'), jammed: false, ...over });

test('the word follows what was sensed, and only that', () => {
  const table: readonly (readonly [Known, DoorState])[] = [
    [known({}), 'locked'],
    [known({ state: state('unlocked') }), 'unlocked'],
    [known({ state: state('unlocked', 'open') }), 'open'],
    [known({ state: state('locked', 'open') }), 'open'],
    [known({ state: state('unknown'), jammed: true }), 'jammed'],
    [known({ state: state('unknown') }), 'unknown'],
    [known({ state: null }), 'unknown'],
    [known({ online: false }), 'unknown'],
    [known({ doubt: 'not-signed' }), 'unknown'],
    [known({ doubt: 'too-old' }), 'unknown'],
    [known({ doubt: 'ahead', state: state('unknown'), jammed: true }), 'unknown'],
    [known({ online: false, jammed: true, state: state('unknown') }), 'unknown'],
  ];
  assert.deepEqual(table.map(([k]) => doorState(k)), table.map(([, word]) => word));
});

test('what was said at the door counts for ten seconds, so that it can be opened again without a reload', () => {
  assert.deepEqual([0, 9999, 10_000, 90_000, undefined].map(countsAtDoor), [true, true, false, false, false]);
});

test('a bolt out of an open leaf is told from one drawn back', () => {
  assert.equal(isThrownOpen(known({ state: state('locked', 'open') })), true);
  for (const each of [known({}), known({ state: state('unlocked', 'open') }), known({ state: state('locked', 'open'), online: false })]) assert.equal(isThrownOpen(each), false);
});

test('while the bolt moves the last sensed word stays', () => {
  const moving = state('moving');
  assert.equal(doorState(known({ state: moving, before: 'locked' })), 'locked');
  assert.equal(doorState(known({ state: moving })), 'unknown');
});

test('an old jam does not stick to a bolt that was sensed at its end', () => {
  assert.equal(doorState(known({ jammed: true })), 'locked');
});

test('sentences say by what, when, how fresh; without link: since when, and what was so then', () => {
  assert.equal(doorSentence(known({}), 'By itself at 14:06', NOW, ZONE), 'By itself at 14:06. Heard just now: bolt out, door closed.');
  assert.equal(doorSentence(known({ state: state('locked', 'open') }), 'From inside at 14:06', NOW, ZONE), 'Heard just now: bolt out, door open.', 'who moved the bolt did not open the door');
  assert.equal(doorSentence(known({ online: false }), 'x', NOW, ZONE), 'No link. Last heard at 14:30, Zurich time: it was locked.');
  const held = { ...state('unlocked'), held: { until: instant(Date.parse('2026-05-29T13:00:00Z')) } };
  assert.equal(doorSentence(known({ state: held }), 'By you at 14:06', NOW, ZONE), 'By you at 14:06. Kept unlocked until 15:00. Heard just now: bolt back, door closed.');
  const clockless = { ...state('locked'), instant: instant(5000) };
  assert.equal(doorSentence(known({ online: false, state: clockless }), 'x', NOW, ZONE), 'No link. The lock does not know the time; when it was heard last it was locked.');
  assert.match(doorSentence(known({ state: null }), undefined, NOW, ZONE), /not heard this lock/);
  assert.match(doorSentence(known({ state: state('unknown'), jammed: true }), 'x', NOW, ZONE), /Neither locked nor unlocked/);
});

test('a passive lock has no link to lose: keys bring home what it says', () => {
  const said = (over: Partial<Known>): string => doorSentence(known({ online: false, passive: true, ...over }), 'x', NOW, ZONE);
  assert.equal(said({ state: null }), 'This lock has no link: keys that touch it bring home what it says, and none has brought its word since the hub started.');
  assert.equal(said({}), 'This lock has no link. When a key was at it last, at 14:30, Zurich time, it was locked.');
  assert.equal(said({ state: null, doubt: 'not-heard' }), said({ state: null }), 'that nobody has heard it is no doubt of its own');
  assert.equal(said({ doubt: 'lock-refused' }), 'The hub shows a lock that no owner of this site has signed for.', 'whose word it would be weighs more');
});

test('the summary names only what is not locked, the most urgent first', () => {
  assert.deepEqual(summary(['locked', 'unlocked', 'jammed', 'locked', 'unlocked']), [
    { state: 'jammed', count: 1 }, { state: 'unlocked', count: 2 },
  ]);
  assert.deepEqual(summary(['locked']), []);
});

test('a state that the lock has not signed, or not just now, is said to be so', () => {
  const said = (over: Partial<Known>): string => doorSentence(known(over), 'By itself at 14:06', NOW, ZONE);
  assert.equal(said({ doubt: 'not-signed' }), 'The hub shows a state that the lock has not signed.');
  assert.equal(said({ doubt: 'not-signed', online: false, state: null }), 'The hub shows a state that the lock has not signed.');
  assert.equal(said({ doubt: 'lock-refused', online: false, state: null }), 'The hub shows a lock that no owner of this site has signed for.');
  assert.match(said({ doubt: 'lock-unseen', state: null }), /^Looking whether an owner/);
  assert.match(said({ doubt: 'site-unknown', state: null }), /another site/);
  assert.match(said({ doubt: 'too-old' }), /more than 90 seconds old/);
  assert.match(said({ doubt: 'ahead' }), /ahead of this device/);
  assert.match(said({ doubt: 'too-old', online: false }), /No link\. Last heard/);
});
