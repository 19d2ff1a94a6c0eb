// One opening or locking by a phone without a screen: wallet/operation.ts over the hub's relay socket, with the time at which the
// ring is full, and a hand on every frame: a test may hold it back, change it or drop it, either way.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Verb } from '@mortise/aliro/vendor.ts';
import { required } from '@mortise/base/assert.ts';
import { fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { freshEntropy } from '@mortise/node/entropy.ts';
import { startOperation, stepOperation, type OperationEffect, type OperationInput, type OperationPhase } from '@mortise/wallet/operation.ts';
import type { OperationOutcome } from '@mortise/wallet/operation-outcome.ts';
import type { SiteKey } from '@mortise/wallet/site-key.ts';
import type { Session } from './session.ts';

export type Frame = { readonly direction: 'toLock' | 'toPhone'; /** From 1, in each direction. */ readonly index: number; readonly bytes: Bytes };

export type OperationOptions = {
  /** From the opening of the socket to the full ring; 0 when left out: the finger is only touched. */
  readonly ringMs?: number;
  /** Each frame before it goes on: the frames to go on in its stead, at the time at which they come. */
  readonly pass?: (frame: Frame) => readonly Bytes[] | Promise<readonly Bytes[]>;
  /** After the full ring, for the receipt. */
  readonly timeoutMs?: number;
  /** 32 bytes; fresh ones when left out. The request id follows from them. */
  readonly entropy?: Bytes;
  /** The phone's signature over Aliro's message; its own when left out. */
  readonly sign?: (message: Bytes) => Bytes | Promise<Bytes>;
  readonly onProgress?: (phase: OperationPhase) => void;
};

/** Times in milliseconds since the call. */
export type Operated = {
  readonly outcome: OperationOutcome;
  /** The reason with which the hub closed the socket before the outcome; '' for none. */
  readonly closedWith: string;
  readonly openMs: number | undefined;
  readonly ringMs: number | undefined;
  readonly phases: readonly { readonly phase: OperationPhase; readonly atMs: number }[];
  readonly doneMs: number;
};

export type Phone = { readonly site: SiteKey; readonly key: KeyPair };
export type LockAddress = { readonly lockId: string; readonly identityKey: string };

const TIMEOUT_MS = 12_000;
const CONNECT_MS = 10_000;

/** Operates `lock`; always answers. */
export const operate = (session: Session, { site, key }: Phone, lock: LockAddress, verb: Verb, options: OperationOptions = {}): Promise<Operated> => {
  const { ringMs: wait = 0, pass = ({ bytes }) => [bytes], timeoutMs = TIMEOUT_MS, entropy = freshEntropy(), onProgress = () => undefined } = options;
  const { sign = (message) => nodeCrypto.p256.sign(key.privateKey.reveal(), message) } = options;
  const started = performance.now();
  const since = (): number => performance.now() - started;
  const { promise, resolve } = Promise.withResolvers<Operated>();
  const identityKey = required(fromBase64url(lock.identityKey), 'an identity key is base64url');
  const begun = startOperation(nodeCrypto, { site, lock: { identityKey }, command: { verb }, entropy });
  const socket = session.socket('relay', lock.lockId);
  const phases: { phase: OperationPhase; atMs: number }[] = [];
  const index = { toLock: 0, toPhone: 0 };
  let { state } = begun;
  let openMs: number | undefined;
  let ringMs: number | undefined;
  let closedWith = '';
  let timer = setTimeout(() => { put({ kind: 'ended', code: 'timed-out' }); }, CONNECT_MS);
  // Frames keep their order, however long one is held back.
  let inTurn: Promise<void> = Promise.resolve();
  const through = (direction: Frame['direction'], bytes: Bytes, deliver: (bytes: Bytes) => void): void => {
    index[direction] += 1;
    const frame = { direction, index: index[direction], bytes };
    inTurn = inTurn.then(async () => { for (const each of await pass(frame)) deliver(each); });
  };
  const carryOut = (effect: OperationEffect): void => {
    switch (effect.kind) {
      case 'send':
        through('toLock', effect.bytes, (bytes) => { if (socket.readyState === socket.OPEN) socket.send(bytes); });
        return;
      case 'sign':
        void Promise.resolve(sign(effect.message)).then((signature) => { put({ kind: 'signed', signature }); });
        return;
      case 'progress':
        phases.push({ phase: effect.phase, atMs: since() });
        onProgress(effect.phase);
        return;
      case 'done':
        clearTimeout(timer);
        socket.close();
        resolve({ outcome: effect.outcome, closedWith, openMs, ringMs, phases, doneMs: since() });
    }
  };
  const put = (input: OperationInput): void => {
    const step = stepOperation(nodeCrypto, state, input);
    state = step.state;
    step.effects.forEach(carryOut);
  };
  socket.on('open', () => {
    openMs = since();
    begun.effects.forEach(carryOut);
    clearTimeout(timer);
    void sleep(wait).then(() => {
      timer = setTimeout(() => { put({ kind: 'ended', code: 'timed-out' }); }, timeoutMs);
      ringMs = since();
      put({ kind: 'ringFull' });
      if (state.isDone) clearTimeout(timer);
    });
  });
  socket.on('message', (data) => {
    if (Buffer.isBuffer(data)) through('toPhone', new Uint8Array(data), (bytes) => { put({ kind: 'frame', bytes }); });
  });
  socket.on('error', () => { put({ kind: 'ended', code: 'link-lost' }); });
  socket.on('close', (_code, reason) => {
    closedWith = reason.toString();
    inTurn = inTurn.then(() => { put(closedWith === '' ? { kind: 'ended', code: 'link-lost' } : { kind: 'closed', said: closedWith }); });
  });
  return promise;
};
