// That a run of tests is the same run wherever it is repeated: properties draw from its seed, and another seed draws other cases.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

const SEEDED = join(import.meta.dirname, '..', 'support', 'seeded.ts');
const DRAWS = "const { default: fc } = await import('fast-check'); fc.assert(fc.property(fc.nat(), (drawn) => void console.log(drawn)))";

const drawn = (seed: string | undefined): string => {
  const { MORTISE_SEED: _, ...env } = process.env;
  return execFileSync(process.execPath, ['--import', SEEDED, '--input-type=module', '--eval', DRAWS], { encoding: 'utf8', env: seed === undefined ? env : { ...env, MORTISE_SEED: seed } });
};

test('properties draw the same of the same seed, other cases of another, and anything without one', () => {
  const [first, again, other, free, freeAgain] = ['a', 'a', 'b', undefined, undefined].map(drawn);
  assert.equal(first, again);
  assert.notEqual(first, other);
  assert.notEqual(free, freeAgain);
});
