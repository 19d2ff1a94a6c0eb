// The Workbench of a passive lock: its body as its process tells it, and what hands do to it. It has no power but a key's; so most of it is
// what its store says, until a key touches.

import { z } from './schema.ts';

export const passiveBody = z.object({
  kind: z.literal('passive'),
  lockId: z.string(),
  name: z.string(),
  position: z.enum(['thrown', 'withdrawn', 'between']),
  /** Whether the lock lets a hand withdraw the bolt now. */
  free: z.boolean(),
  /** The bytes of the contact that is on, both ways; null: no key touches. */
  contact: z.object({ bytes: z.number().int().min(0) }).nullable(),
  /** What the lock says that it sensed; null: it has no power to sense anything. */
  bolt: z.enum(['locked', 'unlocked', 'moving', 'unknown', 'unlatched']).nullable(),
  adopted: z.boolean(),
  /** 0: none. */
  rosterVersion: z.number().int().min(0),
  /** Its journal: records, and how many of them it knows to be at a hub. */
  journal: z.object({ records: z.number().int().min(0), acknowledged: z.number().int().min(0) }),
  /** The setup code, only in factory state. */
  setup: z.object({ text: z.string(), qr: z.string() }).nullable(),
  /** Why no contact comes about, as a sentence. */
  fault: z.string().nullable(),
  /** The last thing that its lamp said, and how many there were, so that two alike can be told apart. */
  signal: z.object({ what: z.string(), count: z.number() }).nullable(),
  canReset: z.boolean(),
});
export type PassiveBody = z.infer<typeof passiveBody>;

/** What hands can do. A bolt that is thrown and not free stays. */
export type PassiveAction = { readonly action: 'turn'; readonly to: 'thrown' | 'withdrawn' } | { readonly action: 'reset' };
