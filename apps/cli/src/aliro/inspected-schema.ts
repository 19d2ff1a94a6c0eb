// The JSON that `mortise aliro inspect` reads: a recorded transaction, or a file that holds documents. Everything may be missing; what is there has the
// form of SPEC §11.

import { z } from 'zod';
import { CONFIG, INPUTS, sessionKey } from './config-schema.ts';

const keys = z.object({
  ExpeditedSKReader: sessionKey.optional(), ExpeditedSKDevice: sessionKey.optional(), CryptogramSK: sessionKey.optional(),
}, { error: 'expected an object with session keys' });
const phase = z.object({ keys: keys.optional() }, { error: 'expected an object' });

const text = z.string({ error: 'expected text' });

export const INSPECTED = z.object({
  name: text.optional(),
  description: text.optional(),
  inputs: INPUTS.optional(),
  steps: CONFIG.shape.steps,
  derived: z.object({
    standardPhase: phase.optional(),
    fastPhase: phase.optional(),
    stepUp: z.object({ StepUpSKReader: sessionKey.optional(), StepUpSKDevice: sessionKey.optional() }, { error: 'expected an object with session keys' }).optional(),
  }, { error: 'expected an object' }).optional(),
  expect: z.unknown().optional(),
}, { error: 'expected an object with steps, inputs or both' });

export type InspectedFile = z.infer<typeof INSPECTED>;
