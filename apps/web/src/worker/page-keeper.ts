// Keeps one page and the files that it names, over any network and any shelf. The network comes first wherever it answers, so that nobody is left with
// an old page; what the keeping costs or fails at, a full disk say, is nobody's matter who only wants the page. A page is kept whole or not at all, and only
// the app's: what a proxy answers in the hub's place is passed on and forgotten.

import { filesOf, isApp } from './page-files.ts';

/** One page for all places: which it is, it sees by its address. */
export const PAGE = '/';

/** What is kept, by path. */
export type Shelf = {
  readonly match: (path: string) => Promise<Response | undefined>;
  readonly put: (path: string, answer: Response) => Promise<void>;
  readonly drop: (path: string) => Promise<unknown>;
  readonly paths: () => Promise<readonly string[]>;
};

export type Ports = {
  /** Without a signal it takes as long as it takes. A redirection is answered, not followed. */
  readonly ask: (path: string, signal?: AbortSignal) => Promise<Response>;
  readonly shelf: Shelf;
  /** A hub that does not answer within so long counts as away, where there is a page for that. */
  readonly patienceMs: number;
};

/** `kept`: settles when the work that goes on behind the answer is done: whether the page is kept. Never rejects. */
export type Loaded = { readonly page: Response; readonly kept: Promise<boolean> };

export type PageKeeper = {
  /** The page for a navigation. */
  readonly load: () => Promise<Loaded>;
  /** A file of the page. */
  readonly file: (path: string) => Promise<Response>;
};

const isFile = (answer: Response): boolean => answer.ok && !isHtml(answer);
const isHtml = ({ headers }: Response): boolean => (headers.get('content-type') ?? '').startsWith('text/html');

const stock = async ({ ask, shelf }: Ports, page: Response, html: string): Promise<boolean> => {
  const files = filesOf(html);
  const held = await Promise.all(files.map((file) => shelf.match(file)));
  const missing = files.filter((_file, index) => held[index] === undefined);
  const fetched = await Promise.all(missing.map(async (file) => ({ file, answer: await ask(file) })));
  if (!fetched.every(({ answer }) => isFile(answer))) return false;
  for (const { file, answer } of fetched) await shelf.put(file, answer);
  await shelf.put(PAGE, page);
  for (const path of await shelf.paths()) if (path !== PAGE && !files.includes(path)) await shelf.drop(path);
  return true;
};

const notKept = (_error: unknown): boolean => false;

// Neither the hub nor anything kept: the browser says so itself.
const noPage = (_error: unknown): Response => Response.error();

// Who asks for it must see it: a redirection, to a proxy's sign-in perhaps, and a question for a password. Any other refusal is as good as no hub.
const isAnswer = ({ ok, type, status }: Response): boolean => ok || type === 'opaqueredirect' || status === 401;

export const pageKeeper = (ports: Ports): PageKeeper => {
  const { ask, shelf, patienceMs } = ports;
  // One after the other: two pages that are loaded at once may be of two versions.
  let last: Promise<boolean> = Promise.resolve(false);
  const keep = (page: Response, html: string): Promise<boolean> => {
    if (!isHtml(page) || !isApp(html)) return Promise.resolve(false);
    last = last.then(() => stock(ports, page, html)).catch(notKept);
    return last;
  };
  const held = (path: string): Promise<Response | undefined> => shelf.match(path).catch(() => undefined);
  // Read to its end: a page that was cut is none.
  const fetchPage = async (signal?: AbortSignal): Promise<Loaded> => {
    const page = await ask(PAGE, signal);
    if (!page.ok) return { page, kept: Promise.resolve(false) };
    const copy = page.clone();
    return { kept: keep(copy, await page.clone().text()), page };
  };
  const load = async (): Promise<Loaded> => {
    const before = await held(PAGE);
    const away = (instead: Response): Loaded => ({ page: before ?? instead, kept: Promise.resolve(before !== undefined) });
    try {
      const loaded = await fetchPage(before === undefined ? undefined : AbortSignal.timeout(patienceMs));
      return isAnswer(loaded.page) ? loaded : away(loaded.page);
    } catch (error) {
      return away(noPage(error));
    }
  };
  // Their names hold a hash of what is in them, so that what is kept is what would be fetched.
  return { load, file: async (path) => (await held(path)) ?? ask(path) };
};
