// What belongs to a lent key: its grants with their documents, stamps that say that they were not taken back, and the doors. Stamps are made
// when the key asks, within the hub's delegation, and for no document but the grant's newest.

import type { HeldGrant, HeldKeys } from '@mortise/api/keys.ts';
import { base64url, type Bytes } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import { instant } from '@mortise/base/instant.ts';
import { stampDue } from '@mortise/management/stamps.ts';
import type { KeyCaller } from '../http/key-session.ts';
import type { Hub } from '../hub.ts';
import { siteView, type SiteView } from '../site-view.ts';
import { grantsOfCredential, keepStamp, type StoredDocument, type StoredGrant } from '../store/grant-store.ts';
import { introductionOf } from '../store/introduction-store.ts';
import { ownerSetDocuments } from '../store/owner-store.ts';
import { currentDocument } from './change-grant.ts';
import { grantedDoors } from './granted-doors.ts';
import { stateOf } from './grant-state.ts';
import { issueStamp } from './hub-word.ts';
import { mayConfirmUntil } from './powers.ts';

export const heldKeysOf = async (hub: Hub, { credentialHash, personId }: Pick<KeyCaller, 'credentialHash' | 'personId'>): Promise<HeldKeys> => {
  const view = await siteView(hub);
  const site = required(await hub.database.selectFrom('site').select('name').executeTakeFirst(), 'the hub was claimed');
  const person = required(await hub.database.selectFrom('person').select(['id', 'name']).where('id', '=', personId).executeTakeFirst(), 'keys belong to people');
  const introduction = await introductionOf(hub.database, view.set);
  const grants: HeldGrant[] = [];
  for (const grant of await grantsOfCredential(hub.database, credentialHash)) grants.push(await heldGrant(hub, view, grant));
  return {
    siteId: view.set.siteId, siteName: site.name, person, ownerSets: (await ownerSetDocuments(hub.database)).map(base64url),
    introduction: introduction === undefined ? null : base64url(introduction), grants,
  };
};

const heldGrant = async (hub: Hub, view: SiteView, grant: StoredGrant): Promise<HeldGrant> => {
  const state = heldState(grant, hub.now());
  const document = state === 'live' ? currentDocument(grant) : undefined;
  const stamp = document === undefined ? null : await stampFor(hub, view, document);
  return {
    id: grant.id, state, from: grant.lentBy, word: grant.word, terms: grant.terms, document: document === undefined ? null : base64url(document.document),
    stamp: stamp === null ? null : base64url(stamp), triedAgain: grant.invitation?.triedAgain ?? 0, triedAgainAt: grant.invitation?.triedAgainAt ?? null,
    doors: await grantedDoors(hub, view, grant.terms.places, state === 'live'),
  };
};

/** Whoever has a key is neither invited nor too late. */
const heldState = (grant: StoredGrant, now: number): HeldGrant['state'] => {
  const state = stateOf(grant, now);
  return state === 'invited' || state === 'lapsed' ? 'asking' : state;
};

/** The stamp to show now: the last one, or a new one where that is due. Null: none is needed, or the hub may give none. */
export const stampFor = async (hub: Hub, view: SiteView, document: StoredDocument): Promise<Bytes | null> => {
  const { terms, stamp, stampedAt, stampedUntil } = document;
  if (terms.freshForS === null) return null;
  const now = hub.now();
  const last = stampedAt === null || stampedUntil === null ? undefined : { issued: stampedAt, until: stampedUntil };
  const powerUntil = mayConfirmUntil(view, terms.places, now) ?? -1;
  const due = stampDue({ freshForS: terms.freshForS, until: instant(terms.until), powerUntil, last, now });
  if (due === undefined) return last !== undefined && last.until >= now ? stamp : null;
  const made = issueStamp(hub, document.document, due);
  await keepStamp(hub.database, document.accessId, made, due.issued, due.until);
  return made;
};
