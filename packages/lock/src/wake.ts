// When the lock must be woken: the earliest of everything that waits for a time.

import { doorTimes } from './door-watch.ts';
import { enrolmentTimes } from './finger-desk.ts';
import { holdTimes } from './holding.ts';
import { tellMissedMs } from './journal-keeper.ts';
import { idleTimes } from './near-desk.ts';
import { resetTimes } from './reset-desk.ts';
import { canSayStatus } from './status-desk.ts';
import type { LockState } from './state.ts';

/** Monotonic; undefined when nothing waits. */
export const nextWakeMs = (state: LockState): number | undefined => {
  let earliest = Infinity;
  for (const timesOf of WAITING) for (const atMs of timesOf(state)) if (atMs < earliest) earliest = atMs;
  return earliest === Infinity ? undefined : earliest;
};

const movementTimes = ({ sensors, relock }: LockState): readonly number[] => [
  ...('deadlineMs' in sensors.bolt ? [sensors.bolt.deadlineMs] : []),
  ...(relock.kind === 'waiting' ? [relock.dueMs] : []),
  ...(sensors.fireAgainMs === undefined ? [] : [sensors.fireAgainMs]),
];

const sessionTimes = (state: LockState): readonly number[] => [...state.sessions.map(({ deadlineMs }) => deadlineMs), ...idleTimes(state)];

const journalTimes = (state: LockState): readonly number[] => [...missedTimes(state), ...outboxTimes(state)];

const missedTimes = (state: LockState): readonly number[] => {
  const atMs = tellMissedMs(state);
  return atMs === undefined ? [] : [atMs];
};

const outboxTimes = ({ outbox, link, membership, question }: LockState): readonly number[] => [
  ...(link.isUp && outbox.kind === 'sent' ? [outbox.againMs] : []),
  ...(link.isUp && membership.kind === 'adopted' ? [question.nextMs] : []),
];

const statusTimes = (state: LockState): readonly number[] =>
  state.link.isUp && state.membership.kind === 'adopted' && canSayStatus(state) ? [state.status.nextMs] : [];

const cardTimes = ({ card }: LockState): readonly number[] => (card === undefined ? [] : [card.deadlineMs]);

const adoptionTimes = ({ membership }: LockState): readonly number[] =>
  membership.kind === 'factory' ? membership.handshakes.map(({ deadlineMs }) => deadlineMs) : [];

const WAITING: readonly ((state: LockState) => readonly number[])[] =
  [movementTimes, doorTimes, holdTimes, resetTimes, sessionTimes, journalTimes, statusTimes, adoptionTimes, cardTimes, enrolmentTimes];
