// What happened, told from verified journal records, and the live events. An actor is named only when the record's credential is a
// phone key that the hub knows; it is never guessed.

import { accessRequest } from './access-requests.ts';
import { ekey } from './ekeys.ts';
import { bytesOf, hash, identifier, instant, name } from './fields.ts';
import { code, entry } from './entries.ts';
import { grant } from './grants.ts';
import { door, waitingLock } from './locks.ts';
import { z } from './schema.ts';

export const MAX_PAGE = 200;
/** A place in the hub's order of arrival; grows by one with each stored record. */
export const cursor = z.number().int().min(0);

export const activityItem = z.object({
  cursor,
  lockId: identifier,
  door: z.object({ id: identifier, name }),
  /** Place in the lock's own journal. */
  seq: z.number().int().min(0),
  /** How many records of this lock directly before this one the hub does not have: it lost them, or they never came. */
  missing: z.number().int().min(0),
  /** By the lock's clock, of quality `clock`. */
  at: instant,
  clock: z.enum(['synced', 'held', 'lost']),
  receivedAt: instant,
  kind: z.enum(['decision', 'operation', 'event']),
  verb: z.string().max(32).nullable(),
  /** Aliro's interface byte: 0x5e NFC, 0xc3 Bluetooth, 0xf0 contact, 0xf1 relay; null for what no credential asked for. */
  interface: z.number().int().nullable(),
  /** `personId` null: an electronic key that nobody held, or of which nobody can say who held it then; its own name then. */
  actor: z.object({ personId: identifier.nullable(), name, keyLabel: name }).nullable(),
  /** SHA-256 of the credential's key. */
  credential: hash.nullable(),
  /** Such as `trusted:3`: entry of roster version 3. */
  rule: z.string().max(96).nullable(),
  /** A code of base/reasons.ts. */
  reason: z.string().max(64),
  allowed: z.boolean().nullable(),
  sensed: z.object({
    bolt: z.enum(['locked', 'unlocked', 'moving', 'unknown', 'unlatched']),
    door: z.enum(['open', 'closed', 'none']),
    batteryMv: z.number().int().nullable(),
  }),
  requestId: bytesOf(1, 16).nullable(),
});
export type ActivityItem = z.infer<typeof activityItem>;

export const activityQuery = z.object({
  before: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(50),
  door: identifier.optional(),
});
/** Newest first; `next` is the `before` of the following page, null at the end. */
export const activityPage = z.object({ items: z.array(activityItem), next: cursor.nullable() });
export type ActivityPage = z.infer<typeof activityPage>;

/** Something about the journal of a lock or an electronic key (then `lockId` is the key's id) that does not add up. The bytes are kept as evidence; nothing was overwritten. */
export const alert = z.object({
  id: z.number().int(),
  lockId: identifier,
  code: z.enum(['journal-fork', 'journal-gap', 'journal-invalid']),
  /** The first record concerned. */
  seq: z.number().int().nullable(),
  at: instant,
});
export type Alert = z.infer<typeof alert>;
export const alerts = z.object({ alerts: z.array(alert) });

/** A stream of events says something at least this often. */
export const PING_MS = 10_000;

/**
 * Server-sent events of /api/events: `event:` is the key, `data:` the JSON. Only `record` carries an `id:` (its cursor), so that
 * Last-Event-ID resumes without a gap. On connection one `state` per door and one `waiting` come first.
 */
export const liveEvents = {
  record: activityItem,
  /** A door as it is now: sensed state, link, roster delivery. */
  state: door,
  /** A lock and its door are of this site no more. `reset`: the lock’s own record says that it has forgotten its owners. */
  removed: z.object({ lockId: identifier, doorId: identifier, reset: z.boolean() }),
  link: z.object({ lockId: identifier, online: z.boolean(), heardAt: instant }),
  waiting: z.object({ locks: z.array(waitingLock) }),
  alert,
  /** A grant as it is now, after any change of it. */
  grant,
  /** An electronic key as it is now. */
  ekey,
  /** All entries and codes of a lock as they are now, after any change of them. */
  entries: z.object({ lockId: identifier, entries: z.array(entry), codes: z.array(code) }),
  /** A request for access as it is now. */
  accessRequest,
  /** Nothing happened, and the hub is still there: comes every `PING_MS`. */
  ping: z.object({}),
} as const;
export type LiveEventName = keyof typeof liveEvents;
export type LiveEvent = { [N in LiveEventName]: { readonly event: N; readonly data: z.infer<(typeof liveEvents)[N]> } }[LiveEventName];
