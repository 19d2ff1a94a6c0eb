// For tests: a phone whose every effect is carried out at once, on a relay to an example lock, through a hub that may be
// honest or not. It keeps all frames and the outcome.

import { assert } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import type { Verb } from '@mortise/aliro/vendor.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { deriveKeyPair, type KeyPair } from '@mortise/crypto/entropy.ts';
import { ExampleLock, type ExampleLockSetup } from './lock.fixture.ts';
import { startOperation, stepOperation, type Operation, type OperationEffect, type OperationInput } from './operation.ts';
import type { OperationOutcome } from './operation-outcome.ts';
import { foundSite } from './own.ts';
import type { SiteKey } from './site-key.ts';

/** What a hub makes of a frame: the frames that go on. `index` counts all frames, both ways. */
export type Hub = (frame: Bytes, index: number, to: 'lock' | 'phone') => readonly Bytes[];

export type RunOptions = {
  readonly hub?: Hub;
  readonly verb?: Verb;
  readonly entropy?: Bytes;
  /** Knows the lock by its id only. */
  readonly byId?: boolean;
  /** The phone's cryptography, where it is not the site's. */
  readonly crypto?: Crypto;
};

export const seedOf = (byte: number): Bytes => new Uint8Array(32).fill(byte);

/** A site with an owner's phone. */
export class ExampleSite {
  readonly crypto: Crypto;
  readonly issuer: KeyPair;
  readonly phone: KeyPair;
  readonly key: SiteKey;

  constructor(crypto: Crypto) {
    const founded = foundSite(crypto, seedOf(1));
    this.crypto = crypto;
    this.issuer = founded.issuer;
    this.phone = deriveKeyPair(crypto, seedOf(2), 'phone');
    this.key = { siteId: founded.ownerSet.siteId, readerIssuerKey: founded.issuer.publicKey, credentialKey: this.phone.publicKey };
  }

  lock(change: Partial<ExampleLockSetup> = {}): ExampleLock {
    const { crypto, key, issuer, phone } = this;
    return new ExampleLock({ crypto, site: key, issuer, trusted: [phone.publicKey], seed: seedOf(3), ...change });
  }

  /** An operation that waits for its ring. */
  begin(lock: ExampleLock, options: RunOptions = {}): ExampleRun {
    return new ExampleRun(this, lock, options);
  }

  /** An operation as far as it goes. */
  run(lock: ExampleLock, options: RunOptions = {}): ExampleRun {
    return this.begin(lock, options).step({ kind: 'ringFull' });
  }
}

export class ExampleRun {
  state: Operation;
  outcome: OperationOutcome | undefined;
  readonly phases: string[] = [];
  /** All frames in order, as their senders sent them. */
  readonly frames: { readonly to: 'lock' | 'phone'; readonly bytes: Bytes }[] = [];
  readonly #site: ExampleSite;
  readonly #lock: ExampleLock;
  readonly #hub: Hub;
  readonly #crypto: Crypto;

  constructor(site: ExampleSite, lock: ExampleLock, { hub = (frame) => [frame], verb = 'unlock', entropy = seedOf(4), byId = false, crypto = site.crypto }: RunOptions) {
    [this.#site, this.#lock, this.#hub, this.#crypto] = [site, lock, hub, crypto];
    const started = startOperation(crypto, { site: site.key, lock: byId ? { lockId: lock.lockId } : { identityKey: lock.identity.publicKey }, command: { verb }, entropy });
    this.state = started.state;
    for (const effect of started.effects) this.#carryOut(effect);
  }

  step(input: OperationInput): this {
    const { state, effects } = stepOperation(this.#crypto, this.state, input);
    this.state = state;
    for (const effect of effects) this.#carryOut(effect);
    return this;
  }

  /** The outcome once the shell runs out of patience. */
  end(): OperationOutcome {
    this.step({ kind: 'ended', code: 'timed-out' });
    assert(this.outcome !== undefined, 'an operation that ended has an outcome');
    return this.outcome;
  }

  /** How many frames the phone sent. */
  get sent(): number {
    return this.frames.filter(({ to }) => to === 'lock').length;
  }

  #carryOut(effect: OperationEffect): void {
    if (effect.kind === 'progress') this.phases.push(effect.phase);
    if (effect.kind === 'send') this.#send(effect.bytes);
    if (effect.kind === 'sign') this.step({ kind: 'signed', signature: this.#site.crypto.p256.sign(this.#site.phone.privateKey.reveal(), effect.message) });
    if (effect.kind === 'done') {
      assert(this.outcome === undefined, 'an operation is done once');
      this.outcome = effect.outcome;
    }
  }

  #send(bytes: Bytes): void {
    for (const onward of this.#pass('lock', bytes)) {
      for (const answer of this.#lock.receive(onward)) for (const back of this.#pass('phone', answer)) this.step({ kind: 'frame', bytes: back });
    }
  }

  #pass(to: 'lock' | 'phone', bytes: Bytes): readonly Bytes[] {
    this.frames.push({ to, bytes });
    return this.#hub(bytes, this.frames.length - 1, to);
  }
}

/** The kind, and why where it has one. */
export const codeOf = (outcome: OperationOutcome): string => ('why' in outcome ? `${outcome.kind} ${outcome.why.code}` : outcome.kind);
