// Sessions of the relay: bounded, told apart, ended when the lock leaves or nothing passes.

import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { identifierOf, type LockId } from '@mortise/base/identifiers.ts';
import { createSessions, IDLE_MS, MAX_SESSIONS_PER_LOCK, type SessionEnd } from './sessions.ts';

const lock = identifierOf<LockId>(new Uint8Array(16).fill(1));
const other = identifierOf<LockId>(new Uint8Array(16).fill(2));

const counting = () => {
  let next = 0;
  return (length: number): Uint8Array => new Uint8Array(length).fill((next += 1));
};

void test('a frame reaches its own session of its own lock and kind, and nothing else', () => {
  const sessions = createSessions(counting());
  const got: number[] = [];
  const opened = sessions.open(lock, 'relay', { receive: (body) => { got.push(body[0] ?? 0); }, ended: () => undefined });
  assert.ok(opened.ok);
  const { id } = opened.value;
  const deliver = [sessions.deliver(lock, 'relay', id, Uint8Array.of(1)), sessions.deliver(other, 'relay', id, Uint8Array.of(2)), sessions.deliver(lock, 'adopt', id, Uint8Array.of(3)), sessions.deliver(lock, 'relay', new Uint8Array(8), Uint8Array.of(4))];
  assert.deepEqual([deliver, got], [[true, false, false, false], [1]]);
  sessions.close(opened.value);
  assert.equal(sessions.deliver(lock, 'relay', id, Uint8Array.of(5)), false);
});

void test('sessions of one lock are bounded; another lock is not touched; closing makes room', () => {
  const sessions = createSessions(counting());
  const open = (id: LockId) => sessions.open(id, 'relay', { receive: () => undefined, ended: () => undefined });
  const held = Array.from({ length: MAX_SESSIONS_PER_LOCK }, () => open(lock));
  assert.deepEqual([held.every(({ ok }) => ok), open(lock).ok, open(other).ok], [true, false, true]);
  const [first] = held;
  assert.ok(first?.ok);
  sessions.close(first.value);
  assert.equal(open(lock).ok, true);
});

void test('a session ends when the lock leaves, or after a minute without a frame, and once only', () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const sessions = createSessions(counting());
    const ends: SessionEnd[] = [];
    const side = { receive: () => undefined, ended: (why: SessionEnd) => { ends.push(why); } };
    assert.ok(sessions.open(lock, 'relay', side).ok);
    assert.ok(sessions.open(other, 'relay', side).ok);
    sessions.lockLeft(lock);
    sessions.lockLeft(lock);
    assert.deepEqual(ends, ['lock-left']);
    mock.timers.tick(IDLE_MS + 1);
    assert.deepEqual([ends, sessions.count()], [['lock-left', 'idle'], 0]);
  } finally {
    mock.timers.reset();
  }
});
