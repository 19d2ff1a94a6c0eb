// The two WebSockets, `relay` and `adopt`: one lock session each. Frames pass as they are, bounded in size and number; on the link
// they expire after ten seconds. Owners reach every lock; a lent key relays to those that a live grant lets it open from afar. A lock that is
// away is said at once. When the socket goes, the session goes.

import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { CLOSE, type ErrorCode } from '@mortise/api/error.ts';
import { MAX_FRAME_BYTES } from '@mortise/api/routes.ts';
import { parseIdentifier, type LockId } from '@mortise/base/identifiers.ts';
import { encodeRelayFrame } from '@mortise/courier/relay-frame.ts';
import { parse as parseCookies } from 'hono/utils/cookie';
import { WebSocketServer, type WebSocket } from 'ws';
import { mayRelayTo } from '../grants/reach.ts';
import type { Hub } from '../hub.ts';
import { kindOf } from '../log.ts';
import type { Session, SessionKind } from '../mqtt/sessions.ts';
import type { Web } from './mount.ts';
import { keyOf } from './key-session.ts';
import { comesFrom, cookieName, originOfHost, type CookieKind } from './origins.ts';
import { createRateBound } from './rate.ts';
import { jsonOf, STATUS } from './refusal.ts';
import { ownerOf } from './signed-in.ts';

export const FRAME_EXPIRES_MS = 10_000;
const FRAMES = { burst: 120, perMinute: 1200, maxKeys: 1 };
const MAX_BUFFERED_BYTES = 1_048_576;

export type Sockets = { readonly attach: (server: Server) => void; readonly close: () => void };

export const createSockets = (web: Web): Sockets => {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_BYTES, perMessageDeflate: false });
  const upgrade = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    socket.on('error', () => { socket.destroy(); });
    const asked = pathOf(request.url);
    const admitted = await admit(web, request, asked);
    const refusal = asked === undefined ? 'not-found' : typeof admitted === 'string' ? admitted : undefined;
    if (asked === undefined || typeof admitted === 'string' || refusal !== undefined) {
      refuseUpgrade(socket, refusal ?? 'not-found');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (opened) => { begin(web, opened, asked.lockId, asked.kind, admitted.tokenHash); });
  };
  return {
    attach: (server) => {
      server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
        upgrade(request, socket, head).catch((error: unknown) => {
          web.hub.log('socket-failed', { code: kindOf(error) });
          socket.destroy();
        });
      });
    },
    close: () => {
      for (const socket of sockets.clients) socket.terminate();
    },
  };
};

const pathOf = (url: string | undefined): { readonly lockId: LockId; readonly kind: SessionKind } | undefined => {
  const [, id, kind] = /^\/api\/locks\/([A-Za-z0-9_-]{22})\/(relay|adopt)$/.exec(url ?? '') ?? [];
  const lockId = parseIdentifier<LockId>(id);
  return lockId === undefined ? undefined : { lockId, kind: kind === 'relay' ? 'relay' : 'adopt' };
};

type Asked = NonNullable<ReturnType<typeof pathOf>>;

const admit = async (web: Web, request: IncomingMessage, asked: Asked | undefined): Promise<{ readonly tokenHash: string } | ErrorCode> => {
  const origin = originOfHost(web.origins, request.headers.host);
  if (origin === undefined) return 'host-refused';
  if (!comesFrom(origin, request.headers.origin)) return 'origin-refused';
  const token = (kind: CookieKind): string | undefined => {
    const name = cookieName(origin, kind);
    return parseCookies(request.headers.cookie ?? '', name)[name];
  };
  const owner = await ownerOf(web.hub, token('owner'));
  if (owner !== undefined) return owner;
  const key = await keyOf(web.hub, token('key'));
  if (key === undefined) return 'sign-in-required';
  return asked?.kind === 'relay' && await mayRelayTo(web.hub, key, asked.lockId) ? key : 'lock-unknown';
};

const refuseUpgrade = (socket: Duplex, code: ErrorCode): void => {
  const body = JSON.stringify(jsonOf({ code, message: 'Sign in on this hub’s own page, then try again.' }));
  socket.end(`HTTP/1.1 ${STATUS[code]} Refused\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`);
};

const fits = (hub: Hub, lockId: LockId, kind: SessionKind): ErrorCode | undefined => {
  const adopted = hub.adopted.has(lockId);
  if (kind === 'adopt' && adopted) return 'lock-already-adopted';
  if (kind === 'relay' && !adopted) return 'lock-unknown';
  const present = hub.presence.on(lockId);
  return present === undefined || (kind === 'relay' && present.kind !== 'adopted') ? 'lock-offline' : undefined;
};

const begin = (web: Web, socket: WebSocket, lockId: LockId, kind: SessionKind, tokenHash: string): void => {
  const { hub } = web;
  socket.on('error', (error) => { hub.log('socket-ended', { lockId, code: kindOf(error) }); });
  const unfit = fits(hub, lockId, kind);
  const opened = unfit === undefined ? hub.sessions.open(lockId, kind, sideOf(socket)) : undefined;
  if (opened?.ok !== true) {
    socket.close(unfit === undefined ? CLOSE.sessionEnded : CLOSE.lockOffline, unfit ?? 'lock-busy');
    return;
  }
  const session = opened.value;
  const release = web.holds.hold(tokenHash, () => { socket.close(CLOSE.sessionEnded, 'sign-in-required'); });
  const within = createRateBound(FRAMES);
  socket.on('message', (data, isBinary) => {
    if (!isBinary || !Buffer.isBuffer(data) || !within('frames', hub.now())) socket.close(CLOSE.frameRefused, isBinary ? 'too-many-requests' : 'input-invalid');
    else if (!pass(hub, session, new Uint8Array(data))) socket.close(CLOSE.lockOffline, 'lock-offline');
  });
  socket.on('close', () => {
    release();
    hub.sessions.close(session);
    if (kind === 'relay') pass(hub, session, encodeRelayFrame({ kind: 'closed', code: 'phone-left' }));
  });
};

const sideOf = (socket: WebSocket) => ({
  receive: (body: Uint8Array) => {
    if (socket.bufferedAmount > MAX_BUFFERED_BYTES) socket.terminate();
    else socket.send(body);
  },
  ended: (why: 'lock-left' | 'idle') => {
    if (why === 'idle') socket.close(CLOSE.sessionEnded, '');
    else socket.close(CLOSE.lockOffline, 'lock-offline');
  },
});

const pass = (hub: Hub, session: Session, body: Uint8Array): boolean =>
  hub.link.send(session.lockId, { type: session.kind, body, session: session.id, seq: hub.sessions.passed(session), expiresInMs: FRAME_EXPIRES_MS });
