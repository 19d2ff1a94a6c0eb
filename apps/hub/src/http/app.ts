// The hub's HTTP, put together: headers for every answer, Host and Origin before anything else, then the routes, then the app.

import { Hono, type MiddlewareHandler } from 'hono';
import { kindOf } from '../log.ts';
import { mountAccessRequests } from './access-requests.ts';
import { mountActivity } from './activity.ts';
import { mountAlarms } from './alarms.ts';
import { mountApiDocument } from './api-document.ts';
import { mountAppFiles } from './app-files.ts';
import { mountClaim } from './claim.ts';
import { mountEkeys } from './ekeys.ts';
import { mountEntries } from './entries.ts';
import { mountEvents } from './events.ts';
import type { Desks } from '../mqtt/link.ts';
import { mountCourier } from './courier.ts';
import { mountGrants } from './grants.ts';
import { mountKeys } from './keys.ts';
import { mountLocations } from './locations.ts';
import { mountLocks } from './locks.ts';
import { refused, type App, type Env, type Web } from './mount.ts';
import { comesFrom, isSecure, originOfHost } from './origins.ts';
import { mountOwners } from './owners.ts';
import { mountPlaces } from './places.ts';
import { mountPasskeys } from './own-passkeys.ts';
import { mountSignIn } from './sign-in.ts';
import { mountVault } from './vault.ts';

/** `directory`: of the built app. `near`: where near links of virtual locks are. */
export type AppSettings = { readonly directory: string; readonly near: () => readonly string[] };

export const createApp = (web: Web, desks: Desks, { directory, near }: AppSettings): App => {
  const { delivery, hearing } = desks;
  const app: App = new Hono<Env>();
  app.use(guard(web));
  mountClaim(app, web);
  mountSignIn(app, web);
  mountPasskeys(app, web);
  mountVault(app, web);
  mountLocks(app, web, delivery);
  mountGrants(app, web, delivery);
  mountEntries(app, web);
  mountPlaces(app, web, near);
  mountLocations(app, web);
  mountEkeys(app, web, desks);
  mountAccessRequests(app, web);
  mountOwners(app, web, delivery);
  mountKeys(app, web);
  mountCourier(app, web, hearing);
  mountActivity(app, web);
  mountAlarms(app, web);
  mountEvents(app, web);
  mountApiDocument(app, web);
  mountAppFiles(app, directory);
  app.notFound((context) => refused(context, { code: 'not-found', message: 'There is no such route, or not by this method.' }));
  app.onError((error, context) => {
    web.hub.log('http-failed', { path: context.req.routePath, code: kindOf(error) });
    return refused(context, { code: 'internal', message: 'The hub made a mistake. Try again; if it stays so, look at the hub’s log.' });
  });
  return app;
};

const guard = (web: Web): MiddlewareHandler<Env> => async (context, next) => {
  const origin = originOfHost(web.origins, new URL(context.req.url).host);
  setHeaders(context.header.bind(context), origin);
  if (context.req.path.startsWith('/api/')) context.header('Cache-Control', 'no-store');
  if (origin === undefined) return refused(context, { code: 'host-refused', message: `This hub does not answer to that name. Open ${web.origins()[0] ?? 'its own address'}, or add the name to MORTISE_ORIGIN.` });
  const reads = context.req.method === 'GET' || context.req.method === 'HEAD';
  if (!reads && !comesFrom(origin, context.req.header('origin'))) return refused(context, { code: 'origin-refused', message: `Only pages of ${origin} may do this.` });
  context.set('origin', origin);
  return next();
};

const setHeaders = (header: (name: string, value: string) => void, origin: string | undefined): void => {
  // Near links of virtual locks stand in for a radio: WebSockets on the loopback address of the machine that the browser runs on, whichever
  // it is. Nothing relies on who answers there (ADR 8), and no page of elsewhere is let in by it.
  const socket = origin === undefined ? '' : ` ${origin.replace(/^http/, 'ws')} ws://localhost:* ws://127.0.0.1:*`;
  header('Content-Security-Policy',
    `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'${socket}; ` +
    "manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
  header('X-Content-Type-Options', 'nosniff');
  header('X-Frame-Options', 'DENY');
  header('Referrer-Policy', 'no-referrer');
  header('Cross-Origin-Opener-Policy', 'same-origin');
  header('Cross-Origin-Resource-Policy', 'same-origin');
  header('Permissions-Policy', 'camera=(self), microphone=(self), geolocation=(), publickey-credentials-get=(self), publickey-credentials-create=(self)');
  if (origin !== undefined && isSecure(origin)) header('Strict-Transport-Security', 'max-age=31536000');
};
