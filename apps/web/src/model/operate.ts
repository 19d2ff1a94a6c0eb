// One operation with a lock: wallet's machine over the hub's relay socket. Nothing is asked of the lock before `send`; a socket that
// was dropped before it leaves no trace but an unanswered SELECT. What the lock signed moves the door's state on this page.

import { STREAMS } from '@mortise/api/routes.ts';
import type { Door } from '@mortise/api/locks.ts';
import type { Verb } from '@mortise/aliro/vendor.ts';
import { fromBase64url } from '@mortise/base/bytes.ts';
import { err, type Result } from '@mortise/base/result.ts';
import { freshEntropy } from '@mortise/browser/entropy.ts';
import { signWith } from '@mortise/browser/signing-key.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import type { JournalRecord } from '@mortise/journal/record.ts';
import { PROOF_MS, startOperation, stepOperation, type Operation, type OperationEffect, type OperationInput } from '@mortise/wallet/operation.ts';
import type { OperationOutcome } from '@mortise/wallet/operation-outcome.ts';
import { phoneKey, phoneKeyFault, siteKey } from '../keys/phone-key.ts';
import { outcomeCode } from '../words/outcome.ts';
import { socketAddress } from './client.ts';
import { hearOwnReceipt } from './lock-words.ts';

export type Running = {
  /** The ring is full. */
  readonly send: () => void;
  /** The finger let go: nothing more is said. */
  readonly drop: () => void;
  /** What the lock signed, or a code of words/reasons.ts. Never settles after `drop`. */
  readonly outcome: Promise<Result<JournalRecord, string>>;
};

/** From the full ring to the lock's receipt: our 3 s, its own 5 s, the bolt's 3 s, and the way. */
const ANSWER_MS = 12_000;

const failed = (code: string): Running => ({ send: () => undefined, drop: () => undefined, outcome: Promise.resolve(err(code)) });

/** Begins: the socket is opened and the lock answers as far as it can without knowing what is wanted. */
export const operate = (door: Door, verb: Verb): Running => {
  const [site, key, identityKey] = [siteKey.value, phoneKey.value, fromBase64url(door.lock.identityKey)];
  if (site === undefined || key === undefined) return failed(phoneKeyFault.value === undefined ? 'no-phone-key' : 'key-unread');
  if (identityKey === undefined) return failed('not-understood');

  const socket = new WebSocket(socketAddress(STREAMS.relay, { lockId: door.lock.lockId }));
  socket.binaryType = 'arraybuffer';
  const { promise, resolve } = Promise.withResolvers<Result<JournalRecord, string>>();
  const begun = startOperation(nobleCrypto, { site, lock: { identityKey }, command: { verb }, entropy: freshEntropy() });
  let state: Operation = begun.state;
  let waiting: Uint8Array<ArrayBuffer>[] | undefined = [];
  let timers: readonly ReturnType<typeof setTimeout>[] = [];

  const transmit = (bytes: Uint8Array): void => {
    const frame = new Uint8Array(bytes);
    if (waiting === undefined) socket.send(frame);
    else waiting.push(frame);
  };
  const finish = (outcome: OperationOutcome): void => {
    timers.forEach(clearTimeout);
    socket.close();
    const result = outcomeCode(verb, outcome);
    if (outcome.kind === 'sensed') hearOwnReceipt(door.lock.lockId, outcome.receipt);
    resolve(result);
  };
  const sign = (message: Uint8Array): void => {
    signWith(key, message).then((signature) => put({ kind: 'signed', signature }), () => {
      socket.close();
      resolve(err('key-unusable'));
    });
  };
  const carryOut = (effect: OperationEffect): void => {
    if (effect.kind === 'send') transmit(effect.bytes);
    else if (effect.kind === 'sign') sign(effect.message);
    else if (effect.kind === 'done') finish(effect.outcome);
  };
  const put = (input: OperationInput): void => {
    const step = stepOperation(nobleCrypto, state, input);
    state = step.state;
    for (const effect of step.effects) carryOut(effect);
  };

  begun.effects.forEach(carryOut);
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

  return {
    send: () => {
      timers = [
        setTimeout(() => put({ kind: 'overdue' }), PROOF_MS),
        setTimeout(() => put({ kind: 'ended', code: 'timed-out' }), ANSWER_MS),
      ];
      put({ kind: 'ringFull' });
      if (state.isDone) timers.forEach(clearTimeout);
    },
    drop: () => {
      timers.forEach(clearTimeout);
      state = { ...state, isDone: true };
      socket.close();
    },
    outcome: promise,
  };
};
