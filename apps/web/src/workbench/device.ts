// The way to a virtual device: its process, which serves this page on an origin of its own. What it shows comes as events; what hands do goes there.

import { signal, type Signal } from '@preact/signals';
import { z } from '@mortise/api/schema.ts';

const refusal = z.object({ error: z.object({ message: z.string() }) });

export type Device<View, Action> = {
  readonly view: Signal<View | undefined>;
  /** Whether the process answers. */
  readonly live: Signal<boolean>;
  /** Why the last thing that hands did was not done, as a sentence. */
  readonly failure: Signal<string | undefined>;
  readonly send: (action: Action) => Promise<void>;
};

/** Follows the device whose page this is. */
export const followDevice = <View, Action>(schema: z.ZodType<View>): Device<View, Action> => {
  const view = signal<View | undefined>(undefined);
  const [live, failure] = [signal(false), signal<string | undefined>(undefined)];
  const take = (json: unknown): void => {
    const parsed = schema.safeParse(json);
    if (parsed.success) view.value = parsed.data;
  };
  const source = new EventSource('/api/body/events');
  source.addEventListener('open', () => { live.value = true; });
  source.addEventListener('error', () => { live.value = false; });
  source.addEventListener('body', (event) => take(JSON.parse(String(event.data))));
  return { view, live, failure, send: async (action) => { failure.value = await done(action); } };
};

// What an action comes to is told by the events, which come in their order: the answer may be older than the last of them.
const done = async (action: unknown): Promise<string | undefined> => {
  try {
    const response = await fetch('/api/body', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(action) });
    if (response.ok) return undefined;
    const said = refusal.safeParse(await response.json());
    return said.success ? said.data.error.message : 'The answer could not be read.';
  } catch {
    return 'Nobody answers. Is the virtual device still running?';
  }
};
