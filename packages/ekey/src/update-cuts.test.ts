// The power, or the line, goes at any byte and at any effect of an update. Whatever was cut, the next update ends where the first would have: the newer
// orders in force with all their items, no record lost or doubled, nothing half written.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Bytes } from '@mortise/base/bytes.ts';
import { decodePost } from '@mortise/courier/key-message.ts';
import { encodeSerialFrame, hearSerial, IDLE_LINE } from '@mortise/courier/serial-frame.ts';
import { identifierOf, type LockId } from '@mortise/base/identifiers.ts';
import { updated, type Fixture } from './update.fixture.ts';

const LOCK = identifierOf<LockId>(new Uint8Array(16).fill(5));

/** A key with its first orders in force, and second ones at the hub: new items, one that goes, something for a lock, a revocation. */
const scene = (): Fixture => {
  const all = updated();
  const { hub } = all;
  hub.order([hub.ownTimeKey(), hub.grant({ places: [{ kind: 'group', id: hub.group('b') }] }), hub.grant({ places: [{ kind: 'group', id: hub.group('c') }] })], { pin: { minutes: 5, epoch: 1 } });
  hub.post(LOCK, 'time-bound', new Uint8Array(40).fill(1));
  hub.revocations.push(hub.revoke([new Uint8Array(16).fill(9)]));
  return all;
};

/** Once more, with an honest line; then all is as it should be. */
const endsWell = ({ hub, world, run }: Fixture, what: string): void => {
  hub.unlink();
  hub.pass = (message) => [message];
  world.allow = () => true;
  world.restart();
  const held = [world.state.orders?.version, world.state.staged?.version];
  assert.ok(held[0] === 1 || held[0] === 2, `${what}: the one or the other orders hold: ${String(held[0])}`);
  if (hub.forLocks.length === 0) hub.post(LOCK, 'time-bound', new Uint8Array(40).fill(1));
  for (let turn = 0; turn < 2; turn += 1) {
    hub.link();
    run(500);
    hub.unlink();
    run(100);
  }
  const { orders, staged, items, bag, journal, revocations } = world.state;
  assert.deepEqual([orders?.version, staged, items.size, orders?.pin, revocations.length], [2, undefined, 3, { minutes: 5, epoch: 1 }, 1], what);
  assert.deepEqual([bag.forLocks.length, decodePost(world.stored.values.get(`for.${bag.forLocks[0]?.number}`) ?? new Uint8Array(0))?.lockId], [1, LOCK], what);
  assert.deepEqual([hub.known.seq, hub.records.length], [journal.last.seq, journal.last.seq], `${what}: each record came home once`);
  assert.deepEqual([...world.stored.values.keys()].toSorted(), [
    'clock', 'membership', 'orders', 'pin', ...(orders?.items ?? []).map((digest) => `item.${digest.toHex()}`), `revocation.${revocations[0]?.issuer}`, `for.${bag.forLocks[0]?.number}`,
  ].toSorted(), `${what}: nothing else is left behind`);
};

test('the power goes at any effect of an update', (t) => {
  let cuts = 0;
  for (let at = 0; ; at += 1) {
    const all = scene();
    let count = 0;
    all.world.allow = () => {
      count += 1;
      if (count === at + 1) all.world.cut();
      return count <= at;
    };
    all.hub.link();
    all.run(1000);
    if (count <= at) break;
    cuts += 1;
    endsWell(all, `cut at effect ${at}`);
  }
  t.diagnostic(`${cuts} effects`);
  assert.ok(cuts > 20);
});

test('power and line go at any byte of an update, either way', (t) => {
  const lengths: { readonly to: 'key' | 'hub'; readonly length: number }[] = [];
  const whole = scene();
  whole.hub.pass = (message, to) => {
    lengths.push({ to, length: encodeSerialFrame(message).length });
    return [message];
  };
  whole.hub.link();
  whole.run(1000);
  endsWell(whole, 'control: no cut');
  // A frame that is not whole is none, wherever it is cut (serial-frame.test.ts): so each message is cut once, after as many bytes as it is long or fewer.
  let bytes = 0;
  for (let at = 0; at < lengths.length; at += 1) {
    const all = scene();
    let count = 0;
    all.hub.pass = (message) => {
      count += 1;
      if (count !== at + 1) return count <= at ? [message] : [];
      bytes += cutEverywhere(message);
      all.world.cut();
      return [];
    };
    all.hub.link();
    all.run(1000);
    endsWell(all, `cut within message ${at}`);
  }
  t.diagnostic(`${lengths.length} messages, ${bytes} bytes`);
});

/** Of a frame that is cut after any of its bytes nothing is heard. */
const cutEverywhere = (message: Bytes): number => {
  const frame = encodeSerialFrame(message);
  for (let at = 0; at < frame.length; at += 1) {
    const { messages } = hearSerial(IDLE_LINE, frame.subarray(0, at));
    assert.equal(messages.length, 0, `cut after ${at} bytes`);
  }
  return frame.length;
};

test('a courier that never says that it took anything, or whose hub never acknowledges, costs no record', () => {
  const { hub, world, run } = scene();
  hub.takes = false;
  hub.acknowledges = false;
  for (let turn = 0; turn < 3; turn += 1) {
    hub.link();
    run(300);
    hub.unlink();
  }
  assert.equal(world.state.orders?.version, 2);
  hub.takes = true;
  hub.acknowledges = true;
  hub.link();
  run(500);
  assert.deepEqual([hub.known.seq, hub.records.length], [world.state.journal.last.seq, world.state.journal.last.seq]);
});
