// A person's session with a hub without a browser: the cookie, the page's origin, the routes of the API, the two WebSockets.
// Answers are checked by the same schemas as in the app.

import { apiError, type ErrorCode } from '@mortise/api/error.ts';
import { pathOf, STREAMS } from '@mortise/api/routes.ts';
import type { z } from '@mortise/api/schema.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { WebSocket } from 'ws';

/** What the hub refused, or how its answer was out of form. */
export type Refused = { readonly status: number; readonly code: ErrorCode | 'not-understood'; readonly message: string };

type Route<A extends z.ZodType> = { readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH'; readonly path: string; readonly answer: A };
export type Asked = { readonly parameters?: Readonly<Record<string, string>>; readonly query?: string; readonly body?: unknown };

export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly refused: Refused;
  constructor(path: string, refused: Refused) {
    super(`${path}: ${refused.status} ${refused.code}: ${refused.message}`);
    this.refused = refused;
  }
}

const TIMEOUT_MS = 20_000;

export class Session {
  /** The hub's origin, as the page in a browser would have it. */
  readonly origin: string;
  readonly #jar = new Map<string, string>();

  constructor(url: string) {
    this.origin = new URL(url).origin;
  }

  /** The Cookie header as it stands. */
  cookie(): string {
    return [...this.#jar].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  /** Any request; its cookies are kept. A GET goes without Origin, as from a page of the hub. */
  async request(method: string, path: string, init: RequestInit = {}): Promise<Response> {
    const own = method === 'GET' ? {} : { 'origin': this.origin, 'content-type': 'application/json' };
    // Each on a connection of its own: one that is kept may be closed by the hub, after its seconds without use, as the next request is on its way.
    const headers = new Headers({ cookie: this.cookie(), connection: 'close', ...own });
    new Headers(init.headers).forEach((value, name) => { headers.set(name, value); });
    const response = await fetch(`${this.origin}${path}`, { signal: AbortSignal.timeout(TIMEOUT_MS), ...init, method, headers });
    for (const set of response.headers.getSetCookie()) this.#keep(set);
    return response;
  }

  /** One route of the table; what the hub refuses is a value. */
  async ask<A extends z.ZodType>({ method, path, answer }: Route<A>, { parameters = {}, query, body }: Asked = {}): Promise<Result<z.output<A>, Refused>> {
    const address = pathOf(path, parameters) + (query === undefined ? '' : `?${query}`);
    const response = await this.request(method, address, method === 'GET' ? {} : { body: JSON.stringify(body ?? {}) });
    const json: unknown = await response.json();
    if (!response.ok) return err(refusedOf(response.status, json));
    const parsed = answer.safeParse(json);
    return parsed.success ? ok(parsed.data) : err({ status: response.status, code: 'not-understood', message: parsed.error.message });
  }

  /** One route of the table; throws `RefusedError`. */
  async call<A extends z.ZodType>(route: Route<A>, asked: Asked = {}): Promise<z.output<A>> {
    const answer = await this.ask(route, asked);
    if (!answer.ok) throw new RefusedError(route.path, answer.error);
    return answer.value;
  }

  /** The text of a stream that ends, such as a journal. */
  async text(path: string, parameters: Readonly<Record<string, string>>): Promise<string> {
    const response = await this.request('GET', pathOf(path, parameters));
    const text = await response.text();
    if (!response.ok) throw new RefusedError(path, refusedOf(response.status, JSON.parse(text)));
    return text;
  }

  /** Opens one of a lock's two WebSockets. */
  socket(kind: 'relay' | 'adopt', lockId: string, headers: Readonly<Record<string, string>> = {}): WebSocket {
    const url = this.origin.replace(/^http/, 'ws') + pathOf(STREAMS[kind], { lockId });
    return new WebSocket(url, { headers: { cookie: this.cookie(), origin: this.origin, ...headers }, perMessageDeflate: false });
  }

  #keep(set: string): void {
    const [name = '', value = ''] = (set.split(';')[0] ?? '').split('=');
    if (/max-age=0/i.test(set)) this.#jar.delete(name);
    else this.#jar.set(name, value);
  }
}

/** The error of an answer by any JSON. */
export const refusedOf = (status: number, json: unknown): Refused => {
  const parsed = apiError.safeParse(json);
  return parsed.success ? { status, ...parsed.data.error } : { status, code: 'not-understood', message: JSON.stringify(json) };
};
