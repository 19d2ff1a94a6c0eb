// Gets each roster version to its lock, in order: the next one that the lock lacks, when it is published, when the lock comes on the
// link, when it answers, and when its status says that it is behind. The lock's word alone moves the mark.

import type { LockId } from '@mortise/base/identifiers.ts';
import type { RosterAnswerBody } from '@mortise/courier/link-body.ts';
import { doorByLock } from '../door-view.ts';
import type { Hub } from '../hub.ts';
import { rosterDelivery, rosterOfVersion, setDelivery } from '../store/lock-store.ts';

/** A lock that stays behind is sent its roster again on a status no sooner than this. */
export const RESEND_MS = 10_000;

export type RosterDelivery = {
  /** Sends the next version that the lock lacks, if it is on the link. */
  readonly deliver: (hub: Hub, lockId: LockId) => Promise<void>;
  readonly answered: (hub: Hub, lockId: LockId, answer: RosterAnswerBody) => Promise<void>;
  readonly reported: (hub: Hub, lockId: LockId, version: number) => Promise<void>;
};

export const createRosterDelivery = (): RosterDelivery => {
  const sentAt = new Map<LockId, number>();
  const deliver = async (hub: Hub, lockId: LockId): Promise<void> => {
    const delivery = await rosterDelivery(hub.database, lockId);
    if (delivery === undefined || delivery.delivered >= delivery.newest) return;
    const document = await rosterOfVersion(hub.database, lockId, delivery.delivered + 1);
    if (document !== undefined && hub.link.send(lockId, { type: 'roster', body: document })) sentAt.set(lockId, hub.now());
  };
  return {
    deliver,
    answered: async (hub, lockId, { version, code }) => {
      const accepted = code === 'accepted';
      if (!accepted) hub.log('roster-refused', { lockId, code, version });
      if (!(await mark(hub, lockId, version, accepted ? null : code))) return;
      if (accepted) await deliver(hub, lockId);
    },
    reported: async (hub, lockId, version) => {
      const delivery = await rosterDelivery(hub.database, lockId);
      if (delivery === undefined || version > delivery.newest) return;
      if (version !== delivery.delivered) await mark(hub, lockId, version, null);
      if (version < delivery.newest && hub.now() - (sentAt.get(lockId) ?? 0) >= RESEND_MS) await deliver(hub, lockId);
    },
  };
};

// A lock that claims more than was ever written is not believed.
const mark = async (hub: Hub, lockId: LockId, version: number, refused: string | null): Promise<boolean> => {
  const delivery = await rosterDelivery(hub.database, lockId);
  if (delivery === undefined || version > delivery.newest) return false;
  await setDelivery(hub.database, lockId, version, refused);
  const door = await doorByLock(hub, lockId);
  if (door !== undefined) hub.live.publish({ event: 'state', data: door });
  return true;
};
