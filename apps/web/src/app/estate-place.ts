// Where in the estate a page is: its paths and what they name. `/estate/keys/new` is no key of that name: an id has 22 characters.

export type EstatePlace =
  | { readonly kind: 'locations' } | { readonly kind: 'location'; readonly locationId: string }
  | { readonly kind: 'ekeys' } | { readonly kind: 'ekey'; readonly ekeyId: string } | { readonly kind: 'ekey-grant'; readonly ekeyId: string } | { readonly kind: 'ekey-coverage'; readonly ekeyId: string }
  | { readonly kind: 'requests' } | { readonly kind: 'request'; readonly requestId: string }
  | { readonly kind: 'records' };

const FIXED: Readonly<Record<string, EstatePlace>> = {
  '/estate': { kind: 'locations' }, '/estate/keys': { kind: 'ekeys' }, '/estate/requests': { kind: 'requests' }, '/estate/records': { kind: 'records' },
};

type Named = readonly [RegExp, (id: string) => EstatePlace];

const NAMED: readonly Named[] = [
  [/^\/estate\/locations\/([A-Za-z0-9_-]{22})$/, (locationId) => ({ kind: 'location', locationId })],
  [/^\/estate\/keys\/([A-Za-z0-9_-]{22})$/, (ekeyId) => ({ kind: 'ekey', ekeyId })],
  [/^\/estate\/keys\/([A-Za-z0-9_-]{22})\/grant$/, (ekeyId) => ({ kind: 'ekey-grant', ekeyId })],
  [/^\/estate\/keys\/([A-Za-z0-9_-]{22})\/coverage$/, (ekeyId) => ({ kind: 'ekey-coverage', ekeyId })],
  [/^\/estate\/requests\/([A-Za-z0-9_-]{22})$/, (requestId) => ({ kind: 'request', requestId })],
];

/** Undefined: the path is none of the estate's. */
export const estatePlaceOf = (path: string): EstatePlace | undefined => {
  for (const [pattern, of] of NAMED) {
    const id = path.match(pattern)?.[1];
    if (id !== undefined) return of(id);
  }
  return Object.hasOwn(FIXED, path) ? FIXED[path] : undefined;
};

export const locationPath = (locationId: string): string => `/estate/locations/${locationId}`;
export const ekeyPath = (ekeyId: string): string => `/estate/keys/${ekeyId}`;
export const ekeyGrantPath = (ekeyId: string): string => `${ekeyPath(ekeyId)}/grant`;
export const ekeyCoveragePath = (ekeyId: string): string => `${ekeyPath(ekeyId)}/coverage`;
export const requestPath = (requestId: string): string => `/estate/requests/${requestId}`;
