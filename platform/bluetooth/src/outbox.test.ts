// What goes out to a controller: in order for each connection, in turn between them, never more than it takes, and one that takes nothing holds up nobody.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MAX_WAITING_BYTES, Outbox, STALLED_MS } from './outbox.ts';

const packet = (handle: number, number: number): Uint8Array => Uint8Array.of(handle, number >> 8, number & 0xff);

test('whatever is put in and taken comes out once and in order, and no more is under way than fits', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('put' as const), handle: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ kind: fc.constant('completed' as const), handle: fc.integer({ min: 1, max: 4 }) }),
  );
  fc.assert(fc.property(fc.integer({ min: 1, max: 8 }), fc.array(step, { maxLength: 200 }), (places, steps) => {
    const outbox = new Outbox();
    outbox.room(places);
    const [put, out] = [new Map<number, number>(), new Map<number, number>()];
    let underWay = 0;
    const pump = (): void => {
      for (const [handle = 0, high = 0, low = 0] of outbox.due()) {
        assert.equal((high << 8) | low, out.get(handle) ?? 0, 'in order');
        out.set(handle, (out.get(handle) ?? 0) + 1);
        underWay += 1;
      }
      assert.ok(underWay <= places);
    };
    const done = new Map<number, number>();
    for (const { kind, handle } of steps) {
      if (kind === 'put') {
        assert.ok(outbox.put(handle, packet(handle, put.get(handle) ?? 0), 0));
        put.set(handle, (put.get(handle) ?? 0) + 1);
      } else if ((out.get(handle) ?? 0) > (done.get(handle) ?? 0)) {
        outbox.completed(handle, 1, 0);
        done.set(handle, (done.get(handle) ?? 0) + 1);
        underWay -= 1;
      }
      pump();
    }
    for (let turn = 0; turn < 300; turn += 1) {
      for (const handle of out.keys()) {
        const open = (out.get(handle) ?? 0) - (done.get(handle) ?? 0);
        outbox.completed(handle, open, 0);
        done.set(handle, out.get(handle) ?? 0);
        underWay -= open;
      }
      pump();
    }
    assert.deepEqual(out, put, 'all of it went');
    assert.ok([...put.keys()].every((handle) => outbox.waitingBytes(handle) === 0));
  }));
});

test('one connection that takes nothing has half of the places at most, is stalled after a while, and what waits for it is bounded', () => {
  const outbox = new Outbox();
  outbox.room(8);
  for (let count = 0; count < 100; count += 1) outbox.put(1, packet(1, count), 0);
  assert.equal(outbox.due().length, 4);
  outbox.put(2, packet(2, 0), 100);
  assert.deepEqual(outbox.due(), [packet(2, 0)]);
  outbox.completed(2, 1, 120);
  assert.deepEqual([outbox.stalled(STALLED_MS - 1), outbox.stalled(STALLED_MS)], [[], [1]]);
  const large = new Uint8Array(1024);
  let taken = 0;
  while (outbox.put(1, large, 0)) taken += 1;
  assert.ok(taken > 0 && outbox.waitingBytes(1) <= MAX_WAITING_BYTES);
  assert.ok(outbox.put(2, large, 0), 'the other is still taken from');
  outbox.forget(1);
  assert.deepEqual([outbox.waitingBytes(1), outbox.isIdle(1), outbox.stalled(1e9)], [0, true, []]);
});

test('a controller with room for one packet still serves everybody', () => {
  const outbox = new Outbox();
  for (const handle of [1, 2, 1, 2]) outbox.put(handle, packet(handle, 0), 0);
  const order: number[] = [];
  for (let due = outbox.due(); due.length > 0; due = outbox.due()) {
    assert.equal(due.length, 1);
    const handle = due[0]?.[0] ?? 0;
    order.push(handle);
    outbox.completed(handle, 1, 0);
  }
  assert.deepEqual(order.toSorted((a, b) => a - b), [1, 1, 2, 2]);
});
