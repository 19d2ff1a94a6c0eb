import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { InvariantError } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { MAX_NEAR_MESSAGE_BYTES, MAX_PACKET_BYTES, MAX_PACKETS, MIN_PACKET_BYTES, NO_PACKETS, packetsOf, takePacket, type Assembly } from './near-packet.ts';

type Taken = { readonly messages: readonly Bytes[]; readonly assembly: Assembly | undefined };

const takeAll = (packets: readonly Bytes[], from: Assembly = NO_PACKETS): Taken => {
  const messages: Bytes[] = [];
  let assembly = from;
  for (const packet of packets) {
    const taken = takePacket(assembly, packet);
    if (taken.kind === 'broken') return { messages, assembly: undefined };
    assembly = taken.assembly;
    if (taken.kind === 'message') messages.push(taken.message);
  }
  return { messages, assembly };
};

const sendAll = (messages: readonly Bytes[]): readonly Bytes[] => {
  const all: Bytes[] = [];
  let counter = 0;
  for (const message of messages) {
    const sent = packetsOf(message, counter);
    all.push(...sent.packets);
    ({ counter } = sent);
  }
  return all;
};

const message = fc.oneof(fc.uint8Array({ minLength: 1, maxLength: 700 }), fc.constantFrom(251, 252, 253, 504, 505).map((length) => new Uint8Array(length).fill(length)));

test('messages come back as they were, in packets that fit the radio', () => {
  fc.assert(fc.property(fc.array(message, { maxLength: 60 }), (messages) => {
    const packets = sendAll(messages);
    assert.ok(packets.every(({ length }) => length >= 2 && length <= MAX_PACKET_BYTES));
    assert.deepEqual(takeAll(packets).messages, messages);
  }), { numRuns: 40 });
});

test('the form: a counter of seven bits, and a mark on the last packet', () => {
  const { packets, counter } = packetsOf(new Uint8Array(300).fill(9), 126);
  assert.deepEqual(packets.map((packet) => [packet[0], packet.length]), [[126, 253], [0x80 | 127, 49]]);
  assert.equal(counter, 0);
});

test('the largest message fits; a larger one is refused, and ours would be our bug', () => {
  const largest = new Uint8Array(MAX_NEAR_MESSAGE_BYTES).fill(1);
  const { packets } = packetsOf(largest, 0);
  assert.deepEqual(takeAll(packets).messages, [largest]);
  assert.throws(() => packetsOf(new Uint8Array(MAX_NEAR_MESSAGE_BYTES + 1), 0), InvariantError);
  assert.throws(() => packetsOf(new Uint8Array(0), 0), InvariantError);
  const endless = Array.from({ length: 262 }, (_, index) => new Uint8Array(253).fill(index & 0x7f, 0, 1));
  assert.equal(takeAll(endless).assembly, undefined, 'longer than any message');
  const drops = Array.from({ length: MAX_PACKETS + 1 }, (_, index) => Uint8Array.of(index & 0x7f, 1));
  assert.ok(takeAll(drops.slice(0, -1)).assembly !== undefined, 'the control: so many tiny packets are taken');
  assert.equal(takeAll(drops).assembly, undefined, 'one more is not');
});

test('a connection with a small MTU has small packets, and the largest message still passes', () => {
  const largest = new Uint8Array(MAX_NEAR_MESSAGE_BYTES).fill(1);
  for (const packetBytes of [MIN_PACKET_BYTES, 182, MAX_PACKET_BYTES]) {
    const { packets } = packetsOf(largest, 5, packetBytes);
    assert.equal(Math.max(...packets.map(({ length }) => length)), packetBytes);
    assert.deepEqual(takeAll(packets, { ...NO_PACKETS, counter: 5 }).messages, [largest]);
  }
  for (const wrong of [MIN_PACKET_BYTES - 1, MAX_PACKET_BYTES + 1, Number.NaN]) assert.throws(() => packetsOf(largest, 0, wrong), InvariantError);
});

test('a packet lost, doubled, swapped, empty or too long breaks the connection, and nothing is made up', () => {
  const packets = sendAll([new Uint8Array(600).fill(1), new Uint8Array(600).fill(2)]);
  const whole = takeAll(packets).messages;
  assert.equal(whole.length, 2, 'the control');
  for (let at = 0; at < packets.length - 1; at += 1) {
    const twisted = [packets.toSpliced(at, 1), packets.toSpliced(at, 0, packets[at] ?? new Uint8Array(0)), packets.with(at, packets[at + 1] ?? new Uint8Array(0))];
    for (const wrong of twisted) {
      const { messages, assembly } = takeAll(wrong);
      assert.equal(assembly, undefined);
      assert.deepEqual(messages, whole.slice(0, messages.length), 'what came before stays');
    }
  }
  for (const wrong of [new Uint8Array(0), Uint8Array.of(0x80), new Uint8Array(MAX_PACKET_BYTES + 1)]) assert.deepEqual(takePacket(NO_PACKETS, wrong), { kind: 'broken' });
});

test('any bytes are taken within bounds or refused', () => {
  fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 260 }), { maxLength: 30 }), (any) => void takeAll(any)));
});
