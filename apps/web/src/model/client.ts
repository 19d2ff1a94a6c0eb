// The hub's routes as functions. Answers are parsed by the schemas that the hub is built from; everything that can go wrong is a
// Failure, so that a screen has to say it.

import { apiError, type ErrorCode } from '@mortise/api/error.ts';
import { pathOf } from '@mortise/api/routes.ts';
import type { z } from '@mortise/api/schema.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';

export type Failure =
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly message: string; readonly status: number };

export type Route<A> = { readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH'; readonly path: string; readonly answer: z.ZodType<A> };
export type Asked = {
  readonly parameters?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  /** How long the hub may take; left out: `TIMEOUT_MS`. */
  readonly patienceMs?: number | undefined;
};

const TIMEOUT_MS = 15_000;
/** The same where it can be done without the hub: a network that swallows everything keeps nobody waiting at a door. */
export const SHORT_PATIENCE_MS = 2500;

const addressOf = (path: string, { parameters = {}, query = {} }: Asked): string => {
  const search = new URLSearchParams(Object.entries(query).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]])));
  return pathOf(path, parameters) + (search.size > 0 ? `?${search.toString()}` : '');
};

const request = (method: Route<unknown>['method'], { body, patienceMs = TIMEOUT_MS }: Asked): RequestInit => ({
  method,
  credentials: 'same-origin',
  signal: AbortSignal.timeout(patienceMs),
  ...(method === 'GET' ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body ?? {}) }),
});

const readJson = async (response: Response): Promise<unknown> => {
  try {
    return await response.json();
  } catch {
    return undefined; // not JSON: told as unreadable by the caller
  }
};

const refusal = (json: unknown, status: number): Failure => {
  const parsed = apiError.safeParse(json);
  return parsed.success ? { kind: 'refused', ...parsed.data.error, status } : { kind: 'unreadable' };
};

/** Calls one route of the table. */
export const call = async <A>(route: Route<A>, asked: Asked = {}): Promise<Result<A, Failure>> => {
  let response: Response;
  try {
    response = await fetch(addressOf(route.path, asked), request(route.method, asked));
  } catch {
    return err({ kind: 'unreachable' });
  }
  const json = await readJson(response);
  if (!response.ok) return err(refusal(json, response.status));
  const parsed = route.answer.safeParse(json);
  return parsed.success ? ok(parsed.data) : err({ kind: 'unreadable' });
};

/** How long a text may pause, how long it may take as a whole, and how long it may be. */
export type TextBounds = { readonly pauseMs: number; readonly wholeMs: number; readonly bytes: number };
const TEXT_BOUNDS: TextBounds = { pauseMs: TIMEOUT_MS, wholeMs: 600_000, bytes: 256_000_000 };

/** Text of a stream that is not JSON, such as a journal. One that stalls ends as unreachable, one beyond its bound as unreadable. */
export const fetchText = async (path: string, parameters: Readonly<Record<string, string>>, bounds: TextBounds = TEXT_BOUNDS): Promise<Result<string, Failure>> => {
  const ends = new AbortController();
  const whole = setTimeout(() => ends.abort(), bounds.wholeMs);
  let pause: ReturnType<typeof setTimeout> | undefined;
  const heard = (): void => {
    clearTimeout(pause);
    pause = setTimeout(() => ends.abort(), bounds.pauseMs);
  };
  try {
    heard();
    const response = await fetch(pathOf(path, parameters), { credentials: 'same-origin', signal: ends.signal });
    return response.ok ? await readText(response, bounds.bytes, heard) : err(refusal(await readJson(response), response.status));
  } catch {
    return err({ kind: 'unreachable' });
  } finally {
    clearTimeout(whole);
    clearTimeout(pause);
  }
};

const readText = async (response: Response, bound: number, heard: () => void): Promise<Result<string, Failure>> => {
  const reader = response.body?.getReader();
  if (reader === undefined) return ok('');
  const decoder = new TextDecoder();
  const parts: string[] = [];
  let length = 0;
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    heard();
    length += read.value.length;
    if (length > bound) {
      await reader.cancel();
      return err({ kind: 'unreadable' });
    }
    parts.push(decoder.decode(read.value, { stream: true }));
  }
  return ok(parts.join('') + decoder.decode());
};

/** The address of one of the hub's WebSockets. */
export const socketAddress = (path: string, parameters: Readonly<Record<string, string>>): string => {
  const address = new URL(pathOf(path, parameters), location.href);
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  return address.href;
};
