// Two hundred kills of hub and lock. MORTISE_KILLS and MORTISE_SEED choose how many and when; a failure names its seed.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { command } from '../support/owned.ts';
import { liveThrough, type Counts, type Story } from './story.ts';

const KILLS = Number(process.env['MORTISE_KILLS'] ?? 200);
const SEED = process.env['MORTISE_SEED'] ?? randomUUID().slice(0, 8);
// A house waits more than it works: for the other part to start, and for the link to be tried again.
const HOUSES = Math.min(3, availableParallelism() + 1);

const sum = (stories: readonly Story[], of: (counts: Counts) => number): number => stories.reduce((total, { counts }) => total + of(counts), 0);

const verified = async ({ house, journalFile }: Story): Promise<readonly string[]> => {
  const file = join(house.hubData, 'exported.jsonl');
  await writeFile(file, journalFile);
  const said = [await command(['verify', '--data', house.hubData, '--json']), await command(['verify', file, '--json'])];
  return said.flatMap(({ code, output }) => (code === 0 ? [] : [`mortise verify ends with ${code}: ${output}`]));
};

test(`nothing acknowledged is lost or doubled through ${KILLS} kills`, async (t) => {
  t.diagnostic(`seed ${SEED}`);
  const started = performance.now();
  const shares = Array.from({ length: HOUSES }, (_, house) => Math.ceil((KILLS - house) / HOUSES));
  const lived = await Promise.allSettled(shares.map((kills, house) => liveThrough(kills, `${SEED} ${house}`)));
  const stories = lived.flatMap((life) => (life.status === 'fulfilled' ? [life.value] : []));
  try {
    for (const life of lived) if (life.status === 'rejected') throw life.reason;
    const faults = (await Promise.all(stories.map(async (story) => [...story.violations, ...(await verified(story))]))).flat();
    const of = (pick: (counts: Counts) => number): number => sum(stories, pick);
    t.diagnostic(
      `${of(({ kills }) => kills.hub)} kills of the hub, ${of(({ kills }) => kills.lock)} of the lock (${of(({ kills }) => kills.whileStarting)} while starting, ` +
      `${of(({ kills }) => kills.duringOperation)} during an operation) in ${((performance.now() - started) / 1000).toFixed(0)} s`,
    );
    t.diagnostic(
      `${of(({ records }) => records)} records, ${of(({ receipts }) => receipts)} receipts of ${of(({ operations }) => operations)} operations, ${of(({ turns }) => turns)} turns by hand, ` +
      `${of(({ served }) => served)} rows served, acknowledged up to ${stories.map(({ counts }) => counts.acknowledged).join(' and ')} in ${of(({ acknowledgements }) => acknowledgements)} marks`,
    );
    assert.deepEqual(faults, [], `seed ${SEED}`);
    assert.ok(of(({ kills }) => kills.hub + kills.lock) >= KILLS, 'all kills were made');
    assert.ok(KILLS < 50 || of(({ receipts }) => receipts) > 10, 'something was going on');
  } finally {
    await Promise.all(stories.map(({ house }) => house.end()));
  }
});
