// Where the page is. Paths are real ones, so that they can be sent and bookmarked. The fragment is only used by links that carry a secret:
// the claim link, a key's, an owner's; whoever takes it over removes it from the address.

import { signal } from '@preact/signals';
import { entriesPlaceOf, type EntriesPlace } from './entries-place.ts';
import { estatePlaceOf, type EstatePlace } from './estate-place.ts';

export type Place =
  | { readonly kind: 'doors' } | { readonly kind: 'door'; readonly doorId: string } | { readonly kind: 'activity' } | { readonly kind: 'people' }
  | { readonly kind: 'trust' } | { readonly kind: 'add-lock' } | { readonly kind: 'claim' } | { readonly kind: 'restore' } | { readonly kind: 'nowhere' }
  | { readonly kind: 'lend'; readonly doorId?: string; readonly personId?: string; /** A key whose link nobody used, to be sent anew. */ readonly grantId?: string } | { readonly kind: 'lent' } | { readonly kind: 'grant'; readonly grantId: string }
  | { readonly kind: 'outbox' } | { readonly kind: 'groups' } | { readonly kind: 'holidays' } | { readonly kind: 'hub-lends' } | { readonly kind: 'alarms' }
  | { readonly kind: 'invite-owner' } | { readonly kind: 'new-owner'; readonly invitationId: string } | { readonly kind: 'remove-owner'; readonly personId: string }
  | { readonly kind: 'estate'; readonly at: EstatePlace } | { readonly kind: 'policy' | 'remove-lock'; readonly doorId: string } | { readonly kind: 'entries'; readonly at: EntriesPlace }
  /** Of guests, without an account: a link just opened, the keys of this browser, a link to become an owner. */
  | { readonly kind: 'key' } | { readonly kind: 'keys' } | { readonly kind: 'join' }
  /** Of whoever holds an electronic key: theirs, updating one, asking for a door. And of owners: registering one, updating one, a phone for whoever has one. */
  | { readonly kind: 'ekeys' } | { readonly kind: 'update-ekey'; readonly by: 'owner' | 'holder' } | { readonly kind: 'ask-access' } | { readonly kind: 'register-key' } | { readonly kind: 'holder-phone'; readonly ekeyId: string };

const FIXED: Readonly<Record<string, Place>> = {
  '/': { kind: 'doors' }, '/activity': { kind: 'activity' }, '/people': { kind: 'people' }, '/trust': { kind: 'trust' },
  '/add-lock': { kind: 'add-lock' }, '/claim': { kind: 'claim' }, '/restore': { kind: 'restore' },
  '/lend': { kind: 'lend' }, '/lent': { kind: 'lent' }, '/outbox': { kind: 'outbox' }, '/groups': { kind: 'groups' }, '/holidays': { kind: 'holidays' },
  '/hub-lends': { kind: 'hub-lends' }, '/alarms': { kind: 'alarms' }, '/owners/invite': { kind: 'invite-owner' },
  '/keys/electronic': { kind: 'ekeys' }, '/keys/electronic/update': { kind: 'update-ekey', by: 'holder' }, '/keys/electronic/ask': { kind: 'ask-access' },
  '/estate/keys/new': { kind: 'register-key' }, '/estate/keys/update': { kind: 'update-ekey', by: 'owner' },
  '/key': { kind: 'key' }, '/keys': { kind: 'keys' }, '/join': { kind: 'join' },
};

type Named = readonly [RegExp, (id: string) => Place];

const NAMED: readonly Named[] = [
  [/^\/doors\/([A-Za-z0-9_-]{22})$/, (doorId) => ({ kind: 'door', doorId })],
  [/^\/doors\/([A-Za-z0-9_-]{22})\/policy$/, (doorId) => ({ kind: 'policy', doorId })],
  [/^\/doors\/([A-Za-z0-9_-]{22})\/remove$/, (doorId) => ({ kind: 'remove-lock', doorId })],
  [/^\/lend\/door\/([A-Za-z0-9_-]{22})$/, (doorId) => ({ kind: 'lend', doorId })],
  [/^\/lend\/person\/([A-Za-z0-9_-]{22})$/, (personId) => ({ kind: 'lend', personId })],
  [/^\/lend\/again\/([A-Za-z0-9_-]{22})$/, (grantId) => ({ kind: 'lend', grantId })],
  [/^\/grants\/([A-Za-z0-9_-]{22})$/, (grantId) => ({ kind: 'grant', grantId })],
  [/^\/estate\/keys\/([A-Za-z0-9_-]{22})\/phone$/, (ekeyId) => ({ kind: 'holder-phone', ekeyId })],
  [/^\/owners\/new\/([A-Za-z0-9_-]{22})$/, (invitationId) => ({ kind: 'new-owner', invitationId })],
  [/^\/owners\/remove\/([A-Za-z0-9_-]{22})$/, (personId) => ({ kind: 'remove-owner', personId })],
];

/** The place that a path names. */
export const placeOf = (path: string): Place => {
  for (const [pattern, of] of NAMED) {
    const id = path.match(pattern)?.[1];
    if (id !== undefined) return of(id);
  }
  const entries = entriesPlaceOf(path);
  if (entries !== undefined) return { kind: 'entries', at: entries };
  const estate = estatePlaceOf(path);
  if (estate !== undefined) return { kind: 'estate', at: estate };
  return (Object.hasOwn(FIXED, path) ? FIXED[path] : undefined) ?? { kind: 'nowhere' };
};

export type GuestPlace = Extract<Place, { kind: 'key' | 'keys' | 'join' | 'ekeys' | 'ask-access' }> | { readonly kind: 'update-ekey'; readonly by: 'holder' };

const GUESTS: readonly Place['kind'][] = ['key', 'keys', 'join', 'ekeys', 'ask-access'];

/** Whether the place is a guest's: nobody is asked there whether they are an owner. */
export const isGuestPlace = (place: Place): place is GuestPlace => (place.kind === 'update-ekey' ? place.by === 'holder' : GUESTS.includes(place.kind));

export const doorPath = (doorId: string): string => `/doors/${doorId}`;
export const policyPath = (doorId: string): string => `${doorPath(doorId)}/policy`;
export const removeLockPath = (doorId: string): string => `${doorPath(doorId)}/remove`;
export const sendAnewPath = (grantId: string): string => `/lend/again/${grantId}`;
export const grantPath = (grantId: string): string => `/grants/${grantId}`;

export const path = signal(typeof location === 'undefined' ? '/' : location.pathname);

/** What is searched for at this place, as it stands in the address: can be sent and bookmarked with it. Begins with `?`, or is empty. */
export const query = signal(typeof location === 'undefined' ? '' : location.search);

/** The step inside a place, where it lives in the history: Back goes a step back, and what was typed stays. Undefined: its first. */
export const stepHere = signal<string | undefined>(undefined);

const stepOf = (state: unknown): string | undefined =>
  typeof state === 'object' && state !== null && 'step' in state && typeof state.step === 'string' ? state.step : undefined;

/** Goes on to a step of this place; the address stays. */
export const goStep = (step: string): void => {
  if (stepHere.value !== step) history.pushState({ step }, '');
  stepHere.value = step;
  scrollTo(0, 0);
};

/** Goes to another place of the app; `to` may hold a query. */
export const go = (to: string, how: 'push' | 'replace' = 'push'): void => {
  if (how === 'push') history.pushState(null, '', to);
  else history.replaceState(null, '', to);
  path.value = location.pathname;
  query.value = location.search;
  stepHere.value = undefined;
  scrollTo(0, 0);
};

/** Takes the secret out of the address, so that no history and nobody who looks on has it. Empty: there is none. */
export const takeFragment = (): string => {
  const text = location.hash.slice(1);
  if (text !== '') history.replaceState(null, '', location.pathname);
  return text;
};

const ownLink = (event: MouseEvent): HTMLAnchorElement | undefined => {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return undefined;
  const anchor = event.target instanceof Element ? event.target.closest('a') : null;
  const own = anchor !== null && anchor.origin === location.origin && anchor.target === '' && !anchor.hasAttribute('download');
  return own && !anchor.pathname.startsWith('/api/') ? anchor : undefined;
};

/** Follows links inside the app without loading the page anew. */
export const followLinks = (): void => {
  document.addEventListener('click', (event) => {
    const anchor = ownLink(event);
    if (anchor === undefined) return;
    event.preventDefault();
    go(anchor.pathname + anchor.search);
  });
  addEventListener('popstate', ({ state }) => {
    path.value = location.pathname;
    query.value = location.search;
    stepHere.value = stepOf(state);
  });
};
