// The shell around a pure machine, a lock or an electronic key: one input at a time into step(), its effects carried out in the order given, its
// timer kept. It decides nothing. When anything here or in the machine turns out to be broken (an InvariantError, a write that failed,
// a key that does not sign) it halts, no input is taken any more, and whoever runs it is told once.

import { assert } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import type { Result } from '@mortise/base/result.ts';

/** What the shell sees of a machine's state. `nextWakeMs`: when it wants a tick at the latest, monotonic. */
export type Wakeable = { readonly nextWakeMs: number | undefined };

/** What every machine hears from its shell. */
export type ShellEvent =
  | { readonly kind: 'tick' }
  | { readonly kind: 'stored'; readonly id: number }
  | { readonly kind: 'signed'; readonly id: number; readonly signature: Bytes };

/** What every machine asks of it: one durable write, answered by `stored`; one raw signature by a long-term key, answered by `signed`. */
export type StoreEffect<Write> = { readonly kind: 'store'; readonly id: number; readonly write: Write };
export type SignEffect<Key> = { readonly kind: 'sign'; readonly id: number; readonly key: Key; readonly message: Bytes };

type Change<State, Effect> = { readonly state: State; readonly effects: readonly Effect[] };

export type StepShellPorts<State extends Wakeable, Event, Write, Key, Other extends { readonly kind: string }> = {
  /** The machine; whoever gives it reads clock and randomness for each input. */
  readonly step: (state: State, event: Event | ShellEvent) => Change<State, StoreEffect<Write> | SignEffect<Key> | Other>;
  readonly commit: (writes: readonly Write[]) => Result<undefined, { readonly code: string }>;
  readonly sign: (key: Key, message: Bytes) => Promise<Bytes>;
  /** Every other effect. */
  readonly carryOut: (effect: Other) => void;
  readonly monotonicMs: () => number;
  /** After every input. */
  readonly changed: () => void;
  /** At its end, once: what the machine could move moves no more. */
  readonly halted: () => void;
  /** Once; after it the shell is dead. `code` says what broke, in kebab case. */
  readonly failed: (code: string, error: unknown) => void;
};

/** setTimeout counts in 32 bits; a machine that wants to wake later is woken early and says so again. */
const LONGEST_SLEEP_MS = 3_600_000;

export class StepShell<State extends Wakeable, Event, Write, Key, Other extends { readonly kind: string }> {
  readonly #ports: StepShellPorts<State, Event, Write, Key, Other>;
  readonly #inputs: (Event | ShellEvent)[] = [];
  #state: State;
  #writes: { readonly id: number; readonly write: Write }[] = [];
  #stepping = false;
  #halted = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(state: State, ports: StepShellPorts<State, Event, Write, Key, Other>) {
    this.#state = state;
    this.#ports = ports;
  }

  state(): State {
    return this.#state;
  }

  /** Takes an event; those that come while another is worked on wait in line. */
  input(event: Event | ShellEvent): void {
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
    this.#ports.halted();
  }

  #take(event: Event | ShellEvent): void {
    try {
      const { state, effects } = this.#ports.step(this.#state, event);
      this.#state = state;
      for (const effect of effects) this.#carryOut(effect);
    } catch (error) {
      this.#fail('invariant-broken', error);
    }
  }

  #carryOut(effect: StoreEffect<Write> | SignEffect<Key> | Other): void {
    if (isStore<Write>(effect)) return this.#store(effect);
    if (isSign<Key>(effect)) return this.#sign(effect);
    return this.#ports.carryOut(effect);
  }

  // Writes wait for the end of this turn of the event loop; all that queued meanwhile share one flush of the disk.
  #store({ id, write }: StoreEffect<Write>): void {
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

  #sign({ id, key, message }: SignEffect<Key>): void {
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
    assert(!Number.isNaN(nextWakeMs), 'a machine wakes at a time');
    const sleepMs = Math.min(LONGEST_SLEEP_MS, Math.max(1, nextWakeMs - this.#ports.monotonicMs()));
    this.#timer = setTimeout(() => this.input({ kind: 'tick' }), sleepMs);
  }

  #fail(code: string, error: unknown): void {
    if (this.#halted) return;
    this.halt();
    this.#ports.failed(code, error);
  }
}

const isStore = <Write>(effect: { readonly kind: string }): effect is StoreEffect<Write> => effect.kind === 'store';
const isSign = <Key>(effect: { readonly kind: string }): effect is SignEffect<Key> => effect.kind === 'sign';
