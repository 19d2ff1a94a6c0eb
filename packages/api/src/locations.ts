// Locations: places inside a site, such as a substation or a cabinet. They hold no keys and bound no power; they say where doors are.

import { identifier, name } from './fields.ts';
import { z } from './schema.ts';

export const MAX_LOCATIONS = 1024;
export const MAX_DOORS_OF_LOCATION = 1024;

export const location = z.object({ id: identifier, name, doors: z.array(identifier).max(MAX_DOORS_OF_LOCATION) });
export type Location = z.infer<typeof location>;
export const locations = z.object({ locations: z.array(location).max(MAX_LOCATIONS) });
/** Its doors, whole: a door is in one location, so that naming it here takes it out of another. */
export const locationBody = location.omit({ id: true });
export type LocationBody = z.input<typeof locationBody>;

/** What somebody with an electronic key may ask for. `location`: null: in none. */
export const askablePlaces = z.object({
  doors: z.array(z.object({ id: identifier, name, lockId: identifier, location: z.object({ id: identifier, name }).nullable() })),
});
export type AskablePlaces = z.infer<typeof askablePlaces>;
