// Locks by Web Bluetooth: the person chooses the lock's radio once, in the browser's own list; from then on this page reaches it by itself, for as long as
// the browser remembers the choice.

import { signal } from '@preact/signals';
import { NEAR_SERVICE } from '@mortise/courier/near-gatt.ts';
import type { NearChannel } from '@mortise/courier/near-channel.ts';
import { openGatt } from './gatt-channel.ts';
import { MAX_PLACES, type NearPort } from './near-port.ts';
import { webBluetooth, type Device } from './web-bluetooth.ts';

const BEGINNING = 'bluetooth:';
/** A browser may look for a device that is far away for ever. */
const OPEN_MS = 5000;

const devices = new Map<string, Device>();
/** Whether a lock's radio was chosen here. */
export const isRadioChosen = signal(false);

// False: there is no room for another.
const remember = (device: Device): boolean => {
  if (devices.size >= MAX_PLACES && !devices.has(device.id)) return false;
  devices.set(device.id, device);
  isRadioChosen.value = true;
  return true;
};

/** Whether this browser can be asked. */
export const canAsk = (): boolean => webBluetooth() !== undefined;

const placeOf = ({ id }: Device): string => `${BEGINNING}${id}`;

/** Lets the person choose a lock; only from a press. Its place; undefined: none was chosen. */
export const askForLock = async (): Promise<string | undefined> => {
  try {
    const device = await webBluetooth()?.requestDevice({ filters: [{ services: [NEAR_SERVICE] }] });
    if (device === undefined || !remember(device)) return undefined;
    return placeOf(device);
  } catch (error) {
    return noneChosen(error);
  }
};

// To close the list, to have no adapter, and to forbid it are all no choice.
const noneChosen = (_error: unknown): undefined => undefined;

let recalled: Promise<void> | undefined;

const recall = async (): Promise<void> => {
  try {
    for (const device of (await webBluetooth()?.getDevices?.()) ?? []) remember(device);
  } catch (error) {
    noneChosen(error);
  }
};

const places = async (): Promise<readonly string[]> => {
  await (recalled ??= recall());
  return [...devices.values()].map(placeOf);
};

/** The connection before, by device. */
const before = new Map<string, Promise<void>>();

const open = async (place: string): Promise<NearChannel | undefined> => {
  const device = devices.get(place.slice(BEGINNING.length));
  const server = device?.gatt;
  if (device === undefined || server === undefined) return undefined;
  await before.get(device.id);
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), OPEN_MS);
  const opened = await Promise.race([openGatt(device, server).catch(() => undefined), late]);
  clearTimeout(timer);
  if (opened === undefined) server.disconnect();
  else before.set(device.id, opened.ended);
  return opened?.channel;
};

export const bluetoothPort: NearPort = { isRadio: true, places, has: (place) => place.startsWith(BEGINNING), wireOf: () => 'radio', open };
