// An electronic key goes from hand to hand: issued, given back, lost, found. Each is one transaction with the entry in its log. A lost key's
// grants are taken back with it, for so long that a key whose clock is held back does not outlast them.

import type { issueBody, loseBody } from '@mortise/api/ekeys.ts';
import type { z } from '@mortise/api/schema.ts';
import { fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { mayFollow } from '@mortise/management/custody.ts';
import { announceGrantsOf } from '../grants/announce.ts';
import { personFor } from '../grants/person.ts';
import { revocationFor } from '../grants/revoking.ts';
import { refuse, type Refusal } from '../http/refusal.ts';
import type { Hub } from '../hub.ts';
import type { Delivery } from '../mqtt/delivery.ts';
import { siteView } from '../site-view.ts';
import { custodyOf, handOver, type StoredEkey } from '../store/ekey-store.ts';
import { ekeyWord, ordersOfKey } from '../store/ekey-orders-store.ts';
import { changeGrant, grantsOfCredential, type StoredGrant } from '../store/grant-store.ts';
import { addRevocation, type RevocationEntryRow } from '../store/revocation-store.ts';
import { announceEkey } from './announce.ts';
import { clockFrom, heldDocuments } from './key-word.ts';

type Done = Promise<Result<undefined, Refusal>>;

const changedMeanwhile = () => refuse('conflict', 'Somebody else has done something with this key just now. Look at it, and try again.');
const SAYS: Readonly<Record<StoredEkey['state'], string>> = { inStock: 'is in stock', issued: 'is issued', returned: 'is back', lost: 'is lost' };
const notNow = ({ state }: StoredEkey) => refuse('conflict', `The key ${SAYS[state]}. Look at it, and do what is to be done first.`);

export const issue = async (hub: Hub, ekey: StoredEkey, { person: wanted, note, dueBack }: z.output<typeof issueBody>, by: string): Done => {
  if (dueBack !== null && dueBack <= hub.now()) return refuse('input-invalid', 'dueBack: must be a time to come.');
  if (!mayFollow(ekey.state, 'issued')) return notNow(ekey);
  const person = await personFor(hub, wanted);
  if (!person.ok) return person;
  const others = await stillOf(hub, ekey, person.value.id);
  if (others !== undefined) return refuse('conflict', `The key still holds what it opened with for ${others}. Update it first, at a station or by a phone.`);
  const at = hub.now();
  const isIssued = await hub.database.transaction().execute(async (transaction) => {
    const { id, name, isNew } = person.value;
    if (isNew) await transaction.insertInto('person').values({ id, name, role: 'guest', created_at: at }).execute();
    const isDone = await handOver(transaction, ekey, { action: 'issued', by, personId: id, note, at, dueBack });
    if (!isDone && isNew) await transaction.deleteFrom('person').where('id', '=', id).execute();
    return isDone;
  });
  if (!isIssued) return changedMeanwhile();
  await announceEkey(hub, ekey.id);
  return ok(undefined);
};

/** Whose documents the key says it holds that may open yet and are not this person's; undefined: nobody's. */
const stillOf = async (hub: Hub, ekey: StoredEkey, personId: string): Promise<string | undefined> => {
  const held = new Set(heldDocuments(await ekeyWord(hub.database, ekey.id), await ordersOfKey(hub.database, ekey.id)));
  const grants = await grantsOfCredential(hub.database, ekey.credential.hash);
  return grants.find(({ person, documents }) => person.id !== personId && documents.some(({ accessId, terms }) => held.has(accessId) && terms.until >= hub.now()))?.person.name;
};

export const giveBack = async (hub: Hub, ekey: StoredEkey, note: string, by: string): Done => {
  if (!mayFollow(ekey.state, 'returned')) return notNow(ekey);
  const isDone = await hub.database.transaction().execute((transaction) => handOver(transaction, ekey, { action: 'returned', by, personId: ekey.person?.id ?? null, note, at: hub.now() }));
  if (!isDone) return changedMeanwhile();
  await announceEkey(hub, ekey.id);
  return ok(undefined);
};

// ---- lost --------------------------------------------------------------------------------------------------------------------

/** For so long after its end a document of a lost key stays taken back: passive locks believe what its clock says, and hear late. */
export const LOST_REVOKED_MS = 3650 * 86_400_000;
const LAST_INSTANT = 253_402_300_799_000;

/** What must be taken back, and until when, for the key to be blocked: also what is over by our clocks, where its own may be held before that. */
export const takingBack = async (hub: Hub, ekey: StoredEkey): Promise<readonly RevocationEntryRow[]> =>
  entriesOf(await grantsOfCredential(hub.database, ekey.credential.hash), Math.min(hub.now(), clockFrom(await ekeyWord(hub.database, ekey.id))));

const entriesOf = (grants: readonly StoredGrant[], from: number): readonly RevocationEntryRow[] =>
  grants.flatMap(({ documents }) => documents).filter(({ terms }) => terms.until >= from).map(({ accessId, terms }) => ({ accessId, until: Math.min(LAST_INSTANT, terms.until + LOST_REVOKED_MS) }));

export type LosingAt = { readonly hub: Hub; readonly delivery: Delivery };

export const lose = async ({ hub, delivery }: LosingAt, ekey: StoredEkey, { revocation, note }: z.output<typeof loseBody>, by: string): Done => {
  if (!mayFollow(ekey.state, 'lost')) return notNow(ekey);
  const grants = await grantsOfCredential(hub.database, ekey.credential.hash);
  const former = await takingBack(hub, ekey);
  const named = new Set(former.map(({ accessId }) => accessId));
  const places = [...new Set(grants.filter(({ documents }) => documents.some(({ accessId }) => named.has(accessId))).flatMap(({ terms }) => terms.places))];
  const taken = await revocationFor(hub, await siteView(hub), { terms: { places } }, revocation === null ? undefined : bytes(revocation), former);
  if (!taken.ok) return taken;
  const personId = ekey.person?.id ?? (await custodyOf(hub.database, ekey.id, 1))[0]?.personId ?? null;
  const at = hub.now();
  const isDone = await hub.database.transaction().execute(async (transaction) => {
    const now = await grantsOfCredential(transaction, ekey.credential.hash);
    // Whatever was signed for it meanwhile is not in the revocation.
    if (now.some(({ documents }) => documents.some(({ accessId, terms }) => terms.until >= at && !named.has(accessId)))) return false;
    if (!(await handOver(transaction, ekey, { action: 'lost', by, personId, note, at }))) return false;
    for (const grant of now) if (grant.takenBackAt === null) await changeGrant(transaction, grant, { takenBack: true, retire: true }, at);
    if (taken.value !== undefined) await addRevocation(transaction, { ...taken.value, at });
    return true;
  });
  if (!isDone) return changedMeanwhile();
  hub.log('ekey-lost', { ekeyId: ekey.id });
  for (const lockId of hub.adopted.keys()) await delivery.revocations(hub, lockId);
  await announceGrantsOf(hub, ekey.credential.hash);
  await announceEkey(hub, ekey.id);
  return ok(undefined);
};

const bytes = (text: string): Bytes => required(fromBase64url(text), 'the schema lets base64url through and nothing else');
