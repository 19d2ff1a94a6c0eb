import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unheardNote, waitingNote, waitingObstacle } from './waiting.ts';

const fresh = { adopted: false, finishing: false };
const ours = { adopted: true, finishing: true };
const others = { adopted: true, finishing: false };

test('a lock that took us is not told as somebody’s, and somebody’s not as ours', () => {
  assert.equal(waitingNote(ours, 'now'), 'Has taken you as its owner; finishing.');
  assert.match(waitingNote(others, 'now'), /somebody/);
  assert.match(waitingNote(fresh, 'a minute ago'), /Waits for its owner\. Heard a minute ago\./);
});

test('only a lock without an owner can be added', () => {
  assert.equal(waitingObstacle(fresh), undefined, 'the control');
  for (const lock of [ours, others, undefined]) assert.match(waitingObstacle(lock) ?? '', /^The code/);
  assert.match(waitingObstacle(ours) ?? '', /taken you/);
});

test('after an offer without an answer, only a lock without an owner is to be tried again', () => {
  assert.match(unheardNote(fresh), /try again/);
  for (const lock of [ours, others, undefined]) assert.doesNotMatch(unheardNote(lock), /try again/);
});
