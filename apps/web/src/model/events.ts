// Server-sent events: doors, records, links, waiting locks as they come. The browser reconnects by itself and resumes records by
// Last-Event-ID; after a break the lists are fetched anew, so that nothing is missed. A silent hub is as good as a broken connection.

import { liveEvents, type LiveEventName } from '@mortise/api/activity.ts';
import { STREAMS } from '@mortise/api/routes.ts';
import type { z } from '@mortise/api/schema.ts';
import type { Door } from '@mortise/api/locks.ts';
import { merged } from './activity-list.ts';
import { hearEntries } from './entries.ts';
import { hearEkey, hearRequest } from './estate.ts';
import { hearGrant } from './grants.ts';
import * as live from './live.ts';
import { hearDoor } from './lock-words.ts';
import { comeBack, loadDoors } from './session.ts';
import { opening, stepLink, type LinkEvent } from './silence.ts';
import { withOne, withTold } from './told-list.ts';

const LOOK_MS = 1000;

const parsed = <T>(schema: z.ZodType<T>, text: string): T | undefined => {
  try {
    const result = schema.safeParse(JSON.parse(text));
    return result.success ? result.data : undefined;
  } catch {
    return undefined; // not JSON: an event this page does not understand is left out
  }
};

const replaceDoor = (door: Door): void => {
  hearDoor(door, live.me.value?.site.id ?? '');
  live.doorsHeard.value = withTold(live.doorsHeard.value, door);
  live.doors.value = withOne(live.doors.value ?? [], door);
};

const forgetDoor = (doorId: string, reset: boolean): void => {
  live.doorsGone.value = new Map([...live.doorsGone.value, [doorId, reset]]);
  live.doors.value = live.doors.value?.filter(({ id }) => id !== doorId);
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
  removed: (text) => {
    const removed = parsed(liveEvents.removed, text);
    if (removed !== undefined) forgetDoor(removed.doorId, removed.reset);
  },
  link: (text) => {
    const link = parsed(liveEvents.link, text);
    if (link !== undefined) setOnline(link.lockId, link.online);
  },
  waiting: (text) => {
    live.waiting.value = parsed(liveEvents.waiting, text)?.locks ?? live.waiting.value;
  },
  grant: (text) => {
    const grant = parsed(liveEvents.grant, text);
    if (grant !== undefined) hearGrant(grant);
  },
  ekey: (text) => {
    const ekey = parsed(liveEvents.ekey, text);
    if (ekey !== undefined) hearEkey(ekey);
  },
  accessRequest: (text) => {
    const request = parsed(liveEvents.accessRequest, text);
    if (request !== undefined) hearRequest(request);
  },
  entries: (text) => {
    const told = parsed(liveEvents.entries, text);
    if (told !== undefined) hearEntries(told);
  },
  ping: () => undefined,
  alert: (text) => {
    const alert = parsed(liveEvents.alert, text);
    if (alert !== undefined) live.alerts.value = [...live.alerts.value.filter(({ id }) => id !== alert.id), alert];
  },
};

const isName = (name: string): name is LiveEventName => Object.hasOwn(HANDLERS, name);

// A new stream continues where this page stands, as the browser's own second attempt does.
const address = (): string => {
  const cursor = live.activity.value?.[0]?.cursor;
  return cursor === undefined ? STREAMS.events : `${STREAMS.events}?after=${cursor}`;
};

/** Listens until the returned function is called. */
export const listen = (): (() => void) => {
  let source: EventSource | undefined;
  let listening = opening(Date.now(), live.link.value);
  const put = (event: LinkEvent): void => {
    const step = stepLink(listening, event);
    const [before, next] = [listening.link, step.listening.link];
    listening = step.listening;
    if (next !== before) live.link.value = next;
    if (before.kind === 'lost' && next.kind === 'live') void comeBack();
    if (step.reopen) open();
  };
  const tell = (kind: Exclude<LinkEvent['kind'], 'broke'>) => (): void => put({ kind, at: Date.now() });
  const open = (): void => {
    source?.close();
    const opened = new EventSource(address());
    source = opened;
    opened.addEventListener('open', tell('heard'));
    opened.addEventListener('error', () => {
      const closed = opened.readyState === EventSource.CLOSED;
      put({ kind: 'broke', at: Date.now(), closed });
      if (closed) void loadDoors(); // refused: perhaps there is no session any more, and then the page says so
    });
    for (const name of Object.keys(HANDLERS)) {
      if (!isName(name)) continue;
      opened.addEventListener(name, (event) => {
        HANDLERS[name](String(event.data));
        tell(name === 'waiting' ? 'caughtUp' : 'heard')(); // on connection the doors come first, then who waits
      });
    }
  };
  open();
  const stopLooking = lookWith(tell);
  return () => {
    stopLooking();
    source?.close();
    live.link.value = { kind: 'opening' };
  };
};

// Timers of a page that is not seen go slowly or not at all: on its return it looks at once.
const lookWith = (tell: (kind: 'looked' | 'returned' | 'leftNetwork') => () => void): (() => void) => {
  const timer = setInterval(tell('looked'), LOOK_MS);
  const ends = new AbortController();
  const options = { signal: ends.signal };
  document.addEventListener('visibilitychange', () => { if (!document.hidden) tell('returned')(); }, options);
  addEventListener('online', tell('returned'), options);
  addEventListener('offline', tell('leftNetwork'), options);
  return () => {
    clearInterval(timer);
    ends.abort();
  };
};
