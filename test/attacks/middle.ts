// Somebody between a phone and a lock by Bluetooth: connected with the lock as a phone, heard by phones as a lock. Frames are put together, shown to a trick,
// and cut again for the other side; what passed is kept.

import { setTimeout as sleep } from 'node:timers/promises';
import { required } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { NO_ADVERTISEMENT } from '@mortise/aliro/advertisement.ts';
import type { Heard } from '@mortise/bluetooth/central.ts';
import { driverOf } from '@mortise/bluetooth/driver.ts';
import { Peripheral } from '@mortise/bluetooth/peripheral.ts';
import { NEAR_LINK } from '@mortise/controller/advertising.ts';
import type { RadioPhone, TestRadio } from '@mortise/controller/radio.fixture.ts';
import { decodeAdoptBody, encodeAdoptBody, type AdoptBody } from '@mortise/courier/link-body.ts';
import { decodeFromLock, decodeToLock, encodeFromLock, encodeToLock } from '@mortise/courier/link-message.ts';
import type { NearChannel } from '@mortise/courier/near-channel.ts';
import { decodeNearFrame, encodeNearFrame } from '@mortise/courier/near-frame.ts';
import { NEAR_SERVICE } from '@mortise/courier/near-gatt.ts';
import { NO_PACKETS, packetsOf, takePacket } from '@mortise/courier/near-packet.ts';
import { adapterOf } from '@mortise/radio/adapter.ts';

export type Way = 'toLock' | 'toPhone';
/** What is said on in the place of an adoption message; undefined: nothing is. `answer`: said back to who sent it. */
export type Trick = (way: Way, body: AdoptBody, answer: (bytes: Bytes) => void) => Bytes | undefined;

const HEAR_MS = 8000;
/** Longer than a lock takes to answer. */
const MOMENT_MS = 100;
const TRIES = 20;
const SERVICE = NEAR_SERVICE.replaceAll('-', '');

/** Whoever speaks by this channel, as frames. */
const voiceOf = (channel: NearChannel): ((frame: Bytes) => void) => {
  let counter = 0;
  return (frame) => {
    const cut = packetsOf(frame, counter, channel.packetBytes);
    counter = cut.counter;
    for (const packet of cut.packets) channel.send(packet);
  };
};

const listen = (channel: NearChannel, frame: (bytes: Bytes) => void, closed: () => void): void => {
  let assembly = NO_PACKETS;
  channel.hear({ closed, packet: (packet) => {
    const taken = takePacket(assembly, packet);
    if (taken.kind === 'broken') return channel.cut();
    assembly = taken.assembly;
    return taken.kind === 'message' ? frame(taken.message) : undefined;
  } });
};

export class Middle {
  /** Adoption messages that came by, as they were said. */
  readonly passed: { readonly way: Way; readonly step: number; readonly bytes: Bytes }[] = [];
  /** Every frame that a phone said. */
  readonly recorded: Bytes[] = [];
  trick: Trick = (_way, { bytes }) => bytes;
  readonly #phone: RadioPhone;
  readonly #lock: Heard;
  #peripheral: Peripheral | undefined;

  private constructor(phone: RadioPhone, lock: Heard) {
    [this.#phone, this.#lock] = [phone, lock];
  }

  /** Hears the lock, and then lets itself be heard. */
  static async between(air: TestRadio): Promise<Middle> {
    const phone = await air.phone();
    const middle = new Middle(phone, await phone.find());
    const opened = await Peripheral.open({ driver: driverOf(adapterOf(air.controller())), device: 0, close: () => undefined }, {
      arrived: (channel) => void middle.#stand(channel), down: () => undefined, fault: () => undefined,
    });
    middle.#peripheral = required(opened.ok ? opened.value : undefined, 'it has a radio');
    middle.#peripheral.advertise({ data: NO_ADVERTISEMENT, response: NEAR_LINK });
    return middle;
  }

  /** The phone of somebody who chooses the wrong one in the list. */
  async chosenBy(victim: RadioPhone): Promise<NearChannel> {
    const heard = await victim.central.hear(({ id, services }) => services.includes(SERVICE) && id !== this.#lock.id, HEAR_MS);
    return required(await victim.central.connect(required(heard, 'the middle is heard')), 'the middle is reached');
  }

  /** A connection of its own with the lock. */
  async toLock(): Promise<NearChannel> {
    let channel: NearChannel | undefined;
    // The connection before may still be on its way out, and a lock that tells something new is silent for a moment.
    for (let turn = 0; turn < TRIES && channel === undefined; turn += 1) {
      if (turn > 0) await sleep(MOMENT_MS);
      channel = await this.#phone.central.connect(this.#lock);
    }
    return required(channel, 'the lock is reached');
  }

  /** All that phones said, once more to the lock, on a connection of its own. */
  async replay(): Promise<void> {
    const lock = await this.toLock();
    listen(lock, () => undefined, () => undefined);
    this.recorded.forEach(voiceOf(lock));
    await sleep(MOMENT_MS);
    lock.cut();
  }

  close(): void {
    this.#peripheral?.close();
  }

  async #stand(victim: NearChannel): Promise<void> {
    const lock = await this.toLock();
    const [tellPhone, tellLock] = [voiceOf(victim), voiceOf(lock)];
    listen(victim, (frame) => {
      this.recorded.push(frame);
      this.#pass('toLock', frame, tellLock, tellPhone);
    }, lock.cut);
    listen(lock, (frame) => this.#pass('toPhone', frame, tellPhone, tellLock), victim.cut);
  }

  #pass(way: Way, frame: Bytes, on: (frame: Bytes) => void, back: (frame: Bytes) => void): void {
    const body = adoptionIn(way, frame);
    if (body === undefined) return on(frame);
    this.passed.push({ way, ...body });
    const said = this.trick(way, body, (bytes) => back(withAdoption(way === 'toLock' ? 'toPhone' : 'toLock', frame, { ...body, step: body.step + 1, bytes })));
    return said === undefined ? undefined : on(withAdoption(way, frame, { ...body, bytes: said }));
  }
}

const messageIn = (way: Way, frame: Bytes) => {
  const near = decodeNearFrame(frame);
  if (near?.kind !== 'carry') return undefined;
  return way === 'toLock' ? decodeToLock(near.message) : decodeFromLock(near.message);
};

const adoptionIn = (way: Way, frame: Bytes): AdoptBody | undefined => {
  const message = messageIn(way, frame);
  return message?.type === 'adopt' ? decodeAdoptBody(message.body) : undefined;
};

const withAdoption = (way: Way, frame: Bytes, body: AdoptBody): Bytes => {
  const { session, seq, expires } = required(messageIn('toLock', frame) ?? messageIn('toPhone', frame), 'it carries an adoption');
  const message = { type: 'adopt', session, seq, expires, body: encodeAdoptBody(body) } as const;
  return encodeNearFrame({ kind: 'carry', message: way === 'toLock' ? encodeToLock(message) : encodeFromLock(message) });
};
