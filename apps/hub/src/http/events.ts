// Live events (server-sent). A watcher gets the doors as they are, then everything as it happens; with Last-Event-ID (or ?after=) the
// records since that cursor come first, so that none is missed between two connections. Who reads too slowly is cut off and resumes.

import { setTimeout as setTimeoutPromise } from 'node:timers/promises';
import { PING_MS, type LiveEvent } from '@mortise/api/activity.ts';
import { STREAMS } from '@mortise/api/routes.ts';
import { utf8, type Bytes } from '@mortise/base/bytes.ts';
import { allDoors, waitingLocks } from '../door-view.ts';
import type { Hub } from '../hub.ts';
import { kindOf } from '../log.ts';
import { activityAfter } from '../store/activity-store.ts';
import { lastPosition } from '../store/journal-store.ts';
import { refused, signedIn, type App, type Web } from './mount.ts';

export const MAX_WATCHERS = 256;
export const MAX_QUEUED_EVENTS = 512;
const CATCH_UP_AT_ONCE = 200;
const ROOM_POLL_MS = 20;
const HEADERS = { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' } as const;

export const mountEvents = (app: App, web: Web): void => {
  let watchers = 0;
  app.get(STREAMS.events, async (context) => {
    const caller = await signedIn(web, context);
    if (!caller.ok) return refused(context, caller.error);
    // Nobody would read what was made for the headers alone, nor end it.
    if (context.req.method === 'HEAD') return context.body(null, 200, HEADERS);
    if (watchers >= MAX_WATCHERS) return refused(context, { code: 'too-many-requests', message: 'Too many windows are open on this hub. Close some.' });
    const cursor = cursorOf(context.req.header('last-event-id') ?? context.req.query('after'));
    watchers += 1;
    const stream = watch(web, caller.value.tokenHash, cursor, () => { watchers -= 1; });
    return context.body(stream, 200, HEADERS);
  });
};

const cursorOf = (text: string | undefined): number | undefined => (text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined);

const watch = (web: Web, tokenHash: string, cursor: number | undefined, gone: () => void): ReadableStream<Bytes> => {
  const ends: (() => void)[] = [];
  const end = (): void => {
    for (const each of ends.splice(0)) each();
  };
  return new ReadableStream<Bytes>(
    {
      start: (controller) => {
        const close = (): void => {
          if (ends.length === 0) return;
          end();
          controller.close();
        };
        const send = (text: string): void => {
          if (ends.length === 0) return;
          controller.enqueue(utf8(text));
          if ((controller.desiredSize ?? 0) <= 0) close();
        };
        const heartbeat = setInterval(() => { send(textOf({ event: 'ping', data: {} })); }, PING_MS).unref();
        const room = (): Promise<void> => roomFor(controller, CATCH_UP_AT_ONCE, () => ends.length > 0);
        const feed = createFeed(web.hub, cursor, { send, close, room });
        ends.push(gone, () => { clearInterval(heartbeat); }, feed.stop, web.holds.hold(tokenHash, close));
        feed.begin().catch((error: unknown) => {
          web.hub.log('events-failed', { code: kindOf(error) });
          close();
        });
      },
      cancel: end,
    },
    new CountQueuingStrategy({ highWaterMark: MAX_QUEUED_EVENTS }),
  );
};

// Reading the past goes no faster than the watcher reads.
const roomFor = async (controller: ReadableStreamDefaultController<Bytes>, events: number, goesOn: () => boolean): Promise<void> => {
  while (goesOn() && (controller.desiredSize ?? 0) < events) await setTimeoutPromise(ROOM_POLL_MS, undefined, { ref: false });
};

type Watcher = { readonly send: (text: string) => void; readonly close: () => void; readonly room: () => Promise<void> };

// What happens while the past is being read waits its turn; records that the past brought already are not told twice.
const createFeed = (hub: Hub, cursor: number | undefined, { send, close, room }: Watcher) => {
  const waiting: LiveEvent[] = [];
  let told = cursor ?? 0;
  let live = false;
  const tell = (event: LiveEvent): void => {
    if (event.event === 'record' && event.data.cursor <= told) return;
    if (event.event === 'record') told = event.data.cursor;
    send(textOf(event));
  };
  const stop = hub.live.subscribe((event) => {
    if (live) tell(event);
    else if (waiting.length < MAX_QUEUED_EVENTS) waiting.push(event);
    else close();
  });
  const catchUp = async (): Promise<void> => {
    // A cursor from beyond the end is of a hub whose backup was put back since: what comes counts from here.
    told = Math.min(told, await lastPosition(hub.database));
    for (let from = told; ; ) {
      await room();
      const { items, last } = await activityAfter(hub.database, from, CATCH_UP_AT_ONCE);
      for (const data of items) tell({ event: 'record', data });
      if (last === from) return;
      from = last;
    }
  };
  const begin = async (): Promise<void> => {
    for (const data of await allDoors(hub)) {
      await room();
      tell({ event: 'state', data });
    }
    tell({ event: 'waiting', data: { locks: waitingLocks(hub) } });
    if (cursor !== undefined) await catchUp();
    while (waiting.length > 0) {
      await room();
      for (const event of waiting.splice(0, CATCH_UP_AT_ONCE)) tell(event);
    }
    live = true;
  };
  return { begin, stop };
};

const textOf = (event: LiveEvent): string => {
  const id = event.event === 'record' ? `id: ${event.data.cursor}\n` : '';
  return `${id}event: ${event.event}\ndata: ${JSON.stringify(event.data)}\n\n`;
};
