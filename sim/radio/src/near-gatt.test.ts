// Near packets over one pair of characteristics, the phone writes and the lock notifies: what apps/controller and a native phone will do, here
// with nothing but packets. Neither side sends more than the connection agreed on: bleno would cut it without a word.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Bytes } from '@mortise/base/bytes.ts';
import { MAX_NEAR_MESSAGE_BYTES, NO_PACKETS, packetsOf, takePacket, type Assembly } from '@mortise/courier/near-packet.ts';
import { required } from '@mortise/base/assert.ts';
import { ECHO_IN, ECHO_OUT, Scene, SERVICE, type Bleno, type Noble, type Peripheral } from './stacks.fixture.ts';

const ATTRIBUTE_BYTES = 3;

/** One end: messages in, messages out. */
class NearEnd {
  readonly messages: Bytes[] = [];
  broken = false;
  readonly longest = { sent: 0, taken: 0 };
  #sent = 0;
  #assembly: Assembly = NO_PACKETS;
  readonly #carry: (packet: Buffer) => Promise<void>;
  readonly #packetBytes: number | undefined;

  constructor(packetBytes: number | undefined, carry: (packet: Buffer) => Promise<void>) {
    this.#packetBytes = packetBytes;
    this.#carry = carry;
  }

  async send(message: Bytes): Promise<void> {
    const { packets, counter } = packetsOf(message, this.#sent, this.#packetBytes);
    this.#sent = counter;
    for (const packet of packets) {
      this.longest.sent = Math.max(this.longest.sent, packet.length);
      await this.#carry(Buffer.from(packet));
    }
  }

  take(packet: Bytes): void {
    this.longest.taken = Math.max(this.longest.taken, packet.length);
    const taken = takePacket(this.#assembly, Uint8Array.from(packet));
    if (taken.kind === 'broken') this.broken = true;
    else this.#assembly = taken.assembly;
    if (taken.kind === 'message') this.messages.push(taken.message);
  }
}

type Serving = { readonly service: ConstructorParameters<Bleno['PrimaryService']>[0]; readonly ends: NearEnd[] };

/** The lock's side: a new end for each that subscribes. `fixed`: it does not ask how much fits. */
const serving = ({ Characteristic: Local }: Bleno, fixed: boolean): Serving => {
  const ends = new Map<number | string, NearEnd>();
  const all: NearEnd[] = [];
  const write = new Local({ uuid: ECHO_IN, properties: ['write', 'writeWithoutResponse'], onWriteRequest: (handle, data, _offset, _withoutResponse, done) => {
    done(Local.RESULT_SUCCESS);
    ends.get(handle)?.take(data);
  } });
  const notify = new Local({ uuid: ECHO_OUT, properties: ['notify'], onSubscribe: (handle, packetBytes, update) => {
    const end = new NearEnd(fixed ? undefined : packetBytes, async (packet) => { update(packet); });
    ends.set(handle, end);
    all.push(end);
  } });
  return { service: { uuid: SERVICE, characteristics: [write, notify] }, ends: all };
};

const connected = async (phone: Noble, peripheral: Peripheral, mtu: number): Promise<void> => {
  const options = { addressType: 'public', mtu } as const;
  await phone.connectAsync(peripheral.id, options);
};

/** A phone that asks for this MTU, and the lock, in touch. */
const inTouch = async (scene: Scene, mtu: number, { fixed = false, withoutResponse = false } = {}): Promise<{ readonly phone: NearEnd; readonly lock: NearEnd; readonly agreed: number }> => {
  const { clock, lock } = scene;
  const { service, ends } = serving(lock.stack, fixed);
  await clock.until(lock.stack.setServicesAsync([new lock.stack.PrimaryService(service)]));
  const peripheral = await scene.find();
  await clock.until(connected(required(scene.phones[0], 'there is a phone').stack, peripheral, mtu));
  const pipe = await scene.open(peripheral);
  const agreed = required(peripheral.mtu, 'the MTU is exchanged');
  const phone = new NearEnd(agreed - ATTRIBUTE_BYTES, async (packet) => { await pipe.write.writeAsync(packet, withoutResponse); });
  pipe.notify.on('data', (packet: Buffer) => { phone.take(packet); });
  return { phone, lock: required(ends.at(-1), 'the lock knows of it'), agreed };
};

const message = (length: number, seed: number): Bytes => Uint8Array.from({ length }, (_, at) => (at * 31 + seed) & 0xff);
const MESSAGES = [1, 19, 20, 252, 253, 1000, 4096].map(message);

for (const { mtu, withoutResponse, weather } of [
  { mtu: 256, withoutResponse: false, weather: {} },
  { mtu: 185, withoutResponse: true, weather: { loss: 0.2, delayMs: [2, 15] as const } },
  { mtu: 23, withoutResponse: true, weather: {} },
]) {
  test(`messages pass both ways at an MTU of ${mtu}, ${withoutResponse ? 'written without response' : 'written'}${'loss' in weather ? ', over a lossy link' : ''}`, async (t) => {
    const scene = await Scene.set();
    t.after(() => { scene.end(); });
    const { phone, lock, agreed } = await inTouch(scene, mtu, { withoutResponse });
    scene.radio.change(weather);
    assert.equal(agreed, mtu);
    for (const each of MESSAGES) await Promise.all([scene.clock.until(phone.send(each)), lock.send(each)]);
    await scene.clock.pass(30_000);
    assert.deepEqual([lock.messages, phone.messages, lock.broken, phone.broken], [MESSAGES, MESSAGES, false, false]);
    assert.deepEqual([phone.longest, lock.longest], [{ sent: mtu - 3, taken: mtu - 3 }, { sent: mtu - 3, taken: mtu - 3 }]);
  });
}

test('the largest near message passes', async (t) => {
  const scene = await Scene.set();
  t.after(() => { scene.end(); });
  const { phone, lock } = await inTouch(scene, 256);
  const largest = message(MAX_NEAR_MESSAGE_BYTES, 1);
  await lock.send(largest);
  await scene.clock.until(phone.send(largest));
  await scene.clock.pass(1000);
  assert.deepEqual([lock.messages, phone.messages], [[largest], [largest]]);
});

test('why the size is asked for: packets of a fixed size are cut on a small MTU, and what arrives is not what was sent', async (t) => {
  const scene = await Scene.set();
  t.after(() => { scene.end(); });
  const { phone, lock } = await inTouch(scene, 100, { fixed: true });
  await lock.send(message(1000, 1));
  await lock.send(message(50, 2));
  await scene.clock.pass(1000);
  assert.deepEqual([phone.broken, phone.messages.map(({ length }) => length), phone.longest.taken], [false, [4 * 96, 50], 97]);
});

test('a drop in the middle of a message: nothing is made up, and the next connection begins anew', async (t) => {
  const scene = await Scene.set({ weather: { delayMs: [4, 8] } });
  t.after(() => { scene.end(); });
  const { clock, radio, phones: [holder] } = scene;
  const first = await inTouch(scene, 256);
  await first.lock.send(message(100, 1));
  await first.lock.send(message(8000, 2));
  await clock.pass(40);
  assert.ok(holder && radio.cut(holder.controller, scene.lock.controller));
  await clock.pass(500);
  assert.deepEqual(first.phone.messages, [message(100, 1)]);
  const second = await inTouch(scene, 256);
  await second.lock.send(message(8000, 2));
  await clock.until(second.phone.send(message(600, 3)));
  await clock.pass(5000);
  assert.deepEqual([second.phone.messages, second.lock.messages], [[message(8000, 2)], [message(600, 3)]]);
});
