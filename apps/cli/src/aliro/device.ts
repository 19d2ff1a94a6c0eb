// `mortise aliro device`: a user device on a TCP port of this machine, for one transaction.

import { createServer, type Server, type Socket } from 'node:net';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { refuse, type CommandError } from '../command.ts';
import type { Terminal } from '../terminal.ts';
import { apduLink } from './apdu-link.ts';
import { tellEnding, type Ending } from './ending.ts';
import { playDevice } from './play-device.ts';
import { readRoleConfig, type RoleConfig } from './scenario-config.ts';
import { readDeviceOptions, type DeviceOptions } from './tcp-options.ts';

const LOOPBACK = '127.0.0.1';
/** A reader is started by hand: it has six times as long to come as to say its next word. */
const PATIENCE = 6;

const NOBODY: Ending = { access: 'denied', reason: 'timeout', phase: 'select', broken: true };

type Listening = { readonly server: Server; readonly port: number };

const portError = (port: number, code: string): CommandError =>
  code === 'EADDRINUSE'
    ? { code: 'port-taken', message: `Port ${port} is taken. Choose another, or 0 for any free one.` }
    : { code: 'port-refused', message: `The system does not let us listen on port ${port} (${code}). Choose another, or 0 for any free one.` };

const listen = (server: Server, port: number): Promise<Result<Listening, CommandError>> =>
  new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => { resolve(err(portError(port, error.code ?? error.message))); });
    server.listen({ host: LOOPBACK, port }, () => {
      const address = server.address();
      resolve(ok({ server, port: typeof address === 'object' && address !== null ? address.port : port }));
    });
  });

/** The first connection; undefined: none came. */
const accept = (server: Server, timeoutMs: number): Promise<Socket | undefined> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => { resolve(undefined); }, timeoutMs);
    server.once('connection', (socket: Socket) => {
      clearTimeout(timer);
      resolve(socket);
    });
  });

const serve = async (server: Server, { setting }: RoleConfig, timeoutMs: number): Promise<Ending> => {
  const socket = await accept(server, timeoutMs * PATIENCE);
  server.close();
  if (socket === undefined) return NOBODY;
  const link = apduLink(socket, timeoutMs);
  const ending = await playDevice(setting, link);
  await link.close();
  return ending;
};

const run = async (options: DeviceOptions, config: RoleConfig, terminal: Terminal): Promise<number> => {
  const listening = await listen(createServer({ allowHalfOpen: true }), options.port);
  if (!listening.ok) return refuse(terminal, listening.error, false);
  const { server, port } = listening.value;
  terminal.err(`listening on ${LOOPBACK}:${port}\n`);
  return tellEnding(terminal, await serve(server, config, options.timeoutMs));
};

/** Exit code 0: granted; 3: denied; 1: the connection broke; 2: wrong arguments or configuration. */
export const device = async (args: readonly string[], terminal: Terminal): Promise<number> => {
  const options = readDeviceOptions(args);
  if (!options.ok) return refuse(terminal, options.error, false);
  const config = readRoleConfig(options.value.configPath, 'device');
  return config.ok ? run(options.value, config.value, terminal) : refuse(terminal, config.error, false);
};
