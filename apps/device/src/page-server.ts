// A device's page on the loopback address: what the device shows as one value, its changes as events, what hands do to it, the files of the page,
// and sockets beside it. Only the page itself and programs of this machine reach it (page-guard.ts); sockets are for anybody (sockets.ts).

import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { utf8 } from '@mortise/base/bytes.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { pageFile } from './page-files.ts';
import { refuseRequest } from './page-guard.ts';
import { serveSockets, type SocketPath } from './sockets.ts';

/** `action-malformed`: what was sent is no action; `message` then says what would be one. Any other code: it is one, and cannot be done. */
export type ActionError = { readonly code: string; readonly message: string };

export type PagePorts = {
  /** What GET /api/body answers, as JSON. */
  readonly read: () => unknown;
  /** Calls back after every change; answers how to stop. */
  readonly watch: (watcher: () => void) => () => void;
  /** What POST /api/body does: any JSON. */
  readonly act: (json: unknown) => Promise<Result<undefined, ActionError>>;
  /** Where the built pages lie, and which of them this is. */
  readonly pageRoot: string;
  readonly page: string;
  readonly sockets: readonly SocketPath[];
};

export type Page = { readonly port: number; readonly close: () => Promise<void> };
export type PageError = { readonly code: 'port-busy' | 'port-refused' };

const ADDRESS = '127.0.0.1';
const MAX_REQUEST_BYTES = 1024;
const MAX_WATCHERS = 32;
const KEEPALIVE_MS = 15_000;

const HEADERS = {
  'content-security-policy': "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
} as const;

const STREAM_HEADERS = { 'content-type': 'text/event-stream; charset=utf-8' } as const;

/** The routes, for whatever serves them. `port` answers the port in use. */
export const pageApp = (ports: PagePorts, port: () => number): Hono => {
  const app = new Hono();
  let watchers = 0;
  app.use(async (context, next) => {
    for (const [name, value] of Object.entries(HEADERS)) context.header(name, value);
    const refusal = refuseRequest(factsOf(context), port());
    if (refusal !== undefined) return says(context, refusal.status, refusal.code, refusal.message);
    await next();
    return undefined;
  });
  app.get('/api/body', (context) => context.body(JSON.stringify(ports.read()), 200, JSON_HEADERS));
  app.get('/api/body/events', (context) => {
    // Nobody would read what was made for the headers alone, nor end it.
    if (context.req.method === 'HEAD') return context.body(null, 200, STREAM_HEADERS);
    if (watchers >= MAX_WATCHERS) return says(context, 503, 'too-many-watchers', 'Close another Workbench page first.');
    watchers += 1;
    return eventStream(context, ports, () => (watchers -= 1));
  });
  app.post('/api/body', bodyLimit({ maxSize: MAX_REQUEST_BYTES, onError: tooLong }), async (context) => {
    const done = await ports.act(await jsonOf(context));
    if (done.ok) return context.body(JSON.stringify(ports.read()), 200, JSON_HEADERS);
    return says(context, done.error.code === 'action-malformed' ? 400 : 409, done.error.code, done.error.message);
  });
  app.get('*', (context) => page(context, ports));
  app.onError((_error, context) => says(context, 500, 'workbench-broken', 'Something went wrong here. See the log.'));
  app.notFound((context) => says(context, 404, 'not-found', 'The Workbench has GET /api/body, GET /api/body/events and POST /api/body.'));
  return app;
};

const JSON_HEADERS = { 'content-type': 'application/json' } as const;

/** Serves the page on 127.0.0.1; port 0 takes any free one. */
export const servePage = (ports: PagePorts, wantedPort: number): Promise<Result<Page, PageError>> => {
  let port = wantedPort;
  const server = createAdaptorServer({ fetch: pageApp(ports, () => port).fetch, hostname: ADDRESS });
  serveSockets(server, ports.sockets);
  return new Promise((resolve) => {
    server.once('error', (error) => resolve(err({ code: 'code' in error && error.code === 'EADDRINUSE' ? 'port-busy' : 'port-refused' })));
    server.listen(wantedPort, ADDRESS, () => {
      port = portOf(server.address());
      resolve(ok({ port, close: () => closeServer(server, ports.sockets) }));
    });
  });
};

type Server = ReturnType<typeof createAdaptorServer>;

const portOf = (address: AddressInfo | string | null): number => (typeof address === 'object' && address !== null ? address.port : 0);

const closeServer = (server: Server, sockets: readonly SocketPath[]): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    for (const each of sockets) each.terminate();
    if ('closeAllConnections' in server) server.closeAllConnections();
  });

const factsOf = ({ req }: Context): Parameters<typeof refuseRequest>[0] => ({
  method: req.method, host: req.header('host'), origin: req.header('origin'), fetchSite: req.header('sec-fetch-site'), contentType: req.header('content-type'),
});

type Status = 400 | 403 | 404 | 409 | 413 | 415 | 500 | 503;

const says = (context: Context, status: Status, code: string, message: string): Response => context.json({ error: { code, message } }, status);

const tooLong = (context: Context): Response => says(context, 413, 'body-too-long', `Send at most ${MAX_REQUEST_BYTES} bytes.`);

const jsonOf = async (context: Context): Promise<unknown> => {
  try {
    return await context.req.json<unknown>();
  } catch (error) {
    return notJson(error);
  }
};

// Malformed JSON and a body that broke off are both no action.
const notJson = (_error: unknown): undefined => undefined;

const page = (context: Context, ports: PagePorts): Response => {
  const file = pageFile(ports.pageRoot, ports.page, context.req.path);
  if (file !== undefined) return context.body(Uint8Array.from(file.content), 200, { 'content-type': file.type });
  if (context.req.path === '/') return context.text('The Workbench page is not built. Run `npm start`, which builds it.', 503);
  return says(context, 404, 'not-found', 'There is no such page here.');
};

// Written when the reader asks for more: a slow one gets the newest state, not every state.
const eventStream = (context: Context, ports: PagePorts, ended: () => void): Response => {
  let changed = true;
  let isOpen = true;
  let wake = doNothing;
  const stop = ports.watch(() => {
    changed = true;
    wake();
  });
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const isNew = changed || (await nextChange((resolve) => (wake = resolve)));
      changed = false;
      if (isOpen) controller.enqueue(Uint8Array.from(utf8(isNew ? `event: body\ndata: ${JSON.stringify(ports.read())}\n\n` : ': still here\n\n')));
    },
    cancel() {
      isOpen = false;
      wake();
      stop();
      ended();
    },
  }, { highWaterMark: 0 });
  return context.body(stream, 200, STREAM_HEADERS);
};

const doNothing = (): void => undefined;

/** True at the next change, false when none came for a while. */
const nextChange = (listen: (resolve: () => void) => void): Promise<boolean> =>
  new Promise((resolve) => {
    const quiet = setTimeout(() => resolve(false), KEEPALIVE_MS);
    quiet.unref();
    listen(() => {
      clearTimeout(quiet);
      resolve(true);
    });
  });
