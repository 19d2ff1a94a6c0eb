// Per lock, what a key could still open though it shall not: whether the lock has heard, and until when at worst.

import type { EkeyCoverage } from '@mortise/api/ekeys.ts';
import { worstOf } from '@mortise/management/coverage.ts';
import { coverageAt, knowledgeFor, opensUntilOf } from '../grants/grant-view.ts';
import type { Hub } from '../hub.ts';
import { locksOf } from '../site-view.ts';
import type { StoredEkey } from '../store/ekey-store.ts';
import { grantsOfCredential, type StoredGrant } from '../store/grant-store.ts';
import type { HeardRevocation } from '../store/revocation-store.ts';

export const ekeyCoverage = async (hub: Hub, ekey: StoredEkey): Promise<EkeyCoverage> => {
  const grants = await grantsOfCredential(hub.database, ekey.credential.hash);
  const knowledge = await knowledgeFor(hub, grants);
  const places = new Map(grants.map((grant) => [grant.id, new Set(locksOf(knowledge.view, grant.terms.places).map(({ lockId }) => lockId))]));
  const locks = locksOf(knowledge.view, grants.flatMap(({ terms }) => terms.places));
  return {
    locks: locks.map((lock) => {
      const mine = grants.filter(({ id }) => places.get(id)?.has(lock.lockId) === true);
      const opensUntil = worstOf(mine.map((grant) => coverageAt(knowledge, grant, lock).opensUntil));
      const { row: { door_id, door_name }, lockId } = lock;
      return { doorId: door_id, doorName: door_name, lockId, heardAt: knowledge.words.get(lockId)?.heardAt ?? null, hasHeard: opensUntil === null && mine.some((grant) => hasTakenBack(grant, knowledge.revocations.get(lockId) ?? [])), ...opensUntilOf(opensUntil) };
    }),
  };
};

/** Whether the lock has recorded that a document of this grant must not open. */
const hasTakenBack = ({ documents }: StoredGrant, heard: readonly HeardRevocation[]): boolean =>
  documents.some(({ retiredAt, accessId }) => retiredAt !== null && heard.some((each) => each.accessId === accessId && each.refused === null));
