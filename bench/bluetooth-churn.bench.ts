// What a lock's radio keeps of phones that came and went: a thousand of them connect, subscribe, hear the hello and are cut off. On a virtual clock; the
// heap is measured after the collector has run, of lock, radio and phone together.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { NO_ADVERTISEMENT } from '@mortise/aliro/advertisement.ts';
import { assert } from '@mortise/base/assert.ts';
import { concat } from '@mortise/base/bytes.ts';
import { driverOf } from '@mortise/bluetooth/driver.ts';
import { u16 } from '@mortise/bluetooth/hci.ts';
import { Peripheral } from '@mortise/bluetooth/peripheral.ts';
import { NEAR_LINK } from '@mortise/controller/advertising.ts';
import { NearLinks } from '@mortise/controller/near-links.ts';
import { HANDLES } from '@mortise/controller/stranger.fixture.ts';
import { adapterOf } from '@mortise/radio/adapter.ts';
import { VirtualClock } from '@mortise/radio/clock.ts';
import { addressOf } from '@mortise/radio/device-address.ts';
import { BareHost } from '@mortise/radio/host.fixture.ts';
import { Radio } from '@mortise/radio/radio.ts';
import type { Bench, Figure } from './bench.ts';

const GOAL_KIB = 512;
const VISITS = 1000;
const WARM_UP = 100;
const ATTRIBUTES = 4;

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

const heapKib = (): number => {
  for (let time = 0; time < 4; time += 1) collect();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1024;
};

const SUBSCRIBE = concat(u16(5), u16(ATTRIBUTES), Uint8Array.of(0x12), u16(HANDLES.subscription), Uint8Array.of(1, 0));

const churn = async (): Promise<Figure> => {
  const clock = new VirtualClock();
  const radio = new Radio({ clock, seed: 1 });
  const lock = radio.controller({ address: addressOf('c0:00:00:00:00:01') });
  let [greeted, closed] = [0, 0];
  const links: NearLinks = new NearLinks({
    opened: (connection) => {
      greeted += 1;
      links.send(connection, new Uint8Array(25).fill(6));
    },
    frame: () => undefined,
    closed: () => { closed += 1; },
  });
  const opening = Peripheral.open({ driver: driverOf(adapterOf(lock)), device: 0, close: () => undefined }, { arrived: (channel) => links.accept(channel), down: () => undefined, fault: () => undefined });
  const peripheral = await clock.until(opening);
  assert(peripheral.ok, 'the lock has a radio');
  peripheral.value.advertise({ data: NO_ADVERTISEMENT, response: NEAR_LINK });
  const phone = await new BareHost(radio, clock, 'f0:00:00:00:00:01').ready();
  const visit = async (): Promise<void> => {
    phone.connect(lock);
    await clock.pass(200);
    phone.data([...phone.controller.links.keys()][0] ?? 0, 0, SUBSCRIBE);
    await clock.pass(20);
    radio.cut(phone.controller, lock);
    await clock.pass(20);
    phone.told.length = 0;
  };
  for (let count = 0; count < WARM_UP; count += 1) await visit();
  const before = heapKib();
  for (let count = 0; count < VISITS; count += 1) await visit();
  const growth = heapKib() - before;
  assert(greeted === VISITS + WARM_UP && closed === greeted, `every phone was greeted and missed: ${greeted}, ${closed}`);
  peripheral.value.close();
  return { value: Math.max(0, growth), goal: GOAL_KIB, better: 'lower', unit: 'KiB', against: 'the limit of 512 KiB: growth of the heap after 1,000 connections and drops', samples: 1 };
};

export const bluetoothChurn: Bench = { name: 'ble.churn_1000.growth_kib', run: churn };
