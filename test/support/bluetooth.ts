// Web Bluetooth of a real Chromium on the virtual radio: the browser's emulated adapter asks here, and noble on a virtual controller asks the lock. DevTools
// has no command that notifies, so the page is made to read the characteristic, and the answer is the notification; the page's own listener hears it.

import type { Browser, CDPSession, Page } from 'playwright-core';
import { required } from '@mortise/base/assert.ts';
import type { RadioPhone } from '@mortise/controller/radio.fixture.ts';
import type { NearChannel } from '@mortise/courier/near-channel.ts';
import { NEAR_FROM_LOCK, NEAR_SERVICE, NEAR_TO_LOCK } from '@mortise/courier/near-gatt.ts';

export const BLUETOOTH_FLAGS = ['--enable-features=WebBluetooth'] as const;

/** A page asks every few seconds, and on a busy machine two of its tries may get into each other's way at this bridge's one radio. */
export const FOUND_AGAIN_MS = 60_000;

/** Client Characteristic Configuration. */
const CONFIGURATION = '00002902-0000-1000-8000-00805f9b34fb';
const DONE = 0;
/** Connection failed to be established; unlikely error of the attribute protocol. */
const [NOT_ESTABLISHED, UNLIKELY] = [0x3e, 0x0e];

// Runs in the page, before its scripts: keeps the characteristic that notifies, where a read of it can be asked for; and says when the page disconnects,
// which the emulation does not.
const IN_PAGE = `{
  const { prototype } = globalThis.BluetoothRemoteGATTCharacteristic;
  const start = prototype.startNotifications;
  prototype.startNotifications = function () { globalThis.notifying = this; return start.call(this); };
  const server = globalThis.BluetoothRemoteGATTServer.prototype;
  const disconnect = server.disconnect;
  server.disconnect = function () { disconnect.call(this); void globalThis.leftGatt(); };
}`;
const READ = 'globalThis.notifying.readValue().then(() => true, () => false)';

/** Gives a browser an adapter; its emulation belongs to the session that asked for it. */
export const emulateBluetooth = async (browser: Browser): Promise<CDPSession> => {
  const session = await browser.newBrowserCDPSession();
  await plugIn(session);
  return session;
};

const plugIn = async (session: CDPSession): Promise<void> => {
  await session.send('BluetoothEmulation.enable', { state: 'powered-on', leSupported: true });
};

export class BluetoothBridge {
  readonly #session: CDPSession;
  readonly #page: Page;
  readonly #phone: RadioPhone;
  readonly #address: string;
  /** Of every discovery: a page that comes again may still have the first ones. */
  readonly #characteristics = new Set<string>();
  #channel: NearChannel | undefined;
  #waiting: Uint8Array[] = [];
  #pushed: Promise<unknown> = Promise.resolve();
  /** Connections that came about, and packets that the lock said. */
  readonly counts = { connections: 0, notifications: 0 };

  private constructor(session: CDPSession, page: Page, phone: RadioPhone, address: string) {
    [this.#session, this.#page, this.#phone, this.#address] = [session, page, phone, address];
  }

  /** `session`: of `emulateBluetooth`; `number`: another for each page of a browser, 1 to 9. */
  static async between(session: CDPSession, page: Page, phone: RadioPhone, number: number): Promise<BluetoothBridge> {
    const bridge = new BluetoothBridge(session, page, phone, `C0:00:00:00:01:0${number}`);
    await bridge.#appear();
    await bridge.#answer();
    await page.exposeFunction('leftGatt', () => bridge.#channel?.cut());
    await page.addInitScript(IN_PAGE);
    return bridge;
  }

  async #appear(): Promise<void> {
    await this.#session.send('BluetoothEmulation.simulatePreconnectedPeripheral', { address: this.#address, name: `Lock at ${this.#address}`, manufacturerData: [], knownServiceUuids: [NEAR_SERVICE] });
  }

  /** After the only page of the browser that used the adapter was loaded anew: the emulated adapter went with it. */
  async again(): Promise<void> {
    await this.#session.send('BluetoothEmulation.disable');
    await plugIn(this.#session);
    await this.#appear();
  }

  // Whoever is asked by this page's own list of devices takes the one of this bridge.
  async #answer(): Promise<void> {
    const session = this.#session;
    session.on('BluetoothEmulation.gattOperationReceived', ({ address, type }) => {
      if (address.toUpperCase() === this.#address) void (type === 'connection' ? this.#connect() : this.#discover());
    });
    session.on('BluetoothEmulation.characteristicOperationReceived', (operation) => void this.#operate(operation));
    const device = await this.#page.context().newCDPSession(this.#page);
    await device.send('DeviceAccess.enable');
    const prompted = new Set<string>();
    device.on('DeviceAccess.deviceRequestPrompted', ({ id, devices }) => {
      const mine = devices.find(({ id: address }) => address === this.#address);
      if (mine === undefined || prompted.has(id)) return;
      prompted.add(id);
      void device.send('DeviceAccess.selectPrompt', { id, deviceId: mine.id });
    });
  }

  async #connect(): Promise<void> {
    this.#channel?.cut();
    this.#waiting = [];
    this.#channel = await this.#phone.meet().catch(() => undefined);
    if (this.#channel !== undefined) this.counts.connections += 1;
    await this.#respond('connection', this.#channel === undefined ? NOT_ESTABLISHED : DONE);
  }

  async #discover(): Promise<void> {
    const session = this.#session;
    const { serviceId } = await session.send('BluetoothEmulation.addService', { address: this.#address, serviceUuid: NEAR_SERVICE });
    const add = async (characteristicUuid: string, properties: object): Promise<string> =>
      (await session.send('BluetoothEmulation.addCharacteristic', { serviceId, characteristicUuid, properties })).characteristicId;
    const [toLock, fromLock] = [await add(NEAR_TO_LOCK, { write: true, writeWithoutResponse: true }), await add(NEAR_FROM_LOCK, { notify: true, read: true })];
    for (const id of [toLock, fromLock]) this.#characteristics.add(id);
    // Chromium subscribes only where there is something to write that to.
    await session.send('BluetoothEmulation.addDescriptor', { characteristicId: fromLock, descriptorUuid: CONFIGURATION });
    await this.#respond('discovery', DONE);
  }

  async #respond(type: 'connection' | 'discovery', code: number): Promise<void> {
    await this.#session.send('BluetoothEmulation.simulateGATTOperationResponse', { address: this.#address, type, code }).catch(gone);
  }

  async #operate({ characteristicId, type, data = '' }: { readonly characteristicId: string; readonly type: string; readonly data?: string }): Promise<void> {
    if (!this.#characteristics.has(characteristicId)) return;
    const channel = this.#channel;
    if (type === 'write') channel?.send(Uint8Array.fromBase64(data));
    if (type === 'read') return this.#read(characteristicId);
    await this.#done(characteristicId, type, channel === undefined ? UNLIKELY : DONE);
    if (type === 'subscribe-to-notifications' && channel !== undefined) channel.hear({ packet: (packet) => this.#push(packet), closed: () => void this.#dropped(channel) });
    return undefined;
  }

  async #read(characteristicId: string): Promise<void> {
    const packet = required(this.#waiting.shift(), 'a read is for a packet that came');
    await this.#session.send('BluetoothEmulation.simulateCharacteristicOperationResponse', { characteristicId, type: 'read', code: DONE, data: Buffer.from(packet).toString('base64') }).catch(gone);
  }

  async #done(characteristicId: string, type: string, code: number): Promise<void> {
    if (type !== 'write' && type !== 'subscribe-to-notifications' && type !== 'unsubscribe-from-notifications') return;
    await this.#session.send('BluetoothEmulation.simulateCharacteristicOperationResponse', { characteristicId, type, code }).catch(gone);
  }

  #push(packet: Uint8Array): void {
    this.counts.notifications += 1;
    this.#waiting.push(packet);
    this.#pushed = this.#pushed.then(() => this.#page.evaluate(READ)).catch(gone);
  }

  async #dropped(channel: NearChannel): Promise<void> {
    if (this.#channel !== channel) return;
    this.#channel = undefined;
    await this.#session.send('BluetoothEmulation.simulateGATTDisconnection', { address: this.#address }).catch(gone);
  }
}

// The page, or its connection, is gone meanwhile: there is nobody to tell.
const gone = (_error: unknown): undefined => undefined;
