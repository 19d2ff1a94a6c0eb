// A door as the app sees it: what is stored of its lock, joined with what was heard on the link.

import { base64url } from '@mortise/base/bytes.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import { parseIdentifier } from '@mortise/base/identifiers.ts';
import { required } from '@mortise/base/assert.ts';
import type { Door, LockState, RosterDelivery, WaitingLock } from '@mortise/api/locks.ts';
import { GENESIS } from '@mortise/journal/chain.ts';
import type { Hub } from './hub.ts';
import type { Heard } from './mqtt/presence.ts';
import { doorRowOfDoor, doorRowOfLock, doorRows, type Delivery, type DoorRow } from './store/lock-store.ts';

export const allDoors = async (hub: Hub): Promise<Door[]> => (await doorRows(hub.database)).map((row) => doorOf(hub, row));

export const doorById = async (hub: Hub, doorId: string): Promise<Door | undefined> => {
  const row = await doorRowOfDoor(hub.database, doorId);
  return row === undefined ? undefined : doorOf(hub, row);
};

export const doorByLock = async (hub: Hub, lockId: LockId): Promise<Door | undefined> => {
  const row = await doorRowOfLock(hub.database, lockId);
  return row === undefined ? undefined : doorOf(hub, row);
};

/** Locks on the link that have no door here. */
export const waitingLocks = (hub: Hub): WaitingLock[] =>
  hub.presence
    .all()
    .filter(({ lockId }) => !hub.adopted.has(lockId))
    .map(({ lockId, kind, since }) => {
      const heard = hub.presence.last(lockId);
      const adopted = kind === 'adopted' || heard?.adopted === true;
      return { lockId, model: null, adopted, finishing: adopted && hub.drafts.has(lockId), heardAt: heard?.heardAt ?? since };
    });

export const deliveryOf = ({ delivered, newest, refused }: Delivery): RosterDelivery => {
  if (delivered >= newest) return { version: newest, delivery: 'delivered', code: null };
  return { version: newest, delivery: refused === null ? 'waiting' : 'refused', code: refused };
};

const doorOf = (hub: Hub, row: DoorRow): Door => {
  const lockId = required(parseIdentifier<LockId>(row.id), 'stored lock ids are identifiers');
  return {
    id: row.door_id,
    name: row.door_name,
    zone: row.zone ?? 'UTC',
    lock: {
      lockId,
      identityKey: base64url(row.identity_key),
      readerKey: base64url(row.reader_key),
      sealKey: base64url(row.seal_key),
      statement: base64url(row.statement),
      model: row.model,
      firmware: row.firmware,
      profile: row.profile,
      online: hub.presence.on(lockId)?.kind === 'adopted',
      state: stateOf(hub.presence.last(lockId)),
      reset: resetOf(row, hub.now()),
      roster: deliveryOf({ delivered: row.delivered, newest: row.newest ?? 0, refused: row.refused }),
      journal: { entries: row.seq ?? 0, missing: Number(row.missing ?? 0), head: base64url(row.head ?? GENESIS.head), alerts: Number(row.alerts ?? 0) },
    },
  };
};

// One that was withdrawn matters for as long as the lock could still act on it.
const resetOf = ({ reset_until: until, reset_refused: refused, reset_sent, reset_withdrawn }: DoorRow, now: number): Door['lock']['reset'] => {
  const [isSent, isWithdrawn] = [reset_sent !== null, reset_withdrawn !== null];
  return until === null || (isWithdrawn && until < now) ? null : { until, refused, isSent, isWithdrawn };
};

const stateOf = (heard: Heard | undefined): LockState | null => {
  if (heard === undefined) return null;
  const { bolt, door, batteryMv, since, relockAt, built, held, warnings, reserve, statement, heardAt } = heard;
  return {
    bolt, door, batteryMv: batteryMv ?? null, since, relockAt: relockAt ?? null, built: built ?? null, held: held ?? null, warnings: [...(warnings ?? [])], reserve: reserve ?? null,
    statement: base64url(statement), heardAt,
  };
};
