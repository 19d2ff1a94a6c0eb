// One connection to a lock at the door: a channel, and wallet's machine of it. Whoever opened it hears what the lock says; it closes when nothing has come
// for a while.

import type { Bytes } from '@mortise/base/bytes.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import type { NearChannel } from '@mortise/courier/near-channel.ts';
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
  readonly place: string;
  readonly lockId: LockId;
  readonly isOpen: () => boolean;
  /** An operation is under way. */
  readonly isBusy: () => boolean;
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
/** With an adoption under way: the owner's side of it asks the hub meanwhile. The lock waits for a minute. */
const ADOPTION_MS = 50_000;

/** Waits for the lock's hello on a channel that was just opened; undefined: nobody speaks there. `wire`: what its pieces are. */
export const meetOver = (place: string, channel: NearChannel, wire: WireKind): Promise<NearLink | undefined> => {
  const { promise, resolve } = Promise.withResolvers<NearLink | undefined>();
  let state = meetLock(wire, channel.packetBytes);
  let hearing: NearHearing = {};
  let [isBusy, isOpen] = [false, true];
  let quietMs = QUIET_MS;
  let timer = setTimeout(() => close(), HELLO_MS);
  const close = (): void => {
    clearTimeout(timer);
    isOpen = false;
    channel.close();
    resolve(undefined);
  };
  const wait = (ms: number): void => {
    clearTimeout(timer);
    if (!isBusy) timer = setTimeout(close, ms);
  };
  const link = (lockId: LockId, sitePrefix: Bytes | undefined): NearLink => ({
    place, lockId, sitePrefix, close, put,
    isOpen: () => isOpen,
    isBusy: () => isBusy,
    hear: (next) => { hearing = next; },
  });
  const carryOut = (effect: NearEffect): void => {
    switch (effect.kind) {
      case 'send':
        channel.send(effect.packet);
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
    if (input.kind === 'adopt') wait(quietMs = ADOPTION_MS);
    const step = stepNear(nobleCrypto, state, input);
    state = step.state;
    step.effects.forEach(carryOut);
  };
  const packet = (bytes: Bytes): void => {
    wait(quietMs);
    put({ kind: 'packet', bytes });
  };
  const closed = (): void => {
    clearTimeout(timer);
    isOpen = false;
    put({ kind: 'lost' });
    resolve(undefined);
    hearing.closed?.();
  };
  channel.hear({ packet, closed });
  return promise;
};
