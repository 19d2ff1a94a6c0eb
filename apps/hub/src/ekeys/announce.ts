// Tells whoever watches that an electronic key is another than before, and with it what has become of the requests for it.

import type { Hub } from '../hub.ts';
import { tellRequests } from '../requests/request-view.ts';
import { requestsForEkey, type StoredRequest } from '../store/access-request-store.ts';
import { ekeyById } from '../store/ekey-store.ts';
import { tellEkeys } from './ekey-view.ts';

/** Of the requests for one key, the newest. */
export const MAX_REQUESTS_TOLD = 64;

export const announceEkey = async (hub: Hub, id: string): Promise<void> => {
  const ekey = await ekeyById(hub.database, id);
  if (ekey === undefined) return;
  for (const data of await tellEkeys(hub, [ekey])) hub.live.publish({ event: 'ekey', data });
  await announceRequests(hub, (await requestsForEkey(hub.database, id)).slice(0, MAX_REQUESTS_TOLD));
};

export const announceRequests = async (hub: Hub, requests: readonly StoredRequest[]): Promise<void> => {
  for (const data of await tellRequests(hub, requests)) hub.live.publish({ event: 'accessRequest', data });
};
