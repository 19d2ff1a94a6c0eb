import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identifierOf, type LockId } from '@mortise/base/identifiers.ts';
import { encodeFromLock, NO_SESSION } from '@mortise/courier/link-message.ts';
import { EMPTY_BAG, postFromLock } from './bag.ts';

const LOCK = identifierOf<LockId>(new Uint8Array(16).fill(7));

test('what a lock gave is kept as it was, whatever becomes of the frame that it came in', () => {
  const message = encodeFromLock({ type: 'status', session: NO_SESSION, seq: 1, expires: 0, body: new Uint8Array(40).fill(3) });
  const frame = new Uint8Array(1000);
  frame.set(message, 100);
  const { bag, code } = postFromLock(EMPTY_BAG, LOCK, frame.subarray(100, 100 + message.length));
  frame.fill(0);
  const [post] = bag.fromLocks;
  assert.equal(code, 'accepted');
  assert.deepEqual([post?.message, post?.body], [message, new Uint8Array(40).fill(3)]);
  assert.deepEqual([post?.message.buffer.byteLength, post?.body.buffer], [message.length, post?.message.buffer], 'nothing of the frame is kept');
});
