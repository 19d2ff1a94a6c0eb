// Server-sent events: doors, records, links, waiting locks as they come. The browser reconnects by itself and resumes records by
// Last-Event-ID; after a break the lists are fetched anew, so that nothing is missed.

import { liveEvents, type LiveEventName } from '@mortise/api/activity.ts';
import { STREAMS } from '@mortise/api/routes.ts';
import type { z } from '@mortise/api/schema.ts';
import type { Door } from '@mortise/api/locks.ts';
import { merged } from './activity-list.ts';
import * as live from './live.ts';
import { hearDoor } from './lock-words.ts';
import { loadAll } from './session.ts';

const REOPEN_MS = 5000;

const parsed = <T>(schema: z.ZodType<T>, text: string): T | undefined => {
  try {
    const result = schema.safeParse(JSON.parse(text));
    return result.success ? result.data : undefined;
  } catch {
    return undefined; // not JSON: an event this page does not understand is left out
  }
};

const replaceDoor = (door: Door): void => {
  hearDoor(door);
  const known = live.doors.value ?? [];
  live.doors.value = known.some(({ id }) => id === door.id) ? known.map((each) => (each.id === door.id ? door : each)) : [...known, door];
};

const setOnline = (lockId: string, online: boolean): void => {
  live.doors.value = live.doors.value?.map((door) => (door.lock.lockId === lockId ? { ...door, lock: { ...door.lock, online } } : door));
};

const countRecord = (lockId: string, seq: number): void => {
  live.doors.value = live.doors.value?.map((door) => {
    const { journal } = door.lock;
    return door.lock.lockId === lockId && journal.entries < seq ? { ...door, lock: { ...door.lock, journal: { ...journal, entries: seq } } } : door;
  });
};

const HANDLERS: Readonly<Record<LiveEventName, (text: string) => void>> = {
  record: (text) => {
    const item = parsed(liveEvents.record, text);
    if (item === undefined) return;
    live.arrived.value = new Set([...live.arrived.value, item.cursor]);
    live.activity.value = merged([item], live.activity.value ?? []);
    countRecord(item.lockId, item.seq);
  },
  state: (text) => {
    const door = parsed(liveEvents.state, text);
    if (door !== undefined) replaceDoor(door);
  },
  link: (text) => {
    const link = parsed(liveEvents.link, text);
    if (link !== undefined) setOnline(link.lockId, link.online);
  },
  waiting: (text) => {
    live.waiting.value = parsed(liveEvents.waiting, text)?.locks ?? live.waiting.value;
  },
  alert: (text) => {
    const alert = parsed(liveEvents.alert, text);
    if (alert !== undefined) live.alerts.value = [...live.alerts.value.filter(({ id }) => id !== alert.id), alert];
  },
};

const isName = (name: string): name is LiveEventName => Object.hasOwn(HANDLERS, name);

/** Listens until the returned function is called. */
export const listen = (): (() => void) => {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const opened = (): void => {
    const broken = live.link.value.kind === 'lost';
    live.link.value = { kind: 'live' };
    if (broken) void loadAll();
  };
  const failed = (): void => {
    if (live.link.value.kind !== 'lost') live.link.value = { kind: 'lost', since: Date.now() };
    if (source?.readyState === EventSource.CLOSED) timer = setTimeout(open, REOPEN_MS);
  };
  const open = (): void => {
    source = new EventSource(STREAMS.events);
    source.addEventListener('open', opened);
    source.addEventListener('error', failed);
    for (const name of Object.keys(HANDLERS)) {
      if (isName(name)) source.addEventListener(name, (event) => HANDLERS[name](String(event.data)));
    }
  };
  open();
  return () => {
    clearTimeout(timer);
    source?.close();
    live.link.value = { kind: 'opening' };
  };
};
