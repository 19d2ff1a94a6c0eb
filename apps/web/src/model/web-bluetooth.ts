// As much of Web Bluetooth as the near link needs, where a browser has it (webbluetoothcg.github.io/web-bluetooth).

export type Characteristic = EventTarget & {
  readonly value?: DataView;
  readonly startNotifications: () => Promise<unknown>;
  readonly writeValueWithResponse: (value: BufferSource) => Promise<void>;
};
type Service = { readonly getCharacteristic: (uuid: string) => Promise<Characteristic> };
export type GattServer = { readonly connect: () => Promise<GattServer>; readonly disconnect: () => void; readonly getPrimaryService: (uuid: string) => Promise<Service> };
export type Device = EventTarget & { readonly id: string; readonly gatt?: GattServer };
export type Bluetooth = {
  /** Asks the person which device; only from a press of theirs. Rejects when they choose none. */
  readonly requestDevice: (options: { readonly filters: readonly { readonly services: readonly string[] }[] }) => Promise<Device>;
  /** Whether there is an adapter that may be used. */
  readonly getAvailability?: () => Promise<boolean>;
  /** Those that the person has allowed before; not every browser remembers. */
  readonly getDevices?: () => Promise<readonly Device[]>;
};

const isBluetooth = (value: unknown): value is Bluetooth =>
  typeof value === 'object' && value !== null && 'requestDevice' in value && typeof value.requestDevice === 'function';

/** Undefined: this browser has none. */
export const webBluetooth = (): Bluetooth | undefined => {
  const found: unknown = Reflect.get(navigator, 'bluetooth');
  return isBluetooth(found) ? found : undefined;
};
