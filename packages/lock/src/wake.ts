// When the lock must be woken: the earliest of everything that waits for a time.

import { doorMs } from './door-watch.ts';
import { enrolmentMs } from './finger-desk.ts';
import { holdMs } from './holding.ts';
import { tellMissedMs } from './journal-keeper.ts';
import { idleMs } from './near-desk.ts';
import { resetMs } from './reset-desk.ts';
import { canSayStatus } from './status-desk.ts';
import type { LockState } from './state.ts';

/** Monotonic; undefined when nothing waits. */
export const nextWakeMs = (state: LockState): number | undefined => {
  let earliest = Infinity;
  for (const timeOf of WAITING) earliest = Math.min(earliest, timeOf(state));
  return earliest === Infinity ? undefined : earliest;
};

const movementMs = ({ sensors, relock }: LockState): number =>
  Math.min('deadlineMs' in sensors.bolt ? sensors.bolt.deadlineMs : Infinity, relock.kind === 'waiting' ? relock.dueMs : Infinity, sensors.fireAgainMs ?? Infinity);

const sessionMs = (state: LockState): number => state.sessions.reduce((earliest, { deadlineMs }) => Math.min(earliest, deadlineMs), idleMs(state));

const missedMs = (state: LockState): number => tellMissedMs(state) ?? Infinity;

const outboxMs = ({ outbox, link, membership, question }: LockState): number =>
  link.isUp ? Math.min(outbox.kind === 'sent' ? outbox.againMs : Infinity, membership.kind === 'adopted' ? question.nextMs : Infinity) : Infinity;

const statusMs = (state: LockState): number =>
  state.link.isUp && state.membership.kind === 'adopted' && canSayStatus(state) ? state.status.nextMs : Infinity;

const cardMs = ({ card }: LockState): number => card?.deadlineMs ?? Infinity;

const adoptionMs = ({ membership }: LockState): number =>
  membership.kind === 'factory' ? membership.handshakes.reduce((earliest, { deadlineMs }) => Math.min(earliest, deadlineMs), Infinity) : Infinity;

/** When each must be looked at; Infinity: never. */
const WAITING: readonly ((state: LockState) => number)[] = [movementMs, doorMs, holdMs, resetMs, sessionMs, missedMs, outboxMs, statusMs, adoptionMs, cardMs, enrolmentMs];
