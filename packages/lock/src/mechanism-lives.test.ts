// Random lives of a lock of each mechanism: asked for everything, turned, jammed, stalled, pulled off, pressed from inside, on fire, without power, cold, on its
// last battery, restarted. The world checks at every step that nothing moves without a durable decision but for the way out, that nothing is driven against that,
// that only what is sensed is said, and every bound.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Verb } from '@mortise/aliro/vendor.ts';
import { GENESIS, verifyEntries } from '@mortise/journal/chain.ts';
import { DEFAULT_DOOR_POLICY } from '@mortise/documents/door-policy.ts';
import type { LockEvent } from './events.ts';
import { kindOf, MECHANISMS, type Mechanism } from './mechanism.ts';
import { isFreed } from './sensing.ts';
import { ownedLock, Site } from './site.conformance.ts';
import { World } from './world.conformance.ts';

const POLICY = { relockDelayMs: 6000, door: { ...DEFAULT_DOOR_POLICY, ajarAfterMs: 5000, leftUnlockedAfterMs: 9000, latchMs: 1500, releaseMs: 2000 } };
const BUILT: readonly Mechanism[] = [MECHANISMS.deadbolt, MECHANISMS.mortise, MECHANISMS.strike, { ...MECHANISMS.strike, opening: 'stand', withoutPower: 'fail-safe' }, MECHANISMS.magnet, MECHANISMS.gate];
const VERBS: readonly Verb[] = ['unlock', 'lock', 'unlatch', 'holdUnlocked', 'endHold', 'unlock', 'lock'];

type Life = { readonly world: World; readonly site: Site };
type Act = readonly [words: string, act: (life: Life) => void];

const input = (event: LockEvent): Act => [JSON.stringify(event), ({ world }) => world.input(event)];

/** Hands, wires, faults and phones; each in words, so that a failure reads as a story. */
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(1, 30, 100, 450, 1600, 3100, 7000).map((ms): Act => [`${ms} ms pass`, ({ world }) => world.run(ms)]) },
  { weight: 5, arbitrary: fc.constantFrom(...VERBS).map((verb): Act => [`asked to ${verb}`, ({ site }) => void site.ask({ verb, until: verb === 'holdUnlocked' ? Math.floor(site.now() / 1000) + 20 : 0 })]) },
  { weight: 2, arbitrary: fc.constantFrom('thrown' as const, 'withdrawn' as const, 'unlatched' as const).map((to): Act => [`turned to ${to}`, ({ world }) => {
    if (kindOf(world.mechanism).turned[to] !== undefined) world.turn(to);
  }]) },
  { weight: 2, arbitrary: fc.constantFrom('thrown' as const, 'withdrawn' as const, 'between' as const).map((position): Act => [`found ${position}`, ({ world }) => {
    world.position = position;
    world.input({ kind: 'bolt', position });
  }]) },
  { weight: 3, arbitrary: fc.boolean().map((open): Act => [`door ${open ? 'opens' : 'closes'}`, ({ world }) => world.moveDoor(open)]) },
  { weight: 4, arbitrary: fc.constantFrom<LockEvent['kind'] & ('exit' | 'fire')>('exit', 'fire').chain((kind) => fc.boolean().map((active) => input({ kind, active }))) },
  { weight: 1, arbitrary: fc.boolean().map((present) => input({ kind: 'power', present })) },
  { weight: 1, arbitrary: fc.boolean().map((active) => input({ kind: 'tamper', active })) },
  { weight: 1, arbitrary: fc.constantFrom(-40, 20, 80).map((celsius) => input({ kind: 'temperature', celsius })) },
  { weight: 1, arbitrary: fc.constantFrom(0, 3900, 4200, 4700, 6000).map((mv) => input({ kind: 'battery', mv })) },
  { weight: 1, arbitrary: fc.constant(input({ kind: 'stalled' })) },
  { weight: 1, arbitrary: fc.boolean().map((jams): Act => [`jams: ${jams}`, ({ world }) => void (world.faults.jams = jams)]) },
  { weight: 1, arbitrary: fc.constantFrom(undefined, 200).map((ms): Act => [`stalls: ${ms}`, ({ world }) => void (world.faults.stallsMs = ms)]) },
  { weight: 1, arbitrary: fc.constantFrom(2, 700).map((ms): Act => [`store: ${ms}`, ({ world }) => void (world.faults.storeDelayMs = ms)]) },
  { weight: 1, arbitrary: fc.constant<Act>(['the power fails', ({ world }) => world.restart()]) },
);

const mend = ({ world }: Life): void => {
  Object.assign(world.faults, { jams: false, stallsMs: undefined, storeDelayMs: 2 });
  for (const kind of ['exit', 'fire', 'tamper'] as const) world.input({ kind, active: false });
  world.input({ kind: 'power', present: true });
  world.restart();
  world.input({ kind: 'battery', mv: 6000 });
  world.moveDoor(false);
  world.run(30_000);
};

for (const mechanism of BUILT) {
  test(`random lives of a ${mechanism.name}, ${mechanism.opening}, ${mechanism.withoutPower}`, () => {
    const base = ownedLock({ policy: POLICY }, 'powered', mechanism);
    const cells = new Map<string, number>();
    const counts = { drives: 0, freed: 0 };
    fc.assert(
      fc.property(fc.array(act, { minLength: 20, maxLength: 40 }), (acts) => {
        const world = new World('a lock', 'powered', mechanism);
        const site = new Site(world);
        world.takeOver(base.world);
        site.takeOver(base.site);
        world.watch = (state, { kind }) => {
          const cell = `${state.sensors.bolt.phase} × ${kind}`;
          cells.set(cell, (cells.get(cell) ?? 0) + 1);
          counts.freed += isFreed(state) ? 1 : 0;
        };
        for (const [, run] of acts) run({ world, site });
        mend({ world, site });
        assert.ok(verifyEntries(world.crypto, world.state.lockId, GENESIS, world.stored.entries).ok);
        // The handle may still be pressed.
        assert.match(site.askAndWait({ verb: 'unlock' }).receipt?.record.sensed.bolt ?? '', /^un(locked|latched)$/, 'its owner still gets in');
        counts.drives += world.drives.length;
      }),
      { numRuns: 5 },
    );
    const phases = new Set([...cells.keys()].map((cell) => cell.split(' ')[0]));
    console.log(`${mechanism.name}: ${phases.size} phases, ${cells.size} cells of phase × event, ${counts.drives} drives, ${counts.freed} events while the way out was kept`);
    assert.ok(counts.drives > 0);
  });
}
