// The way to the virtual lock's body: its controller, which serves this page on an origin of its own.

import { z } from '@mortise/api/schema.ts';
import { workbenchBody, type WorkbenchAction, type WorkbenchBody } from '@mortise/api/workbench.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';

const refusal = z.object({ error: z.object({ message: z.string() }) });

export const parseBody = (json: unknown): WorkbenchBody | undefined => {
  const parsed = workbenchBody.safeParse(json);
  return parsed.success ? parsed.data : undefined;
};

/** Does it, and answers the body as it then is; errors are sentences. */
export const act = async (action: WorkbenchAction): Promise<Result<WorkbenchBody, string>> => {
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
