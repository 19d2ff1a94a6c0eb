// By what this page speaks with an electronic key: bytes both ways, whatever carries them. A WebSocket stands for the wire of a virtual key; a key on a
// USB cable is a serial port, where the browser has those (Chromium at a desk; Web Serial, W3C Community Group draft). Nothing is read
// here: wallet's key-update.ts makes messages of bytes.

import type { Bytes } from '@mortise/base/bytes.ts';
import { readStored, writeStored } from '../keys/store.ts';

export type Wire = { readonly write: (bytes: Bytes) => void; readonly close: () => void };
/** `ended`: once, also after this side closed it. */
export type WireHearing = { readonly bytes: (bytes: Bytes) => void; readonly ended: () => void };
/** Undefined: nobody is there. */
export type OpenWire = (hearing: WireHearing) => Promise<Wire | undefined>;

/** How long a wire may take to come about. */
const OPEN_MS = 4000;

export const socketWire = (address: string): OpenWire => (hearing) => {
  const { promise, resolve } = Promise.withResolvers<Wire | undefined>();
  const socket = socketAt(address);
  if (socket === undefined) return Promise.resolve(undefined);
  socket.binaryType = 'arraybuffer';
  const timer = setTimeout(() => socket.close(), OPEN_MS);
  socket.addEventListener('open', () => {
    clearTimeout(timer);
    resolve({ write: (bytes) => { if (socket.readyState === WebSocket.OPEN) socket.send(new Uint8Array(bytes)); }, close: () => socket.close() });
  });
  socket.addEventListener('message', ({ data }) => {
    // Text is no bytes: whoever sends it is no key.
    if (data instanceof ArrayBuffer) hearing.bytes(new Uint8Array(data));
    else socket.close();
  });
  socket.addEventListener('close', () => {
    clearTimeout(timer);
    resolve(undefined);
    hearing.ended();
  });
  return promise;
};

const socketAt = (address: string): WebSocket | undefined => {
  try {
    return new WebSocket(address);
  } catch {
    return undefined; // no address, or one that this page may not speak with
  }
};

// ---- a virtual key ---------------------------------------------------------------------------------------------------------

const NAME = 'key-port';
export const DEFAULT_PORT = '8403';

/** The port at which the virtual key was last met. */
export const lastPort = async (): Promise<string> => {
  const stored = await readStored('values', NAME);
  return stored.ok && typeof stored.value === 'string' && isPort(stored.value) ? stored.value : DEFAULT_PORT;
};

export const rememberPort = async (port: string): Promise<void> => {
  await writeStored([{ store: 'values', name: NAME, value: port }]);
};

export const isPort = (text: string): boolean => /^[1-9]\d{0,4}$/.test(text) && Number(text) <= 65_535;

/** On this machine alone: the page may speak with no other (the hub's content policy). */
export const addressOfPort = (port: string): string => `ws://localhost:${port}/update`;

// ---- a key on a cable ------------------------------------------------------------------------------------------------------

/** What a key's serial line runs at; one over USB takes any. */
export const BAUD_RATE = 115_200;

// Web Serial is in no standard library of types: what is used of it, and no more.
type SerialPort = {
  readonly open: (options: { readonly baudRate: number }) => Promise<void>;
  readonly close: () => Promise<void>;
  readonly readable: ReadableStream<Uint8Array> | null;
  readonly writable: WritableStream<Uint8Array> | null;
};
type Serial = { readonly requestPort: () => Promise<SerialPort> };

const isSerial = (value: unknown): value is Serial => typeof value === 'object' && value !== null && 'requestPort' in value && typeof value.requestPort === 'function';

const serialOf = (from: unknown): Serial | undefined =>
  typeof from === 'object' && from !== null && 'serial' in from && isSerial(from.serial) ? from.serial : undefined;

/** Whether this browser can speak with a key on a cable. */
export const hasSerial = (from: unknown = globalThis.navigator): boolean => serialOf(from) !== undefined;

/** Asks the person which port it is, the first time: call it from their click. */
export const serialWire = (from: unknown = globalThis.navigator): OpenWire => {
  let port: SerialPort | undefined;
  return async (hearing) => {
    try {
      port ??= await serialOf(from)?.requestPort();
      await port?.open({ baudRate: BAUD_RATE });
      return port === undefined ? undefined : overPort(port, hearing);
    } catch {
      return undefined; // nothing was chosen, or it is gone, or another program has it
    }
  };
};

const overPort = (port: SerialPort, hearing: WireHearing): Wire | undefined => {
  const [reader, writer] = [port.readable?.getReader(), port.writable?.getWriter()];
  if (reader === undefined || writer === undefined) return undefined;
  const end = async (): Promise<void> => {
    reader.releaseLock();
    writer.releaseLock();
    await port.close();
  };
  void readAll(reader, hearing).then(end).catch(ignore).finally(hearing.ended);
  // What is written to a line that is gone ends the reading too.
  return { write: (bytes) => void writer.write(new Uint8Array(bytes)).catch(ignore), close: () => void reader.cancel().catch(ignore) };
};

const readAll = async (reader: ReadableStreamDefaultReader<Uint8Array>, { bytes }: WireHearing): Promise<void> => {
  for (let read = await reader.read(); !read.done; read = await reader.read()) bytes(read.value);
};

// However a line ends, it has ended.
const ignore = (_error: unknown): void => undefined;
