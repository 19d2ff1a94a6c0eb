// Groups of doors and calendars of holidays, as owners wrote them. Locks go by what their rosters say; this is what the next ones are made of.

import type { Calendar, Group } from '@mortise/api/grants.ts';
import type { Database } from './open-store.ts';

export const groupsOf = async (database: Database): Promise<Group[]> => {
  const groups = await database.selectFrom('place_group').select(['id', 'name']).orderBy('created_at').orderBy('id').execute();
  const doors = await database.selectFrom('group_door').innerJoin('door', 'door.id', 'group_door.door_id').select(['group_door.group_id', 'door.id'])
    .orderBy('door.created_at').orderBy('door.id').execute();
  return groups.map((group) => ({ ...group, doors: doors.filter((door) => door.group_id === group.id).map(({ id }) => id) }));
};

/** Makes the group, or gives it this name and these doors. False: there is no room for another one. */
export const putGroup = (database: Database, { id, name, doors }: Group, most: number, at: number): Promise<boolean> =>
  database.transaction().execute(async (transaction) => {
    const others = await transaction.selectFrom('place_group').select('id').where('id', '!=', id).execute();
    if (others.length >= most) return false;
    await transaction.insertInto('place_group').values({ id, name, created_at: at }).onConflict((conflict) => conflict.column('id').doUpdateSet({ name })).execute();
    await transaction.deleteFrom('group_door').where('group_id', '=', id).execute();
    const rows = [...new Set(doors)].map((door) => ({ group_id: id, door_id: door }));
    if (rows.length > 0) await transaction.insertInto('group_door').values(rows).execute();
    return true;
  });

export const calendarsOf = async (database: Database): Promise<Calendar[]> => {
  const rows = await database.selectFrom('calendar').selectAll().orderBy('id').execute();
  return rows.map(({ id, name, days, until_day }) => ({ id, name, days: daysIn(days), untilDay: until_day }));
};

export const isCalendarKnown = async (database: Database, id: number): Promise<boolean> =>
  (await database.selectFrom('calendar').select('id').where('id', '=', id).executeTakeFirst()) !== undefined;

export const putCalendars = (database: Database, calendars: readonly Calendar[]): Promise<void> =>
  database.transaction().execute(async (transaction) => {
    await transaction.deleteFrom('calendar').execute();
    const rows = calendars.map(({ id, name, days, untilDay }) => ({ id, name, days: JSON.stringify(days), until_day: untilDay }));
    if (rows.length > 0) await transaction.insertInto('calendar').values(rows).execute();
  });

const daysIn = (text: string): number[] => {
  const value: unknown = JSON.parse(text);
  return Array.isArray(value) ? value.filter((day) => typeof day === 'number') : [];
};
