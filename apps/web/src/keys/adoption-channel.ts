// The way of an adoption's messages: by the hub's socket to a lock on its link, or straight to a lock that is here. Either is believed in nothing.

import { CLOSE } from '@mortise/api/error.ts';
import { STREAMS } from '@mortise/api/routes.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { decodeAdoptBody, encodeAdoptBody } from '@mortise/courier/link-body.ts';
import type { AdoptionError } from '@mortise/documents/adoption-message.ts';
import { socketAddress } from '../model/client.ts';
import { meetAt } from '../model/near.ts';
import type { NearLink } from '../model/near-link.ts';

export type LinkFailure = { readonly kind: 'link'; readonly code: 'lock-offline' | 'no-answer' | 'link-lost' | 'not-here' };
export type ChannelFailure = LinkFailure | { readonly kind: 'lock'; readonly error: AdoptionError };
export type Channel = {
  readonly send: (step: number, bytes: Bytes) => void;
  /** The answer to what was sent; called before anything else is. */
  readonly receive: () => Promise<Result<Bytes, ChannelFailure>>;
  readonly close: () => void;
};

/** Over the hub, or at the place of a near link. */
export type AdoptVia = { readonly kind: 'hub' } | { readonly kind: 'near'; readonly place: string };

const ANSWER_MS = 15_000;

const failed = (code: LinkFailure['code']) => err<LinkFailure>({ kind: 'link', code });

/** One answer at a time. */
const mailbox = () => {
  let settle: ((result: Result<Bytes, ChannelFailure>) => void) | undefined;
  const answer = (result: Result<Bytes, ChannelFailure>): void => {
    settle?.(result);
    settle = undefined;
  };
  const receive: Channel['receive'] = () => {
    const { promise, resolve } = Promise.withResolvers<Result<Bytes, ChannelFailure>>();
    const timer = setTimeout(() => answer(failed('no-answer')), ANSWER_MS);
    settle = (result) => {
      clearTimeout(timer);
      resolve(result);
    };
    return promise;
  };
  return { answer, receive };
};

/** By the hub's socket. */
export const openHubChannel = (lockId: string): Promise<Result<Channel, ChannelFailure>> => {
  const socket = new WebSocket(socketAddress(STREAMS.adopt, { lockId }));
  socket.binaryType = 'arraybuffer';
  const { answer, receive } = mailbox();
  socket.addEventListener('message', ({ data }) => {
    const body = data instanceof ArrayBuffer ? decodeAdoptBody(new Uint8Array(data)) : undefined;
    answer(body === undefined ? err({ kind: 'lock', error: { code: 'malformed' } }) : ok(body.bytes));
  });
  return new Promise((resolve) => {
    socket.addEventListener('open', () => resolve(ok({
      send: (step, bytes) => socket.send(new Uint8Array(encodeAdoptBody({ step, bytes }))), receive, close: () => socket.close(),
    })));
    socket.addEventListener('close', ({ code }) => {
      const failure = failed(code === CLOSE.lockOffline ? 'lock-offline' : 'link-lost');
      answer(failure);
      resolve(failure);
    });
  });
};

/** To the lock that answers at a place, if it is this one. */
export const openNearChannel = async (place: string, lockId: string): Promise<Result<Channel, ChannelFailure>> => {
  const link = await meetAt(place);
  if (link !== undefined && link.lockId === lockId) return ok(channelOver(link));
  link?.close();
  return failed('not-here');
};

const channelOver = (link: NearLink): Channel => {
  const { answer, receive } = mailbox();
  link.hear({ adoption: (bytes) => answer(ok(bytes)), closed: () => answer(failed('link-lost')) });
  return { send: (step, bytes) => link.put({ kind: 'adopt', step, bytes }), receive, close: link.close };
};
