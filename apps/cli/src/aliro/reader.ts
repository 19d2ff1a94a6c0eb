// `mortise aliro reader`: a reader that calls a user device by TCP, for one transaction.

import { connect, type Socket } from 'node:net';
import { refuse } from '../command.ts';
import type { Terminal } from '../terminal.ts';
import { apduLink } from './apdu-link.ts';
import { tellEnding, type Ending } from './ending.ts';
import { playReader } from './play-reader.ts';
import { readRoleConfig, type RoleConfig } from './scenario-config.ts';
import { readReaderOptions, type ReaderOptions } from './tcp-options.ts';

type Called = { readonly kind: 'connected'; readonly socket: Socket } | { readonly kind: 'refused'; readonly code: string };

const call = ({ host, port, timeoutMs }: ReaderOptions): Promise<Called> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, allowHalfOpen: true });
    const settle = (called: Called): void => {
      clearTimeout(timer);
      resolve(called);
    };
    const timer = setTimeout(() => {
      socket.destroy();
      settle({ kind: 'refused', code: 'ETIMEDOUT' });
    }, timeoutMs);
    socket.once('connect', () => { settle({ kind: 'connected', socket }); });
    socket.once('error', (error: NodeJS.ErrnoException) => { settle({ kind: 'refused', code: error.code ?? 'unknown' }); });
  });

/** `connection-refused` says it all but for a device that did not answer in time. */
const uncalled = (code: string): Ending => ({ access: 'denied', reason: code === 'ETIMEDOUT' ? 'timeout' : 'connection-refused', phase: 'select', broken: true });

const run = async (options: ReaderOptions, { setting, plan }: RoleConfig, terminal: Terminal): Promise<number> => {
  const called = await call(options);
  if (called.kind === 'refused') {
    terminal.err(`mortise: no user device answers at ${options.host}:${options.port} (${called.code})\n`);
    return tellEnding(terminal, uncalled(called.code));
  }
  const link = apduLink(called.socket, options.timeoutMs);
  const ending = await playReader(setting, plan, link);
  await link.close();
  return tellEnding(terminal, ending);
};

/** Exit code 0: granted; 3: denied; 1: the connection broke; 2: wrong arguments or configuration. */
export const reader = async (args: readonly string[], terminal: Terminal): Promise<number> => {
  const options = readReaderOptions(args);
  if (!options.ok) return refuse(terminal, options.error, false);
  const config = readRoleConfig(options.value.configPath, 'reader');
  return config.ok ? run(options.value, config.value, terminal) : refuse(terminal, config.error, false);
};
