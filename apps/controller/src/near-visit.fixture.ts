// A wallet at the door of a running controller, for tests and measurements: near-contact over a near channel, every effect carried out.

import { WebSocket } from 'ws';
import { assert } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import type { Verb } from '@mortise/aliro/vendor.ts';
import type { NearChannel } from '@mortise/courier/near-channel.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { meetLock, stepNear, type NearContact, type NearEffect, type NearInput } from '@mortise/wallet/near-contact.ts';
import type { OperationPhase } from '@mortise/wallet/operation.ts';
import type { OperationOutcome } from '@mortise/wallet/operation-outcome.ts';
import type { SiteKey } from '@mortise/wallet/site-key.ts';
import { channelOf } from './socket-channel.ts';

/** `fillRing`: called once the lock waits for the ring; left out, it is full at once. */
export type NearAsk = {
  readonly site: SiteKey;
  readonly identityKey: Bytes;
  readonly verb: Verb;
  readonly entropy: Bytes;
  readonly sign: (message: Bytes) => Bytes | Promise<Bytes>;
  readonly fillRing?: () => Promise<void>;
};

export class NearVisit {
  readonly carried: Bytes[] = [];
  readonly gave: Bytes[] = [];
  lockId: string | undefined;
  sitePrefix: Bytes | undefined;
  isOpen = true;
  readonly #channel: NearChannel;
  readonly #crypto: Crypto;
  #state: NearContact;
  #sign: NearAsk['sign'] = () => new Uint8Array(0);
  #progress: (phase: OperationPhase) => void = () => undefined;
  #adoption: (answer: Bytes) => void = () => undefined;
  #done: (outcome: OperationOutcome) => void = () => undefined;

  constructor(channel: NearChannel, crypto: Crypto) {
    [this.#channel, this.#crypto, this.#state] = [channel, crypto, meetLock('radio', channel.packetBytes)];
    const closed = (): void => {
      this.isOpen = false;
      this.put({ kind: 'lost' });
    };
    channel.hear({ packet: (bytes) => this.put({ kind: 'packet', bytes }), closed });
  }

  /** Over a WebSocket; resolves once the connection is open. */
  static open(address: string, crypto: Crypto): Promise<NearVisit> {
    const socket = new WebSocket(address, { perMessageDeflate: false });
    const visit = new NearVisit(channelOf(socket), crypto);
    return new Promise((resolve, reject) => {
      socket.once('open', () => resolve(visit));
      socket.once('error', reject);
    });
  }

  /** One operation to its end. */
  operate({ site, identityKey, verb, entropy, sign, fillRing }: NearAsk): Promise<OperationOutcome> {
    this.#sign = sign;
    return new Promise((resolve) => {
      const fill = (): void => this.put({ kind: 'operation', input: { kind: 'ringFull' } });
      this.#done = resolve;
      this.#progress = (phase) => {
        if (phase === 'ready') void (fillRing?.() ?? Promise.resolve()).then(fill);
      };
      this.put({ kind: 'operate', request: { site, lock: { identityKey }, command: { verb }, entropy } });
    });
  }

  /** One adoption message, and the lock's answer to it. */
  adopt(step: number, bytes: Bytes): Promise<Bytes> {
    return new Promise((resolve) => {
      this.#adoption = resolve;
      this.put({ kind: 'adopt', step, bytes });
    });
  }

  put(input: NearInput): void {
    const { state, effects } = stepNear(this.#crypto, this.#state, input);
    this.#state = state;
    for (const effect of effects) this.#carryOut(effect);
  }

  close(): void {
    this.#channel.cut();
  }

  #carryOut(effect: NearEffect): void {
    switch (effect.kind) {
      case 'send':
        return this.#channel.send(effect.packet);
      case 'sign':
        return void Promise.resolve(this.#sign(effect.message)).then((signature) => this.put({ kind: 'operation', input: { kind: 'signed', signature } }));
      case 'progress':
        return this.#progress(effect.phase);
      case 'done':
        return this.#done(effect.outcome);
      case 'met':
        assert(this.lockId === undefined, 'a lock says once which one it is');
        this.lockId = effect.lockId;
        this.sitePrefix = effect.sitePrefix;
        return;
      case 'adoption':
        return this.#adoption(effect.bytes);
      case 'carried':
        return void this.carried.push(effect.message);
      case 'gave':
        return void this.gave.push(effect.message);
      case 'close':
        return this.#channel.cut();
    }
  }
}
