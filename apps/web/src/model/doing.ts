// One thing at a time on a screen: what is being done, and why it was not done. Errors are sentences.

import { signal, type ReadonlySignal } from '@preact/signals';
import type { Result } from '@mortise/base/result.ts';
import { announce } from './announce.ts';

export type Failed = { readonly title: string; readonly says: string };

export type Doing = {
  /** What is being done, in words; undefined: nothing. */
  readonly busy: ReadonlySignal<string | undefined>;
  readonly failed: ReadonlySignal<Failed | undefined>;
  /** Other words for what is being done. */
  readonly say: (words: string) => void;
  /** Does it, unless something else is being done. `failed`: the title if it is not. `done`: said once it is. Undefined: it was not. */
  readonly run: <T>(words: string, failed: string, done: string, work: () => Promise<Result<T, string>>) => Promise<{ readonly value: T } | undefined>;
  readonly forget: () => void;
};

export const createDoing = (): Doing => {
  const busy = signal<string | undefined>(undefined);
  const failed = signal<Failed | undefined>(undefined);
  return {
    busy, failed,
    say: (words) => { if (busy.value !== undefined) busy.value = words; },
    run: async (words, title, done, work) => {
      if (busy.value !== undefined) return undefined;
      busy.value = words;
      failed.value = undefined;
      const result = await work();
      busy.value = undefined;
      if (!result.ok) {
        failed.value = { title, says: result.error };
        return undefined;
      }
      announce(done);
      return { value: result.value };
    },
    forget: () => { failed.value = undefined; },
  };
};
