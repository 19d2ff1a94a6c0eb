// Which papers a lock is to be given next, and in which order: rosters by version, owner sets by sequence. A lock takes a roster only by an
// owner of the set that it holds, and an owner set only if the roster that it holds is by an owner of that set. So a roster goes first
// while its signer is one whom the lock knows; then the owner set; and so on.

import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import { openAdoptionStatement } from '@mortise/documents/adoption-statement.ts';
import { MAX_OWNER_SETS, type OwnerSet } from '@mortise/documents/owner-set.ts';
import { reopenRoster } from '@mortise/documents/roster.ts';
import type { Hub } from '../hub.ts';
import { rosterDelivery, rosterOfVersion } from '../store/lock-store.ts';
import { lockWord } from '../store/lock-word-store.ts';
import { ownerSetDocuments, ownerSets } from '../store/owner-store.ts';

/** What the lock said that it holds. */
export type Holds = { readonly version: number; readonly sequence: number };
/** `number`: its version or sequence. */
export type Paper = { readonly type: 'roster' | 'owner-set'; readonly number: number; readonly body: Bytes };

/** What the lock holds, as far as it has said; undefined: this site has no such lock. */
export const holdsOf = async (hub: Hub, lockId: LockId): Promise<Holds | undefined> => {
  const delivery = await rosterDelivery(hub.database, lockId);
  if (delivery === undefined) return undefined;
  const sequence = (await lockWord(hub.database, lockId))?.ownerSequence ?? await sequenceOfAdoption(hub, lockId);
  return { version: delivery.delivered, sequence };
};

/** The papers that the lock lacks, in their order, at most `most`. */
export const papersFor = async (hub: Hub, lockId: LockId, held: Holds, most: number): Promise<readonly Paper[]> => {
  const sets = await ownerSets(hub.database, hub.crypto);
  const documents = await ownerSetDocuments(hub.database);
  const papers: Paper[] = [];
  let at = held;
  while (papers.length < most) {
    const roster = await rosterOfVersion(hub.database, lockId, at.version + 1);
    const next = roster !== undefined && signerOf(hub, sets, lockId, roster, sets[at.sequence - 1]) !== undefined
      ? { type: 'roster', number: at.version + 1, body: roster } as const
      : await ownerSetAfter(hub, sets, documents, lockId, at);
    if (next === undefined) return papers;
    papers.push(next);
    at = next.type === 'roster' ? { ...at, version: next.number } : { ...at, sequence: next.number };
  }
  return papers;
};

const ownerSetAfter = async (hub: Hub, sets: readonly OwnerSet[], documents: readonly Bytes[], lockId: LockId, at: Holds): Promise<Paper | undefined> => {
  const [set, body, roster] = [sets[at.sequence], documents[at.sequence], await rosterOfVersion(hub.database, lockId, at.version)];
  if (set === undefined || body === undefined || roster === undefined || at.sequence >= MAX_OWNER_SETS) return undefined;
  return signerOf(hub, sets, lockId, roster, set) === undefined ? undefined : { type: 'owner-set', number: at.sequence + 1, body };
};

/** Who of `set` signed the roster; undefined: nobody of it. */
const signerOf = (hub: Hub, sets: readonly OwnerSet[], lockId: LockId, roster: Bytes, set: OwnerSet | undefined): Bytes | undefined => {
  const siteId = required(sets[0], 'the hub was claimed').siteId;
  const opened = reopenRoster(hub.crypto, roster, { siteId, lockId, ownerKeys: set?.keys ?? [] });
  return opened.ok ? opened.value.signer : undefined;
};

// A lock that has not said which owner set it holds has that of its adoption, which it signed for.
const sequenceOfAdoption = async (hub: Hub, lockId: LockId): Promise<number> => {
  const lock = await hub.database.selectFrom('lock').select(['identity_key', 'statement']).where('id', '=', lockId).executeTakeFirst();
  const statement = lock && openAdoptionStatement(hub.crypto, lock.identity_key, lock.statement);
  const sets = await ownerSets(hub.database, hub.crypto);
  const at = sets.findIndex(({ hash }) => statement?.ok === true && equalBytes(statement.value.ownerSetHash, hash));
  return at < 0 ? 1 : at + 1;
};
