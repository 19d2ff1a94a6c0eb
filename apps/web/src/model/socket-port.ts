// Near links by WebSocket, in the place of a radio: the hub says where they may be, and that is remembered, so that they are tried without it.

import { ROUTES } from '@mortise/api/routes.ts';
import type { NearChannel } from '@mortise/courier/near-channel.ts';
import { MAX_PACKET_BYTES } from '@mortise/courier/near-packet.ts';
import type { WireKind } from '@mortise/wallet/near-wire.ts';
import { readStored, writeStored } from '../keys/store.ts';
import { call } from './client.ts';
import { MAX_PLACES, type NearPort } from './near-port.ts';

const NAME = 'near-links';
const OPEN_MS = 1200;

const isAddress = (value: unknown): value is string => typeof value === 'string' && /^wss?:\/\//.test(value);

const remembered = async (): Promise<readonly string[]> => {
  const stored = await readStored('values', NAME);
  return stored.ok && Array.isArray(stored.value) ? stored.value.filter(isAddress).slice(0, MAX_PLACES) : [];
};

let addresses: readonly string[] | undefined;

/** Asks the hub where near links may be, and remembers it; without an answer what is remembered stands. */
export const refreshAddresses = async (): Promise<void> => {
  const answer = await call(ROUTES.nearLinks);
  if (!answer.ok) return;
  // What was found without the hub stays.
  await keep([...new Set([...answer.value.addresses, ...await known()])]);
};

/** A place where a lock answered that the hub does not name; looked at first from now on. */
export const rememberAddress = async (address: string): Promise<void> => {
  const list = await known();
  if (!list.includes(address)) await keep([address, ...list]);
};

/** Where locks may answer. */
export const known = async (): Promise<readonly string[]> => (addresses ??= await remembered());

const keep = async (list: readonly string[]): Promise<void> => {
  addresses = list.slice(0, MAX_PLACES);
  await writeStored([{ store: 'values', name: NAME, value: [...addresses] }]);
};

/** A virtual passive lock is touched by way of a connection of its own, which stands for the line of a station or an adapter. */
const wireOf = (address: string): WireKind => (new URL(address).pathname.endsWith('/contact') ? 'contact' : 'radio');

const channelOf = (socket: WebSocket): NearChannel => ({
  packetBytes: MAX_PACKET_BYTES,
  unsentBytes: () => socket.bufferedAmount,
  send: (packet) => { if (socket.readyState === WebSocket.OPEN) socket.send(new Uint8Array(packet)); },
  close: () => socket.close(),
  cut: () => socket.close(),
  hear: ({ packet, closed }) => {
    socket.addEventListener('message', ({ data }) => packet(data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(0)));
    socket.addEventListener('close', closed);
  },
});

const open = (address: string): Promise<NearChannel | undefined> => {
  const { promise, resolve } = Promise.withResolvers<NearChannel | undefined>();
  const socket = new WebSocket(address);
  socket.binaryType = 'arraybuffer';
  const late = setTimeout(() => socket.close(), OPEN_MS);
  socket.addEventListener('open', () => resolve(channelOf(socket)));
  socket.addEventListener('close', () => resolve(undefined));
  void promise.then(() => clearTimeout(late));
  return promise;
};

export const socketPort: NearPort = { isRadio: false, places: known, has: isAddress, wireOf, open };
