// Asking for a door, by whoever holds an electronic key. The same id again is the same request, since its answer may have been lost on the way.

import { MAX_OPEN_REQUESTS, MAX_REQUESTS, type accessRequestBody } from '@mortise/api/access-requests.ts';
import type { z } from '@mortise/api/schema.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { required } from '@mortise/base/assert.ts';
import { isAskable } from '@mortise/management/access-request.ts';
import { announceRequests } from '../ekeys/announce.ts';
import { refuse, type Refusal } from '../http/refusal.ts';
import type { Hub } from '../hub.ts';
import { addRequest, requestById, requestsOf, type StoredRequest } from '../store/access-request-store.ts';
import { ekeysHeldBy } from '../store/ekey-store.ts';

type Body = z.output<typeof accessRequestBody>;

export const ask = async (hub: Hub, body: Body, personId: string): Promise<Result<StoredRequest, Refusal>> => {
  const known = await requestById(hub.database, body.id);
  if (known !== undefined) return isSame(known, body, personId) ? ok(known) : refuse('conflict', 'There is another request of this id. Make a fresh id.');
  const held = await ekeysHeldBy(hub.database, personId);
  if (!held.some(({ id }) => id === body.ekeyId)) return refuse('ekey-unknown', 'You have no such electronic key.');
  if (!isAskable(body, hub.now())) return refuse('input-invalid', 'from, until: ask for a time that ends after it begins, is not over, and within a year.');
  const doorId = await doorOf(hub, body.at);
  if (doorId === undefined) return refuse('door-unknown', 'There is no such door or lock here.');
  const open = (await requestsOf(hub.database, personId)).filter(({ decision, until }) => decision === null && until >= hub.now());
  if (open.length >= MAX_OPEN_REQUESTS) return refuse('conflict', `${MAX_OPEN_REQUESTS} of your requests wait for an answer. Wait until some are decided.`);
  const added = await addRequest(hub.database, { id: body.id, personId, ekeyId: body.ekeyId, doorId, from: body.from, until: body.until, reason: body.reason, at: hub.now() }, MAX_REQUESTS);
  if (!added) return refuse('conflict', 'Too many requests wait for an answer. Ask again later.');
  const stored = required(await requestById(hub.database, body.id), 'the request was stored');
  await announceRequests(hub, [stored]);
  return ok(stored);
};

const isSame = (known: StoredRequest, body: Body, personId: string): boolean =>
  known.person.id === personId && known.ekeyId === body.ekeyId && known.from === body.from && known.until === body.until && known.reason === body.reason &&
  ('doorId' in body.at ? known.door.id === body.at.doorId : known.door.lockId === body.at.lockId);

const doorOf = async (hub: Hub, at: Body['at']): Promise<string | undefined> => {
  const query = hub.database.selectFrom('lock').select('door_id').where('removed_at', 'is', null);
  const row = await ('doorId' in at ? query.where('door_id', '=', at.doorId) : query.where('id', '=', at.lockId)).executeTakeFirst();
  return row?.door_id;
};
