// Records of locks and of electronic keys, searched. What was verified is told, and gaps as gaps. The same transaction told by lock and key is
// linked by its id, where each names the other.

import { activityItem, cursor, MAX_PAGE } from './activity.ts';
import { bytesOf, identifier, instant, name } from './fields.ts';
import { z } from './schema.ts';

export const recordDevice = z.object({ kind: z.enum(['lock', 'ekey']), id: identifier, name });

/** `device`: whose journal it stands in. `door`: of the lock that it is about; null: none that this site has. `ekey`: whose credential it names. */
export const recordItem = activityItem.omit({ lockId: true, door: true }).extend({
  device: recordDevice,
  lockId: identifier.nullable(),
  door: z.object({ id: identifier, name }).nullable(),
  ekey: z.object({ id: identifier, name }).nullable(),
  transactionId: bytesOf(16, 16).nullable(),
  /** The same transaction in the other one’s journal. */
  told: z.array(z.object({ cursor, device: recordDevice, seq: z.number().int().min(0), kind: z.enum(['decision', 'operation', 'event']), reason: z.string().max(64), at: instant })).max(16),
});
export type RecordItem = z.infer<typeof recordItem>;

const time = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional();
/** All that is named must hold. `lock`: its own records, and those of keys that were at it. `ekey`: its own, and those of locks that name it. `location`: of the locks that are in it now. `person`: by their phones, and by keys while they held them. */
export const recordsQuery = z.object({
  lock: identifier.optional(),
  ekey: identifier.optional(),
  location: identifier.optional(),
  person: identifier.optional(),
  /** By the clock of whoever wrote it. */
  from: time,
  until: time,
  before: time,
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(50),
});
/** Numbers of a journal that the hub does not have. `after`, `before`: the instants of the records around it, by the device’s clock; null: not known. */
export const recordGap = z.object({ device: recordDevice, first: z.number().int(), last: z.number().int(), after: instant.nullable(), before: instant.nullable() });
export type RecordGap = z.infer<typeof recordGap>;

/**
 * Newest arrival first; `next` is the `before` of the following page, null at the end. `gaps`: of the journals of the locks and the key that were asked for, of all
 * where none was; without those that were over before `from` or began after `until`. `moreGaps`: there are more than fit.
 */
export const recordsPage = z.object({
  items: z.array(recordItem),
  next: cursor.nullable(),
  gaps: z.array(recordGap).max(MAX_PAGE),
  moreGaps: z.boolean(),
});
export type RecordsPage = z.infer<typeof recordsPage>;
