// While an owner with a key is signed in, the page and what it knows are kept on this browser, so that it starts at the door without a network too.

import { computed, effect } from '@preact/signals';
import { keepPage } from './offline.ts';
import { keepOwnerPage } from '../keys/kept-page.ts';
import { isProvisional } from '../keys/pending-adoptions.ts';
import { phoneKey } from '../keys/phone-key.ts';
import { doors, link, me, now } from './live.ts';

/** What changes at one time is written once. */
const GATHER_MS = 500;

/** What is kept says when the hub was heard last, to the minute. */
const minute = computed(() => Math.floor(now.value / 60_000));

const known = computed(() => {
  const [who, list] = [me.value, doors.value];
  const isFromHub = link.value.kind === 'live' && phoneKey.value !== undefined;
  return isFromHub && who !== undefined && list !== undefined ? { me: who, doors: list.filter((door) => !isProvisional(door)), minute: minute.value } : undefined;
});

/** Until the returned function is called. */
export const keepWhileSignedIn = (): (() => void) => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stopPage = effect(() => { if (known.value !== undefined) void keepPage(); });
  const stop = effect(() => {
    clearTimeout(timer);
    const page = known.value;
    if (page !== undefined) timer = setTimeout(() => void keepOwnerPage({ me: page.me, doors: [...page.doors], at: Date.now() }), GATHER_MS);
  });
  return () => {
    stopPage();
    stop();
    clearTimeout(timer);
  };
};
