// A way to a test's hub over HTTP, as a reverse proxy would be: the hub behind it is the real one, and sees its own name and, of whoever names this
// address as his origin, its own origin.

import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { ORIGIN, type TestHub } from '../../apps/hub/src/testing/hub.fixture.ts';

export type HubDoor = { readonly url: string; /** Requests so far. */ readonly count: () => number; /** Nobody gets through while it is shut. */ shut: boolean };

export const hubDoor = async (t: TestContext, { app }: Pick<TestHub, 'app'>): Promise<HubDoor> => {
  let count = 0;
  const server: Server = createServer((request, response) => {
    count += 1;
    if (door.shut) return void request.socket.destroy();
    void pass(request).then(async (answer) => {
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' });
      response.end(Buffer.from(await answer.arrayBuffer()));
    });
    return undefined;
  });
  const pass = async (request: IncomingMessage): Promise<Response> => {
    const parts: Buffer[] = [];
    for await (const part of request) if (Buffer.isBuffer(part)) parts.push(part);
    const { origin, 'content-type': type = 'text/plain' } = request.headers;
    return app.request(`${ORIGIN}${request.url}`, { method: request.method ?? 'GET', body: Buffer.concat(parts), headers: { 'content-type': type, ...(origin !== undefined && { origin: origin === door.url ? ORIGIN : origin }) } }, {});
  };
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  t.after(() => { server.close(); });
  const door = { url: `http://localhost:${portOf(server.address())}`, count: () => count, shut: false };
  return door;
};

const portOf = (address: AddressInfo | string | null): number => (typeof address === 'object' && address !== null ? address.port : 0);
