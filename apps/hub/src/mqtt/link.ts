// What locks say, one message at a time. A lock in factory state is heard on adoption and status only; one that came with a link
// certificate also on who adopted it and on its clock; journals and rosters count once this site knows it. Messages of one lock that
// touch the store are handled in their order; a lock that sends faster than the store takes is not heard until it has caught up (it
// sends again).

import type { Bytes } from '@mortise/base/bytes.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import { instant } from '@mortise/base/instant.ts';
import { decodeOwnerSetAnswer, decodeRosterAnswer, decodeTimeAsk } from '@mortise/courier/link-body.ts';
import { decodeFromLock, encodeToLock, NO_SESSION, type FromLockMessage, type FromLockType } from '@mortise/courier/link-message.ts';
import { openStatus, unprovenStatus, type Status } from '@mortise/courier/status.ts';
import type { LinkIdentity } from '@mortise/node/lock-id-of-certificate.ts';
import { hearStatement } from '../adoption.ts';
import { doorByLock, waitingLocks } from '../door-view.ts';
import type { Hub, LinkOut } from '../hub.ts';
import { kindOf } from '../log.ts';
import type { Broker, BrokerEvents } from './broker.ts';
import { ingest } from './ingest.ts';
import type { RosterDelivery } from './roster-delivery.ts';
import { timeAnswer } from './time-answer.ts';

export const MAX_WAITING_MESSAGES = 8;

/** The broker's events for a hub that is given once it exists. */
export const linkEvents = (hub: Hub, rosters: RosterDelivery): BrokerEvents => {
  const queue = createQueue(hub);
  return {
    admits: ({ kind, lockId }) => kind === 'adopted' || !hub.adopted.has(lockId),
    joined: ({ kind, lockId }) => {
      hub.presence.joined(lockId, kind, hub.now());
      hub.log('link-up', { lockId, kind });
      hub.link.send(lockId, { type: 'status-ask', body: new Uint8Array(0) });
      presenceChanged(hub, lockId, true);
      if (kind === 'adopted') queue(lockId, () => rosters.deliver(hub, lockId));
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
      else if (counts(hub, identity, message.type)) handle(hub, rosters, queue, identity.lockId, message);
      else hub.log('link-message-ignored', { lockId: identity.lockId, type: message.type });
    },
  };
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

const FACTORY_TYPES: ReadonlySet<FromLockType> = new Set(['adopt', 'status']);
// A lock that has its link certificate but no door yet: its adoption is being finished, so it may say by whom, and set its clock.
const UNFINISHED_TYPES: ReadonlySet<FromLockType> = new Set(['adopt', 'status', 'time-ask', 'statement']);

const counts = (hub: Hub, { kind, lockId }: LinkIdentity, type: FromLockType): boolean => {
  if (kind === 'factory') return FACTORY_TYPES.has(type);
  return hub.adopted.has(lockId) || UNFINISHED_TYPES.has(type);
};

type Queue = (lockId: LockId, work: () => Promise<void>) => void;

const handle = (hub: Hub, rosters: RosterDelivery, queue: Queue, lockId: LockId, message: FromLockMessage): void => {
  switch (message.type) {
    case 'adopt':
    case 'relay':
      hub.sessions.deliver(lockId, message.type, message.session, message.body);
      return;
    case 'status':
      heardStatus(hub, rosters, queue, lockId, message.body);
      return;
    case 'time-ask':
      answerTime(hub, lockId, message.body);
      return;
    case 'statement':
      if (!hub.adopted.has(lockId)) queue(lockId, () => hearStatement(hub, lockId, message.body));
      return;
    case 'roster-answer': {
      const answer = decodeRosterAnswer(message.body);
      if (answer === undefined) malformed(hub, lockId, message.body);
      else queue(lockId, () => rosters.answered(hub, lockId, answer));
      return;
    }
    case 'owner-set-answer': {
      const answer = decodeOwnerSetAnswer(message.body);
      if (answer === undefined) malformed(hub, lockId, message.body);
      else if (answer.code !== 'accepted') hub.log('owner-set-refused', { lockId, code: answer.code, sequence: answer.sequence });
      return;
    }
    case 'journal': {
      const identityKey = hub.adopted.get(lockId);
      if (identityKey !== undefined) queue(lockId, () => ingest(hub, lockId, identityKey, message.body));
    }
  }
};

const malformed = (hub: Hub, lockId: LockId, bytes: Bytes): void => {
  hub.log('link-message-malformed', { lockId, bytes: bytes.length });
};

const heardStatus = (hub: Hub, rosters: RosterDelivery, queue: Queue, lockId: LockId, body: Bytes): void => {
  const status = statusIn(hub, lockId, body);
  if (status === undefined) return;
  hub.presence.heard(lockId, status, body, hub.now());
  if (!hub.adopted.has(lockId)) {
    hub.live.publish({ event: 'waiting', data: { locks: waitingLocks(hub) } });
    return;
  }
  queue(lockId, async () => {
    await announceDoor(hub, lockId);
    await rosters.reported(hub, lockId, status.rosterVersion);
  });
};

// The status of a lock with a door here counts by its signature. Of any other no key is known yet: it only says in the list of waiting
// locks whether somebody owns it, which gives nobody anything, and it is forgotten once the key is known.
const statusIn = (hub: Hub, lockId: LockId, body: Bytes): Status | undefined => {
  const identityKey = hub.adopted.get(lockId);
  if (identityKey === undefined) {
    const said = unprovenStatus(body);
    if (said?.lockId === lockId) return said;
    malformed(hub, lockId, body);
    return undefined;
  }
  const opened = openStatus(hub.crypto, identityKey, lockId, body);
  if (opened.ok) return opened.value;
  hub.log('status-refused', { lockId, code: opened.error.code });
  return undefined;
};

const answerTime = (hub: Hub, lockId: LockId, body: Bytes): void => {
  const nonce = decodeTimeAsk(body);
  if (nonce === undefined) malformed(hub, lockId, body);
  else hub.link.send(lockId, { type: 'time-answer', body: timeAnswer(hub.crypto, hub.keys.time, lockId, nonce, hub.now()) });
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
