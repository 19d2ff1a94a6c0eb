// The shell around the lock: one input at a time into step(), its effects carried out in the order given, its timer kept. It
// decides nothing. When anything here or in the lock turns out to be broken (an InvariantError, a write that failed, a key
// that does not sign) it halts: the motor is cut, no input is taken any more, and whoever runs it is told once. Until it
// is started anew from its store the lock moves nothing: that is the safe state.

import { assert, unreachable } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import type { Result } from '@mortise/base/result.ts';
import type { LockEffect, LockEvent, LockInput, Reading, StoreWrite } from '@mortise/lock/events.ts';
import { sensedEvents, type Body } from './body.ts';

/** What the shell sees of a lock's state. `nextWakeMs`: when it wants a tick at the latest, monotonic. */
export type Wakeable = { readonly nextWakeMs: number | undefined };

export type ShellPorts<State extends Wakeable> = {
  readonly step: (state: State, input: LockInput) => { readonly state: State; readonly effects: readonly LockEffect[] };
  readonly body: Body;
  readonly commit: (writes: readonly StoreWrite[]) => Result<undefined, { readonly code: string }>;
  /** A raw 64-byte signature by a long-term key. */
  readonly sign: (key: 'identity' | 'reader', message: Bytes) => Promise<Bytes>;
  readonly send: (effect: Extract<LockEffect, { readonly kind: 'send' }>['message']) => void;
  /** A near frame for a phone at the door; and to close its connection once it has gone out. */
  readonly near: { readonly send: (connection: number, frame: Bytes) => void; readonly close: (connection: number) => void };
  /** The lock is at its end: everything that it knew is to be erased. */
  readonly erase: () => void;
  readonly linkCredentials: (certificate: Bytes, ca: Bytes) => void;
  readonly now: () => Reading;
  /** 32 bytes that nobody has seen. */
  readonly entropy: () => Bytes;
  /** After every input. */
  readonly changed: () => void;
  /** Once; after it the shell is dead. `code` says what broke, in kebab case. */
  readonly failed: (code: string, error: unknown) => void;
};

/** setTimeout counts in 32 bits; a lock that wants to wake later is woken early and says so again. */
const LONGEST_SLEEP_MS = 3_600_000;

type PendingWrite = { readonly id: number; readonly write: StoreWrite };

export class Shell<State extends Wakeable> {
  readonly #ports: ShellPorts<State>;
  readonly #inputs: LockEvent[] = [];
  #state: State;
  #writes: PendingWrite[] = [];
  #stepping = false;
  #halted = false;
  #timer: NodeJS.Timeout | undefined;
  #deaf: () => void = () => undefined;

  constructor(state: State, ports: ShellPorts<State>) {
    this.#state = state;
    this.#ports = ports;
  }

  state(): State {
    return this.#state;
  }

  /** Tells the lock what is sensed, that it started, and from then on what changes. */
  start(): void {
    for (const event of sensedEvents(this.#ports.body.sense())) this.input(event);
    this.input({ kind: 'started' });
    this.#deaf = this.#ports.body.listen((event) => this.input(event));
  }

  /** Takes an event; those that come while another is worked on wait in line. */
  input(event: LockEvent): void {
    if (this.#halted) return;
    this.#inputs.push(event);
    if (this.#stepping) return;
    this.#stepping = true;
    for (let next = this.#inputs.shift(); next !== undefined && !this.#halted; next = this.#inputs.shift()) this.#take(next);
    this.#stepping = false;
    if (!this.#halted) this.#settle();
  }

  /** Ends this life: what was queued for the store is not written, nothing moves, nothing more is heard. */
  halt(): void {
    if (this.#halted) return;
    this.#halted = true;
    this.#inputs.length = 0;
    this.#writes = [];
    clearTimeout(this.#timer);
    this.#deaf();
    this.#ports.body.halt();
  }

  #take(event: LockEvent): void {
    try {
      const { state, effects } = this.#ports.step(this.#state, { now: this.#ports.now(), entropy: this.#ports.entropy(), event });
      this.#state = state;
      for (const effect of effects) this.#carryOut(effect);
    } catch (error) {
      this.#fail('invariant-broken', error);
    }
  }

  #carryOut(effect: LockEffect): void {
    const { body, send, near, linkCredentials } = this.#ports;
    switch (effect.kind) {
      case 'store':
        return this.#store(effect);
      case 'sign':
        return this.#sign(effect.id, effect.key, effect.message);
      case 'send':
        return send(effect.message);
      case 'nearSend':
        return near.send(effect.connection, effect.frame);
      case 'nearClose':
        return near.close(effect.connection);
      case 'drive':
        return body.drive(effect.direction);
      // It cuts a motor that did not arrive; without one, what frees the bolt is what moves it elsewhere.
      case 'block':
        return body.halt();
      case 'erase':
        return this.#ports.erase();
      case 'signal':
        return body.signal(effect.what);
      case 'linkCredentials':
        return linkCredentials(effect.certificate, effect.ca);
      default:
        return unreachable(effect);
    }
  }

  // Writes wait for the end of this turn of the event loop; all that queued meanwhile share one flush of the disk.
  #store({ id, write }: PendingWrite): void {
    if (this.#writes.length === 0) setImmediate(() => this.#flush());
    this.#writes.push({ id, write });
  }

  #flush(): void {
    const pending = this.#writes;
    this.#writes = [];
    if (pending.length === 0) return;
    try {
      const written = this.#ports.commit(pending.map(({ write }) => write));
      if (!written.ok) return this.#fail(written.error.code, undefined);
    } catch (error) {
      return this.#fail('store-broken', error);
    }
    for (const { id } of pending) this.input({ kind: 'stored', id });
  }

  #sign(id: number, key: 'identity' | 'reader', message: Bytes): void {
    this.#ports.sign(key, message).then(
      (signature) => this.input({ kind: 'signed', id, signature }),
      (error: unknown) => this.#fail('signing-failed', error),
    );
  }

  #settle(): void {
    this.#ports.changed();
    clearTimeout(this.#timer);
    const { nextWakeMs } = this.#state;
    if (nextWakeMs === undefined) return;
    assert(!Number.isNaN(nextWakeMs), 'a lock wakes at a time');
    const sleepMs = Math.min(LONGEST_SLEEP_MS, Math.max(1, nextWakeMs - this.#ports.now().monotonicMs));
    this.#timer = setTimeout(() => this.input({ kind: 'tick' }), sleepMs);
  }

  #fail(code: string, error: unknown): void {
    if (this.#halted) return;
    this.halt();
    this.#ports.failed(code, error);
  }
}
