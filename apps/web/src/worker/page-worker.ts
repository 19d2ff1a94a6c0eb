// Keeps the app's page for the time without a network: as it was loaded last, and its files. Nothing of the API passes here, and nothing secret is
// kept. What the page knows without the hub is its own matter.

import { isPage } from './page-files.ts';
import { PAGE, pageKeeper, type Shelf } from './page-keeper.ts';

const CACHE = 'mortise-page-1';
const PATIENCE_MS = 2500;

type Extendable = Event & { readonly waitUntil: (work: Promise<unknown>) => void };
type Fetching = Extendable & { readonly request: Request; readonly respondWith: (response: Promise<Response>) => void };

const isExtendable = (event: Event): event is Extendable => 'waitUntil' in event;
const isFetching = (event: Event): event is Fetching => 'respondWith' in event && 'request' in event && isExtendable(event);

const cache = (): Promise<Cache> => caches.open(CACHE);
const shelf: Shelf = {
  match: async (path) => (await cache()).match(path),
  put: async (path, answer) => (await cache()).put(path, answer),
  drop: async (path) => (await cache()).delete(path),
  paths: async () => (await (await cache()).keys()).map(({ url }) => new URL(url).pathname),
};

// What the browser has of a file is good for ever, by its name; not so the page.
const ask = (path: string, signal: AbortSignal | null = null): Promise<Response> =>
  fetch(path, path === PAGE ? { redirect: 'manual', cache: 'no-cache', signal } : { signal });

const keeper = pageKeeper({ ask, shelf, patienceMs: PATIENCE_MS });

const loadFor = async (event: Extendable): Promise<Response> => {
  const { page, kept } = await keeper.load();
  event.waitUntil(kept);
  return page;
};

const answer = (event: Fetching): void => {
  const { request } = event;
  const { pathname, origin } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin) return;
  if (request.mode === 'navigate' && isPage(pathname)) event.respondWith(loadFor(event));
  else if (pathname.startsWith('/assets/') || pathname === '/mark.svg') event.respondWith(keeper.file(pathname));
};

const takeOver: unknown = Reflect.get(globalThis, 'skipWaiting');

// A worker that keeps no page is none. One that can takes over from the one before at once, whatever tabs that one still has: should the other be
// no friend's, it ends here.
const install = async (): Promise<void> => {
  const { kept } = await keeper.load();
  if (!(await kept)) throw new DOMException('The page could not be kept.', 'NetworkError');
  if (typeof takeOver === 'function') await Reflect.apply(takeOver, globalThis, []);
};

// What an earlier form kept.
const tidy = async (): Promise<void> => {
  for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
};

addEventListener('install', (event) => { if (isExtendable(event)) event.waitUntil(install()); });
addEventListener('activate', (event) => { if (isExtendable(event)) event.waitUntil(tidy()); });
addEventListener('fetch', (event) => { if (isFetching(event)) answer(event); });
