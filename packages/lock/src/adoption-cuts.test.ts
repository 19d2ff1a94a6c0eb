// The power goes while a lock is adopted at the door: at each event and each effect, with each number of the writes under way done. What is left is
// a factory lock, which the owner adopts again, or an adopted one, whose one statement the next contact hears; never anything between.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { required } from '@mortise/base/assert.ts';
import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import { openAdoptionStatement } from '@mortise/documents/adoption-statement.ts';
import { verifyEntries, GENESIS } from '@mortise/journal/chain.ts';
import type { Profile } from './profile.ts';
import { Site } from './site.conformance.ts';
import { World } from './world.conformance.ts';

class PowerCut extends Error {}

type Cut = { readonly world: World; readonly site: Site; readonly said: readonly Bytes[] };

/** What `done` and `statement` said to the owner, as far as it came. */
const adoptUntil = (profile: Profile, at: number): Cut | undefined => {
  const world = new World('a new lock', profile);
  const site = new Site(world);
  const said: Bytes[] = [];
  world.wake();
  world.run(100);
  world.faults.storeDelayMs = 20;
  const via = site.connect();
  let moments = 0;
  const tick = (): void => {
    moments += 1;
    if (moments > at) throw new PowerCut();
  };
  [world.watch, world.beforeEffect] = [tick, tick];
  try {
    const word = site.adopt({ via });
    if (word.ok) said.push(word.value.signed);
  } catch (error) {
    if (!(error instanceof PowerCut)) throw error;
    [world.watch, world.beforeEffect] = [() => undefined, () => undefined];
    return { world, site, said };
  }
  return undefined;
};

/** Wakes what a cut left; answers whether it is owned. */
const tryCut = ({ world, site, said }: Cut, survive: number, what: string): 'factory' | 'adopted' => {
  for (const write of world.unsynced.slice(0, survive)) world.apply(write);
  world.revive();
  world.faults.storeDelayMs = 2;
  world.hearNear = () => undefined;
  world.nearClosed = () => undefined;
  world.wake();
  world.run(100);
  assert.ok(verifyEntries(site.crypto, world.state.lockId, GENESIS, world.stored.entries).ok, what);
  const { kind } = world.state.membership;
  assert.ok(said.length === 0 || kind === 'adopted', `what was said holds: ${what}`);
  // The owner comes again: the same code, as nobody told that it is spent.
  const again = site.adopt({ via: site.connect() });
  assert.equal(again.ok ? 'accepted' : again.error.code, kind === 'factory' ? 'accepted' : 'already-adopted', what);
  const via = site.connect();
  const opening = site.askAndWait({ verb: 'unlock', via });
  assert.equal(opening.receipt?.record.reason, 'granted-trusted', what);
  const [statement, ...more] = via.bodies('statement');
  const opened = openAdoptionStatement(site.crypto, world.keys.identityKey, required(statement, `its word: ${what}`));
  assert.ok(opened.ok && opened.value.siteId === site.ownerSet.siteId && more.length === 0, what);
  assert.ok(said.every((each) => equalBytes(each, required(statement, 'a statement'))), `there is only one statement: ${what}`);
  return kind;
};

for (const profile of ['powered', 'passive'] as const) {
  test(`a cut at each moment of an adoption leaves a factory lock or an adopted one, and the owner gets on: ${profile}`, () => {
    const counts = { factory: 0, adopted: 0 };
    for (let at = 0; ; at += 1) {
      const pending = adoptUntil(profile, at)?.world.unsynced.length;
      if (pending === undefined) break;
      for (let survive = 0; survive <= pending; survive += 1) {
        const cut = required(adoptUntil(profile, at), 'the same again');
        counts[tryCut(cut, survive, `moment ${at}, ${survive} writes`)] += 1;
      }
    }
    assert.ok(counts.factory > 4 && counts.adopted > 4, JSON.stringify(counts));
    console.log(`adoption cuts, ${profile}: ${counts.factory} left a factory lock, ${counts.adopted} an adopted one`);
  });
}
