// The body of an electronic key: its battery, its real-time clock, and which lock stands beside it. All of it survives a restart; the clock runs on
// while the key is off, by the machine's own clock. One that lost its power says so once, and runs on from 1970.

import { fromUtf8, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { readBounded, writeDurably, type FileError } from '@mortise/node/durable-file.ts';

/** `aheadMs`: of the machine's clock; null: without power since it was last read. */
type Physical = { readonly batteryMv: number; readonly aheadMs: number | null; readonly lock: string | null };

/** As it leaves the factory. */
const NEW_KEY: Physical = { batteryMv: 3900, aheadMs: 0, lock: null };
export const MAX_BATTERY_MV = 5000;
const MAX_ADDRESS = 64;

/** `body-malformed`: the file is no key's; nothing was written. */
export type BodyError = FileError | { readonly code: 'body-malformed' };

/** Takes the body that is kept at `path`, or a new one when there is none. */
export const openKeyBody = (path: string): Result<KeyBody, BodyError> => {
  const file = readBounded(path);
  if (!file.ok) return file.error.code === 'file-missing' ? ok(new KeyBody(NEW_KEY, path)) : file;
  const physical = physicalOf(json(file.value));
  return physical === undefined ? err({ code: 'body-malformed' }) : ok(new KeyBody(physical, path));
};

export class KeyBody {
  readonly #path: string;
  #physical: Physical;

  constructor(physical: Physical, path: string) {
    [this.#physical, this.#path] = [physical, path];
  }

  get batteryMv(): number {
    return this.#physical.batteryMv;
  }

  /** The address of the Workbench of the lock that it touches. */
  get lock(): string | null {
    return this.#physical.lock;
  }

  /** What the real-time clock says, ms since 1970; undefined, once, where it has been without power. */
  readRtc(): number | undefined {
    const { aheadMs } = this.#physical;
    if (aheadMs !== null) return this.rtc;
    this.#become({ aheadMs: -Date.now() });
    return undefined;
  }

  /** The same, for show: nothing is known by having looked. */
  get rtc(): number {
    return Math.max(0, Math.round(Date.now() + (this.#physical.aheadMs ?? -Date.now())));
  }

  /** Millivolts, 0 to MAX_BATTERY_MV. */
  setBattery(batteryMv: number): void {
    this.#become({ batteryMv });
  }

  moveClock(ms: number): void {
    this.#become({ aheadMs: (this.#physical.aheadMs ?? -Date.now()) + ms });
  }

  loseClock(): void {
    this.#become({ aheadMs: null });
  }

  putBeside(lock: string): void {
    this.#become({ lock });
  }

  // What is physical changes whether or not it can be written down.
  #become(change: Partial<Physical>): void {
    this.#physical = { ...this.#physical, ...change };
    writeDurably(this.#path, utf8(`${JSON.stringify(this.#physical)}\n`));
  }
}

export const isBattery = (mv: unknown): mv is number => typeof mv === 'number' && Number.isInteger(mv) && mv >= 0 && mv <= MAX_BATTERY_MV;

const physicalOf = (value: unknown): Physical | undefined => {
  if (typeof value !== 'object' || value === null || !('batteryMv' in value && 'aheadMs' in value && 'lock' in value)) return undefined;
  const { batteryMv, aheadMs, lock } = value;
  if (!isBattery(batteryMv) || !(aheadMs === null || (typeof aheadMs === 'number' && Number.isSafeInteger(aheadMs)))) return undefined;
  return lock === null || (typeof lock === 'string' && lock.length <= MAX_ADDRESS) ? { batteryMv, aheadMs, lock } : undefined;
};

const json = (bytes: Bytes): unknown => {
  try {
    return JSON.parse(fromUtf8(bytes));
  } catch (error) {
    return notJson(error);
  }
};

// Whatever the parser says, the file is not ours.
const notJson = (_error: unknown): undefined => undefined;
