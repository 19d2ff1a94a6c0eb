// The virtual lock's body as its controller tells it, and what hands may do to it. The controller serves this page and this API on an
// origin of its own; the hub has no part in it.

import { z } from '@mortise/api/schema.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';

export const body = z.object({
  lockId: z.string(),
  name: z.string(),
  position: z.enum(['thrown', 'withdrawn', 'between']),
  motor: z.unknown(),
  bolt: z.enum(['locked', 'unlocked', 'moving', 'unknown']),
  door: z.enum(['open', 'closed']),
  batteryMv: z.number(),
  jammed: z.boolean(),
  link: z.object({ wanted: z.boolean(), up: z.boolean() }),
  adopted: z.boolean(),
  setup: z.object({ text: z.string(), qr: z.string() }).nullable(),
  mode: z.enum(['running', 'safe']),
  fault: z.string().nullable(),
  canReset: z.boolean(),
});
export type Body = z.infer<typeof body>;

export type Action =
  | { readonly action: 'thumb-turn'; readonly to: 'thrown' | 'withdrawn' }
  | { readonly action: 'door'; readonly open: boolean }
  | { readonly action: 'battery'; readonly mv: number }
  | { readonly action: 'jam'; readonly on: boolean }
  | { readonly action: 'link'; readonly on: boolean }
  | { readonly action: 'reset' };

const refusal = z.object({ error: z.object({ message: z.string() }) });

export const parseBody = (json: unknown): Body | undefined => {
  const parsed = body.safeParse(json);
  return parsed.success ? parsed.data : undefined;
};

/** Does it, and answers the body as it then is; errors are sentences. */
export const act = async (action: Action): Promise<Result<Body, string>> => {
  try {
    const response = await fetch('/api/body', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(action) });
    const json: unknown = await response.json();
    const done = response.ok ? parseBody(json) : undefined;
    const said = refusal.safeParse(json);
    return done === undefined ? err(said.success ? said.data.error.message : 'The controller’s answer could not be read.') : ok(done);
  } catch {
    return err('The controller does not answer. Is the virtual lock still running?');
  }
};
