// The lock's signed word about how it is (courier/status.ts): whenever that changes, when it is asked, and by itself while it has an
// owner, so that what stays away shows. At most one signature is under way; what happens meanwhile waits, and the newest state wins.

import { isInstant, type Instant } from '@mortise/base/instant.ts';
import { statusToSign, WARNINGS, type Status, type Warning } from '@mortise/courier/status.ts';
import { RESERVE_OPENINGS } from './battery.ts';
import { changed, type Change, type Moment } from './change.ts';
import { isLeftUnlocked } from './door-watch.ts';
import type { Reading } from './events.ts';
import { isHeld } from './hold.ts';
import { HUB, type Carrier, type NearPeer } from './peer.ts';
import { askSignature, sayTo } from './sending.ts';
import { sensedOf, stampOf } from './sensing.ts';
import type { AfterSigned, LockState, StatusDesk } from './state.ts';

/** A lock on its link says at least this often how it is; a reader doubts what is three times as old. */
export const STATUS_EVERY_MS = 30_000;

export const NO_STATUS: StatusDesk = { count: 0, isWanted: false, nextMs: 0 };

/** The next status is to be said as soon as it can be. Without a link it is not: it is said anew when there is one. */
export const wantStatus = (state: LockState): LockState => ({ ...state, status: { ...state.status, isWanted: state.link.isUp } });

const isStatusWanted = ({ status, link, membership }: LockState, nowMs: number): boolean =>
  link.isUp && (status.isWanted || (membership.kind === 'adopted' && nowMs >= status.nextMs));

/** Whether the next status to the hub need not wait for `stored` or `signed`. */
export const canSayStatus = (state: LockState): boolean =>
  isSayable(state) && !state.signatures.some(({ after }) => after.kind === 'status' && after.to.kind === 'hub');

// What is said names the last entry of the journal, and that one must be durable: after a power cut it could come back as another.
const isSayable = ({ isStarted, journal }: LockState): boolean => isStarted && journal.durable === journal.last.seq;

/** Asks for the signature over how things are now, if a status is wanted; what is not durable yet is waited for. */
export const pumpStatus = (moment: Moment, state: LockState): Change => {
  const { monotonicMs } = moment.now;
  if (!isStatusWanted(state, monotonicMs) || !canSayStatus(state)) return changed(state);
  const nextMs = monotonicMs + STATUS_EVERY_MS;
  return askStatus(moment, { ...state, status: { ...state.status, isWanted: false, nextMs } }, HUB)
    ?? changed({ ...state, status: { ...state.status, isWanted: true, nextMs } });
};

/** The same for a phone that carries; undefined: not now. */
export const askStatusFor = (moment: Moment, state: LockState, to: NearPeer): Change | undefined =>
  isSayable(state) ? askStatus(moment, state, to) : undefined;

const askStatus = ({ crypto, now }: Moment, state: LockState, to: Carrier): Change | undefined => {
  const next = { ...state, status: { ...state.status, count: state.status.count + 1 } };
  const { message, assemble } = statusToSign(crypto, state.keys.identityKey, statusOf(next, now));
  return askSignature(next, 'identity', message, { kind: 'status', to, assemble });
};

/** The status is signed: off it goes, if there is still somebody to take it. */
export const onStatusSigned = (state: LockState, { to, assemble }: AfterSigned & { readonly kind: 'status' }, signature: Uint8Array): Change =>
  sayTo(state, to, 'status', assemble(signature));

/** What the lock senses and holds, by its clock. */
export const statusOf = (state: LockState, now: Reading): Status => ({
  ...sensedOf(state),
  ...stampOf(state, now),
  lockId: state.lockId,
  adopted: state.membership.kind === 'adopted',
  rosterVersion: state.membership.kind === 'adopted' ? state.membership.roster.version : 0,
  ownerSequence: state.membership.kind === 'adopted' ? state.membership.ownerSet.sequence : 0,
  since: shifted(state, now, state.sensors.boltSinceMs),
  seq: state.journal.last.seq,
  count: Math.max(1, state.status.count),
  ...relockAtOf(state, now),
  built: { mechanism: state.mechanism.name, opening: state.mechanism.opening },
  ...heldOf(state, now),
  ...warningsOf(state),
  ...reserveOf(state),
});

/** Whether both states say the same by one clock reading: time alone changes nothing that needs saying, a clock that was set does. */
export const isSameStatus = (now: Reading, before: LockState, state: LockState): boolean => {
  const [was, is] = [statusOf(before, now), statusOf(state, now)];
  return was.bolt === is.bolt && was.door === is.door && was.batteryMv === is.batteryMv && was.adopted === is.adopted
    && was.rosterVersion === is.rosterVersion && was.ownerSequence === is.ownerSequence && was.relockAt === is.relockAt && isSameMore(was, is) && was.instant === is.instant && was.clock === is.clock;
};

const isSameMore = (was: Status, is: Status): boolean =>
  was.held?.until === is.held?.until && was.reserve === is.reserve && (was.held === undefined) === (is.held === undefined)
  && WARNINGS.every((warning) => (was.warnings?.includes(warning) ?? false) === (is.warnings?.includes(warning) ?? false));

const heldOf = (state: LockState, now: Reading): Pick<Status, 'held'> => {
  if (!isHeld(state)) return {};
  return { held: { until: state.hold.untilMs === undefined ? null : shifted(state, now, state.hold.untilMs) } };
};

const IS_SO: { readonly [W in Warning]: (state: LockState) => boolean } = {
  ajar: ({ sensors }) => sensors.door.phase === 'ajar',
  forced: ({ sensors }) => sensors.door.phase === 'forced',
  leftUnlocked: isLeftUnlocked,
  tamper: ({ sensors }) => sensors.tamper,
  fireRelease: ({ sensors }) => sensors.fire,
  powerLost: ({ sensors }) => !sensors.hasPower,
};

const warningsOf = (state: LockState): Pick<Status, 'warnings'> => {
  const warnings = WARNINGS.filter((warning) => IS_SO[warning](state));
  return warnings.length === 0 ? {} : { warnings };
};

const reserveOf = ({ sensors }: LockState): Pick<Status, 'reserve'> =>
  sensors.levels.main === 'reserve' ? { reserve: Math.max(0, RESERVE_OPENINGS - sensors.reserveSpent) } : {};

const relockAtOf = (state: LockState, now: Reading): Pick<Status, 'relockAt'> => {
  if (state.relock.kind !== 'waiting') return {};
  return { relockAt: shifted(state, now, Math.max(now.monotonicMs, state.relock.dueMs)) };
};

// A monotonic time as an instant by the lock's clock as it stands now: a clock that is set later moves it too.
const shifted = (state: LockState, now: Reading, atMs: number): Instant => {
  const at = stampOf(state, now).instant + Math.round(atMs - now.monotonicMs);
  return isInstant(at) ? at : stampOf(state, now).instant;
};
