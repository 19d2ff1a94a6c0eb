// What hands use at a door: its list, and what can be given.

export type EntriesPlace = { readonly doorId: string; readonly task: 'list' | 'pin' | 'code' | 'finger' | 'card' };

const PATTERN = /^\/doors\/([A-Za-z0-9_-]{22})\/at-the-lock(?:\/(pin|code|finger|card))?$/;

const isTask = (text: string | undefined): text is 'pin' | 'code' | 'finger' | 'card' => text === 'pin' || text === 'code' || text === 'finger' || text === 'card';

/** Undefined: the path is none of these. */
export const entriesPlaceOf = (path: string): EntriesPlace | undefined => {
  const [, doorId, task] = path.match(PATTERN) ?? [];
  return doorId === undefined ? undefined : { doorId, task: isTask(task) ? task : 'list' };
};

export const entriesPath = (doorId: string, task?: 'pin' | 'code' | 'finger' | 'card'): string => `/doors/${doorId}/at-the-lock${task === undefined ? '' : `/${task}`}`;
