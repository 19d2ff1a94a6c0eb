// APDUs over a socket (SPEC §11.1): each preceded by its length, two bytes, big-endian. Whatever the peer does ends in a value: the time for one
// whole APDU is bounded, and so is its length, before anything is kept.

import type { Socket } from 'node:net';
import { EMPTY, concat, fromUint, uint, type Bytes } from '@mortise/base/bytes.ts';

export type BrokenCode = 'connection-closed' | 'timeout' | 'length-out-of-bounds';
export type Received = { readonly kind: 'apdu'; readonly apdu: Bytes } | { readonly kind: 'broken'; readonly code: BrokenCode };

export type ApduLink = {
  /** The next whole APDU; waits at most the link's time. */
  readonly receive: () => Promise<Received>;
  /** A peer that is gone shows at the next `receive`. */
  readonly send: (apdu: Bytes) => void;
  /** Says what was sent, hears the peer out for a moment, and closes. */
  readonly close: () => Promise<void>;
};

/** The longest chain (32,768 bytes) in one APDU of extended length. */
export const MAX_APDU_BYTES = 32_777;
const LENGTH_BYTES = 2;
const LINGER_MS = 500;

type Taken = Bytes | 'closed' | 'timeout';

/** Resolves as soon as reading is worth another try. */
const stirred = (socket: Socket, deadline: number): Promise<'stirred' | 'timeout'> =>
  new Promise((resolve) => {
    // On a busy machine timers come before what has arrived meanwhile: that is looked at once more.
    const timer = setTimeout(() => { last = setImmediate(() => { settle('timeout'); }); }, Math.max(0, deadline - performance.now()));
    let last: NodeJS.Immediate | undefined;
    const settle = (how: 'stirred' | 'timeout'): void => {
      clearTimeout(timer);
      clearImmediate(last);
      for (const event of EVENTS) socket.off(event, onStir);
      resolve(how);
    };
    const onStir = (): void => { settle('stirred'); };
    for (const event of EVENTS) socket.on(event, onStir);
  });

const EVENTS = ['readable', 'end', 'close'] as const;

const isOver = (socket: Socket): boolean => socket.readableEnded || socket.destroyed;

/** What has come and was not taken yet. */
type Inbox = { readonly socket: Socket; held: Bytes };

/** Everything that is there is taken over before we wait: to wait for more of what is there already would be to spin. */
const take = async (inbox: Inbox, length: number, deadline: number): Promise<Taken> => {
  const { socket } = inbox;
  while (inbox.held.length < length) {
    const chunk: unknown = isOver(socket) ? undefined : socket.read();
    if (chunk instanceof Uint8Array) inbox.held = concat(inbox.held, chunk);
    else if (isOver(socket)) return 'closed';
    else if ((await stirred(socket, deadline)) === 'timeout') return 'timeout';
  }
  const taken = inbox.held.slice(0, length);
  inbox.held = inbox.held.slice(length);
  return taken;
};

const broken = (taken: 'closed' | 'timeout'): Received => ({ kind: 'broken', code: taken === 'timeout' ? 'timeout' : 'connection-closed' });

const receive = async (inbox: Inbox, timeoutMs: number): Promise<Received> => {
  const deadline = performance.now() + timeoutMs;
  const head = await take(inbox, LENGTH_BYTES, deadline);
  if (typeof head === 'string') return broken(head);
  const length = fromUint(head);
  if (length === 0 || length > MAX_APDU_BYTES) return { kind: 'broken', code: 'length-out-of-bounds' };
  const apdu = await take(inbox, length, deadline);
  return typeof apdu === 'string' ? broken(apdu) : { kind: 'apdu', apdu };
};

/** Unread bytes at the end of a connection would take our last words with them, so they are read and dropped. */
const close = async (socket: Socket): Promise<void> => {
  if (socket.destroyed) return;
  const closed = new Promise<void>((resolve) => { socket.once('close', () => { resolve(); }); });
  const linger = setTimeout(() => { socket.destroy(); }, LINGER_MS);
  socket.end();
  socket.resume();
  await closed;
  clearTimeout(linger);
};

/** `socket` with `allowHalfOpen`: a peer that has said its last word is still answered. */
export const apduLink = (socket: Socket, timeoutMs: number): ApduLink => {
  socket.on('error', () => { socket.destroy(); });
  socket.setNoDelay(true);
  const inbox: Inbox = { socket, held: EMPTY };
  return {
    receive: () => receive(inbox, timeoutMs),
    send: (apdu) => { if (socket.writable) socket.write(concat(uint(apdu.length, LENGTH_BYTES), apdu)); },
    close: () => close(socket),
  };
};
