// The Workbench of an electronic key: the key in a hand, and beside it the lock that it touches. A page for hands, on this machine only; on its port
// also the socket by which the key is updated.

import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { EkeyAction, EkeyWorkbench } from '@mortise/api/ekey-workbench.ts';
import { unreachable } from '@mortise/base/assert.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { servePage, type Page, type PageError } from '@mortise/device/page-server.ts';
import type { EkeyError, ElectronicKey } from './electronic-key.ts';
import { machineView } from './key-view.ts';
import { lockAtPort, portOfLock } from './lock-address.ts';
import { isPassiveLock, LockBeside } from './lock-beside.ts';
import { Touching } from './touching.ts';
import { updateSockets } from './update-sockets.ts';
import { ACTION_FORMS, parseAction } from './workbench-action.ts';

/** Where the built pages lie. */
export const PAGE_ROOT = join(import.meta.dirname, '..', '..', 'web', 'dist');
const PAGE = 'key-workbench.html';

/** What the process has beside the key itself: its ways to the hub. */
export type Ways = {
  readonly network: () => EkeyWorkbench['network'];
  readonly serial: () => EkeyWorkbench['serial'];
  /** Fetches an update by the network now. */
  readonly update: () => Result<undefined, EkeyError>;
};

const MALFORMED: EkeyError = { code: 'action-malformed', message: `Send one of ${ACTION_FORMS}.` };
const NO_ADDRESS: EkeyError = { code: 'address-wrong', message: 'Give the address of a lock’s Workbench on this machine, like http://localhost:8402/.' };
const NO_LOCK: EkeyError = { code: 'lock-missing', message: 'No passive lock answers at that address. Start one there with `mortise lock --passive`, or choose another address.' };
const NONE_BESIDE: EkeyError = { code: 'lock-not-chosen', message: 'Choose first which lock the key touches.' };

/** The hand that holds the key and turns the lock. */
export class Bench {
  readonly #key: ElectronicKey;
  readonly #ways: Ways;
  readonly #name: string;
  readonly touching: Touching;
  #beside: LockBeside | undefined;

  constructor(key: ElectronicKey, ways: Ways, name: string) {
    [this.#key, this.#ways, this.#name, this.touching] = [key, ways, name, new Touching(key)];
    const port = key.body.lock === null ? undefined : portOfLock(key.body.lock);
    if (port !== undefined) this.#beside = new LockBeside(port, () => key.changed());
  }

  /** Serves it on 127.0.0.1; port 0 takes any free one. */
  serve(wantedPort: number, pageRoot = PAGE_ROOT): Promise<Result<Page, PageError>> {
    return servePage({
      pageRoot, page: PAGE, sockets: [updateSockets(this.#key)],
      read: () => this.read(),
      watch: (watcher) => this.#key.watch(watcher),
      act: (json) => {
        const action = parseAction(json);
        return action === undefined ? Promise.resolve(err(MALFORMED)) : this.#act(action);
      },
    }, wantedPort);
  }

  read(): EkeyWorkbench | undefined {
    const state = this.#key.state();
    const { body } = this.#key;
    if (state === undefined) return undefined;
    const touch = this.touching.now();
    return {
      kind: 'ekey', name: this.#name, batteryMv: body.batteryMv, ...machineView(state, { monotonicMs: Math.floor(performance.now()), rtcMs: body.rtc }, body.rtc),
      touch: touch === undefined ? null : { bytes: touch.bytes, liftAfter: touch.liftAfter ?? null }, lastTouchBytes: this.touching.lastBytes() ?? null,
      lock: this.#beside === undefined ? null : { address: lockAtPort(this.#beside.port), body: this.#beside.body() ?? null, trouble: this.#beside.trouble() ?? null },
      network: this.#ways.network(), serial: this.#ways.serial(), fault: this.#key.fault()?.message ?? null,
    };
  }

  close(): void {
    this.touching.lift();
    this.#beside?.close();
  }

  async #act(action: EkeyAction): Promise<Result<undefined, EkeyError>> {
    switch (action.action) {
      case 'lock':
        return this.#choose(action.address);
      case 'touch':
        return this.#beside === undefined ? err(NONE_BESIDE) : this.touching.touch(this.#beside.port, action.liftAfter);
      case 'turn':
        return this.#beside === undefined ? err(NONE_BESIDE) : this.#beside.turn(action.to);
      case 'update':
        return this.#ways.update();
      case 'reset':
        return this.#key.reset();
      default:
        this.#change(action);
        return ok(undefined);
    }
  }

  #change(action: Exclude<EkeyAction, { readonly action: 'lock' | 'touch' | 'turn' | 'update' | 'reset' }>): void {
    const { body } = this.#key;
    switch (action.action) {
      case 'lift':
        return this.touching.lift();
      case 'pin':
        return this.#key.input({ kind: 'pin', digits: action.digits });
      case 'choose-pin':
        return this.#key.input({ kind: 'pinChosen', digits: action.digits });
      case 'battery':
        body.setBattery(action.mv);
        return this.#key.input({ kind: 'battery', mv: action.mv });
      case 'clock':
        body.moveClock(action.moveMs);
        return this.#key.input({ kind: 'tick' });
      case 'clock-lost':
        body.loseClock();
        return this.#key.input({ kind: 'tick' });
      default:
        return unreachable(action);
    }
  }

  async #choose(address: string): Promise<Result<undefined, EkeyError>> {
    const port = portOfLock(address);
    if (port === undefined) return err(NO_ADDRESS);
    if (!(await isPassiveLock(port))) return err(NO_LOCK);
    this.touching.lift();
    this.#beside?.close();
    this.#beside = new LockBeside(port, () => this.#key.changed());
    this.#key.body.putBeside(lockAtPort(port));
    this.#key.changed();
    return ok(undefined);
  }
}
