// A lock in its body: what the shell of every machine does (device's step-shell.ts), with what is sensed coming in and drives going out. Until a
// lock that broke is started anew from its store it moves nothing: that is the safe state.

import { unreachable } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import type { Result } from '@mortise/base/result.ts';
import type { NetworkSettings } from '@mortise/documents/network-settings.ts';
import { StepShell, type Wakeable } from '@mortise/device/step-shell.ts';
import type { LockEffect, LockEvent, LockInput, Reading, StoreWrite } from '@mortise/lock/events.ts';
import { sensedEvents, type Body } from './body.ts';
import type { EntryPad } from './entry-pad.ts';

type LongTermKey = 'identity' | 'reader';

export type ShellPorts<State extends Wakeable> = {
  readonly step: (state: State, input: LockInput) => { readonly state: State; readonly effects: readonly LockEffect[] };
  readonly body: Body;
  readonly pad: EntryPad;
  readonly commit: (writes: readonly StoreWrite[]) => Result<undefined, { readonly code: string }>;
  /** A raw 64-byte signature by a long-term key. */
  readonly sign: (key: LongTermKey, message: Bytes) => Promise<Bytes>;
  readonly send: (effect: Extract<LockEffect, { readonly kind: 'send' }>['message']) => void;
  /** A near frame for who is at the door; and to close its connection once it has gone out. */
  readonly near: { readonly send: (connection: number, frame: Bytes) => void; readonly close: (connection: number) => void };
  /** The lock is at its end: everything that it knew is to be erased. */
  readonly erase: () => void;
  /** The network to join, and where the hub is; before the credentials for it. */
  readonly network: (settings: NetworkSettings) => void;
  /** An empty certificate: the lock's own. An empty CA: the one known before. */
  readonly linkCredentials: (certificate: Bytes, ca: Bytes) => void;
  readonly now: () => Reading;
  /** 32 bytes that nobody has seen. */
  readonly entropy: () => Bytes;
  /** After every input. */
  readonly changed: () => void;
  /** Once; after it the shell is dead. `code` says what broke, in kebab case. */
  readonly failed: (code: string, error: unknown) => void;
};

type OtherEffect = Exclude<LockEffect, { readonly kind: 'store' | 'sign' }>;

export class Shell<State extends Wakeable> {
  readonly #ports: ShellPorts<State>;
  readonly #shell: StepShell<State, LockEvent, StoreWrite, LongTermKey, OtherEffect>;
  #deaf: readonly (() => void)[] = [];

  constructor(state: State, ports: ShellPorts<State>) {
    this.#ports = ports;
    this.#shell = new StepShell(state, {
      step: (current, event) => ports.step(current, { now: ports.now(), entropy: ports.entropy(), event }),
      commit: ports.commit, sign: ports.sign, changed: ports.changed, failed: ports.failed,
      carryOut: (effect) => this.#carryOut(effect),
      monotonicMs: () => ports.now().monotonicMs,
      halted: () => {
        for (const stop of this.#deaf) stop();
        ports.body.halt();
      },
    });
  }

  state(): State {
    return this.#shell.state();
  }

  /** Tells the lock what is sensed, that it started, and from then on what changes. */
  start(): void {
    for (const event of sensedEvents(this.#ports.body.sense())) this.input(event);
    this.input({ kind: 'started' });
    const slots = this.#ports.pad.fingerSlots();
    if (slots !== undefined) this.input({ kind: 'fingerSlots', slots });
    const hear = (event: LockEvent): void => this.input(event);
    this.#deaf = [this.#ports.body.listen(hear), this.#ports.pad.listen(hear)];
  }

  /** Takes an event; those that come while another is worked on wait in line. */
  input(event: LockEvent): void {
    this.#shell.input(event);
  }

  /** Ends this life: what was queued for the store is not written, nothing moves, nothing more is heard. */
  halt(): void {
    this.#shell.halt();
  }

  #carryOut(effect: OtherEffect): void {
    const { body, pad, send, near, network, linkCredentials } = this.#ports;
    switch (effect.kind) {
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
      case 'fingerEnrol':
        return pad.enrolFinger(effect.slot, effect.forMs);
      case 'fingerForget':
        return pad.forgetFinger(effect.slot);
      case 'cardSend':
        return pad.sendToCard(effect.apdu);
      case 'signal':
        return body.signal(effect.what);
      case 'network':
        return network(effect.settings);
      case 'linkCredentials':
        return linkCredentials(effect.certificate, effect.ca);
      default:
        return unreachable(effect);
    }
  }
}
