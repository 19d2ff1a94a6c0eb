// The estate as an owner's page knows it: electronic keys, locations, requests for access. Who waits for an answer is asked for at sign-in and told by
// the stream; everything else once a screen of the estate wants it, so that a household fetches nothing of it.

import { computed, signal } from '@preact/signals';
import type { AccessRequest } from '@mortise/api/access-requests.ts';
import type { Ekey } from '@mortise/api/ekeys.ts';
import type { Location } from '@mortise/api/locations.ts';
import { ROUTES } from '@mortise/api/routes.ts';
import { call, type Failure } from './client.ts';
import { now } from './live.ts';
import { NOTHING_HEARD, withList, withOne, withTold, type Heard } from './told-list.ts';

export const ekeys = signal<readonly Ekey[] | undefined>(undefined);
export const locations = signal<readonly Location[] | undefined>(undefined);
/** All of them, where a screen has asked for them; else those that this page was told of. */
export const requests = signal<readonly AccessRequest[] | undefined>(undefined);
const waiting = signal<readonly AccessRequest[]>([]);

/** What could not be fetched last. */
export const estateFailure = signal<Failure | undefined>(undefined);

const heardKeys = signal<Heard>(NOTHING_HEARD);
const heardRequests = signal<Heard>(NOTHING_HEARD);

/** Requests that nobody has decided and whose time is not over, newest first. */
export const waitingRequests = computed(() => waiting.value.filter(({ state, until }) => state === 'asked' && until >= now.value).toSorted((a, b) => b.askedAt - a.askedAt));

/** Takes a key that the hub told, by the stream or as the answer to a change of it. */
export const hearEkey = (ekey: Ekey): void => {
  heardKeys.value = withTold(heardKeys.value, ekey);
  if (ekeys.value !== undefined) ekeys.value = withOne(ekeys.value, ekey);
};

export const hearRequest = (request: AccessRequest): void => {
  heardRequests.value = withTold(heardRequests.value, request);
  waiting.value = withOne(waiting.value, request).filter(({ state }) => state === 'asked');
  if (requests.value !== undefined) requests.value = withOne(requests.value, request);
};

export const loadEkeys = async (): Promise<void> => {
  const asked = heardKeys.value;
  const answer = await call(ROUTES.ekeys);
  estateFailure.value = answer.ok ? undefined : answer.error;
  if (answer.ok) ekeys.value = withList(ekeys.value ?? [], answer.value.ekeys, asked, heardKeys.value);
};

export const loadLocations = async (): Promise<void> => {
  const answer = await call(ROUTES.locations);
  estateFailure.value = answer.ok ? undefined : answer.error;
  if (answer.ok) locations.value = answer.value.locations;
};

export const loadRequests = async (): Promise<void> => {
  const asked = heardRequests.value;
  const answer = await call(ROUTES.accessRequests);
  estateFailure.value = answer.ok ? undefined : answer.error;
  if (!answer.ok) return;
  requests.value = withList(requests.value ?? [], answer.value.requests, asked, heardRequests.value);
  waiting.value = requests.value.filter(({ state }) => state === 'asked');
};

const loadWaitingRequests = async (): Promise<void> => {
  const asked = heardRequests.value;
  const answer = await call(ROUTES.accessRequests, { query: { waiting: 'true' } });
  if (answer.ok) waiting.value = withList(waiting.value, answer.value.requests, asked, heardRequests.value);
};

/** At sign-in, and after a break: who waits, and what was fetched before. */
export const reloadEstate = async (): Promise<void> => {
  await Promise.all([
    requests.value === undefined ? loadWaitingRequests() : loadRequests(),
    ...(ekeys.value === undefined ? [] : [loadEkeys()]),
    ...(locations.value === undefined ? [] : [loadLocations()]),
  ]);
};

export const forgetEstate = (): void => {
  ekeys.value = undefined;
  locations.value = undefined;
  requests.value = undefined;
  waiting.value = [];
};
