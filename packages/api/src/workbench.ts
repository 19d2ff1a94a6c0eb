// The Workbench: a virtual lock's body, as its controller tells it and as hands move it. The controller serves this on an origin of its
// own, GET and POST /api/body; the hub has no part in it.

import { z } from './schema.ts';

export const workbenchBody = z.object({
  lockId: z.string(),
  name: z.string(),
  /** What it is built into, and how that is wired. */
  mechanism: z.object({
    name: z.enum(['deadbolt', 'mortise', 'strike', 'magnet', 'gate', 'hand']),
    opening: z.enum(['pulse', 'stand']),
    withoutPower: z.enum(['stays', 'fail-safe', 'fail-secure']),
    hasExit: z.boolean(),
  }),
  position: z.enum(['thrown', 'withdrawn', 'between', 'unlatched']),
  motor: z.enum(['throwing', 'withdrawing', 'unlatching', 'still']),
  /** Of a coil: whether current flows; null: there is none. */
  current: z.boolean().nullable(),
  /** What a retrofit has learnt of its thumb-turn, degrees; null: nothing, and it knows no place. */
  travel: z.object({ degrees: z.number(), throws: z.enum(['rising', 'falling']) }).nullable(),
  exit: z.boolean(),
  fire: z.boolean(),
  tamper: z.boolean(),
  hasPower: z.boolean(),
  celsius: z.number().nullable(),
  /** Millivolts of the batteries beside the main one. */
  parts: z.object({ keypad: z.number().optional(), doorSensor: z.number().optional(), clock: z.number().optional() }),
  /** What the lock makes of its door, and whether it is held unlocked. */
  doorIs: z.enum(['none', 'closed', 'open', 'held', 'ajar', 'forced']),
  held: z.boolean(),
  /** What the lock says that it sensed. */
  bolt: z.enum(['locked', 'unlocked', 'moving', 'unknown', 'unlatched']),
  door: z.enum(['open', 'closed']),
  batteryMv: z.number(),
  jammed: z.boolean(),
  link: z.object({ wanted: z.boolean(), up: z.boolean(), told: z.boolean() }),
  /** Its Bluetooth adapter; `why`: the code of what keeps it down. Null: it has none. */
  radio: z.object({ up: z.boolean(), why: z.string().nullable() }).nullable(),
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
  | { readonly action: 'battery' | 'keypad-battery' | 'door-sensor-battery'; readonly mv: number }
  | { readonly action: 'handle' }
  | { readonly action: 'exit' | 'fire' | 'tamper' | 'power'; readonly on: boolean }
  | { readonly action: 'temperature'; readonly celsius: number }
  /** Teaches a retrofit its travel: the thumb-turn stands at this end now. Both ends make it. */
  | { readonly action: 'mark'; readonly end: 'thrown' | 'withdrawn' }
  | { readonly action: 'jam'; readonly on: boolean }
  | { readonly action: 'link'; readonly on: boolean }
  | { readonly action: 'type' | 'type-to-lock'; readonly digits: string }
  | { readonly action: 'finger'; readonly finger: string }
  | { readonly action: 'card'; readonly card: 'blue' | 'white' | null }
  | { readonly action: 'reset' };
