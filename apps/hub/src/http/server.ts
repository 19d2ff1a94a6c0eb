// The listening server: HTTP, or HTTPS with the operator's certificate.

import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { getRequestListener } from '@hono/node-server';
import { StartError, type HubConfig } from '../config.ts';
import { kindOf } from '../log.ts';
import type { App } from './mount.ts';

export const createHttpServer = (app: App, tls: HubConfig['tls']): Server => {
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  const handle: Parameters<typeof createServer>[1] = (request, response) => { void listener(request, response); };
  if (tls === undefined) return createServer(handle);
  const [cert, key] = [readPem(tls.certPath), readPem(tls.keyPath)];
  try {
    return createSecureServer({ cert, key, minVersion: 'TLSv1.2' }, handle);
  } catch (error) {
    throw new StartError('tls-refused', `MORTISE_TLS_CERT and MORTISE_TLS_KEY do not make a certificate and its key (${kindOf(error)}). Give two PEM files that belong together.`);
  }
};

const readPem = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new StartError('tls-unreadable', `${path} cannot be read (${kindOf(error)}). Give the path of a PEM file that this user may read.`);
  }
};

/** Answers the port. */
export const listen = (server: Server, port: number, host: string | undefined): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });

export const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => { resolve(); });
    server.closeAllConnections();
  });
