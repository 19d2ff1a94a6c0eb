// What the estate's screens share: their navigation, what is fetched when one is come to, what to say while it is not there.

import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { path } from '../../app/router.ts';
import { Page, type PageProps } from '../../app/shell.tsx';
import { ekeys, estateFailure, loadEkeys, loadLocations, loadRequests, locations, requests, waitingRequests } from '../../model/estate.ts';
import { Banner, Wait } from '../../parts/small.tsx';
import { failureSentence } from '../../words/failures.ts';

const PLACES: readonly (readonly [string, string])[] = [['/estate', 'Locations'], ['/estate/keys', 'Keys'], ['/estate/requests', 'Requests'], ['/estate/records', 'Records']];

const isAt = (to: string): boolean => (to === '/estate' ? path.value === to || path.value.startsWith('/estate/locations/') : path.value.startsWith(to));

const SubNav = () => (
  <nav class="subnav" aria-label="Estate">
    {PLACES.map(([to, name]) => (
      <a key={to} href={to} aria-current={isAt(to) ? 'page' : undefined}>
        {name}{to === '/estate/requests' && waitingRequests.value.length > 0 && <span class="subnav__count" title="wait for an answer">{waitingRequests.value.length}</span>}
      </a>
    ))}
  </nav>
);

export const EstatePage = ({ children, ...page }: PageProps) => <Page {...page}><SubNav />{children}</Page>;

const LOADS = { ekeys: loadEkeys, locations: loadLocations, requests: loadRequests } as const;
export type Wanted = keyof typeof LOADS;

const isHere = (wanted: Wanted): boolean => ({ ekeys, locations, requests })[wanted].value !== undefined;

/** Fetches what the screen is about, once; the stream keeps keys and requests. Answers whether all of it is there. */
export const useEstate = (...wanted: readonly Wanted[]): boolean => {
  useEffect(() => { for (const each of wanted) if (!isHere(each)) void LOADS[each](); }, []);
  return wanted.every(isHere);
};

/** In the place of what is not there yet. */
export const NotYet = ({ what, wanted }: { readonly what: string; readonly wanted: readonly Wanted[] }): ComponentChildren => {
  const failure = estateFailure.value;
  const again = (): void => { for (const each of wanted) void LOADS[each](); };
  return failure === undefined ? <Wait>Asking the hub for {what}</Wait>
    : <Banner icon="unlinked" actions={<button class="link" type="button" onClick={again}>Try again</button>}><b>The hub did not tell {what}.</b> {failureSentence(failure)}</Banner>;
};
