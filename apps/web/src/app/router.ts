// Where the page is. Paths are real ones, so that they can be sent and bookmarked; the fragment is only used by the claim link.

import { signal } from '@preact/signals';

export type Place =
  | { readonly kind: 'doors' } | { readonly kind: 'door'; readonly doorId: string } | { readonly kind: 'activity' } | { readonly kind: 'people' }
  | { readonly kind: 'trust' } | { readonly kind: 'add-lock' } | { readonly kind: 'claim' } | { readonly kind: 'restore' } | { readonly kind: 'nowhere' };

const FIXED: Readonly<Record<string, Place>> = {
  '/': { kind: 'doors' }, '/activity': { kind: 'activity' }, '/people': { kind: 'people' }, '/trust': { kind: 'trust' },
  '/add-lock': { kind: 'add-lock' }, '/claim': { kind: 'claim' }, '/restore': { kind: 'restore' },
};

/** The place that a path names. */
export const placeOf = (path: string): Place => {
  const doorId = path.match(/^\/doors\/([A-Za-z0-9_-]{22})$/)?.[1];
  if (doorId !== undefined) return { kind: 'door', doorId };
  return FIXED[path] ?? { kind: 'nowhere' };
};

export const doorPath = (doorId: string): string => `/doors/${doorId}`;

export const path = signal(typeof location === 'undefined' ? '/' : location.pathname);

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

/** Goes to another place of the app. */
export const go = (to: string, how: 'push' | 'replace' = 'push'): void => {
  if (how === 'push') history.pushState(null, '', to);
  else history.replaceState(null, '', to);
  path.value = location.pathname;
  stepHere.value = undefined;
  scrollTo(0, 0);
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
    go(anchor.pathname);
  });
  addEventListener('popstate', ({ state }) => {
    path.value = location.pathname;
    stepHere.value = stepOf(state);
  });
};
