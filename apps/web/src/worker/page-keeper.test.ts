import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { PAGE, pageKeeper, type PageKeeper, type Shelf } from './page-keeper.ts';

const PATIENCE_MS = 2500;
const app = (version: string): string => `<link rel="icon" href="/mark.svg"><script type="module" src="/assets/index-${version}.js"></script><div id="app"></div>`;
const html = (body: string, status = 200): Response => new Response(body, { status, headers: { 'content-type': 'text/html; charset=utf-8' } });
const script = (): Response => new Response('1', { headers: { 'content-type': 'text/javascript' } });
/** What a browser makes of a redirection that it shall not follow; none can be built by hand. */
const redirection = (): Response => Object.defineProperties(html(''), { type: { value: 'opaqueredirect' }, status: { value: 0 }, ok: { value: false } });

type Hub = Record<string, () => Response | Promise<Response>>;
type World = { readonly hub: Hub; readonly kept: Map<string, Response>; readonly keeper: PageKeeper; readonly disk: { isFull: boolean } };

const world = (): World => {
  const hub: Hub = { '/mark.svg': () => new Response('<svg/>', { headers: { 'content-type': 'image/svg+xml' } }) };
  const [kept, disk] = [new Map<string, Response>(), { isFull: false }];
  const shelf: Shelf = {
    match: (path) => Promise.resolve(kept.get(path)?.clone()),
    put: (path, answer) => (disk.isFull ? Promise.reject(new DOMException('', 'QuotaExceededError')) : Promise.resolve(void kept.set(path, answer))),
    drop: (path) => Promise.resolve(kept.delete(path)),
    paths: () => Promise.resolve([...kept.keys()]),
  };
  const ask = (path: string, signal?: AbortSignal): Promise<Response> => {
    const { promise: given, reject } = Promise.withResolvers<Response>();
    signal?.addEventListener('abort', () => reject(new DOMException('', 'TimeoutError')));
    return Promise.race([given, Promise.resolve().then(() => hub[path]?.() ?? Promise.reject(new TypeError('no network')))]);
  };
  return { hub, kept, disk, keeper: pageKeeper({ ask, shelf, patienceMs: PATIENCE_MS }) };
};

const deploy = ({ hub }: World, version: string): void => {
  for (const path of Object.keys(hub)) if (path.startsWith('/assets/')) delete hub[path];
  hub[PAGE] = () => html(app(version));
  hub[`/assets/index-${version}.js`] = script;
};

const load = async ({ keeper }: World): Promise<{ readonly body: string; readonly status: number; readonly isKept: boolean }> => {
  const { page, kept } = await keeper.load();
  return { body: await page.text(), status: page.status, isKept: await kept };
};

/** A world that has kept the first version. */
const stocked = async (): Promise<World> => {
  const one = world();
  deploy(one, 'a1');
  await load(one);
  return one;
};

const FIRST = ['/mark.svg', '/assets/index-a1.js', PAGE].toSorted();

test('the page and its files are kept, and stand in for a hub that is away or has an error', async () => {
  const one = world();
  deploy(one, 'a1');
  assert.deepEqual(await load(one), { body: app('a1'), status: 200, isKept: true });
  assert.deepEqual([...one.kept.keys()].toSorted(), FIRST);
  one.hub[PAGE] = () => html('Bad gateway', 502);
  assert.equal((await load(one)).body, app('a1'));
  delete one.hub[PAGE];
  assert.equal((await load(one)).body, app('a1'));
  delete one.hub['/assets/index-a1.js'];
  assert.equal(await (await one.keeper.file('/assets/index-a1.js')).text(), '1');
});

test('a newer version takes the place of the older, with its files', async () => {
  const one = await stocked();
  deploy(one, 'b2');
  assert.equal((await load(one)).body, app('b2'));
  assert.deepEqual([...one.kept.keys()].toSorted(), ['/mark.svg', '/assets/index-b2.js', PAGE].toSorted());
});

type Case = { readonly title: string; readonly disturb: (one: World) => void; readonly body: string; readonly status?: number };
const CASES: readonly Case[] = [
  { title: 'a page of a proxy, in the hub’s place', disturb: ({ hub }) => { hub[PAGE] = () => html('<h1>Sign in to this network</h1>'); }, body: '<h1>Sign in to this network</h1>' },
  { title: 'a redirection is the browser’s to follow', disturb: ({ hub }) => { hub[PAGE] = redirection; }, body: '', status: 0 },
  { title: 'a proxy that asks for a password', disturb: ({ hub }) => { hub[PAGE] = () => html('Who?', 401); }, body: 'Who?', status: 401 },
  { title: 'a file that does not come', disturb: (one) => { deploy(one, 'b2'); delete one.hub['/assets/index-b2.js']; }, body: app('b2') },
  { title: 'a page in the place of a file', disturb: (one) => { deploy(one, 'b2'); one.hub['/assets/index-b2.js'] = () => html('Soon again'); }, body: app('b2') },
  { title: 'a disk that is full', disturb: (one) => { deploy(one, 'b2'); one.disk.isFull = true; }, body: app('b2') },
];

for (const { title, disturb, body, status = 200 } of CASES) {
  test(`${title}: shown, not kept, and what was kept stays whole`, async () => {
    const one = await stocked();
    disturb(one);
    assert.deepEqual(await load(one), { body, status, isKept: false });
    assert.deepEqual([...one.kept.keys()].toSorted(), FIRST);
  });
}

const silence = (t: TestContext): { readonly waits: number[]; readonly end: () => void } => {
  const [waits, ends] = [Array<number>(), new AbortController()];
  t.mock.method(AbortSignal, 'timeout', (ms: number) => {
    waits.push(ms);
    return ends.signal;
  });
  return { waits, end: () => ends.abort() };
};

test('a hub that is slow has its time where nothing is kept, else what is kept stands in', async (t) => {
  const { waits, end } = silence(t);
  const one = world();
  deploy(one, 'a1');
  await load(one);
  assert.deepEqual(waits, [], 'nothing is kept yet: it is waited for');
  one.hub[PAGE] = () => Promise.withResolvers<Response>().promise;
  const loading = load(one);
  setImmediate(end);
  assert.deepEqual([(await loading).body, waits], [app('a1'), [PATIENCE_MS]]);
});

test('neither a hub nor anything kept: the browser’s own error', async () => {
  assert.equal((await world().keeper.load()).page.type, 'error');
});

test('a page is answered before its files are there, and two versions at once do not mix', async () => {
  const one = world();
  deploy(one, 'a1');
  const late = Promise.withResolvers<Response>();
  one.hub['/assets/index-a1.js'] = () => late.promise;
  const first = await one.keeper.load();
  await nextTurn();
  deploy(one, 'b2');
  const second = await one.keeper.load();
  late.resolve(script());
  assert.deepEqual(await Promise.all([first.kept, second.kept]), [true, true]);
  assert.deepEqual([...one.kept.keys()].toSorted(), ['/mark.svg', '/assets/index-b2.js', PAGE].toSorted());
});
