// The lock's radio, kept up: it opens the adapter, advertises what the lock is, hands each phone to the near links, and when the adapter is gone or
// refuses tries again, after waits that double. Nothing here keeps the lock from anything else.

import { clockQuality, instantOf } from '@mortise/access/clock.ts';
import { RESOLVING_KEY_BYTES } from '@mortise/aliro/advertisement.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { openAdapter, type AdapterName } from '@mortise/bluetooth/adapter.ts';
import { Peripheral, type PeripheralHearing } from '@mortise/bluetooth/peripheral.ts';
import type { Reading } from '@mortise/lock/events.ts';
import type { LockState } from '@mortise/lock/state.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { freshEntropy } from '@mortise/node/entropy.ts';
import { advertisingOf, ROTATE_MS } from './advertising.ts';
import { backoffMs, type BackoffLimits } from '@mortise/device/backoff.ts';
import type { Log } from '@mortise/device/log.ts';
import { Watchers } from '@mortise/device/watchers.ts';
import type { NearLinks } from './near-links.ts';

export type BluetoothPorts = {
  readonly adapter: AdapterName;
  readonly links: NearLinks;
  readonly lock: () => LockState | undefined;
  /** Calls back after everything that may have changed what is advertised. */
  readonly watch: (watcher: () => void) => () => void;
  readonly now: () => Reading;
  readonly log: Log;
  readonly restart?: BackoffLimits;
};

const RESTART: BackoffLimits = { firstMs: 500, longestMs: 60_000 };
/** Of the adapter: up, or why not; `starting` until it has answered once. */
export type RadioStanding = { readonly up: boolean; readonly why: string | null };

/** An adapter that was up this long has earned a quick restart. */
const STEADY_MS = 60_000;

export class Bluetooth {
  readonly #ports: BluetoothPorts;
  // Nobody is told it yet, so nobody can resolve the tags; it is another one at each start.
  readonly #resolvingKey: Bytes = freshEntropy().slice(0, RESOLVING_KEY_BYTES);
  readonly #unwatch: () => void;
  readonly #rotation: NodeJS.Timeout;
  #peripheral: Peripheral | undefined;
  #told: string | undefined;
  #tries = 0;
  #why = 'starting';
  readonly #watchers = new Watchers();
  #retry: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(ports: BluetoothPorts) {
    this.#ports = ports;
    this.#unwatch = ports.watch(() => { if (this.#subject() !== this.#told) this.#advertise(); });
    this.#rotation = setInterval(() => this.#advertise(), ROTATE_MS).unref();
    void this.#open();
  }

  standing(): RadioStanding {
    return this.#peripheral === undefined ? { up: false, why: this.#why } : { up: true, why: null };
  }

  /** Calls back after every change of the standing. */
  watch(watcher: () => void): () => void {
    return this.#watchers.watch(watcher);
  }

  close(): void {
    this.#isClosed = true;
    this.#unwatch();
    clearInterval(this.#rotation);
    clearTimeout(this.#retry);
    this.#peripheral?.close();
    this.#peripheral = undefined;
  }

  async #open(): Promise<void> {
    const { adapter, links, log } = this.#ports;
    const opened = openAdapter(adapter);
    if (!opened.ok) return this.#down(opened.error.code);
    const startedMs = performance.now();
    const hearing: PeripheralHearing = {
      arrived: (channel) => links.accept(channel),
      down: (code) => {
        if (performance.now() - startedMs > STEADY_MS) this.#tries = 0;
        this.#peripheral = undefined;
        this.#down(code);
      },
      fault: ({ kind }) => log('bluetooth-stranger', { why: { code: kind } }),
    };
    const peripheral = await Peripheral.open(opened.value, hearing);
    if (!peripheral.ok) return this.#down(peripheral.error.code);
    if (this.#isClosed) return peripheral.value.close();
    this.#peripheral = peripheral.value;
    log('bluetooth-up');
    this.#watchers.changed();
    return this.#advertise();
  }

  #down(code: string): void {
    if (this.#isClosed) return;
    const waitMs = backoffMs(this.#ports.restart ?? RESTART, this.#tries, Math.random());
    this.#tries += 1;
    this.#why = code;
    this.#watchers.changed();
    this.#ports.log('bluetooth-down', { why: { code }, waitMs });
    this.#retry = setTimeout(() => void this.#open(), waitMs);
  }

  #advertise(): void {
    const state = this.#ports.lock();
    if (state === undefined || this.#peripheral === undefined) return;
    this.#told = this.#subject();
    this.#peripheral.advertise(advertisingOf(state, { crypto: nodeCrypto, resolvingKey: this.#resolvingKey, address: this.#peripheral.address(), nowMs: this.#nowMs(state) }));
  }

  // What an advertisement depends on, besides the hour.
  #subject(): string | undefined {
    const state = this.#ports.lock();
    if (state === undefined) return undefined;
    const { membership, lockId } = state;
    return `${lockId} ${membership.kind === 'adopted' ? membership.ownerSet.siteId : 'nobody'} ${this.#nowMs(state) === undefined}`;
  }

  #nowMs({ clock }: LockState): number | undefined {
    const now = this.#ports.now();
    return clockQuality(clock, now) === 'lost' ? undefined : instantOf(clock, now);
  }
}
