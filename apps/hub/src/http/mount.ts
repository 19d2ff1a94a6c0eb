// Puts the routes of @mortise/api/routes.ts on the server: reads bounded JSON, checks it against the route's schema, which must
// name each field, asks for the session that the route wants, and lets out only what the answer's schema names. Which session that is stands in the route's type: one of
// an owner cannot be mounted for a key, nor the reverse.

import type { HttpBindings } from '@hono/node-server';
import { MAX_BODY_BYTES } from '@mortise/api/fields.ts';
import type { z } from '@mortise/api/schema.ts';
import { concat, fromUtf8, type Bytes } from '@mortise/base/bytes.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import type { Context, Hono } from 'hono';
import { getCookie } from 'hono/cookie';
import type { Hub } from '../hub.ts';
import type { Ceremonies } from './ceremonies.ts';
import type { ClientAddress } from './client-address.ts';
import { cookieName, type Origins } from './origins.ts';
import type { RateBound } from './rate.ts';
import { jsonOf, readInput, refuse, STATUS, type Refusal } from './refusal.ts';
import { keyOf, type KeyCaller } from './key-session.ts';
import { ownerOf, type OwnerCaller, type SessionHolds } from './signed-in.ts';

export type Web = {
  readonly hub: Hub; readonly origins: Origins; readonly ceremonies: Ceremonies; readonly holds: SessionHolds;
  /** For what strangers may ask: claim and sign-in. */
  readonly strangers: RateBound;
  /** For couriers: each message that they bring costs signatures to check. */
  readonly couriers: RateBound;
  /** For updates of electronic keys: each record batch of a full key is one request. */
  readonly updates: RateBound;
  readonly clientAddress: ClientAddress;
};
export type Env = { Bindings: Partial<HttpBindings>; Variables: { origin: string } };
export type App = Hono<Env>;

export type Asked = {
  readonly context: Context<Env>;
  /** The allowed origin by which the request came. */
  readonly origin: string;
  /** A value of the path. */
  readonly parameter: (name: string) => string;
};
export type Signed<C = OwnerCaller> = Asked & { readonly caller: C };

type Answers<A extends z.ZodType> = { readonly path: string; readonly answer: A };
type Asks<B extends z.ZodType> = { readonly method: 'POST' | 'PUT' | 'PATCH'; readonly body: B };
type OfOwners = { readonly open: false; readonly key?: undefined };
type OfKeys = { readonly open: false; readonly key: true; readonly owners?: undefined };
type OfBoth = { readonly open: false; readonly key: true; readonly owners: true };
type Answering<A extends z.ZodType> = Promise<Result<z.input<A>, Refusal>>;
type WithBody<B extends z.ZodType> = { readonly body: z.output<B> };

/** GET for anybody. */
export const readsOpen = <A extends z.ZodType>(app: App, _web: Web, route: Answers<A> & { readonly open: true }, handler: (asked: Asked) => Answering<A>): void => {
  app.get(route.path, async (context) => answer(context, route.answer, await handler(askedOf(context))));
};

/** GET for owners who are signed in. */
export const reads = <A extends z.ZodType>(app: App, web: Web, route: Answers<A> & OfOwners, handler: (asked: Signed) => Answering<A>): void => {
  readsAs(app, route, (context) => signedIn(web, context), handler);
};

/** GET for a lent key. */
export const readsByKey = <A extends z.ZodType>(app: App, web: Web, route: Answers<A> & OfKeys, handler: (asked: Signed<KeyCaller>) => Answering<A>): void => {
  readsAs(app, route, (context) => keySignedIn(web, context), handler);
};

/** POST, PUT or PATCH for anybody, bounded in rate by address; `bound` is that of strangers where nothing else is said. */
export const takesOpen = <B extends z.ZodType, A extends z.ZodType>(
  app: App, web: Web, route: Answers<A> & Asks<B> & { readonly open: true }, handler: (asked: Asked & WithBody<B>) => Answering<A>, bound: RateBound = web.strangers,
): void => {
  app.on(route.method, route.path, async (context) => {
    const address = web.clientAddress(context.env.incoming?.socket.remoteAddress, context.req.header('x-forwarded-for'));
    if (!bound(`${route.path} ${address}`, web.hub.now())) {
      return answer(context, route.answer, refuse('too-many-requests', 'Too many tries from this address. Wait a minute, then try again.'));
    }
    const body = await bodyOf(context.req.raw, route.body);
    return answer(context, route.answer, body.ok ? await handler({ ...askedOf(context), body: body.value }) : body);
  });
};

/** POST, PUT or PATCH for owners who are signed in. */
export const takes = <B extends z.ZodType, A extends z.ZodType>(
  app: App, web: Web, route: Answers<A> & Asks<B> & OfOwners, handler: (asked: Signed & WithBody<B>) => Answering<A>,
): void => {
  takesAs(app, route, (context) => signedIn(web, context), handler);
};

/** POST, PUT or PATCH for a lent key. */
export const takesByKey = <B extends z.ZodType, A extends z.ZodType>(
  app: App, web: Web, route: Answers<A> & Asks<B> & OfKeys, handler: (asked: Signed<KeyCaller> & WithBody<B>) => Answering<A>,
): void => {
  takesAs(app, route, (context) => keySignedIn(web, context), handler);
};

/** POST, PUT or PATCH for owners, and for lent keys. Whoever is both is taken as the owner. */
export const takesByEither = <B extends z.ZodType, A extends z.ZodType>(
  app: App, web: Web, route: Answers<A> & Asks<B> & OfBoth, handler: (asked: Signed<OwnerCaller | KeyCaller> & WithBody<B>) => Answering<A>,
): void => {
  takesAs(app, route, async (context) => {
    const owner = await signedIn(web, context);
    return owner.ok ? owner : keySignedIn(web, context);
  }, handler);
};

type Admits<C> = (context: Context<Env>) => Promise<Result<C, Refusal>>;

const readsAs = <C, A extends z.ZodType>(app: App, route: Answers<A>, admits: Admits<C>, handler: (asked: Signed<C>) => Answering<A>): void => {
  app.get(route.path, async (context) => {
    const caller = await admits(context);
    return answer(context, route.answer, caller.ok ? await handler({ ...askedOf(context), caller: caller.value }) : caller);
  });
};

const takesAs = <C, B extends z.ZodType, A extends z.ZodType>(
  app: App, route: Answers<A> & Asks<B>, admits: Admits<C>, handler: (asked: Signed<C> & WithBody<B>) => Answering<A>,
): void => {
  app.on(route.method, route.path, async (context) => {
    const caller = await admits(context);
    if (!caller.ok) return answer(context, route.answer, caller);
    const body = await bodyOf(context.req.raw, route.body);
    return answer(context, route.answer, body.ok ? await handler({ ...askedOf(context), caller: caller.value, body: body.value }) : body);
  });
};

export const signedIn = async (web: Web, context: Context<Env>): Promise<Result<OwnerCaller, Refusal>> => {
  const caller = await ownerOf(web.hub, getCookie(context, cookieName(context.var.origin)));
  return caller === undefined ? refuse('sign-in-required', 'Sign in with your passkey or your recovery kit.') : ok(caller);
};

const keySignedIn = async (web: Web, context: Context<Env>): Promise<Result<KeyCaller, Refusal>> => {
  const caller = await keyOf(web.hub, getCookie(context, cookieName(context.var.origin, 'key')));
  return caller === undefined ? refuse('sign-in-required', 'Sign in with the key.') : ok(caller);
};

export const refused = (context: Context<Env>, refusal: Refusal): Response => context.json(jsonOf(refusal), STATUS[refusal.code]);

const askedOf = (context: Context<Env>): Asked => ({
  context,
  origin: context.var.origin,
  parameter: (name) => context.req.param(name) ?? '',
});

const answer = <A extends z.ZodType>(context: Context<Env>, schema: A, result: Result<z.input<A>, Refusal>): Response =>
  result.ok ? context.json(schema.parse(result.value)) : refused(context, result.error);

const bodyOf = async <B extends z.ZodType>(request: Request, schema: B): Promise<Result<z.output<B>, Refusal>> => {
  const bytes = await boundedBody(request);
  if (bytes === undefined) return refuse('too-large', `Send at most ${MAX_BODY_BYTES} bytes.`);
  if (bytes.length > 0 && request.headers.get('content-type')?.split(';')[0]?.trim() !== 'application/json') {
    return refuse('input-invalid', 'Send JSON, with Content-Type: application/json.');
  }
  const json = bytes.length === 0 ? {} : parseJson(bytes);
  if (json === undefined) return refuse('input-invalid', 'The body is not JSON. Send JSON.');
  return readInput(schema, json);
};

const boundedBody = async (request: Request): Promise<Bytes | undefined> => {
  if (Number(request.headers.get('content-length') ?? 0) > MAX_BODY_BYTES) return undefined;
  const parts: Bytes[] = [];
  let length = 0;
  if (request.body === null) return concat();
  for await (const part of request.body) {
    length += part.length;
    if (length > MAX_BODY_BYTES) return undefined;
    parts.push(part);
  }
  return concat(...parts);
};

const parseJson = (bytes: Bytes): unknown => {
  try {
    return JSON.parse(fromUtf8(bytes));
  } catch (error) {
    return notJson(error);
  }
};

// JSON.parse and the UTF-8 decoder report every malformed text by throwing; there is nothing to tell apart.
const notJson = (_error: unknown): undefined => undefined;
