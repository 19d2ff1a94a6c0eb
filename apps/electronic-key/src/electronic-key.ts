// An electronic key on one machine: its life, its body, the lock that it touches, and whoever updates it. A life that breaks ends, is told, and a new
// one begins from the store, after waits that double. The reset ends a life on purpose.

import { performance } from 'node:perf_hooks';
import type { Bytes } from '@mortise/base/bytes.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { unreachable } from '@mortise/base/assert.ts';
import { backoffMs } from '@mortise/device/backoff.ts';
import { beginErased } from '@mortise/device/erase.ts';
import type { Log } from '@mortise/device/log.ts';
import { StepShell } from '@mortise/device/step-shell.ts';
import { Watchers } from '@mortise/device/watchers.ts';
import type { Context, EkeyEffect, EkeyEvent, Reading, StoreWrite } from '@mortise/ekey/events.ts';
import type { EkeyState } from '@mortise/ekey/state.ts';
import { step } from '@mortise/ekey/step.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { freshEntropy } from '@mortise/node/entropy.ts';
import { longTermSigner } from '@mortise/node/p256.ts';
import type { KeyBody } from './key-body.ts';
import { beginLife, eraseMemory, lifeErrorMessage, lifePaths, type Life, type LifeError, type LifePaths } from './life.ts';

type LongTermKey = 'identity' | 'credential';
type OtherEffect = Exclude<EkeyEffect, { readonly kind: 'store' | 'sign' }>;
type Running = Life & { readonly shell: StepShell<EkeyState, EkeyEvent, StoreWrite, LongTermKey, OtherEffect> };

/** `code` in kebab case; `message` says in a sentence what to do. */
export type EkeyError = { readonly code: string; readonly message: string };

/** Whoever hears what the key says: the wire to a lock, a phone, a station, the network. `close`: the key has ended it. */
export type Hearer = { readonly send: (message: Bytes) => void; readonly close: () => void };
/** What that one says to the key, and that it is gone. Without effect once another took its place. */
export type Speaker = { readonly say: (bytes: Bytes) => void; readonly gone: () => void };

const RESTART = { firstMs: 1000, longestMs: 60_000 };

export class ElectronicKey {
  readonly body: KeyBody;
  readonly #log: Log;
  readonly #paths: LifePaths;
  readonly #context: Context = { crypto: nodeCrypto };
  readonly #watchers = new Watchers();
  #running: Running | undefined;
  #lastState: EkeyState | undefined;
  #fault: EkeyError | undefined;
  #restarts = 0;
  #retry: NodeJS.Timeout | undefined;
  #lock: Hearer | undefined;
  #courier: Hearer | undefined;

  constructor(data: string, body: KeyBody, log: Log) {
    [this.#paths, this.body, this.#log] = [lifePaths(data), body, log];
  }

  /** Brings it to life from its directory. On an error nothing runs and nothing was changed. */
  start(): Result<undefined, EkeyError> {
    const life = beginLife(this.#context, this.#paths);
    if (!life.ok) return err({ code: life.error.code, message: lifeErrorMessage(life.error, this.#paths) });
    const shell = this.#shellOf(life.value);
    [this.#running, this.#fault] = [{ ...life.value, shell }, undefined];
    shell.input({ kind: 'battery', mv: this.body.batteryMv });
    shell.input({ kind: 'started' });
    return ok(undefined);
  }

  /** What the key knows; when it is broken, what it knew last. Undefined before `start`. */
  state(): EkeyState | undefined {
    return this.#running?.shell.state() ?? this.#lastState;
  }

  fault(): EkeyError | undefined {
    return this.#fault;
  }

  /** The time as the key reads it. Reading a real-time clock that lost its power is what tells of it. */
  reading(): Reading {
    return { monotonicMs: Math.floor(performance.now()), rtcMs: this.body.readRtc() };
  }

  input(event: EkeyEvent): void {
    this.#running?.shell.input(event);
  }

  /** A raw signature of the credential key, for a hub that asks who comes. */
  signAsCredential(message: Bytes): Bytes | undefined {
    return this.#running === undefined ? undefined : longTermSigner(this.#running.secrets.credential.privateKey.reveal())(message);
  }

  /** A lock is there: whatever was touched before is lifted. */
  touch(lock: Hearer): Speaker {
    this.#lock = lock;
    this.input({ kind: 'touched', via: 'contact', verb: 'unlock' });
    const isHere = (): boolean => this.#lock === lock;
    return {
      say: (bytes) => { if (isHere()) this.input({ kind: 'frame', bytes }); },
      gone: () => {
        if (!isHere()) return;
        this.#lock = undefined;
        this.input({ kind: 'lifted' });
      },
    };
  }

  /** Somebody is there who updates it. One at a time: a new one takes the place of the one before, which is closed. */
  link(courier: Hearer): Speaker {
    const before = this.#courier;
    this.#courier = courier;
    before?.close();
    this.input({ kind: 'linked' });
    const isHere = (): boolean => this.#courier === courier;
    return {
      say: (bytes) => { if (isHere()) this.input({ kind: 'message', bytes }); },
      gone: () => {
        if (!isHere()) return;
        this.#courier = undefined;
        this.input({ kind: 'unlinked' });
      },
    };
  }

  /** The physical act: everything stored is erased, both key pairs are made anew, and it is another key. */
  reset(): Result<undefined, EkeyError> {
    this.#endLife();
    const begun = beginErased(this.#log, eraseMemory(this.#paths), () => this.start(), (error) => this.#said(error));
    if (!begun.ok) this.#fault = begun.error;
    this.changed();
    return begun;
  }

  watch(watcher: () => void): () => void {
    return this.#watchers.watch(watcher);
  }

  /** Told by whoever changes what is shown beside the machine. */
  changed(): void {
    this.#watchers.changed();
  }

  close(): Promise<void> {
    clearTimeout(this.#retry);
    this.#endLife();
    return Promise.resolve();
  }

  #shellOf({ secrets, store, state }: Life): Running['shell'] {
    const signers = { identity: longTermSigner(secrets.identity.privateKey.reveal()), credential: longTermSigner(secrets.credential.privateKey.reveal()) };
    return new StepShell(state, {
      step: (current, event) => step(this.#context, current, { now: this.reading(), entropy: freshEntropy(), event }),
      commit: (writes) => store.commit(writes),
      // On a turn of its own, as a secure element's answer would be.
      sign: (key, message) => Promise.resolve().then(() => signers[key](message)),
      carryOut: (effect) => this.#carryOut(effect),
      monotonicMs: () => performance.now(),
      changed: () => this.changed(),
      halted: () => undefined,
      failed: (code) => this.#failed(code),
    });
  }

  #carryOut(effect: OtherEffect): void {
    switch (effect.kind) {
      case 'touchSend':
        return this.#lock?.send(effect.frame);
      case 'touchClose':
        return this.#lock?.close();
      case 'updateSend':
        return this.#courier?.send(effect.message);
      case 'updateClose':
        return this.#courier?.close();
      default:
        return unreachable(effect);
    }
  }

  #failed(code: string): void {
    this.#log('life-broken', { why: { code }, restarts: this.#restarts });
    this.#endLife();
    this.#fault = { code, message: `Something in the key is broken (${code}). It opens nothing and starts anew by itself.` };
    this.#retry = setTimeout(() => this.#restart(), backoffMs(RESTART, this.#restarts, Math.random()));
    this.#restarts += 1;
    this.changed();
  }

  #restart(): void {
    const begun = this.start();
    if (!begun.ok) this.#failed(begun.error.code);
    this.changed();
  }

  #endLife(): void {
    const life = this.#running;
    this.#running = undefined;
    if (life === undefined) return;
    this.#lastState = life.shell.state();
    life.shell.halt();
    life.store.close();
    const [lock, courier] = [this.#lock, this.#courier];
    [this.#lock, this.#courier] = [undefined, undefined];
    lock?.close();
    courier?.close();
  }

  #said(error: LifeError): EkeyError {
    return { code: error.code, message: lifeErrorMessage(error, this.#paths) };
  }
}
