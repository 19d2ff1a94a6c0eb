// The Workbench of an electronic key: the key as its process tells it, with the lock beside it that it touches or touched last, and what hands do
// to both. The lock's body comes from the lock's own process; the key's passes it on, since it is the one who is there.

import { passiveBody } from './passive-workbench.ts';
import { z } from './schema.ts';

const count = z.number().int().min(0);

export const ekeyWorkbench = z.object({
  kind: z.literal('ekey'),
  keyId: z.string(),
  /** Its public half, base64url: of it the characters that are compared when it is registered. */
  identityKey: z.string(),
  name: z.string(),
  /** What it shows to the hand that holds it. `reason`: kebab-case code of the reasons' table. */
  signal: z.object({
    name: z.string(), display: z.string(), reason: z.string().nullable(),
    light: z.object({ colour: z.enum(['off', 'white', 'blue', 'green', 'amber', 'red']), blinks: z.boolean() }), sound: z.enum(['none', 'short', 'double', 'long']),
  }),
  batteryMv: count,
  enrolled: z.boolean(),
  /** `instant`: by the key's clock; null where it is `lost`. `rtc`: what its real-time clock says, ms since 1970. */
  clock: z.object({ quality: z.enum(['synced', 'held', 'lost']), instant: z.number().nullable(), errorMs: z.number().nullable(), rtc: z.number() }),
  /** `version` 0: none. `staged`: of newer ones whose items are being gathered. */
  orders: z.object({ version: count, staged: count, grants: count, revalidateBy: z.number().nullable() }),
  journal: z.object({ records: count, acknowledged: count, free: count, capacity: count }),
  /** What it carries for locks and from them, in bytes, and how much it can carry each way. */
  bag: z.object({ forLocks: count, fromLocks: count, capacity: count }),
  /** `asked`: whether its orders want one. `open`: whether one was entered and still counts. */
  pin: z.object({ asked: z.boolean(), set: z.boolean(), open: z.boolean() }),
  updating: z.boolean(),
  /** The touch that is on: bytes both ways, and after how many it will be lifted by itself. */
  touch: z.object({ bytes: count, liftAfter: count.nullable() }).nullable(),
  /** Bytes of the last touch. */
  lastTouchBytes: count.nullable(),
  /** The lock beside it: where its Workbench is, its body, or why that is not known, as a sentence. */
  lock: z.object({ address: z.string(), body: passiveBody.nullable(), trouble: z.string().nullable() }).nullable(),
  /** The key by itself and its hub; null: it was given none. `said`: how the last update went, as a sentence. */
  network: z.object({ hub: z.string(), busy: z.boolean(), said: z.string().nullable(), nextAt: z.number().nullable() }).nullable(),
  /** Its serial line; null: it was given none. */
  serial: z.object({ path: z.string(), open: z.boolean() }).nullable(),
  /** Why the key does nothing, as a sentence. */
  fault: z.string().nullable(),
});
export type EkeyWorkbench = z.infer<typeof ekeyWorkbench>;

/** The longest touch that can be chosen beforehand, in bytes. */
export const MAX_LIFT_AFTER_BYTES = 1_000_000;
/** A real-time clock is moved by at most so much at once. */
export const MAX_CLOCK_MOVE_MS = 366 * 86_400_000;

/** What hands can do. `liftAfter`: bytes both ways, after which the hand slips. */
export type EkeyAction =
  | { readonly action: 'lock'; readonly address: string }
  | { readonly action: 'touch'; readonly liftAfter?: number }
  | { readonly action: 'lift' }
  | { readonly action: 'turn'; readonly to: 'thrown' | 'withdrawn' }
  | { readonly action: 'pin'; readonly digits: string }
  | { readonly action: 'choose-pin'; readonly digits: string }
  | { readonly action: 'battery'; readonly mv: number }
  | { readonly action: 'clock'; readonly moveMs: number }
  | { readonly action: 'clock-lost' }
  | { readonly action: 'update' }
  | { readonly action: 'reset' };
