// What this page knows and shows: session, doors, activity, link to the hub. Signals only; session.ts and events.ts fill them.

import { computed, signal } from '@preact/signals';
import type { ActivityItem, Alert } from '@mortise/api/activity.ts';
import type { Door, WaitingLock } from '@mortise/api/locks.ts';
import type { Me } from '@mortise/api/owner.ts';
import { happenings } from '../words/record.ts';
import { countsAtDoor, doorState, type DoorState, type Known } from '../words/door-state.ts';
import type { Failure } from './client.ts';
import { NOTHING_HEARD, type Heard } from './told-list.ts';
import { saidBy } from './lock-words.ts';
import { isByRadio, seenNear } from './near.ts';
import type { Link } from './silence.ts';
import type { Way } from './ways.ts';

export type Session =
  | { readonly kind: 'loading' }
  /** `leaving`: whoever was here signed out, and the hub is still to hear of it. */
  | { readonly kind: 'failed'; readonly failure: Failure; readonly leaving: boolean }
  | { readonly kind: 'unclaimed' }
  | { readonly kind: 'out'; readonly siteName: string | undefined }
  | { readonly kind: 'in'; readonly me: Me };

export const session = signal<Session>({ kind: 'loading' });
export const me = computed(() => (session.value.kind === 'in' ? session.value.me : undefined));
export const zone = computed(() => me.value?.site.zone ?? 'UTC');

/** The stream of events. */
export const link = signal<Link>({ kind: 'opening' });

/** A clock that the page's ages follow; ticks once a second while the page is seen. */
export const now = signal(Date.now());

export const doors = signal<readonly Door[] | undefined>(undefined);
/** What the stream has told of doors, so that a list that comes late takes nothing back. */
export const doorsHeard = signal<Heard>(NOTHING_HEARD);
/** Doors that were removed while this page was open, and whether their locks were reset: a list that was asked for before does not bring them back. */
export const doorsGone = signal<ReadonlyMap<string, boolean>>(new Map());
export const doorsFailure = signal<Failure | undefined>(undefined);
export const waiting = signal<readonly WaitingLock[] | undefined>(undefined);
export const alerts = signal<readonly Alert[]>([]);

/** Newest first, by the hub's order of arrival. */
export const activity = signal<readonly ActivityItem[] | undefined>(undefined);
export const activityFailure = signal<Failure | undefined>(undefined);
/** The `before` of the next page; null at the end. */
export const activityNext = signal<number | null>(null);
/** Cursors that arrived while the page was open. */
export const arrived = signal<ReadonlySet<number>>(new Set());
export const told = computed(() => happenings(activity.value ?? []));

/** The last state shown of each lock: stays while a bolt moves. */
const shown = new Map<string, DoorState>();

const lastOperation = (lockId: string): ActivityItem | undefined =>
  (activity.value ?? []).find((item) => item.lockId === lockId && item.kind === 'operation');

/** Whether there is a way to the lock through the hub, as far as this page knows: its link, and the page's own. */
export const isReachable = ({ lock }: Door): boolean => lock.online && link.value.kind !== 'lost';

/** Whether the lock was at hand when this page last looked, which it does while there is no way through the hub. */
const isNear = ({ lock }: Door): boolean => seenNear.value.has(lock.lockId);

/** Which way is taken now: a lock that its radio brings is asked at the door; else by the hub, where that is open. */
export const wayToDoor = (door: Door): Way => {
  if (isByRadio(door.lock.lockId)) return 'near';
  if (isReachable(door)) return 'hub';
  return isNear(door) ? 'near' : 'none';
};

/** What the lock signed last, and what is to be said against it now. */
export const saidOf = ({ lock }: Door): ReturnType<typeof saidBy> => saidBy(lock.lockId, now.value);

export const knownOf = (door: Door): Known => {
  const { lock } = door;
  const before = shown.get(lock.lockId);
  const { said, doubt } = saidOf(door);
  return {
    online: isReachable(door) || (isNear(door) && countsAtDoor(said === undefined ? undefined : now.value - said.instant)),
    state: said ?? null,
    ...(lock.profile === 'passive' && { passive: true }),
    ...(doubt === undefined ? {} : { doubt }),
    jammed: lastOperation(lock.lockId)?.reason === 'bolt-jammed',
    ...(before === undefined ? {} : { before }),
  };
};

/** The state to show, remembered for the time the bolt moves. */
export const stateOf = (door: Door): DoorState => {
  const state = doorState(knownOf(door));
  shown.set(door.lock.lockId, state);
  return state;
};
