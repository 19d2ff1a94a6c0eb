// Who is signed in, and what is fetched for them. Signing in happens in keys/; this fetches what a signed-in page shows.

import { ROUTES } from '@mortise/api/routes.ts';
import type { Me } from '@mortise/api/owner.ts';
import { merged } from './activity-list.ts';
import { dropPage, isLeaving, readPage, type KeptPage } from '../keys/kept-page.ts';
import { handIn, readPending, withProvisional } from '../keys/pending-adoptions.ts';
import { forgetAlarms } from './alarms.ts';
import { announce } from './announce.ts';
import { courier } from './carrying.ts';
import { call, SHORT_PATIENCE_MS, type Failure } from './client.ts';
import { forgetEstate, reloadEstate } from './estate.ts';
import { forgetAnswers } from './last-answers.ts';
import { tellOthersLeft } from './tabs.ts';
import { withList } from './told-list.ts';
import { forgetEntries } from './entries.ts';
import { forgetGrants, grantsFailure, loadGrants } from './grants.ts';
import * as live from './live.ts';
import { forgetWords, hearDoor } from './lock-words.ts';
import { forgetPeople } from './people.ts';

const PAGE = 100;

export const loadDoors = async (): Promise<void> => {
  const asked = live.doorsHeard.value;
  const answer = await call(ROUTES.doors);
  live.doorsFailure.value = answer.ok ? undefined : answer.error;
  if (!answer.ok) {
    lostSession(answer.error);
    return;
  }
  for (const door of answer.value.doors) hearDoor(door, live.me.value?.site.id ?? '');
  live.doors.value = withProvisional(withList(live.doors.value ?? [], answer.value.doors.filter(({ id }) => !live.doorsGone.value.has(id)), asked, live.doorsHeard.value));
};

/** One page of activity: the newest, or the one before what is there. */
export const loadActivity = async (before?: number): Promise<void> => {
  const answer = await call(ROUTES.activity, { query: { before, limit: PAGE } });
  live.activityFailure.value = answer.ok ? undefined : answer.error;
  if (!answer.ok) return;
  const first = live.activity.value === undefined || before !== undefined;
  live.activity.value = merged(live.activity.value ?? [], answer.value.items);
  if (first) live.activityNext.value = answer.value.next;
};

export const loadWaiting = async (): Promise<void> => {
  const answer = await call(ROUTES.waitingLocks);
  if (answer.ok) live.waiting.value = answer.value.locks;
};

export const loadAlerts = async (): Promise<void> => {
  const answer = await call(ROUTES.alerts);
  if (answer.ok) live.alerts.value = answer.value.alerts;
};

/** Everything a signed-in page shows. */
export const loadAll = async (): Promise<void> => {
  await Promise.all([loadDoors(), loadActivity(), loadWaiting(), loadAlerts(), loadGrants(), reloadEstate()]);
};

const stand = async (me: Me): Promise<void> => {
  live.session.value = { kind: 'in', me };
  await readPending(me.site.id);
  await loadAll();
};

/** Somebody has just signed in here: a sign-out before, of which the hub was still to hear, is none of theirs. */
export const signedIn = async (me: Me): Promise<void> => {
  await settleLeaving();
  await stand(me);
};

const forget = (): void => {
  live.doors.value = undefined;
  forgetWords();
  forgetGrants();
  forgetEntries();
  forgetPeople();
  forgetAlarms();
  forgetEstate();
  forgetAnswers();
  live.activity.value = undefined;
  live.waiting.value = undefined;
  live.alerts.value = [];
  announce(''); // what was said of doors is not for who comes next
};

/** Shows the doors of locks that the hub does not know yet. */
export const showProvisional = (): void => {
  live.doors.value = withProvisional(live.doors.value ?? []);
  for (const door of live.doors.value) hearDoor(door, live.me.value?.site.id ?? '');
};

/** Tells the hub of locks that were adopted at the door, if it answers. */
export const tellHub = async (): Promise<void> => {
  const made = await handIn();
  if (made.length === 0) return;
  // As the hub has just told them: should it fall silent again before the list comes, they are not lost.
  live.doors.value = [...(live.doors.value ?? []).filter(({ lock }) => !made.some((each) => each.lock.lockId === lock.lockId)), ...made];
  await loadAll();
  for (const { lock } of made) await courier.exchange(lock.lockId);
};

/** A session that the hub ended shows the sign-in screen. */
export const lostSession = (failure: { readonly kind: string; readonly code?: string }): void => {
  if (failure.code === 'sign-in-required' && live.session.value.kind !== 'loading') void leave(false);
};

// This browser's storage did not take it that somebody left: this page knows it alone.
let leavesUnkept = false;

const settleLeaving = async (): Promise<void> => {
  leavesUnkept = false;
  await dropPage(false);
};

// `leaving`: the hub is still to hear of it; undefined: another tab sees to that. From here on nothing is listened to, so that nothing that comes late is
// shown or kept.
const leave = async (leaving: boolean | undefined): Promise<void> => {
  live.session.value = { kind: 'loading' };
  forget();
  const dropped = await dropPage(leaving);
  leavesUnkept = leaving === true && !dropped.ok;
  if (leaving === true) tellOthersLeft();
  await begin();
};

/** The hub is back: whoever is signed in there counts, and the lists are fetched anew. */
export const comeBack = async (): Promise<void> => {
  const answer = await call(ROUTES.me);
  if (live.me.value === undefined) return undefined; // signed out meanwhile
  if (!answer.ok) return lostSession(answer.error);
  if (answer.value.person.id !== live.me.value.person.id) forget();
  return stand(answer.value);
};

/** Asks the hub where things stand: unclaimed, signed out, signed in. Where it cannot be asked, what this browser kept stands; of who left, nothing does. */
export const begin = async (): Promise<void> => {
  const [told, stored] = await Promise.all([isLeaving(), readPage()]);
  const leaving = told || leavesUnkept;
  const kept = leaving ? undefined : stored;
  const next = await whereThingsStand(leaving, kept === undefined ? undefined : SHORT_PATIENCE_MS);
  if (next.kind === 'out' || next.kind === 'unclaimed') await settleLeaving();
  if (next.kind === 'in') await stand(next.me);
  else if (next.kind === 'failed' && kept !== undefined) await standOn(kept);
  else live.session.value = next;
};

const failed = (failure: Failure, leaving = false): live.Session => ({ kind: 'failed', failure, leaving });

const whereThingsStand = async (leaving: boolean, patienceMs: number | undefined): Promise<live.Session> => {
  const left = leaving ? await call(ROUTES.signOut, { patienceMs: SHORT_PATIENCE_MS }) : undefined;
  if (left !== undefined && !left.ok) return failed(left.error, true);
  const health = await call(ROUTES.health, { patienceMs });
  if (!health.ok) return failed(health.error);
  if (!health.value.claimed) return { kind: 'unclaimed' };
  const answer = await call(ROUTES.me, { patienceMs });
  if (answer.ok) return { kind: 'in', me: answer.value };
  return answer.error.kind === 'refused' && answer.error.code === 'sign-in-required' ? { kind: 'out', siteName: health.value.siteName } : failed(answer.error);
};

// Nothing is asked of a hub that does not answer; the stream of events tries on, and what it brings takes the place of this.
const standOn = async ({ me, doors, at }: KeptPage): Promise<void> => {
  live.link.value = { kind: 'lost', since: at };
  live.activityFailure.value = AWAY;
  grantsFailure.value = AWAY;
  await readPending(me.site.id);
  live.session.value = { kind: 'in', me };
  live.doors.value = doors;
  showProvisional();
};

const AWAY: Failure = { kind: 'unreachable' };

/** The hub hears of it as soon as it answers; the other tabs of this browser at once. */
export const signOut = (): Promise<void> => leave(true);

/** Another tab signed out whoever is here. */
export const followOut = (): void => {
  if (live.session.value.kind === 'in') void leave(undefined);
};
