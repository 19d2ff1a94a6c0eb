// Kills of hub, locks and keys, and cut contacts, beyond those of `npm test`: the same story with other seeds, and the lock's own.

import { globSync } from 'node:fs';
import { runTests } from '../run-tests.ts';
import { assert } from '@mortise/base/assert.ts';
import type { Part } from './part.ts';

// Few enough that a chunk ends in a minute or two on a busy machine; the seeds make the difference.
const KILLS = 40;
const FILES = ['test/crash/kill.test.ts', 'apps/controller/src/crash.test.ts'];

/** The tests read the environment of the process that starts them. */
export const crashKills: Part = {
  name: 'crashes: hub and lock killed',
  share: 6,
  maxChunks: 10_000,
  chunk: async (seed) => {
    Object.assign(process.env, { MORTISE_KILLS: String(KILLS), MORTISE_SEED: String(seed) });
    const files = globSync(FILES).toSorted();
    assert(files.length === FILES.length, 'the crash tests are there');
    const counts = await runTests(`kills, seed ${seed}`, files, 1);
    assert(counts.failed === 0 && counts.passed > 0, `${counts.failed} crash tests failed`);
    return { stories: counts.passed, kills: KILLS * counts.passed };
  },
};

// A contact has some 7,000 bytes, and each cut is a contact.
const CUTS = 60;
const CONTACT_KILLS = 20;

export const contactCuts: Part = {
  name: 'contacts: keys lifted mid-way, locks and keys killed',
  share: 3,
  maxChunks: 10_000,
  chunk: async (seed) => {
    Object.assign(process.env, { MORTISE_CUTS: String(CUTS), MORTISE_KILLS: String(CONTACT_KILLS), MORTISE_SEED: String(seed) });
    const counts = await runTests(`contacts, seed ${seed}`, ['test/crash/contacts.test.ts'], 1);
    assert(counts.failed === 0 && counts.passed === 1, `${counts.failed} contact tests failed`);
    return { cuts: CUTS, kills: CONTACT_KILLS };
  },
};
