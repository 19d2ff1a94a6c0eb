// Carrying for a lock over HTTP. An owner carries for any; a lent key for the locks that one of its grants names, also one that was taken
// back: who may be the only one to come by is whom the lock must hear it from. An owner also brings the word of a lock that was adopted at the door
// and has none here yet.

import { ROUTES } from '@mortise/api/routes.ts';
import { required } from '@mortise/base/assert.ts';
import { base64url, fromBase64url } from '@mortise/base/bytes.ts';
import { parseIdentifier, type LockId } from '@mortise/base/identifiers.ts';
import { ok } from '@mortise/base/result.ts';
import { mayCarryFor } from '../grants/reach.ts';
import { exchange } from '../mqtt/courier.ts';
import type { Hearing } from '../mqtt/hearing.ts';
import { takesByEither, type App, type Web } from './mount.ts';
import { refuse } from './refusal.ts';

export const mountCourier = (app: App, web: Web, hearing: Hearing): void => {
  const { hub } = web;
  takesByEither(app, web, ROUTES.courier, async ({ caller, parameter, body }) => {
    if (!web.couriers(caller.tokenHash, hub.now())) return refuse('too-many-requests', 'Too many at once. Wait a minute, then try again.');
    const lockId = parseIdentifier<LockId>(parameter('lockId'));
    const isOurs = lockId !== undefined && (hub.adopted.has(lockId) || hub.drafts.has(lockId));
    const mayCarry = isOurs && (caller.kind === 'owner' || await mayCarryFor(hub, caller, lockId));
    if (!mayCarry) return refuse('lock-unknown', 'This site has no such lock, or not for this key.');
    const messages = body.messages.map((message) => required(fromBase64url(message), 'the schema lets base64url through and nothing else'));
    return ok({ messages: (await exchange(hub, hearing, lockId, messages)).map(base64url) });
  });
};
