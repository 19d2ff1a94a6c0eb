// The Workbench: a virtual lock's body, as its controller tells it and as hands move it. The controller serves this on an origin of its
// own, GET and POST /api/body; the hub has no part in it.

import { z } from './schema.ts';

export const workbenchBody = z.object({
  lockId: z.string(),
  name: z.string(),
  position: z.enum(['thrown', 'withdrawn', 'between']),
  motor: z.enum(['throwing', 'withdrawing', 'still']),
  /** What the lock says that it sensed. */
  bolt: z.enum(['locked', 'unlocked', 'moving', 'unknown']),
  door: z.enum(['open', 'closed']),
  batteryMv: z.number(),
  jammed: z.boolean(),
  link: z.object({ wanted: z.boolean(), up: z.boolean() }),
  adopted: z.boolean(),
  /** The setup code, only in factory state. */
  setup: z.object({ text: z.string(), qr: z.string() }).nullable(),
  mode: z.enum(['running', 'safe']),
  /** Why the lock is in its safe state, as a sentence. */
  fault: z.string().nullable(),
  /** The last thing that lamp and buzzer said, and how many there were, so that two alike can be told apart. */
  signal: z.object({ what: z.string(), count: z.number() }).nullable(),
  /** `enrolling`: the slot of the finger sensor that waits for a finger; `fingers`: how many it has learnt; `card`: which one lies on the card pad. */
  pad: z.object({ enrolling: z.number().int().nullable(), fingers: z.number().int(), card: z.enum(['blue', 'white']).nullable() }),
  /** Whether the reset button would do anything: it needs the bolt withdrawn. */
  canReset: z.boolean(),
});
export type WorkbenchBody = z.infer<typeof workbenchBody>;

/** What hands can do to a lock's body. None of it asks the lock for anything. A thumb-turn without `to` goes to its other end. */
export type WorkbenchAction =
  | { readonly action: 'thumb-turn'; readonly to?: 'thrown' | 'withdrawn' }
  | { readonly action: 'door'; readonly open: boolean }
  | { readonly action: 'battery'; readonly mv: number }
  | { readonly action: 'jam'; readonly on: boolean }
  | { readonly action: 'link'; readonly on: boolean }
  | { readonly action: 'type' | 'type-to-lock'; readonly digits: string }
  | { readonly action: 'finger'; readonly finger: string }
  | { readonly action: 'card'; readonly card: 'blue' | 'white' | null }
  | { readonly action: 'reset' };
