// Both commands run in this process with real sockets, and peers that replay a recording or behave badly, for the tests beside.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { concat, fromHex, hex, uint, type Bytes } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import { dispatch } from '../dispatch.ts';
import type { Terminal } from '../terminal.ts';
import { apduLink, type ApduLink } from './apdu-link.ts';

export const VECTORS = fileURLToPath(new URL('../../../../vectors/aliro/', import.meta.url));
/** No transaction: nothing to replay. */
const NO_STEPS = 'revocation-sequence.json';
export const vectorNames = readdirSync(VECTORS).filter((file) => file.endsWith('.json') && file !== NO_STEPS).map((file) => file.slice(0, -5)).toSorted();

export type Step = { readonly from: 'reader' | 'userDevice'; readonly apdu: string };
export type Vector = { readonly inputs: object; readonly steps: readonly Step[]; readonly expect: { readonly access?: string; readonly suggestedReaderStatus?: string } };

export const vectorFile = (name: string): string => `${VECTORS}${name}.json`;
export const readVector = (name: string): Vector => JSON.parse(readFileSync(vectorFile(name), 'utf8'));
export const bytesOf = (text: string): Bytes => required(fromHex(text), 'hexadecimal');

/** `line`: what stood on standard output, read. */
export type Ended = { readonly code: number; readonly out: string; readonly err: string; readonly line: unknown };

export type Started = { readonly port: Promise<number>; readonly ended: Promise<Ended> };

const PORT = /^listening on 127\.0\.0\.1:(\d+)\n/m;

/** Runs a command of ours; `port` is told when it listens. */
export const start = (words: readonly string[]): Started => {
  const said = { out: '', err: '' };
  const { promise: port, resolve } = Promise.withResolvers<number>();
  const terminal: Terminal = {
    out: (text) => { said.out += text; },
    err: (text) => {
      said.err += text;
      const [, digits] = PORT.exec(said.err) ?? [];
      if (digits !== undefined) resolve(Number(digits));
    },
    errIsTty: false,
    now: () => 0,
    wallClock: () => 0,
    env: {},
  };
  const ended = dispatch(words, terminal).then((code) => {
    assert.match(said.out, /^(?:\{[^\n]*\}\n)?$/, 'one line of JSON, or nothing');
    const line: unknown = said.out === '' ? undefined : JSON.parse(said.out);
    return { code, ...said, line };
  });
  return { port, ended };
};

export const run = (words: readonly string[]): Promise<Ended> => start(words).ended;

export const startDevice = (config: string, ...more: readonly string[]): Started => start(['aliro', 'device', '--tcp-listen', '0', '--config', config, ...more]);
export const runReader = (config: string, port: number, ...more: readonly string[]): Promise<Ended> => run(['aliro', 'reader', '--tcp', `127.0.0.1:${port}`, '--config', config, ...more]);

// ---- a reader that replays ------------------------------------------------------------------------------------------------------

export const WAIT_MS = 5000;

export const callDevice = (port: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true }, () => { resolve(socket); });
    socket.once('error', reject);
  });

export const ask = async (link: ApduLink, apdu: string): Promise<string> => {
  link.send(bytesOf(apdu));
  const received = await link.receive();
  return received.kind === 'apdu' ? hex(received.apdu) : received.code;
};

/** The answers to the recorded commands that were answered; the last words of a reader may not be. */
export const replayReader = async (port: number, steps: readonly Step[]): Promise<readonly string[]> => {
  const link = apduLink(await callDevice(port), WAIT_MS);
  const answers: string[] = [];
  for (const [index, { from, apdu }] of steps.entries()) {
    if (from !== 'reader') continue;
    if (steps[index + 1]?.from === 'userDevice') answers.push(await ask(link, apdu));
    else link.send(bytesOf(apdu));
  }
  await link.close();
  return answers;
};

// ---- a user device that replays, or does what it likes ---------------------------------------------------------------------------

export type Peer = { readonly port: number; readonly commands: Promise<readonly string[]> };

/** Serves one connection by `behave`, which answers what it heard. */
export const servePeer = (behave: (link: ApduLink, socket: Socket) => Promise<readonly string[]>): Promise<Peer> =>
  new Promise((resolve) => {
    const { promise: commands, resolve: heard, reject } = Promise.withResolvers<readonly string[]>();
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      server.close();
      behave(apduLink(socket, WAIT_MS), socket).then(heard, reject);
    });
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      assert.ok(typeof address === 'object' && address !== null);
      resolve({ port: address.port, commands });
    });
  });

/** Answers as recorded, whatever is asked. */
export const replayDevice = (steps: readonly Step[]): Promise<Peer> =>
  servePeer(async (link) => {
    const commands: string[] = [];
    for (const [index, { from }] of steps.entries()) {
      if (from !== 'reader') continue;
      const received = await link.receive();
      commands.push(received.kind === 'apdu' ? hex(received.apdu) : received.code);
      const reply = steps[index + 1];
      if (reply?.from === 'userDevice') link.send(bytesOf(reply.apdu));
    }
    await link.close();
    return commands;
  });

export const framed = (apdu: string): Bytes => concat(uint(apdu.length / 2, 2), bytesOf(apdu));
