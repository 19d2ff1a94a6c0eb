// A controller that listens for advertisements and reports them to its host. Core specification Vol 4 Part E §7.8.10, §7.8.11, §7.8.64, §7.8.65.

import type { Bytes } from '@mortise/base/bytes.ts';
import type { AdvertisingKind } from './advertiser.ts';
import { addressName, kindByte, type DeviceAddress } from './device-address.ts';
import { LE_EVENT, STATUS, type Status } from './hci-codes.ts';
import { encodeLeEvent } from './hci-packet.ts';

/** One advertisement, or the answer to the question for more. */
export type Heard = { readonly from: DeviceAddress; readonly kind: AdvertisingKind; readonly response: boolean; readonly data: Bytes; readonly rssiDbm: number };

/** So many advertisers are remembered as reported; past it the oldest may be reported again. */
export const MAX_REMEMBERED = 256;

const WINDOWS = [0x04, 0x4000] as const;
const DEFAULT_WINDOW = 0x10;

export class Scanner {
  #asks = false;
  #share = 1;
  #mode: 'off' | 'legacy' | 'extended' = 'off';
  #onlyNew = false;
  readonly #reported = new Set<string>();

  get active(): boolean {
    return this.#mode !== 'off';
  }

  /** Whether it asks for the scan response. */
  get asks(): boolean {
    return this.#asks;
  }

  /** The part of the time, 0 to 1, in which it listens. */
  get share(): number {
    return this.#share;
  }

  /** Interval and window in units of 0.625 ms. */
  configure(type: number, interval: number = DEFAULT_WINDOW, window: number = DEFAULT_WINDOW): Status {
    if (this.active) return STATUS.commandDisallowed;
    if (type > 1 || interval < WINDOWS[0] || interval > WINDOWS[1] || window < WINDOWS[0] || window > interval) return STATUS.invalidParameters;
    this.#asks = type === 1;
    this.#share = window / interval;
    return STATUS.success;
  }

  enable(mode: 'off' | 'legacy' | 'extended', onlyNew: boolean): void {
    this.#mode = mode;
    this.#onlyNew = onlyNew;
    this.#reported.clear();
  }

  reset(): void {
    this.enable('off', false);
    this.configure(0);
  }

  /** The report for the host; undefined when it has been told already. */
  report(heard: Heard): Bytes | undefined {
    return this.#onlyNew && !this.#isNew(heard) ? undefined : REPORTS[this.#mode === 'extended' ? 'extended' : 'legacy'](heard);
  }

  #isNew({ from, response }: Heard): boolean {
    const name = `${addressName(from)} ${response}`;
    if (this.#reported.has(name)) return false;
    const [oldest] = this.#reported;
    if (this.#reported.size >= MAX_REMEMBERED && oldest !== undefined) this.#reported.delete(oldest);
    this.#reported.add(name);
    return true;
  }
}

const LEGACY_TYPE = { connectable: 0, scannable: 2, silent: 3, response: 4 } as const;
const EXTENDED_TYPE = { connectable: 0x13, scannable: 0x12, silent: 0x10 } as const;
const EXTENDED_RESPONSE = { connectable: 0x1b, scannable: 0x1a, silent: 0x1a } as const;
const NO_SET = 0xff;
const NO_POWER = 0x7f;

const REPORTS = {
  legacy: ({ from, kind, response, data, rssiDbm }: Heard): Bytes =>
    encodeLeEvent(LE_EVENT.advertisingReport, Uint8Array.of(1, LEGACY_TYPE[response ? 'response' : kind], kindByte(from.kind)), from.bytes, Uint8Array.of(data.length), data, Uint8Array.of(rssiDbm & 0xff)),
  extended: ({ from, kind, response, data, rssiDbm }: Heard): Bytes =>
    encodeLeEvent(
      LE_EVENT.extendedAdvertisingReport, Uint8Array.of(1, (response ? EXTENDED_RESPONSE : EXTENDED_TYPE)[kind], 0, kindByte(from.kind)), from.bytes,
      Uint8Array.of(1, 0, NO_SET, NO_POWER, rssiDbm & 0xff), new Uint8Array(9), Uint8Array.of(data.length), data,
    ),
} as const;
