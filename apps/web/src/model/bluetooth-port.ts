// Locks by Web Bluetooth: the person chooses the lock's radio once, in the browser's own list; from then on this page reaches it by itself, for as long as
// the browser remembers the choice.

import { signal } from '@preact/signals';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { NEAR_SERVICE } from '@mortise/courier/near-gatt.ts';
import type { NearChannel } from '@mortise/courier/near-channel.ts';
import { openGatt } from './gatt-channel.ts';
import { MAX_PLACES, type NearPort } from './near-port.ts';
import { webBluetooth, type Bluetooth, type Device } from './web-bluetooth.ts';

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

/** Why no lock was chosen. `no-radio`: switched off, or there is none. `no-room`: the page has as many as it can. */
export type NotChosen = 'no-choice' | 'no-radio' | 'forbidden' | 'no-room';

/** Lets the person choose a lock; only from a press. Its place. */
export const askForLock = async (): Promise<Result<string, NotChosen>> => {
  const bluetooth = webBluetooth();
  if (bluetooth === undefined) return err('no-radio');
  try {
    const device = await bluetooth.requestDevice({ filters: [{ services: [NEAR_SERVICE] }] });
    return remember(device) ? ok(placeOf(device)) : err('no-room');
  } catch (error) {
    return err(await whyNone(bluetooth, error));
  }
};

// A list that was closed and an adapter that is not there have the same name (Web Bluetooth, requestDevice).
const whyNone = async (bluetooth: Bluetooth, error: unknown): Promise<NotChosen> => {
  if (error instanceof DOMException && (error.name === 'SecurityError' || error.name === 'NotAllowedError')) return 'forbidden';
  return (await bluetooth.getAvailability?.().catch(notSaid)) === false ? 'no-radio' : 'no-choice';
};

const notSaid = (_error: unknown): undefined => undefined;

let recalled: Promise<void> | undefined;

const recall = async (): Promise<void> => {
  const allowed = await webBluetooth()?.getDevices?.().catch(notTold);
  for (const device of allowed ?? []) remember(device);
};

const notTold = (_error: unknown): readonly Device[] => [];

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
