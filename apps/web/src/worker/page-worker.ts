// Keeps the app's page for the time without a network: as it was loaded last, and its files. The network comes first wherever it answers, so that
// nobody is left with an old page; nothing of the API passes here, and nothing secret is kept. What the page knows without the hub is its own matter.

import { filesOf, isPage } from './page-files.ts';

const CACHE = 'mortise-page-1';
/** One page for all places: which it is, it sees by its address. */
const PAGE = '/';
/** A hub that does not answer within so long counts as away. */
const PATIENCE_MS = 2500;

type Extendable = Event & { readonly waitUntil: (work: Promise<unknown>) => void };
type Fetching = Extendable & { readonly request: Request; readonly respondWith: (response: Promise<Response>) => void };

const isExtendable = (event: Event): event is Extendable => 'waitUntil' in event;
const isFetching = (event: Event): event is Fetching => 'respondWith' in event && 'request' in event;

const stockUp = async (page: Response): Promise<void> => {
  const html = await page.clone().text();
  const cache = await caches.open(CACHE);
  const files = filesOf(html);
  const missing = (await Promise.all(files.map(async (file) => ((await cache.match(file)) === undefined ? file : undefined)))).filter((file) => file !== undefined);
  await cache.addAll(missing);
  await cache.put(PAGE, page);
  for (const { url } of await cache.keys()) if (![PAGE, ...files].includes(new URL(url).pathname)) await cache.delete(url);
};

const fetchPage = async (): Promise<Response> => {
  const page = await fetch(PAGE, { cache: 'no-cache', signal: AbortSignal.timeout(PATIENCE_MS) });
  if (page.ok) await stockUp(page.clone());
  return page;
};

const kept = async (path: string): Promise<Response | undefined> => (await caches.open(CACHE)).match(path);

// A hub that answers with an error of its own is as good as away.
const pageOf = async (): Promise<Response> => {
  try {
    const page = await fetchPage();
    return page.ok ? page : (await kept(PAGE)) ?? page;
  } catch (error) {
    return (await kept(PAGE)) ?? noPage(error);
  }
};

// Neither the hub nor anything kept: the browser says so itself.
const noPage = (_error: unknown): Response => Response.error();

// Their names hold a hash of what is in them, so that what is kept is what would be fetched.
const fileOf = async (request: Request): Promise<Response> => (await kept(new URL(request.url).pathname)) ?? fetch(request);

const answer = (event: Fetching): void => {
  const { request } = event;
  const { pathname, origin } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin) return;
  if (request.mode === 'navigate' && isPage(pathname)) event.respondWith(pageOf());
  else if (pathname.startsWith('/assets/') || pathname === '/mark.svg') event.respondWith(fileOf(request));
};

addEventListener('install', (event) => { if (isExtendable(event)) event.waitUntil(fetchPage()); });
addEventListener('fetch', (event) => { if (isFetching(event)) answer(event); });
