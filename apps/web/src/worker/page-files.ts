// What a built page needs besides itself: the files that its HTML names on this origin.

const NAMED = /<(?:script|link)\b[^>]*?\s(?:src|href)="(\/[A-Za-z0-9._/-]+)"/g;

/** The most files that are kept for a page. */
export const MAX_FILES = 32;

/** Paths, each once, in the order of the page. */
export const filesOf = (html: string): readonly string[] => [...new Set([...html.matchAll(NAMED)].map((match) => match[1] ?? ''))].slice(0, MAX_FILES);

/** Whether HTML is the app's own: what stands in the hub's place, a proxy's page say, has neither its root nor its script. */
export const isApp = (html: string): boolean => html.includes('<div id="app">') && filesOf(html).some((file) => /^\/assets\/.+\.js$/.test(file));

/** Whether a path is a place of the app, as the hub answers them: not of the API, and no file. */
export const isPage = (pathname: string): boolean => !/^\/api(?:\/|$)/.test(pathname) && !/\.[A-Za-z0-9]+$/.test(pathname);
