// Live events: the doors first, then what happens; with a cursor the records since, none missed and none twice.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as setTimeoutPromise } from 'node:timers/promises';
import { liveEvents, PING_MS, type LiveEventName } from '@mortise/api/activity.ts';
import { required } from '@mortise/base/assert.ts';
import { base64url } from '@mortise/base/bytes.ts';
import { exampleEntropy } from '@mortise/documents/example-site.ts';
import { adoptedLock, ingest } from '../testing/adopted.fixture.ts';
import { ORIGIN } from '../testing/hub.fixture.ts';
import { MAX_QUEUED_EVENTS, MAX_WATCHERS } from './events.ts';

type Told = { readonly event: string; readonly id: string | undefined; readonly data: unknown };
type Adopted = Awaited<ReturnType<typeof adoptedLock>>;

/** Reads events one by one, as EventSource would. */
const watch = async ({ test: { app }, owner }: Adopted, headers: Readonly<Record<string, string>> = {}, query = '') => {
  const response = await app.request(`${ORIGIN}/api/events${query}`, { headers: { cookie: owner.browser.cookie(), ...headers } }, {});
  const reader = required(response.body, 'events have a body').getReader();
  const decoder = new TextDecoder();
  let text = '';
  const next = async (): Promise<Told | undefined> => {
    for (;;) {
      const end = text.indexOf('\n\n');
      if (end >= 0) {
        const block = text.slice(0, end);
        text = text.slice(end + 2);
        const line = (name: string) => block.split('\n').find((each) => each.startsWith(`${name}: `))?.slice(name.length + 2);
        return { event: line('event') ?? '', id: line('id'), data: JSON.parse(line('data') ?? 'null') };
      }
      const { done, value } = await reader.read();
      if (done) return undefined;
      text += decoder.decode(value);
    }
  };
  return { response, next, cancel: () => reader.cancel() };
};

const isLive = (name: string): name is LiveEventName => Object.hasOwn(liveEvents, name);
const checked = (told: Told | undefined): Told => {
  const event = required(told, 'there is another event');
  assert.ok(isLive(event.event) && liveEvents[event.event].safeParse(event.data).success, event.event);
  return event;
};
const ids = async (next: () => Promise<Told | undefined>, count: number): Promise<(string | undefined)[]> => {
  const seen: (string | undefined)[] = [];
  while (seen.length < count) seen.push(checked(await next()).id);
  return seen;
};

void test('a watcher gets the doors, then each record as it is stored; reconnecting with the last id misses none', async (t) => {
  const adopted = await adoptedLock(t);
  const send = (body: Uint8Array) => ingest(adopted, adopted.lock.lockId, body);
  const { batch } = adopted.journal(450);
  const first = await watch(adopted);
  assert.equal(first.response.headers.get('content-type'), 'text/event-stream');
  assert.deepEqual([checked(await first.next()).event, checked(await first.next()).event], ['state', 'waiting']);
  await send(batch(1, 3));
  assert.deepEqual(await ids(first.next, 3), ['1', '2', '3']);
  await first.cancel();
  for (let from = 4; from <= 420; from += 32) await send(batch(from, Math.min(from + 31, 420)));
  const again = await watch(adopted, { 'last-event-id': '3' });
  await again.next();
  await again.next();
  const reading = ids(again.next, 447);
  await send(batch(421, 450));
  assert.deepEqual(await reading, Array.from({ length: 447 }, (_, index) => String(index + 4)));
  await again.cancel();
  const byQuery = await watch(adopted, {}, '?after=448');
  await byQuery.next();
  await byQuery.next();
  assert.deepEqual(await ids(byQuery.next, 2), ['449', '450']);
  await byQuery.cancel();
  assert.equal((await watch(adopted, { 'last-event-id': 'nonsense' })).response.status, 200);
});

void test('an alert is told; signing out ends the stream', async (t) => {
  const adopted = await adoptedLock(t);
  const watcher = await watch(adopted);
  await watcher.next();
  await watcher.next();
  await ingest(adopted, adopted.lock.lockId, adopted.journal(9).batch(1, 9).subarray(1));
  const { event, id } = checked(await watcher.next());
  assert.deepEqual([event, id], ['alert', undefined]);
  await adopted.owner.browser.send('POST', '/api/sign-out', {});
  assert.equal(await watcher.next(), undefined);
});

void test('who does not read is cut off within a bound', async (t) => {
  const adopted = await adoptedLock(t);
  const watcher = await watch(adopted);
  const door = checked(await watcher.next()).data;
  const state = liveEvents.state.parse(door);
  for (let index = 0; index < 2000; index += 1) adopted.test.hub.live.publish({ event: 'state', data: state });
  let read = 0;
  while ((await watcher.next()) !== undefined) read += 1;
  assert.ok(read > 100 && read < 600, `${read} events were held`);
});

void test('a stream on which nothing happens says so: a page can tell silence from a hub that is gone', async (t) => {
  const adopted = await adoptedLock(t);
  t.mock.timers.enable({ apis: ['setInterval'] });
  const watcher = await watch(adopted);
  assert.deepEqual([checked(await watcher.next()).event, checked(await watcher.next()).event], ['state', 'waiting']);
  for (let times = 0; times < 3; times += 1) {
    t.mock.timers.tick(PING_MS);
    const { event, id } = checked(await watcher.next());
    assert.deepEqual([event, id], ['ping', undefined]);
  }
  await watcher.cancel();
  t.mock.timers.reset(); // the hub ends its own timers afterwards
});

void test('a request for the headers alone opens no stream', async (t) => {
  const { test: { app }, owner } = await adoptedLock(t);
  const ask = (method: string) => app.request(`${ORIGIN}/api/events`, { method, headers: { cookie: owner.browser.cookie() } }, {});
  for (let times = 0; times <= MAX_WATCHERS; times += 1) assert.equal((await ask('HEAD')).status, 200);
  const response = await ask('GET');
  assert.equal(response.status, 200, 'there is room for one who watches');
  await response.body?.cancel();
});

void test('a cursor of a later hub, whose backup was put back, hides nothing that comes', async (t) => {
  const adopted = await adoptedLock(t);
  const { batch } = adopted.journal(5);
  const send = (body: Uint8Array) => ingest(adopted, adopted.lock.lockId, body);
  await send(batch(1, 2));
  const watcher = await watch(adopted, { 'last-event-id': '999' });
  assert.deepEqual([checked(await watcher.next()).event, checked(await watcher.next()).event], ['state', 'waiting']);
  await send(batch(3, 4));
  assert.deepEqual(await ids(watcher.next, 2), ['3', '4']);
  await watcher.cancel();
});

/** The adopted lock's rows again, under other numbers. */
const moreDoors = async ({ hub, lock }: Adopted, count: number): Promise<void> => {
  const { database } = hub;
  const [own, door, roster] = await Promise.all([
    database.selectFrom('lock').selectAll().where('id', '=', lock.lockId).executeTakeFirstOrThrow(),
    database.selectFrom('door').selectAll().executeTakeFirstOrThrow(),
    database.selectFrom('roster').selectAll().executeTakeFirstOrThrow(),
  ]);
  for (let index = 0; index < count; index += 1) {
    const id = base64url(exampleEntropy(`door ${index}`).subarray(0, 16));
    await database.insertInto('door').values({ ...door, id }).execute();
    await database.insertInto('lock').values({ ...own, id, door_id: id }).execute();
    await database.insertInto('roster').values({ ...roster, lock_id: id }).execute();
    await database.insertInto('roster_delivery').values({ lock_id: id, version: 1, refused: null }).execute();
  }
};

void test('a site of more doors than a watcher’s queue holds: all of them come, then what happens', async (t) => {
  const adopted = await adoptedLock(t);
  await moreDoors(adopted, MAX_QUEUED_EVENTS + 100);
  const watcher = await watch(adopted);
  await setTimeoutPromise(200); // nobody reads for a while: the hub waits
  const doors = new Set<unknown>();
  for (let told = checked(await watcher.next()); told.event !== 'waiting'; told = checked(await watcher.next())) doors.add(JSON.stringify(told.data));
  assert.equal(doors.size, MAX_QUEUED_EVENTS + 101);
  await ingest(adopted, adopted.lock.lockId, adopted.journal(1).batch(1, 1));
  assert.deepEqual(await ids(watcher.next, 1), ['1']);
  await watcher.cancel();
});
