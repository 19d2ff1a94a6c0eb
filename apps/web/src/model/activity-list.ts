// The list of records as it grows at both ends: pages of older ones below, arrivals above, each record once.

import type { ActivityItem } from '@mortise/api/activity.ts';

/** Records kept in the page's memory; older ones can be fetched again. */
export const MAX_KEPT = 2000;

/** Both lists as one: newest first by cursor, each cursor once, at most `MAX_KEPT`. */
export const merged = (a: readonly ActivityItem[], b: readonly ActivityItem[]): readonly ActivityItem[] => {
  const byCursor = new Map([...a, ...b].map((item) => [item.cursor, item]));
  return [...byCursor.values()].toSorted((x, y) => y.cursor - x.cursor).slice(0, MAX_KEPT);
};
