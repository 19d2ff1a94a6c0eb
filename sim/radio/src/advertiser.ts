// A controller that says who it is, at its interval, as often as its host wishes. Core specification Vol 4 Part E §7.8.5 to §7.8.9.

import { EMPTY, type Bytes } from '@mortise/base/bytes.ts';
import type { Air } from './air.ts';
import type { Cancel, Clock } from './clock.ts';
import { STATUS, type Status } from './hci-codes.ts';

/** What may be done with it: connect and ask for more, ask for more, only listen. */
export type AdvertisingKind = 'connectable' | 'scannable' | 'silent';

export const MAX_ADVERTISING_BYTES = 31;

const KINDS: ReadonlyMap<number, AdvertisingKind> = new Map([[0, 'connectable'], [2, 'scannable'], [3, 'silent']]);
const UNIT_MS = 0.625;
const INTERVALS = [0x20, 0x4000] as const;
const DEFAULT_INTERVAL = 0x800;
/** Added at random to each interval, so that two advertisers do not stay in step. Vol 6 Part B §4.4.2.2. */
const MOST_JITTER_MS = 10;

export class Advertiser {
  readonly #clock: Clock;
  readonly #air: Air;
  readonly #send: () => void;
  #intervalMs = DEFAULT_INTERVAL * UNIT_MS;
  #next: Cancel | undefined;
  kind: AdvertisingKind = 'connectable';
  data: Bytes = EMPTY;
  response: Bytes = EMPTY;

  /** `send` is called at each advertising event. */
  constructor(clock: Clock, air: Air, send: () => void) {
    this.#clock = clock;
    this.#air = air;
    this.#send = send;
  }

  get active(): boolean {
    return this.#next !== undefined;
  }

  /** Intervals in units of 0.625 ms. Directed advertising is not supported. */
  configure(least: number, most: number, type: number): Status {
    if (this.active) return STATUS.commandDisallowed;
    if (least < INTERVALS[0] || most > INTERVALS[1] || least > most || type > 4) return STATUS.invalidParameters;
    const kind = KINDS.get(type);
    if (kind === undefined) return STATUS.unsupported;
    this.kind = kind;
    this.#intervalMs = least * UNIT_MS;
    return STATUS.success;
  }

  /** Enabling again changes nothing. */
  enable(on: boolean): void {
    if (!on) {
      this.#next?.();
      this.#next = undefined;
    } else if (!this.active) this.#schedule(0);
  }

  reset(): void {
    this.enable(false);
    this.kind = 'connectable';
    this.#intervalMs = DEFAULT_INTERVAL * UNIT_MS;
    this.data = EMPTY;
    this.response = EMPTY;
  }

  #schedule(delayMs: number): void {
    this.#next = this.#clock.later(delayMs, () => {
      this.#schedule(this.#intervalMs + this.#air.chance() * MOST_JITTER_MS);
      this.#send();
    });
  }
}
