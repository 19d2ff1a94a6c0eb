// The session cookie: for this host and path, unreadable to scripts, never sent along from other sites.

import type { Context } from 'hono';
import { deleteCookie, setCookie } from 'hono/cookie';
import { cookieName, isSecure } from './origins.ts';
import { KEY_SESSION_MS } from './key-session.ts';
import { SESSION_MS } from './signed-in.ts';
import type { Env } from './mount.ts';

export const setSessionCookie = (context: Context<Env>, token: string): void => {
  const { origin } = context.var;
  setCookie(context, cookieName(origin), token, { httpOnly: true, sameSite: 'Strict', secure: isSecure(origin), path: '/', maxAge: SESSION_MS / 1000 });
};

export const setKeyCookie = (context: Context<Env>, token: string): void => {
  const { origin } = context.var;
  setCookie(context, cookieName(origin, 'key'), token, { httpOnly: true, sameSite: 'Strict', secure: isSecure(origin), path: '/', maxAge: KEY_SESSION_MS / 1000 });
};

export const clearSessionCookie = (context: Context<Env>): void => {
  const { origin } = context.var;
  deleteCookie(context, cookieName(origin), { httpOnly: true, sameSite: 'Strict', secure: isSecure(origin), path: '/' });
};
