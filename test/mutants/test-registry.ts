// Stands in for `node:test` while mutants are tested (node-test-runner.ts): it only remembers the tests, so that each can be run again
// and again in one process. Has what the tests of the mutated rooms use; a test that uses more fails, and so does the first run.

import { assert } from '@mortise/base/assert.ts';

type Context = { readonly diagnostic: (message: string) => void };
type Body = (context: Context) => unknown;

export type Registered = { readonly id: string; readonly file: string; readonly body: Body };

const registered = new Map<string, Registered>();
let file = '';

export const test = (name: string, body: Body): void => {
  const id = `${file}: ${name}`;
  assert(typeof body === 'function' && !registered.has(id), `a test with a name of its own and without options, not "${id}"`);
  registered.set(id, { id, file, body });
};

/** The tests that are declared from here on are of this file. */
export const enterFile = (path: string): void => {
  file = path;
};

export const forgetTests = (): void => {
  registered.clear();
};

export const registeredTests = (): readonly Registered[] => [...registered.values()];

/** What it threw; undefined: it passed. */
export const failureOf = async ({ body }: Registered): Promise<string | undefined> => {
  try {
    await body({ diagnostic: () => undefined });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};
