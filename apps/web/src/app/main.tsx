// Where the app begins: which screen a session and a path lead to, the stream of events while signed in, the page's clock.

import { effect } from '@preact/signals';
import { render } from 'preact';
import { phoneKeyRead, readPhoneKey } from '../keys/phone-key.ts';
import { listen } from '../model/events.ts';
import { sayChanges } from '../model/hold.ts';
import { doors, me, now, session, stateOf } from '../model/live.ts';
import { begin } from '../model/session.ts';
import { TaskDrawing } from '../parts/section.tsx';
import { Wait } from '../parts/small.tsx';
import { Activity } from '../screens/activity.tsx';
import { AddLock } from '../screens/add-lock.tsx';
import { Claim } from '../screens/claim.tsx';
import { DoorScreen } from '../screens/door.tsx';
import { Doors } from '../screens/doors.tsx';
import { People } from '../screens/people.tsx';
import { Restore } from '../screens/restore.tsx';
import { NoHub, SignIn, Unclaimed } from '../screens/sign-in.tsx';
import { Trust } from '../screens/trust.tsx';
import { WORDS } from '../words/door-state.ts';
import { followLinks, path, placeOf, type Place } from './router.ts';
import { LiveRegion, Task } from './shell.tsx';

const Nowhere = () => <Task title="There is no such page" say="The address may be mistyped, or the door was removed." bar={<a class="btn btn--main btn--tall" href="/">See all doors</a>}><TaskDrawing /></Task>;

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
    case 'nowhere': return <Nowhere />;
  }
};

const Screen = () => {
  const place = placeOf(path.value);
  const at = session.value;
  if (place.kind === 'claim' && at.kind !== 'loading' && at.kind !== 'failed') return <Claim />;
  if (at.kind === 'loading') return <div class="task"><main class="main"><Wait>Asking the hub who you are</Wait></main></div>;
  if (at.kind === 'failed') return <NoHub failure={at.failure} />;
  if (at.kind === 'unclaimed') return <Unclaimed />;
  if (at.kind === 'out') return place.kind === 'restore' ? <Restore /> : <SignIn />;
  return screenOf(place);
};

const App = () => <><Screen /><LiveRegion /></>;

/** The events are listened to while somebody is signed in. */
const listenWhileSignedIn = (): void => {
  let stop: (() => void) | undefined;
  let who: string | undefined;
  effect(() => {
    const next = me.value?.person.id;
    if (next === who) return;
    who = next;
    stop?.();
    stop = next === undefined ? undefined : listen();
  });
  effect(() => {
    const siteId = me.value?.site.id;
    if (siteId !== undefined) void readPhoneKey(siteId);
    else phoneKeyRead.value = false;
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
void begin();
const root = document.getElementById('app');
if (root !== null) render(<App />, root);
