// Requests for access over HTTP: asked by whoever holds an electronic key, decided by an owner.

import { accessRequestsQuery } from '@mortise/api/access-requests.ts';
import { ROUTES } from '@mortise/api/routes.ts';
import { required } from '@mortise/base/assert.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import type { Hub } from '../hub.ts';
import { ask } from '../requests/ask.ts';
import { decide } from '../requests/decide.ts';
import { tellRequests } from '../requests/request-view.ts';
import { requestsOf, requestsThatWait, type StoredRequest } from '../store/access-request-store.ts';
import { reads, readsByKey, takes, takesByEither, type App, type Web } from './mount.ts';
import { readInput, refuse, type Refusal } from './refusal.ts';

export const mountAccessRequests = (app: App, web: Web): void => {
  const { hub } = web;
  takesByEither(app, web, ROUTES.askAccess, async ({ body, caller }) => {
    if (!web.couriers(caller.tokenHash, hub.now())) return refuse('too-many-requests', 'Too many at once. Wait a minute, then try again.');
    return answer(hub, await ask(hub, body, caller.personId));
  });
  reads(app, web, ROUTES.accessRequests, async ({ context }) => {
    const query = readInput(accessRequestsQuery, context.req.query());
    if (!query.ok) return query;
    if (query.value.waiting === undefined) return ok({ requests: await tellRequests(hub, await requestsOf(hub.database)) });
    return ok({ requests: (await tellRequests(hub, await requestsThatWait(hub.database, hub.now()))).filter(({ state }) => state === 'asked') });
  });
  readsByKey(app, web, ROUTES.ownAccessRequests, async ({ caller }) => ok({ requests: await tellRequests(hub, await requestsOf(hub.database, caller.personId)) }));
  takes(app, web, ROUTES.decideAccess, async ({ parameter, body, caller, origin }) => answer(hub, await decide({ hub, by: caller.personId, origin }, parameter('requestId'), body)));
};

const answer = async (hub: Hub, request: Result<StoredRequest, Refusal>) => {
  if (!request.ok) return request;
  const [told] = await tellRequests(hub, [request.value]);
  return ok({ request: required(told, 'one request is told as one') });
};
