// A hub for tests: a directory that goes away, an origin, and a browser that keeps its cookie. It is asked by `app.request`, without a
// network.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assembleHub, type Assembled } from '../assemble.ts';
import type { HubConfig } from '../config.ts';

export const ORIGIN = 'http://localhost:8400';

export type TestHub = Assembled & {
  readonly data: string;
  /** What was logged, line by line. */
  readonly lines: string[];
  /** The clock, in milliseconds; tests move it. */
  readonly clock: { now: number };
};

export const temporaryDirectory = (): string => mkdtempSync(join(tmpdir(), 'mortise-hub-'));

/** A hub on `data`, or on a fresh directory. `end` it in the test. */
export const testHub = async (changes: Partial<HubConfig> = {}): Promise<TestHub & { readonly end: () => Promise<void> }> => {
  const data = changes.data ?? temporaryDirectory();
  const lines: string[] = [];
  const clock = { now: Date.UTC(2026, 10, 23) };
  const config = { data, port: 0, brokerPort: 0, origins: [ORIGIN], now: () => clock.now, log: (line: string) => { lines.push(line); }, ...changes };
  const assembled = await assembleHub(config, () => [ORIGIN]);
  let ended: Promise<void> | undefined;
  const end = (): Promise<void> => {
    // A test that ends a hub in its midst may leave the end of the test to end it once more.
    ended ??= assembled.close().then(() => {
      if (changes.data === undefined) rmSync(data, { recursive: true, force: true });
    });
    return ended;
  };
  return { ...assembled, data, lines, clock, end };
};

export type Reply = { readonly status: number; readonly json: unknown; readonly headers: Headers };
export type Browser = {
  readonly get: (path: string) => Promise<Reply>;
  readonly send: (method: 'POST' | 'PUT' | 'PATCH', path: string, body: unknown, headers?: Readonly<Record<string, string>>) => Promise<Reply>;
  /** The Cookie header, as the browser would send it now. */
  readonly cookie: () => string;
};

/** A browser on the hub's own page, with the cookies that another one had when given. */
export const browserOf = ({ app }: Pick<Assembled, 'app'>, cookies = ''): Browser => {
  const jar = new Map<string, string>();
  if (cookies !== '') keep(jar, cookies);
  const cookie = (): string => [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
  const ask = async (path: string, init: RequestInit): Promise<Reply> => {
    const response = await app.request(`${ORIGIN}${path}`, init, {});
    for (const set of response.headers.getSetCookie()) keep(jar, set);
    const text = await response.text();
    const isJson = /^application\/json(?:;|$)/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, json: isJson ? JSON.parse(text) : text };
  };
  return {
    cookie,
    get: (path) => ask(path, { headers: { cookie: cookie() } }),
    send: (method, path, body, headers = {}) =>
      ask(path, {
        method, body: typeof body === 'string' ? body : JSON.stringify(body),
        headers: { 'content-type': 'application/json', origin: ORIGIN, cookie: cookie(), ...headers },
      }),
  };
};

const keep = (jar: Map<string, string>, set: string): void => {
  const [name = '', value = ''] = (set.split(';')[0] ?? '').split('=');
  if (/max-age=0/i.test(set)) jar.delete(name);
  else jar.set(name, value);
};

/** The error code of a reply, or its status when it is none. */
export const codeOf = (reply: Reply): string => {
  const { json } = reply;
  if (typeof json !== 'object' || json === null || !('error' in json)) return `status ${reply.status}`;
  const { error } = json;
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'no code';
};
