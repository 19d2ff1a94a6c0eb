// A passive lock: no battery, no clock, no network, and no life between touches. A key that touches powers it: its machine is restored from the store
// and lives for one contact; the lift is a power cut of which it hears nothing, and what was on its way to the store is gone. Only the store, the
// bolt and the numbers of contacts outlive it. What is shown between contacts is what the store says.

import { performance } from 'node:perf_hooks';
import type { WebSocket } from 'ws';
import { err, ok, type Result } from '@mortise/base/result.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { beginErased } from '@mortise/device/erase.ts';
import { FramedSocket, MAX_PIECE_BYTES } from '@mortise/device/framed-socket.ts';
import type { Log } from '@mortise/device/log.ts';
import type { SocketPath } from '@mortise/device/sockets.ts';
import { Watchers } from '@mortise/device/watchers.ts';
import type { Context } from '@mortise/lock/events.ts';
import type { LockState } from '@mortise/lock/state.ts';
import { step } from '@mortise/lock/step.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { freshEntropy } from '@mortise/node/entropy.ts';
import { longTermSigner } from '@mortise/node/p256.ts';
import { NO_PAD } from './entry-pad.ts';
import type { HandBody } from './hand-body.ts';
import type { LockSecrets } from './keys.ts';
import { beginLife, eraseMemory, forgetSetupSecret, lifeErrorMessage, lifePaths, remember, type Life, type LifeError, type LifePaths } from './life.ts';
import { Shell } from './shell.ts';

export const CONTACT_PATH = '/contact';

/** `code` in kebab case; `message` says in a sentence what to do. */
export type PassiveLockError = { readonly code: string; readonly message: string };

type Contact = { readonly wire: FramedSocket; readonly shell: Shell<LockState> };

const NOT_WITHDRAWN: PassiveLockError = { code: 'bolt-not-withdrawn', message: 'Withdraw the bolt with a key first; the lock can be reset only then.' };
const TOUCHED: PassiveLockError = { code: 'key-touches', message: 'A key touches the lock. Lift it first.' };
const BLOCKED: PassiveLockError = { code: 'bolt-blocked', message: 'The bolt is blocked. Only a key that the lock lets in frees it.' };

export class PassiveLock {
  readonly #body: HandBody;
  readonly #log: Log;
  readonly #paths: LifePaths;
  readonly #context: Context = { crypto: nodeCrypto };
  readonly #watchers = new Watchers();
  #kept: Pick<Life, 'secrets' | 'store'> | undefined;
  #contact: Contact | undefined;
  #contacts = 0;
  /** As the last life left the store, or as this one goes on. */
  #shown: LockState | undefined;
  #fault: PassiveLockError | undefined;

  constructor(data: string, body: HandBody, log: Log) {
    [this.#paths, this.#body, this.#log] = [lifePaths(data), body, log];
  }

  /** Opens the store, and makes a new lock where there is none. On an error nothing was changed. */
  start(): Result<undefined, PassiveLockError> {
    const life = beginLife(this.#context, this.#paths, 'passive');
    if (!life.ok) return err(this.#said(life.error));
    const { secrets, store, state } = life.value;
    [this.#kept, this.#shown] = [{ secrets, store }, state];
    return ok(undefined);
  }

  /** What the lock knows: of the life that is on, else what the store says. Undefined before `start`. */
  state(): LockState | undefined {
    return this.#contact?.shell.state() ?? this.#shown;
  }

  /** What keeps it from living, if anything. */
  fault(): PassiveLockError | undefined {
    return this.#fault;
  }

  /** Bytes of the contact that is on, both ways; undefined: no key touches. */
  contactBytes(): number | undefined {
    return this.#contact?.wire.bytes;
  }

  /** Where keys touch: one at a time. */
  get sockets(): SocketPath {
    return {
      path: CONTACT_PATH, maxMessageBytes: MAX_PIECE_BYTES,
      hasRoom: () => this.#kept !== undefined && this.#contact === undefined,
      accept: (socket) => this.#touched(socket),
      terminate: () => this.#lift(),
    };
  }

  /** A hand at the bolt. Refused with `bolt-blocked`. */
  turn(to: 'thrown' | 'withdrawn'): Result<undefined, PassiveLockError> {
    return this.#body.turn(to) ? ok(undefined) : err(BLOCKED);
  }

  /**
   * The physical act inside: forgets everything, renews identity and setup secret, moves nothing. Refused with `bolt-not-withdrawn` unless the bolt
   * is withdrawn (DESIGN §3.11), and with `key-touches`.
   */
  reset(): Result<undefined, PassiveLockError> {
    if (this.#contact !== undefined) return err(TOUCHED);
    if (this.#body.sense().position !== 'withdrawn') return err(NOT_WITHDRAWN);
    this.#kept?.store.close();
    [this.#kept, this.#shown, this.#fault] = [undefined, undefined, undefined];
    const begun = beginErased(this.#log, eraseMemory(this.#paths), () => this.start(), (error) => this.#said(error));
    if (!begun.ok) this.#fault = begun.error;
    this.#watchers.changed();
    return begun;
  }

  watch(watcher: () => void): () => void {
    return this.#watchers.watch(watcher);
  }

  close(): Promise<void> {
    this.#lift();
    this.#kept?.store.close();
    this.#kept = undefined;
    this.#body.close();
    return Promise.resolve();
  }

  // Power: a life begins from what is durable.
  #touched(socket: WebSocket): void {
    const kept = this.#kept;
    const state = kept && remember(this.#context, kept.secrets, kept.store, 'passive');
    if (kept === undefined || this.#contact !== undefined || !state?.ok) {
      if (state?.ok === false) this.#broke(this.#said(state.error));
      socket.terminate();
      return;
    }
    this.#contacts += 1;
    const number = this.#contacts;
    const wire = new FramedSocket(socket, {
      message: (bytes) => shell.input({ kind: 'nearFrame', connection: number, bytes }),
      noise: () => shell.input({ kind: 'nearNoise', connection: number }),
      ended: () => this.#lifted(number),
    });
    const shell = this.#shellOf(kept, state.value, wire);
    [this.#contact, this.#fault] = [{ wire, shell }, undefined];
    shell.start();
    shell.input({ kind: 'nearOpened', connection: number });
  }

  #shellOf({ secrets, store }: Pick<Life, 'secrets' | 'store'>, state: LockState, wire: FramedSocket): Shell<LockState> {
    const signers = { identity: longTermSigner(secrets.identity.privateKey.reveal()), reader: longTermSigner(secrets.reader.privateKey.reveal()) };
    return new Shell(state, {
      step: (current, input) => step(this.#context, current, input),
      pad: NO_PAD,
      body: this.#body,
      commit: (writes) => store.commit(writes),
      // On a turn of its own, as a secure element's answer would be.
      sign: (key, message) => Promise.resolve().then(() => signers[key](message)),
      // It has no link, nor takes word of one.
      send: () => undefined,
      network: () => undefined,
      // Its reset is the body's alone: there is no hub that could hear of it.
      erase: () => undefined,
      // The lock has no more to say; it lives on until the key has left.
      near: { send: (_connection, frame: Bytes) => wire.send(frame), close: () => wire.close() },
      linkCredentials: () => this.#forgetSetup(secrets),
      now: () => ({ monotonicMs: Math.floor(performance.now()), rtcMs: Number.NaN }),
      entropy: freshEntropy,
      changed: () => this.#watchers.changed(),
      failed: (code) => {
        this.#broke({ code, message: `Something in the lock is broken (${code}). The next touch begins anew.` });
        this.#lift();
      },
    });
  }

  // The lock gives these once its adoption is durable, and again at each start: it has an owner, so its label is worth nothing any more.
  #forgetSetup(secrets: LockSecrets): void {
    const forgotten = forgetSetupSecret(this.#paths, secrets);
    if (!forgotten.ok) return this.#log('setup-secret-kept', { why: { code: forgotten.error.code } });
    if (this.#kept !== undefined) this.#kept = { ...this.#kept, secrets: { ...secrets, setupSecret: undefined } };
  }

  #lifted(number: number): void {
    if (number === this.#contacts) this.#lift();
  }

  // No power any more: the life is thrown away, the bolt is blocked where it stands.
  #lift(): void {
    const contact = this.#contact;
    if (contact === undefined) return;
    this.#contact = undefined;
    contact.shell.halt();
    contact.wire.terminate();
    this.#look();
    this.#watchers.changed();
  }

  #look(): void {
    if (this.#kept === undefined) return;
    const state = remember(this.#context, this.#kept.secrets, this.#kept.store, 'passive');
    if (state.ok) this.#shown = state.value;
    else this.#broke(this.#said(state.error));
  }

  #broke(fault: PassiveLockError): void {
    this.#log('life-broken', { why: { code: fault.code } });
    this.#fault = fault;
  }

  #said(error: LifeError): PassiveLockError {
    return { code: error.code, message: lifeErrorMessage(error, this.#paths) };
  }
}
