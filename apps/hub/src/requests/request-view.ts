// A request as it stands: what was decided, what has become of the grant, and whether the key says that it holds it.

import type { AccessRequest } from '@mortise/api/access-requests.ts';
import { requestState } from '@mortise/management/access-request.ts';
import { heldDocuments } from '../ekeys/key-word.ts';
import { stateOf } from '../grants/grant-state.ts';
import type { Hub } from '../hub.ts';
import type { StoredRequest } from '../store/access-request-store.ts';
import { allEkeys } from '../store/ekey-store.ts';
import { ekeyWords, ordersOfKeys } from '../store/ekey-orders-store.ts';
import { grantsOfCredentials } from '../store/grant-store.ts';

/** In the order given. */
export const tellRequests = async (hub: Hub, requests: readonly StoredRequest[]): Promise<AccessRequest[]> => {
  if (requests.length === 0) return [];
  const ids = new Set(requests.map(({ ekeyId }) => ekeyId));
  const ekeys = new Map((await allEkeys(hub.database)).filter(({ id }) => ids.has(id)).map((ekey) => [String(ekey.id), ekey]));
  const grants = new Map((await grantsOfCredentials(hub.database, [...ekeys.values()].map(({ credential }) => credential.hash))).map((grant) => [grant.id, grant]));
  const [words, orders] = [await ekeyWords(hub.database), await ordersOfKeys(hub.database, [...ids])];
  const now = hub.now();
  return requests.map((request) => {
    const { id, person, ekeyId, door, from, until, reason, askedAt, decision, decidedAt, decidedBy, answer, grantId } = request;
    const [ekey, grant] = [ekeys.get(ekeyId), grants.get(grantId ?? '')];
    const isGrantLive = grant !== undefined && stateOf(grant, now) === 'live';
    const isOnKey = grant !== undefined && heldDocuments(words.get(ekeyId), orders.get(ekeyId) ?? []).includes(grant.accessId);
    // An owner may have granted for longer than was asked.
    const last = grant === undefined ? until : grant.terms.until;
    const state = requestState({ decision, until: last, isHeld: ekey?.state === 'issued' && ekey.person?.id === person.id, isGrantLive, isOnKey }, now);
    return { id, state, person, ekey: { id: ekeyId, name: ekey?.name ?? '' }, door, from, until, reason, askedAt, decidedAt, decidedBy, answer, grantId };
  });
};
