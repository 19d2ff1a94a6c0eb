// What locks say, one message at a time. A lock in factory state is heard on adoption and status only; one that came with a link
// certificate also on who adopted it and on its clock; journals and rosters count once this site knows it. Messages of one lock that
// touch the store are handled in their order; a lock that sends faster than the store takes is not heard until it has caught up (it
// sends again).

import type { Bytes } from '@mortise/base/bytes.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import { instant } from '@mortise/base/instant.ts';
import { decodeFromLock, encodeToLock, NO_SESSION, type FromLockMessage, type FromLockType } from '@mortise/courier/link-message.ts';
import { unprovenStatus } from '@mortise/courier/status.ts';
import type { LinkIdentity } from '@mortise/node/lock-id-of-certificate.ts';
import { hearStatement } from '../adoption.ts';
import { doorByLock, waitingLocks } from '../door-view.ts';
import type { Hub, LinkOut } from '../hub.ts';
import { kindOf } from '../log.ts';
import type { Broker, BrokerEvents } from './broker.ts';
import type { Delivery } from './delivery.ts';
import { answerTime, hearStatus, isHeard, malformed, reported, type Hearing, type Way } from './hearing.ts';

export const MAX_WAITING_MESSAGES = 8;

/** What happens with what locks say, and what is sent to them. */
export type Desks = { readonly hearing: Hearing; readonly delivery: Delivery };

/** The broker's events for a hub that is given once it exists. */
export const linkEvents = (hub: Hub, desks: Desks): BrokerEvents => {
  const queue = createQueue(hub);
  return {
    admits: ({ kind, lockId }) => kind === 'adopted' || !hub.adopted.has(lockId) || hub.uncertified.has(lockId),
    joined: (identity) => {
      const { lockId } = identity;
      const kind = linkKind(hub, identity);
      hub.presence.joined(lockId, kind, hub.now());
      hub.log('link-up', { lockId, kind });
      hub.link.send(lockId, { type: 'status-ask', body: new Uint8Array(0) });
      presenceChanged(hub, lockId, true);
      if (kind === 'adopted') queue(lockId, () => greet(hub, desks.delivery, lockId));
    },
    left: (lockId) => {
      hub.presence.left(lockId);
      hub.log('link-down', { lockId });
      hub.sessions.lockLeft(lockId);
      presenceChanged(hub, lockId, false);
    },
    message: (identity, payload) => {
      const message = decodeFromLock(payload);
      if (message === undefined) malformed(hub, identity.lockId, payload);
      else if (counts(hub, identity, message.type)) handle(hub, desks, queue, identity, message);
      else hub.log('link-message-ignored', { lockId: identity.lockId, type: message.type });
    },
  };
};

const greet = async (hub: Hub, delivery: Delivery, lockId: LockId): Promise<void> => {
  await delivery.papers(hub, lockId);
  await delivery.revocations(hub, lockId);
  await delivery.reset(hub, lockId);
};

/** Sends by way of `broker` to locks that are present. */
export const linkOut = (broker: () => Broker | undefined, hub: Pick<Hub, 'presence' | 'now'>): LinkOut => ({
  send: (lockId, { type, body, session, seq, expiresInMs }) => {
    const through = broker();
    if (through === undefined || hub.presence.on(lockId) === undefined) return false;
    const expires = expiresInMs === undefined ? 0 : instant(hub.now() + expiresInMs);
    through.send(lockId, encodeToLock({ type, session: session ?? NO_SESSION, seq: seq ?? 0, expires, body }));
    return true;
  },
  disconnect: (lockId) => { broker()?.disconnect(lockId); },
});

const FACTORY_TYPES: ReadonlySet<FromLockType> = new Set(['adopt', 'status', 'statement']);
// A lock that has its link certificate but no door yet: its adoption is being finished, so it may say by whom, and set its clock.
const UNFINISHED_TYPES: ReadonlySet<FromLockType> = new Set(['adopt', 'status', 'time-ask', 'statement']);

// A lock of this site that was given no certificate comes by its own for good.
const linkKind = (hub: Hub, { kind, lockId }: LinkIdentity): LinkIdentity['kind'] => (hub.uncertified.has(lockId) ? 'adopted' : kind);

const counts = (hub: Hub, identity: LinkIdentity, type: FromLockType): boolean => {
  const { lockId } = identity;
  if (linkKind(hub, identity) === 'factory') return FACTORY_TYPES.has(type) && (type !== 'statement' || hub.drafts.has(lockId));
  return hub.adopted.has(lockId) || UNFINISHED_TYPES.has(type);
};

type Queue = (lockId: LockId, work: () => Promise<void>) => void;

const handle = (hub: Hub, { hearing, delivery }: Desks, queue: Queue, { kind, lockId }: LinkIdentity, message: FromLockMessage): void => {
  const way: Way = { kind: 'link', say: (type, body) => { hub.link.send(lockId, { type, body }); } };
  switch (message.type) {
    case 'adopt':
    case 'relay':
      hub.sessions.deliver(lockId, message.type, message.session, message.body);
      return;
    case 'statement':
      if (!hub.adopted.has(lockId)) queue(lockId, () => hearStatement(hub, lockId, message.body, kind === 'factory'));
      return;
    case 'time-ask':
      // Not in its turn: an answer counts by when it was asked for.
      answerTime(hub, lockId, message.body, way);
      return;
    case 'status':
      heardStatus(hub, delivery, queue, lockId, message.body);
      return;
    default:
      if (isHeard(message) && hub.adopted.has(lockId)) queue(lockId, () => hearing.hear(hub, lockId, message, way));
  }
};

const heardStatus = (hub: Hub, delivery: Delivery, queue: Queue, lockId: LockId, body: Bytes): void => {
  if (!hub.adopted.has(lockId)) {
    hearUnproven(hub, lockId, body);
    return;
  }
  const status = hearStatus(hub, lockId, body, 'link');
  if (status === undefined) return;
  queue(lockId, async () => {
    await announceDoor(hub, lockId);
    await reported(hub, delivery, lockId, status, 'link');
  });
};

// Of a lock without a door here no key is known yet: its status only says in the list of waiting locks whether somebody owns it, which gives
// nobody anything, and it is forgotten once the key is known.
const hearUnproven = (hub: Hub, lockId: LockId, body: Bytes): void => {
  const said = unprovenStatus(body);
  if (said?.lockId !== lockId) {
    malformed(hub, lockId, body);
    return;
  }
  hub.presence.heard(lockId, said, body, hub.now());
  hub.live.publish({ event: 'waiting', data: { locks: waitingLocks(hub) } });
};

const presenceChanged = (hub: Hub, lockId: LockId, online: boolean): void => {
  if (!hub.adopted.has(lockId)) {
    hub.live.publish({ event: 'waiting', data: { locks: waitingLocks(hub) } });
    return;
  }
  hub.live.publish({ event: 'link', data: { lockId, online, heardAt: hub.now() } });
  announceDoor(hub, lockId).catch((error: unknown) => { hub.log('link-work-failed', { lockId, code: kindOf(error) }); });
};

const announceDoor = async (hub: Hub, lockId: LockId): Promise<void> => {
  const door = await doorByLock(hub, lockId);
  if (door !== undefined) hub.live.publish({ event: 'state', data: door });
};

const createQueue = (hub: Hub): Queue => {
  const waiting = new Map<LockId, { last: Promise<void>; count: number }>();
  return (lockId, work) => {
    const line = waiting.get(lockId) ?? { last: Promise.resolve(), count: 0 };
    if (line.count >= MAX_WAITING_MESSAGES) {
      hub.log('link-message-dropped', { lockId });
      return;
    }
    line.count += 1;
    waiting.set(lockId, line);
    line.last = line.last
      .then(work)
      .catch((error: unknown) => { hub.log('link-work-failed', { lockId, code: kindOf(error) }); })
      .finally(() => {
        line.count -= 1;
        if (line.count === 0) waiting.delete(lockId);
      });
  };
};
