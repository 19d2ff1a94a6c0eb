// An electronic key as owners see it, and as whoever holds it does: who has it, what it shall hold and says that it holds, how its journal stands.

import type { CustodyEntryJson, Ekey } from '@mortise/api/ekeys.ts';
import { base64url } from '@mortise/base/bytes.ts';
import { GENESIS } from '@mortise/journal/chain.ts';
import { currentDocument } from '../grants/change-grant.ts';
import type { Hub } from '../hub.ts';
import { siteView } from '../site-view.ts';
import { custodyOf, type StoredEkey } from '../store/ekey-store.ts';
import { ekeyWords, ordersOfKeys, type EkeyWord, type StoredOrders } from '../store/ekey-orders-store.ts';
import { grantsOfCredentials, type StoredGrant } from '../store/grant-store.ts';
import { journalStands, type JournalStand } from '../store/journal-store.ts';
import { heldDocuments, statusIn } from './key-word.ts';
import { liveGrants } from './orders.ts';
import { certified } from './time-certificates.ts';

type Known = {
  readonly hub: Hub; readonly ownerKeys: readonly Uint8Array[]; readonly words: ReadonlyMap<string, EkeyWord>; readonly orders: ReadonlyMap<string, readonly StoredOrders[]>;
  readonly grants: ReadonlyMap<string | undefined, readonly StoredGrant[]>; readonly stands: ReadonlyMap<string, JournalStand>;
};

/** In the order given. */
export const tellEkeys = async (hub: Hub, ekeys: readonly StoredEkey[]): Promise<Ekey[]> => {
  const known: Known = {
    hub, ownerKeys: (await siteView(hub)).set.keys, words: await ekeyWords(hub.database), orders: await ordersOfKeys(hub.database, ekeys.map(({ id }) => id)),
    grants: Map.groupBy(await grantsOfCredentials(hub.database, ekeys.map(({ credential }) => credential.hash)), ({ credential }) => credential?.hash), stands: await journalStands(hub.database, ekeys.map(({ id }) => id)),
  };
  return ekeys.map((ekey) => tell(known, ekey));
};

export const tellCustody = async (hub: Hub, ekeyId: string, most: number): Promise<CustodyEntryJson[]> =>
  (await custodyOf(hub.database, ekeyId, most)).map(({ at, action, by, personId, personName, note, dueBack }) => ({ at, action, by, person: personId === null ? null : { id: personId, name: personName ?? '' }, note, dueBack }));

const tell = (known: Known, ekey: StoredEkey): Ekey => {
  const { hub, ownerKeys, words, stands } = known;
  const { id, name, serial, identityKey, credential, state, person, dueBack, registeredAt } = ekey;
  const clock = certified(hub.crypto, ekey.certificate, ownerKeys, { kind: 'ekey', key: identityKey });
  const stand = stands.get(id);
  return {
    id, name, serial, identityKey: base64url(identityKey), credentialKey: base64url(credential.key), credential: credential.hash, state, person: person ?? null, dueBack, lostReport: ekey.lostReport ?? null, registeredAt,
    clock: clock === undefined ? null : { driftPpm: clock.driftPpm, until: clock.until },
    policy: { revalidateDays: ekey.revalidateDays, buffer: ekey.buffer, pin: ekey.pinMinutes === null ? null : { minutes: ekey.pinMinutes } },
    orders: ordersIn(known, ekey), status: statusOf(words.get(id)),
    journal: { entries: stand?.seq ?? 0, missing: stand?.missing ?? 0, head: base64url(stand?.head ?? GENESIS.head), alerts: stand?.alerts ?? 0 },
  };
};

const ordersIn = ({ hub, words, orders, grants }: Known, ekey: StoredEkey): Ekey['orders'] => {
  const [word, made] = [words.get(ekey.id), orders.get(ekey.id) ?? []];
  const wanted = liveGrants(ekey, grants.get(ekey.credential.hash) ?? [], hub.now()).flatMap((grant) => currentDocument(grant)?.accessId ?? []);
  const held = heldDocuments(word, made);
  const [newest] = made;
  return {
    version: newest?.orders.version ?? 0, held: word === undefined ? 0 : statusIn(word).ordersVersion, isCurrent: new Set(wanted).symmetricDifference(new Set(held)).size === 0,
    grants: wanted.length, leftOut: newest?.leftOut ?? 0, revalidateBy: newest?.orders.revalidateBy ?? null,
  };
};

const statusOf = (word: EkeyWord | undefined): Ekey['status'] => {
  if (word === undefined) return null;
  const { instant: at, clock, errorMs, batteryMv = null, seq, acknowledged, free, forLocks, fromLocks } = statusIn(word);
  return { heardAt: word.heardAt, at, clock, errorMs, batteryMv, records: seq, acknowledged, free, forLocksBytes: forLocks, fromLocksBytes: fromLocks };
};
