// Who comes to the lock's radio without being anybody: those that connect and say nothing, too many, those that write what is no packet, and those that take
// nothing. Each costs its own connection, and a phone beside it nothing.

import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { NO_ADVERTISEMENT } from '@mortise/aliro/advertisement.ts';
import { required } from '@mortise/base/assert.ts';
import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import { driverOf } from '@mortise/bluetooth/driver.ts';
import { u16 } from '@mortise/bluetooth/hci.ts';
import { MAX_VISITORS, Peripheral } from '@mortise/bluetooth/peripheral.ts';
import type { Fault } from '@mortise/bluetooth/shelter.ts';
import { MAX_NEAR_MESSAGE_BYTES, MAX_PACKET_BYTES, NO_PACKETS, packetsOf, takePacket } from '@mortise/courier/near-packet.ts';
import type { NearChannel } from '@mortise/courier/near-channel.ts';
import { adapterOf } from '@mortise/radio/adapter.ts';
import { NEAR_LINK } from './advertising.ts';
import { NearLinks } from './near-links.ts';
import { TestRadio } from './radio.fixture.ts';
import { HANDLES, Stranger } from './stranger.fixture.ts';

const HELLO = Uint8Array.of(1, 2, 3);

/** A radio with near links that greet, echo, and keep what happened. */
const served = async (t: TestContext, subscribeMs = 4000) => {
  const air = new TestRadio();
  const faults: Fault[] = [];
  const frames: Bytes[] = [];
  const ends: number[] = [];
  const links: NearLinks = new NearLinks({
    opened: (connection) => links.send(connection, HELLO),
    frame: (connection, bytes) => {
      frames.push(bytes);
      links.send(connection, bytes);
    },
    closed: (connection) => { ends.push(connection); },
  });
  const adapter = { driver: driverOf(adapterOf(air.lock)), device: 0, close: () => undefined };
  const peripheral = await Peripheral.open(adapter, { arrived: (channel) => links.accept(channel), down: () => undefined, fault: (fault) => { faults.push(fault); } }, subscribeMs);
  assert.ok(peripheral.ok);
  peripheral.value.advertise({ data: NO_ADVERTISEMENT, response: NEAR_LINK });
  t.after(() => {
    peripheral.value.close();
    air.close();
  });
  return { air, links, faults, frames, ends };
};

class Phone {
  readonly frames: Bytes[] = [];
  isOpen = true;
  readonly #channel: NearChannel;
  #assembly = NO_PACKETS;
  #counter = 0;

  constructor(channel: NearChannel) {
    this.#channel = channel;
    channel.hear({ packet: (packet) => this.#heard(packet), closed: () => { this.isOpen = false; } });
  }

  say(frame: Bytes): void {
    const { packets, counter } = packetsOf(frame, this.#counter, this.#channel.packetBytes);
    this.#counter = counter;
    for (const packet of packets) this.#channel.send(packet);
  }

  async hears(frame: Bytes): Promise<void> {
    for (let turn = 0; turn < 1000 && !this.frames.some((each) => equalBytes(each, frame)); turn += 1) await sleep(4);
    assert.ok(this.frames.some((each) => equalBytes(each, frame)), 'it is heard');
  }

  #heard(packet: Bytes): void {
    const taken = takePacket(this.#assembly, packet);
    assert.ok(taken.kind !== 'broken');
    this.#assembly = taken.assembly;
    if (taken.kind === 'message') this.frames.push(taken.message);
  }
}

const phoneAt = async (air: TestRadio): Promise<Phone> => {
  const phone = new Phone(await (await air.phone()).meet());
  await phone.hears(HELLO);
  return phone;
};

const message = (length: number): Bytes => Uint8Array.from({ length }, (_, at) => (at * 7 + length) & 0xff);

test('the handles that the strangers use are those of the service', async (t) => {
  const { air, frames } = await served(t);
  const stranger = await new Stranger(air).connect();
  stranger.subscribe();
  await stranger.until('the hello', () => stranger.notified().length > 0);
  assert.deepEqual(stranger.notified(), ['80010203']);
  stranger.write(Uint8Array.of(0x80, 9));
  await stranger.until('its frame', () => frames.length > 0);
  assert.deepEqual(frames, [Uint8Array.of(9)]);
});

test('who connects and does not subscribe has to go; who does stays', async (t) => {
  const { air } = await served(t, 150);
  const [silent, phone] = [await new Stranger(air).connect(), await phoneAt(air)];
  await silent.until('its end', () => !silent.isConnected());
  await sleep(200);
  assert.ok(phone.isOpen);
});

test('a crowd that only connects keeps nobody out', async (t) => {
  const { air } = await served(t);
  const crowd = Array.from({ length: MAX_VISITORS }, () => new Stranger(air));
  for (const each of crowd) await each.connect();
  const phone = await phoneAt(air);
  await sleep(50);
  assert.deepEqual([phone.isOpen, crowd.filter((each) => each.isConnected()).length], [true, MAX_VISITORS - 1]);
});

test('what is written before it is time, or is no packet, opens no frame; the phone beside it goes on', async (t) => {
  const { air, frames, ends } = await served(t);
  const phone = await phoneAt(air);
  const early = await new Stranger(air).connect();
  early.att(Uint8Array.of(0x12), u16(HANDLES.toLock), Uint8Array.of(0x80, 1));
  await early.until('a refusal', () => early.told.some((told) => told.endsWith('01120c000e')));
  const wrong: readonly (readonly Bytes[])[] = [[new Uint8Array(0)], [Uint8Array.of(0x80)], [Uint8Array.of(0x81, 1)], [Uint8Array.of(0, 1), Uint8Array.of(0, 1)]];
  for (const packets of wrong) {
    const stranger = await new Stranger(air).connect();
    stranger.subscribe();
    for (const packet of packets) stranger.write(packet);
    await stranger.until('its end', () => !stranger.isConnected());
  }
  assert.deepEqual([frames, ends.length], [[], wrong.length]);
  phone.say(message(600));
  await phone.hears(message(600));
});

test('a long write is one packet; one that is longer than a packet ends the connection', async (t) => {
  const { air, frames } = await served(t);
  const write = async (value: Bytes): Promise<Stranger> => {
    const stranger = await new Stranger(air).connect();
    stranger.subscribe();
    for (let at = 0; at < value.length; at += 18) {
      stranger.att(Uint8Array.of(0x16), u16(HANDLES.toLock), u16(at), value.slice(at, at + 18));
      await sleep(2);
    }
    stranger.att(Uint8Array.of(0x18, 1));
    return stranger;
  };
  const good = await write(Uint8Array.of(0x80, ...message(MAX_PACKET_BYTES - 1)));
  await good.until('its frame', () => frames.length === 1);
  assert.deepEqual(frames, [message(MAX_PACKET_BYTES - 1)]);
  const long = await write(Uint8Array.of(0x80, ...message(MAX_PACKET_BYTES)));
  await long.until('its end', () => !long.isConnected());
  assert.equal(frames.length, 1);
});

test('notifications fit the MTU that was agreed on, also the smallest', async (t) => {
  const { air, links } = await served(t);
  const stranger = await new Stranger(air).connect();
  stranger.subscribe();
  await stranger.until('the hello', () => stranger.notified().length > 0);
  links.send(1, message(100));
  await stranger.until('the whole', () => stranger.notified().length === 7);
  assert.deepEqual(stranger.notified().slice(1).map((value) => value.length / 2), [20, 20, 20, 20, 20, 6]);
});

test('a phone that takes nothing: others are served at once, and what waits for it is bounded', async (t) => {
  const { air, links, ends } = await served(t);
  const stuck = await new Stranger(air).connect();
  stuck.subscribe();
  await stuck.until('the hello', () => stuck.notified().length > 0);
  air.radio.move(stuck.controller, { x: 1000, y: 0 });
  links.send(1, message(MAX_NEAR_MESSAGE_BYTES));
  const phone = await phoneAt(air);
  phone.say(message(5000));
  await phone.hears(message(5000));
  assert.deepEqual(ends, []);
  for (let count = 0; count < 8 && ends.length === 0; count += 1) links.send(1, message(MAX_NEAR_MESSAGE_BYTES));
  assert.deepEqual(ends, [1]);
  phone.say(message(700));
  await phone.hears(message(700));
});

test('requests without end: a phone beside them goes on', async (t) => {
  const { air } = await served(t);
  const stranger = await new Stranger(air).connect();
  const phone = await phoneAt(air);
  for (let count = 0; count < 2000; count += 1) {
    stranger.att(Uint8Array.of(0x0a), u16(3));
    if (count % 8 === 0) await sleep(0);
  }
  assert.ok(stranger.told.length > 1000, 'it is answered as long as it takes the answers');
  phone.say(message(400));
  await phone.hears(message(400));
});

test('the largest message passes both ways', async (t) => {
  const { air } = await served(t);
  const phone = await phoneAt(air);
  phone.say(message(MAX_NEAR_MESSAGE_BYTES));
  await phone.hears(message(MAX_NEAR_MESSAGE_BYTES));
  assert.ok(required(phone.frames.at(-1), 'a frame').length === MAX_NEAR_MESSAGE_BYTES);
});
