// A lock's pair of characteristics as a near channel, in a browser. Browsers do not say what MTU was agreed on, so packets are written with response: one
// that is longer than a value goes as a long write.

import type { Bytes } from '@mortise/base/bytes.ts';
import type { NearChannel, NearChannelHearing } from '@mortise/courier/near-channel.ts';
import { NEAR_FROM_LOCK, NEAR_SERVICE, NEAR_TO_LOCK } from '@mortise/courier/near-gatt.ts';
import { MAX_PACKET_BYTES } from '@mortise/courier/near-packet.ts';
import type { Characteristic, Device, GattServer } from './web-bluetooth.ts';

/** What a browser does with what it was given last may take so long, or never come. */
const CLOSE_MS = 1000;

/** `ended`: the connection is over; only then may it be opened again. */
export type GattChannel = { readonly channel: NearChannel; readonly ended: Promise<void> };

/** Connects with a device and subscribes; rejects as the browser does. */
export const openGatt = async (device: Device, server: GattServer): Promise<GattChannel> => {
  const service = await (await server.connect()).getPrimaryService(NEAR_SERVICE);
  const [toLock, fromLock] = [await service.getCharacteristic(NEAR_TO_LOCK), await service.getCharacteristic(NEAR_FROM_LOCK)];
  const ear = new Ear(fromLock);
  device.addEventListener('gattserverdisconnected', () => ear.close(), { once: true });
  await fromLock.startNotifications();
  return { channel: channelOf(server, toLock, ear), ended: ear.ended };
};

/** Keeps what the lock says before anybody hears. */
class Ear {
  readonly #early: Bytes[] = [];
  #hearing: NearChannelHearing | undefined;
  readonly #ended = Promise.withResolvers<void>();
  readonly ended: Promise<void> = this.#ended.promise;
  isOpen = true;

  constructor(fromLock: Characteristic) {
    fromLock.addEventListener('characteristicvaluechanged', () => {
      const { value } = fromLock;
      if (value !== undefined && this.isOpen) this.#packet(new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice());
    });
  }

  hear(hearing: NearChannelHearing): void {
    this.#hearing = hearing;
    for (const packet of this.#early.splice(0)) hearing.packet(packet);
    if (!this.isOpen) hearing.closed();
  }

  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.#ended.resolve();
    this.#hearing?.closed();
  }

  #packet(packet: Bytes): void {
    if (this.#hearing === undefined) this.#early.push(packet);
    else this.#hearing.packet(packet);
  }
}

const channelOf = (server: GattServer, toLock: Characteristic, ear: Ear): NearChannel => {
  let unsent = 0;
  let written: Promise<unknown> = Promise.resolve();
  const cut = (): void => {
    if (!ear.isOpen) return;
    server.disconnect();
    ear.close();
  };
  const write = async (packet: Bytes): Promise<void> => {
    if (ear.isOpen) await toLock.writeValueWithResponse(new Uint8Array(packet));
    unsent -= packet.length;
  };
  return {
    packetBytes: MAX_PACKET_BYTES,
    unsentBytes: () => unsent,
    // One at a time: browsers refuse a second operation while the first is under way.
    send: (packet) => {
      if (!ear.isOpen) return;
      unsent += packet.length;
      written = written.then(() => write(packet)).catch(cut);
    },
    close: () => {
      setTimeout(cut, CLOSE_MS);
      void written.then(cut);
    },
    cut,
    hear: (hearing) => ear.hear(hearing),
  };
};
