// Electronic keys as whoever holds them sees them: besides what owners see of one, since when it is theirs and what it opens.

import type { HeldEkey, HeldEkeys, HeldKeyGrant } from '@mortise/api/ekeys.ts';
import { required } from '@mortise/base/assert.ts';
import { stateOf } from '../grants/grant-state.ts';
import type { Hub } from '../hub.ts';
import { locksOf, siteView, type SiteView } from '../site-view.ts';
import { ekeyWords, ordersOfKeys } from '../store/ekey-orders-store.ts';
import { custodyOf, ekeysKnownTo, type StoredEkey } from '../store/ekey-store.ts';
import { grantsOfCredential, type StoredGrant } from '../store/grant-store.ts';
import { placesOfDoors, type PlaceOfDoor } from '../store/location-store.ts';
import { tellEkeys } from './ekey-view.ts';
import { heldDocuments } from './key-word.ts';

type Known = { readonly hub: Hub; readonly view: SiteView; readonly places: ReadonlyMap<string, PlaceOfDoor> };

export const heldEkeysOf = async (hub: Hub, personId: string): Promise<HeldEkeys> => {
  const site = required(await hub.database.selectFrom('site').select('zone').executeTakeFirst(), 'the hub was claimed');
  return { zone: site.zone, ekeys: await keysOf(hub, personId) };
};

const keysOf = async (hub: Hub, personId: string): Promise<HeldEkey[]> => {
  const ekeys = await ekeysKnownTo(hub.database, personId);
  if (ekeys.length === 0) return [];
  const known: Known = { hub, view: await siteView(hub), places: await placesOfDoors(hub.database) };
  const told = await tellEkeys(hub, ekeys);
  const held: HeldEkey[] = [];
  for (const [index, ekey] of ekeys.entries()) {
    held.push({ ...required(told[index], 'keys are told in the order given'), issued: await issuedOf(hub, ekey), grants: await heldGrants(known, ekey, personId) });
  }
  return held;
};

/** Of a key that somebody has, or lost: the last entry but its loss. */
const issuedOf = async (hub: Hub, { id, registeredAt }: StoredEkey): Promise<HeldEkey['issued']> => {
  const entry = (await custodyOf(hub.database, id, 2)).find(({ action }) => action === 'issued');
  return { at: entry?.at ?? registeredAt, by: entry?.by.name ?? '' };
};

const heldGrants = async (known: Known, { id, credential }: StoredEkey, personId: string): Promise<HeldKeyGrant[]> => {
  const { database } = known.hub;
  const onKey = new Set(heldDocuments((await ekeyWords(database)).get(id), (await ordersOfKeys(database, [id])).get(id) ?? []));
  return (await grantsOfCredential(database, credential.hash)).filter(({ person }) => person.id === personId).flatMap((grant) => heldGrant(known, grant, onKey));
};

const heldGrant = ({ hub, view, places }: Known, grant: StoredGrant, onKey: ReadonlySet<string>): readonly HeldKeyGrant[] => {
  const [state, isOnKey] = [stateOf(grant, hub.now()), grant.documents.some(({ accessId }) => onKey.has(accessId))];
  if (state === 'invited' || state === 'asking' || state === 'lapsed' || (state !== 'live' && state !== 'paused' && !isOnKey)) return [];
  const doors = locksOf(view, grant.terms.places).map(({ lockId, row }) => ({ id: row.door_id, name: row.door_name, zone: row.zone ?? 'UTC', lockId, location: places.get(row.door_id) ?? null }));
  return [{ id: grant.id, state, from: grant.lentBy, word: grant.word, terms: grant.terms, isOnKey, doors }];
};
