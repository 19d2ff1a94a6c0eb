// Gets to each lock what it lacks: rosters and owner sets one after the other, revocations and an order to forget its owners at once. When something new is there, when
// the lock comes on the link, when it answers, and when its status says that it is behind. The lock's word alone moves a mark; what a
// courier is given moves none.

import type { LockId } from '@mortise/base/identifiers.ts';
import type { OwnerSetAnswerBody, ResetAnswerBody, RosterAnswerBody } from '@mortise/courier/link-body.ts';
import type { Status } from '@mortise/courier/status.ts';
import { doorByLock } from '../door-view.ts';
import type { Hub } from '../hub.ts';
import { setDelivery, rosterDelivery } from '../store/lock-store.ts';
import { lockWord, noteOwnerSet } from '../store/lock-word-store.ts';
import { noteResetRefused, noteResetSent, resetOf } from '../store/removal-store.ts';
import { revocationsFor } from '../store/revocation-store.ts';
import { holdsOf, papersFor } from './papers.ts';

/** A lock that stays behind is sent the same again on a status no sooner than this. */
export const RESEND_MS = 10_000;
/** One lock is sent so many revocation documents at a time. */
const MAX_REVOCATIONS_AT_ONCE = 16;

export type Delivery = {
  /** Sends the next paper that the lock lacks, if it is on the link. */
  readonly papers: (hub: Hub, lockId: LockId) => Promise<void>;
  /** Sends the revocation documents that the lock is not known to have, if it is on the link. */
  readonly revocations: (hub: Hub, lockId: LockId) => Promise<void>;
  /** Sends the owners' order to forget them, where there is one that counts and the lock is on the link. */
  readonly reset: (hub: Hub, lockId: LockId) => Promise<void>;
  readonly resetAnswered: (hub: Hub, lockId: LockId, answer: ResetAnswerBody) => Promise<void>;
  readonly rosterAnswered: (hub: Hub, lockId: LockId, answer: RosterAnswerBody) => Promise<void>;
  readonly ownerSetAnswered: (hub: Hub, lockId: LockId, answer: OwnerSetAnswerBody) => Promise<void>;
  /** What a status says. `may`: whether it may take a mark back, as a lock on the link can and an old status must not. */
  readonly reported: (hub: Hub, lockId: LockId, status: Pick<Status, 'rosterVersion' | 'ownerSequence'>, may: boolean) => Promise<void>;
};

/** `changed`: what is known of this lock is another than before. */
export const createDelivery = (changed: (lockId: LockId) => Promise<void>): Delivery => {
  const sent = new Map<LockId, { readonly name: string; readonly at: number }>();
  const revocationsAt = new Map<LockId, number>();
  const isSoon = (hub: Hub, at: number | undefined): boolean => at !== undefined && hub.now() - at < RESEND_MS;
  const next = async (hub: Hub, lockId: LockId, again: boolean): Promise<void> => {
    const held = await holdsOf(hub, lockId);
    const [paper] = held === undefined ? [] : await papersFor(hub, lockId, held, 1);
    if (paper === undefined) return;
    const [name, last] = [`${paper.type} ${paper.number}`, sent.get(lockId)];
    if (!again && last?.name === name && isSoon(hub, last.at)) return;
    if (hub.link.send(lockId, { type: paper.type, body: paper.body })) sent.set(lockId, { name, at: hub.now() });
  };
  const revocations = async (hub: Hub, lockId: LockId): Promise<void> => {
    for (const { document } of (await revocationsFor(hub.database, lockId, hub.now())).slice(0, MAX_REVOCATIONS_AT_ONCE)) {
      if (hub.link.send(lockId, { type: 'revocation', body: document })) revocationsAt.set(lockId, hub.now());
    }
  };
  const resets = new Map<LockId, number>();
  const reset = async (hub: Hub, lockId: LockId): Promise<void> => {
    const order = await resetOf(hub.database, lockId);
    if (order === undefined || order.refused !== null || order.isWithdrawn || order.until < hub.now() || !hub.adopted.has(lockId) || hub.presence.on(lockId) === undefined) return;
    // Written first: whoever withdraws it is to know that the lock may have it.
    if (!(await noteResetSent(hub.database, lockId, hub.now()))) return;
    if (hub.link.send(lockId, { type: 'reset', body: order.document })) resets.set(lockId, hub.now());
  };
  const moved = async (hub: Hub, lockId: LockId, isNews: boolean): Promise<void> => {
    if (!isNews) return;
    const door = await doorByLock(hub, lockId);
    if (door !== undefined) hub.live.publish({ event: 'state', data: door });
    await changed(lockId);
  };
  return {
    papers: (hub, lockId) => next(hub, lockId, true),
    revocations,
    reset,
    // A lock that accepts says so in its journal, which proves it; one that is busy is told again.
    resetAnswered: async (hub, lockId, { code }) => {
      if (code === 'accepted' || code === 'busy') return;
      hub.log('reset-refused', { lockId, code });
      await noteResetRefused(hub.database, lockId, code);
      await moved(hub, lockId, true);
    },
    rosterAnswered: async (hub, lockId, { version, code }) => {
      const accepted = code === 'accepted';
      if (!accepted) hub.log('roster-refused', { lockId, code, version });
      const isNews = await markRoster(hub, lockId, version, accepted ? null : code);
      await moved(hub, lockId, isNews);
      if (accepted) await next(hub, lockId, false);
    },
    ownerSetAnswered: async (hub, lockId, { sequence, code }) => {
      const accepted = code === 'accepted';
      if (!accepted) hub.log('owner-set-refused', { lockId, code, sequence });
      const isNews = await markOwners(hub, lockId, sequence, accepted ? null : code);
      await moved(hub, lockId, isNews);
      if (accepted) await next(hub, lockId, false);
    },
    reported: async (hub, lockId, { rosterVersion, ownerSequence }, may) => {
      const held = await holdsOf(hub, lockId);
      if (held === undefined) return;
      const news = [
        rosterVersion > held.version || (may && rosterVersion !== held.version) ? await markRoster(hub, lockId, rosterVersion, null) : false,
        ownerSequence > held.sequence || (may && ownerSequence !== held.sequence) ? await markOwners(hub, lockId, ownerSequence, null) : false,
      ];
      await moved(hub, lockId, news.includes(true));
      await next(hub, lockId, false);
      if (!isSoon(hub, revocationsAt.get(lockId))) await revocations(hub, lockId);
      if (may && !isSoon(hub, resets.get(lockId))) await reset(hub, lockId);
    },
  };
};

// A lock that claims more than was ever written is not believed.
const markRoster = async (hub: Hub, lockId: LockId, version: number, refused: string | null): Promise<boolean> => {
  const delivery = await rosterDelivery(hub.database, lockId);
  if (delivery === undefined || version > delivery.newest || (delivery.delivered === version && delivery.refused === refused)) return false;
  await setDelivery(hub.database, lockId, version, refused);
  return true;
};

const markOwners = async (hub: Hub, lockId: LockId, sequence: number, refused: string | null): Promise<boolean> => {
  const newest = await hub.database.selectFrom('owner_set').select(({ fn }) => fn.max('sequence').as('newest')).executeTakeFirst();
  const word = await lockWord(hub.database, lockId);
  if (sequence < 1 || sequence > (newest?.newest ?? 0) || (word?.ownerSequence === sequence && word.ownerRefused === refused)) return false;
  await noteOwnerSet(hub.database, lockId, { sequence, refused, at: hub.now() });
  return true;
};
