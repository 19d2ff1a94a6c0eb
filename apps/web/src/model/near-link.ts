// One connection to a lock at the door: the socket that stands for the radio, and wallet's machine of it. Whoever opened it hears what the
// lock says; it closes when nothing has come for a while.

import type { Bytes } from '@mortise/base/bytes.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import type { WireKind } from '@mortise/wallet/near-wire.ts';
import { meetLock, QUIET_MS, stepNear, type NearEffect, type NearInput } from '@mortise/wallet/near-contact.ts';

export type NearHearing = {
  /** A link message from the lock, for the hub. */
  readonly carried?: (message: Bytes) => void;
  /** The lock's adoption message. */
  readonly adoption?: (message: Bytes) => void;
  /** Of the operation under way. */
  readonly operation?: (effect: Extract<NearEffect, { readonly kind: 'sign' | 'progress' | 'done' }>) => void;
  readonly closed?: () => void;
};

export type NearLink = {
  readonly address: string;
  readonly lockId: LockId;
  /** The first bytes of its site's id, as it says: unproven; undefined: nobody owns it. */
  readonly sitePrefix: Bytes | undefined;
  readonly hear: (hearing: NearHearing) => void;
  readonly put: (input: Exclude<NearInput, { readonly kind: 'packet' | 'lost' }>) => void;
  readonly close: () => void;
};

/** How long a lock may take to say hello. */
export const HELLO_MS = 1200;
/** Without an operation under way a connection is of use for so long. */
const IDLE_MS = 20_000;

/** A virtual passive lock is touched by way of a connection of its own, which stands for the line of a station or an adapter. */
const wireOf = (address: string): WireKind => (new URL(address).pathname.endsWith('/contact') ? 'contact' : 'radio');

/** Connects, and waits for the lock's hello; undefined: nobody answers there. */
export const connectNear = (address: string): Promise<NearLink | undefined> => {
  const { promise, resolve } = Promise.withResolvers<NearLink | undefined>();
  let state = meetLock(wireOf(address));
  let hearing: NearHearing = {};
  let isBusy = false;
  const socket = new WebSocket(address);
  socket.binaryType = 'arraybuffer';
  let timer = setTimeout(() => close(), HELLO_MS);
  const close = (): void => {
    clearTimeout(timer);
    socket.close();
    resolve(undefined);
  };
  const wait = (ms: number): void => {
    clearTimeout(timer);
    if (!isBusy) timer = setTimeout(close, ms);
  };
  const link = (lockId: LockId, sitePrefix: Bytes | undefined): NearLink => ({
    address, lockId, sitePrefix, close, put,
    hear: (next) => { hearing = next; },
  });
  const carryOut = (effect: NearEffect): void => {
    switch (effect.kind) {
      case 'send':
        if (socket.readyState === WebSocket.OPEN) socket.send(new Uint8Array(effect.packet));
        return;
      case 'met':
        wait(IDLE_MS);
        resolve(link(effect.lockId, effect.sitePrefix));
        return;
      case 'carried':
        hearing.carried?.(effect.message);
        return;
      case 'adoption':
        hearing.adoption?.(effect.bytes);
        return;
      case 'gave':
        return;
      case 'close':
        close();
        return;
      case 'done':
        isBusy = false;
        wait(QUIET_MS);
        hearing.operation?.(effect);
        return;
      default:
        hearing.operation?.(effect);
    }
  };
  const put = (input: NearInput): void => {
    if (input.kind === 'operate') isBusy = true;
    const step = stepNear(nobleCrypto, state, input);
    state = step.state;
    step.effects.forEach(carryOut);
  };
  socket.addEventListener('message', ({ data }) => {
    wait(QUIET_MS);
    put({ kind: 'packet', bytes: data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(0) });
  });
  socket.addEventListener('close', () => {
    clearTimeout(timer);
    put({ kind: 'lost' });
    resolve(undefined);
    hearing.closed?.();
  });
  return promise;
};
