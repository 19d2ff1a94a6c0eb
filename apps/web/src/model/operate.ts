// One operation with a lock, by the hub's relay or straight at the door: wallet's machines over a socket, with the timers and the signature.
// Nothing is asked of the lock before `send`; what was dropped before it leaves no trace but an unanswered SELECT. What the lock signed
// moves the door's state on this page.

import { STREAMS } from '@mortise/api/routes.ts';
import type { Verb } from '@mortise/aliro/vendor.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { err, type Result } from '@mortise/base/result.ts';
import { freshEntropy } from '@mortise/browser/entropy.ts';
import { signWith, type SigningKey } from '@mortise/browser/signing-key.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import type { JournalRecord } from '@mortise/journal/record.ts';
import { PROOF_MS, startOperation, stepOperation, type Operation, type OperationEffect, type OperationInput, type OperationRequest } from '@mortise/wallet/operation.ts';
import type { OperationOutcome } from '@mortise/wallet/operation-outcome.ts';
import type { SiteKey } from '@mortise/wallet/site-key.ts';
import { outcomeCode } from '../words/outcome.ts';
import { carryOver } from './carrying.ts';
import { socketAddress } from './client.ts';
import { hearOwnReceipt } from './lock-words.ts';
import type { NearLink } from './near-link.ts';

export type Running = {
  /** The ring is full. */
  readonly send: () => void;
  /** The finger let go: nothing more is said. */
  readonly drop: () => void;
  /** What the lock signed, or a code that @mortise/words puts into words. Never settles after `drop`. */
  readonly outcome: Promise<Result<JournalRecord, string>>;
};

/** Which lock is asked, with which key, for what. */
export type Asking = { readonly lockId: string; readonly identityKey: Bytes; readonly site: SiteKey; readonly key: SigningKey; readonly verb: Verb; /** Seconds since 1970, of a hold. */ readonly until?: number };

/** From the full ring to the lock's receipt: our 3 s, its own 5 s, the bolt's 3 s, and the way. */
const ANSWER_MS = 12_000;

export const failed = (code: string): Running => ({ send: () => undefined, drop: () => undefined, outcome: Promise.resolve(err(code)) });

const requestOf = ({ site, identityKey, verb, until }: Asking): Omit<OperationRequest, 'via'> => ({ site, lock: { identityKey }, command: { verb, ...(until !== undefined && { until }) }, entropy: freshEntropy() });

type Shell = {
  /** To the machine. */
  readonly put: (input: Exclude<OperationInput, { readonly kind: 'frame' }>) => void;
  /** From it; `close` once nothing more is to be said. */
  readonly carryOut: (effect: Exclude<OperationEffect, { readonly kind: 'send' }>) => void;
  readonly running: Running;
};

/** What relay and near link have in common. */
const shellOf = ({ key, lockId, verb }: Asking, put: Shell['put'], close: () => void): Shell => {
  const { promise, resolve } = Promise.withResolvers<Result<JournalRecord, string>>();
  let timers: readonly ReturnType<typeof setTimeout>[] = [];
  let isDropped = false;
  const finish = (outcome: OperationOutcome): void => {
    timers.forEach(clearTimeout);
    if (isDropped) return;
    if (outcome.kind === 'sensed') hearOwnReceipt(lockId, outcome.receipt);
    resolve(outcomeCode(verb, outcome));
  };
  const sign = (message: Bytes): void => {
    signWith(key, message).then((signature) => put({ kind: 'signed', signature }), () => {
      close();
      resolve(err('key-unusable'));
    });
  };
  return {
    put,
    carryOut: (effect) => {
      if (effect.kind === 'sign') sign(effect.message);
      else if (effect.kind === 'done') finish(effect.outcome);
    },
    running: {
      send: () => {
        timers = [setTimeout(() => put({ kind: 'overdue' }), PROOF_MS), setTimeout(() => put({ kind: 'ended', code: 'timed-out' }), ANSWER_MS)];
        put({ kind: 'ringFull' });
      },
      drop: () => {
        isDropped = true;
        timers.forEach(clearTimeout);
        put({ kind: 'ended', code: 'released' });
        close();
      },
      outcome: promise,
    },
  };
};

/** By the hub's relay: the socket is opened and the lock answers as far as it can without knowing what is wanted. */
export const operateByRelay = (asking: Asking): Running => {
  const socket = new WebSocket(socketAddress(STREAMS.relay, { lockId: asking.lockId }));
  socket.binaryType = 'arraybuffer';
  let state: Operation | undefined;
  let waiting: Uint8Array<ArrayBuffer>[] | undefined = [];
  const transmit = (bytes: Bytes): void => {
    const frame = new Uint8Array(bytes);
    if (waiting === undefined) socket.send(frame);
    else waiting.push(frame);
  };
  const each = (effect: OperationEffect): void => {
    if (effect.kind === 'send') transmit(effect.bytes);
    else shell.carryOut(effect);
    if (effect.kind === 'done') socket.close();
  };
  const put = (input: OperationInput): void => {
    if (state === undefined) return;
    const step = stepOperation(nobleCrypto, state, input);
    state = step.state;
    step.effects.forEach(each);
  };
  const shell = shellOf(asking, put, () => socket.close());
  const begun = startOperation(nobleCrypto, requestOf(asking));
  state = begun.state;
  begun.effects.forEach(each);
  socket.addEventListener('open', () => {
    const queued = waiting ?? [];
    waiting = undefined;
    for (const frame of queued) socket.send(frame);
  });
  socket.addEventListener('message', ({ data }) => {
    if (data instanceof ArrayBuffer) put({ kind: 'frame', bytes: new Uint8Array(data) });
  });
  socket.addEventListener('close', ({ reason }) => {
    // The hub's word for why; the machine knows how far to believe it.
    put(/^[a-z][a-z-]{2,40}$/.test(reason) ? { kind: 'closed', said: reason } : { kind: 'ended', code: 'link-lost' });
  });
  return shell.running;
};

/** Straight at the door. After the operation the connection carries, and closes by itself. */
export const operateNear = (asking: Asking, link: NearLink): Running => {
  const shell = shellOf(asking, (input) => {
    if (input.kind !== 'closed') link.put({ kind: 'operation', input });
  }, link.close);
  carryOver(link, asking, { operation: shell.carryOut });
  link.put({ kind: 'operate', request: requestOf(asking) });
  return shell.running;
};
