// Groups of doors, calendars of holidays, and where near links of virtual locks may be found.

import { ROUTES } from '@mortise/api/routes.ts';
import type { Calendar, Group } from '@mortise/api/grants.ts';
import { asCalendars, calendarsCbor } from '@mortise/documents/calendar.ts';
import { parseIdentifier, type GroupId } from '@mortise/base/identifiers.ts';
import { ok } from '@mortise/base/result.ts';
import { calendarsOf, groupsOf, putCalendars, putGroup } from '../store/place-store.ts';
import { reads, readsOpen, takes, type App, type Web } from './mount.ts';
import { refuse } from './refusal.ts';

const MAX_GROUPS_OF_SITE = 64;
/** Of one lock’s roster (documents’ roster.ts). */
const MAX_GROUPS_OF_DOOR = 7;

export const mountPlaces = (app: App, web: Web, near: () => readonly string[]): void => {
  const { hub } = web;
  reads(app, web, ROUTES.groups, async () => ok({ groups: await groupsOf(hub.database) }));
  takes(app, web, ROUTES.putGroup, async ({ parameter, body }) => {
    const id = parseIdentifier<GroupId>(parameter('groupId'));
    if (id === undefined) return refuse('input-invalid', 'groupId: must be 16 bytes in base64url.');
    const known = new Set((await hub.database.selectFrom('door').select('id').execute()).map((door) => door.id));
    if (body.doors.some((door) => !known.has(door))) return refuse('door-unknown', 'There is no such door. Look at the list of doors.');
    const full = fullDoor(await groupsOf(hub.database), { id, ...body });
    if (full) return refuse('conflict', `One of the doors is in ${MAX_GROUPS_OF_DOOR} groups, the most there can be. Take it out of one first.`);
    const put = await putGroup(hub.database, { id, ...body }, MAX_GROUPS_OF_SITE, hub.now());
    return put ? ok({ groups: await groupsOf(hub.database) }) : refuse('conflict', `There are ${MAX_GROUPS_OF_SITE} groups, the most there can be.`);
  });
  reads(app, web, ROUTES.calendars, async () => ok({ calendars: await calendarsOf(hub.database) }));
  takes(app, web, ROUTES.putCalendars, async ({ body }) => {
    const fault = calendarFault(body.calendars);
    if (fault !== undefined) return refuse('input-invalid', `calendars: ${fault} Correct this and send it again.`);
    await putCalendars(hub.database, body.calendars);
    return ok({ calendars: await calendarsOf(hub.database) });
  });
  readsOpen(app, web, ROUTES.nearLinks, async () => ok({ addresses: [...near()] }));
};

/** Whether a door would be in more groups than its roster can say. */
const fullDoor = (groups: readonly Group[], changed: Group): boolean => {
  const all = [...groups.filter(({ id }) => id !== changed.id), changed];
  return changed.doors.some((door) => all.filter(({ doors }) => doors.includes(door)).length > MAX_GROUPS_OF_DOOR);
};

const calendarFault = (calendars: readonly Calendar[]): string | undefined => {
  if (new Set(calendars.map(({ id }) => id)).size !== calendars.length) return 'each id may be there once.';
  if (calendars.some(({ days, untilDay }) => (days.at(-1) ?? -1) >= untilDay)) return 'each day must be before untilDay.';
  return asCalendars(calendarsCbor(calendars)) === undefined ? 'days must ascend, each once, and untilDay must be a day before the year 10000.' : undefined;
};
