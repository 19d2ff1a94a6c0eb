// The orders of an electronic key as they are now: what management says that it shall hold, of the holder's live grants, kept with a version of
// its own when it is news, and signed by the hub's time key.

import { base64url, equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import { keyOrdersToSign, type KeyOrders } from '@mortise/courier/key-orders.ts';
import { openStanding } from '@mortise/documents/signed-delegation.ts';
import { ordersFor, type KeyPolicy, type KeyWish, type OrderedGrant, type OrdersNow } from '@mortise/management/orders-for.ts';
import { currentDocument } from '../grants/change-grant.ts';
import { stateOf } from '../grants/grant-state.ts';
import { stampFor } from '../grants/held-keys.ts';
import type { Hub } from '../hub.ts';
import { siteView, type SiteView } from '../site-view.ts';
import type { StoredEkey } from '../store/ekey-store.ts';
import { ekeyWord, keepOrders, newestOrders } from '../store/ekey-orders-store.ts';
import { grantsOfCredential, type StoredGrant } from '../store/grant-store.ts';
import { holding } from './key-papers.ts';
import { saidBy, statusIn } from './key-word.ts';

const DAY_MS = 86_400_000;

/** Makes the next version where there is news. */
export const ordersNow = async (hub: Hub, ekey: StoredEkey): Promise<OrdersNow> => {
  const view = await siteView(hub);
  const word = await ekeyWord(hub.database, ekey.id);
  const said = word && saidBy(statusIn(word));
  const wish: KeyWish = {
    keyId: ekey.id, state: ekey.state, now: hub.now(), policy: policyOf(ekey), grants: await orderedGrants(hub, view, ekey), certificates: certificatesOf(hub, view, ekey), delegations: delegationsOf(hub, view), said,
  };
  return hub.database.transaction().execute(async (transaction) => {
    const made = ordersFor(hub.crypto, wish, (await newestOrders(transaction, ekey.id))?.orders);
    const accessIds = made.items.flatMap(({ accessId }) => accessId ?? []);
    if (made.isNew) await keepOrders(transaction, { orders: made.orders, accessIds, leftOut: made.leftOut }, said?.version ?? 0);
    return made;
  });
};

export const signOrders = (hub: Hub, orders: KeyOrders): Bytes => {
  const { message, assemble } = keyOrdersToSign(hub.crypto, hub.keys.time.publicKey, orders);
  return assemble(hub.crypto.p256.sign(hub.keys.time.privateKey.reveal(), message));
};

const policyOf = ({ revalidateDays, buffer, pinMinutes, pinEpoch }: StoredEkey): KeyPolicy =>
  ({ revalidateMs: revalidateDays === null ? null : revalidateDays * DAY_MS, buffer, pin: pinMinutes === null ? undefined : { minutes: pinMinutes, epoch: pinEpoch } });

/** The grants that the key shall hold: of whoever has it, and live. */
export const liveGrants = ({ state, person }: Pick<StoredEkey, 'state' | 'person'>, grants: readonly StoredGrant[], now: number): readonly StoredGrant[] =>
  state === 'issued' ? grants.filter((grant) => grant.person.id === person?.id && stateOf(grant, now) === 'live' && currentDocument(grant) !== undefined) : [];

const orderedGrants = async (hub: Hub, view: SiteView, ekey: StoredEkey): Promise<readonly OrderedGrant[]> => {
  const ordered: OrderedGrant[] = [];
  for (const grant of liveGrants(ekey, await grantsOfCredential(hub.database, ekey.credential.hash), hub.now())) {
    const current = currentDocument(grant);
    if (current === undefined) continue;
    const { accessId, document, terms } = current;
    const stamp = await stampFor(hub, view, current);
    ordered.push({ accessId, from: terms.from, until: terms.until, document, stamp: terms.freshForS === null ? null : (stamp ?? undefined) });
  }
  return ordered;
};

const certificatesOf = (hub: Hub, { set }: SiteView, ekey: StoredEkey): readonly Bytes[] => {
  const holds = holding(hub, set, ekey);
  return [...(holds.certificate ? [ekey.certificate] : []), ...(holds.hubCertificate ? [ekey.hubCertificate] : [])];
};

/** The standing delegations to this hub in the locks' rosters, each once, the ones of the longest power first. */
const delegationsOf = ({ crypto, keys }: Hub, { set, locks }: SiteView): readonly Bytes[] => {
  const signed = new Map(locks.flatMap(({ roster }) => roster?.access?.delegations ?? []).map((bytes) => [base64url(bytes), bytes]));
  const opened = [...signed.values()].flatMap((bytes) => openStanding(crypto, [bytes], set).map(({ delegate, until }) => ({ bytes, delegate, until })));
  return opened.filter(({ delegate }) => equalBytes(delegate, keys.delegate.publicKey)).toSorted((a, b) => b.until - a.until).map(({ bytes }) => bytes);
};
