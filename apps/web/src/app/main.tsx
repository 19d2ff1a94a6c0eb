// Where the app begins: which screen a session and a path lead to, the stream of events while signed in, the page's clock.

import { effect } from '@preact/signals';
import { render } from 'preact';
import { phoneKeyRead, readPhoneKey } from '../keys/phone-key.ts';
import { standReady } from '../model/at-door.ts';
import { keepWhileSignedIn } from '../model/keep-page.ts';
import { listen } from '../model/events.ts';
import { sayChanges } from '../model/hold.ts';
import { doors, me, now, session, stateOf } from '../model/live.ts';
import { begin, followOut } from '../model/session.ts';
import { hearLeaving } from '../model/tabs.ts';
import { TaskDrawing } from '../parts/section.tsx';
import { Wait } from '../parts/small.tsx';
import { Activity } from '../screens/activity.tsx';
import { AskAccess } from '../screens/ask-access.tsx';
import { AddLock } from '../screens/add-lock.tsx';
import { Claim } from '../screens/claim.tsx';
import { DoorScreen } from '../screens/door.tsx';
import { Doors } from '../screens/doors.tsx';
import { GrantScreen } from '../screens/grant.tsx';
import { HeldEkeys } from '../screens/held-ekeys.tsx';
import { Groups } from '../screens/groups.tsx';
import { Holidays } from '../screens/holidays.tsx';
import { HubLends } from '../screens/hub-lends.tsx';
import { Join } from '../screens/join.tsx';
import { KeyLink } from '../screens/key-link.tsx';
import { Keys } from '../screens/keys.tsx';
import { Lend } from '../screens/lend.tsx';
import { LentKeys } from '../screens/lent.tsx';
import { OutboxScreen } from '../screens/outbox.tsx';
import { InviteOwner, NewOwner, RemoveOwner } from '../screens/owners.tsx';
import { People } from '../screens/people.tsx';
import { Restore } from '../screens/restore.tsx';
import { NoHub, SignIn, Unclaimed } from '../screens/sign-in.tsx';
import { Trust } from '../screens/trust.tsx';
import { UpdateEkey, UpdateHeldEkey } from '../screens/update-ekey.tsx';
import { WORDS } from '../words/door-state.ts';
import { lazily } from './lazily.tsx';
import { followLinks, isGuestPlace, path, placeOf, type GuestPlace, type Place } from './router.ts';
import { LiveRegion, Task } from './shell.tsx';

const Nowhere = () => <Task title="There is no such page" say="The address may be mistyped, or the door was removed." bar={<a class="btn btn--main btn--tall" href="/">See all doors</a>}><TaskDrawing /></Task>;

/** Most sites have one door or two, and no need of it. */
const Entries = lazily(async () => (await import('../screens/entries/entries.tsx')).Entries);
const Alarms = lazily(async () => (await import('../screens/alarms.tsx')).Alarms);
const PolicyScreen = lazily(async () => (await import('../screens/policy.tsx')).PolicyScreen);
const RemoveLock = lazily(async () => (await import('../screens/remove-lock.tsx')).RemoveLock);
const HolderPhone = lazily(async () => (await import('../screens/estate/holder-phone.tsx')).HolderPhone);
const RegisterKey = lazily(async () => (await import('../screens/estate/register-key.tsx')).RegisterKey);
const Estate = lazily(async () => (await import('../screens/estate/estate.tsx')).Estate);

/** What needs no account: nobody asks there who is signed in. */
const guestScreenOf = (place: GuestPlace) => {
  switch (place.kind) {
    case 'key': return <KeyLink />;
    case 'keys': return <Keys />;
    case 'join': return <Join />;
    case 'ekeys': return <HeldEkeys />;
    case 'update-ekey': return <UpdateHeldEkey />;
    case 'ask-access': return <AskAccess />;
  }
};

const screenOf = (place: Place) => {
  switch (place.kind) {
    case 'doors': return <Doors />;
    case 'door': return <DoorScreen doorId={place.doorId} />;
    case 'activity': return <Activity />;
    case 'people': return <People />;
    case 'trust': return <Trust />;
    case 'add-lock': return <AddLock />;
    case 'claim': return <Claim />;
    case 'restore': return <Restore />;
    case 'lend': return <Lend doorId={place.doorId} personId={place.personId} grantId={place.grantId} />;
    case 'lent': return <LentKeys />;
    case 'grant': return <GrantScreen grantId={place.grantId} />;
    case 'outbox': return <OutboxScreen />;
    case 'groups': return <Groups />;
    case 'holidays': return <Holidays />;
    case 'hub-lends': return <HubLends />;
    case 'alarms': return <Alarms />;
    case 'invite-owner': return <InviteOwner />;
    case 'new-owner': return <NewOwner invitationId={place.invitationId} />;
    case 'estate': return <Estate at={place.at} />;
    case 'entries': return <Entries at={place.at} />;
    case 'policy': return <PolicyScreen doorId={place.doorId} />;
    case 'remove-lock': return <RemoveLock doorId={place.doorId} />;
    case 'remove-owner': return <RemoveOwner personId={place.personId} />;
    case 'register-key': return <RegisterKey />;
    case 'holder-phone': return <HolderPhone ekeyId={place.ekeyId} />;
    case 'update-ekey': return place.by === 'owner' ? <UpdateEkey /> : <UpdateHeldEkey />;
    case 'key': case 'keys': case 'join': case 'ekeys': case 'ask-access': return guestScreenOf(place);
    case 'nowhere': return <Nowhere />;
  }
};

const Screen = () => {
  const place = placeOf(path.value);
  const at = session.value;
  if (isGuestPlace(place)) return guestScreenOf(place);
  if (place.kind === 'claim' && at.kind !== 'loading' && at.kind !== 'failed') return <Claim />;
  if (at.kind === 'loading') return <div class="task"><main class="main"><Wait>Asking the hub who you are</Wait></main></div>;
  if (at.kind === 'failed') return <NoHub failure={at.failure} leaving={at.leaving} />;
  if (at.kind === 'unclaimed') return <Unclaimed />;
  if (at.kind === 'out') return place.kind === 'restore' ? <Restore /> : <SignIn />;
  return screenOf(place);
};

const App = () => <><Screen /><LiveRegion /></>;

const together = (...ends: readonly (() => void)[]) => (): void => ends.forEach((end) => end());

/** The events are listened to while somebody is signed in. */
const listenWhileSignedIn = (): void => {
  let stop: (() => void) | undefined;
  let who: string | undefined;
  effect(() => {
    const next = me.value?.person.id;
    if (next === who) return;
    who = next;
    stop?.();
    stop = next === undefined ? undefined : together(listen(), standReady(), keepWhileSignedIn());
  });
  effect(() => {
    const siteId = me.value?.site.id;
    if (siteId !== undefined) void readPhoneKey(siteId);
    else phoneKeyRead.value = false;
  });
};

/** Asks who is signed in, once somebody comes to a place of the owners: a guest is asked nothing. */
const beginOnce = (): void => {
  let begun = false;
  effect(() => {
    if (begun || isGuestPlace(placeOf(path.value))) return;
    begun = true;
    void begin();
  });
};

const tick = (): void => {
  setInterval(() => { if (!document.hidden) now.value = Date.now(); }, 1000);
  document.addEventListener('visibilitychange', () => { now.value = Date.now(); });
};

followLinks();
tick();
listenWhileSignedIn();
sayChanges(() => (doors.value ?? []).map((door) => [door.name, WORDS[stateOf(door)]]));
beginOnce();
hearLeaving(followOut);
const root = document.getElementById('app');
if (root !== null) render(<App />, root);
