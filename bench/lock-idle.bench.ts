// What a lock that nobody asks for anything keeps of each step: nothing. A powered lock is woken every few seconds for years, and a byte a step would be a
// leak. Each kind of mechanism, adopted, with a door policy whose times all run, ticks; what the heap holds afterwards is what it held before.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { assert } from '@mortise/base/assert.ts';
import type { MechanismName } from '@mortise/courier/built.ts';
import { DEFAULT_DOOR_POLICY } from '@mortise/documents/door-policy.ts';
import { MECHANISMS } from '@mortise/lock/mechanism.ts';
import { ownedLock } from '@mortise/lock/site.conformance.ts';
import type { LockState } from '@mortise/lock/state.ts';
import { step } from '@mortise/lock/step.ts';
import { RTC_MS } from '@mortise/lock/world.conformance.ts';
import type { Bench, Figure } from './bench.ts';

const STEPS = 1_000_000;
const ROUNDS = 3;
const KINDS: readonly MechanismName[] = ['deadbolt', 'mortise', 'magnet'];
const TICK_MS = 5;
const POLICY = { relockDelayMs: 3_600_000, relockOnClose: false, jamTimeoutMs: 3000, door: { ...DEFAULT_DOOR_POLICY, ajarAfterMs: 86_400_000, leftUnlockedAfterMs: 86_400_000 } };

setFlagsFromString('--expose-gc');
const collect: unknown = runInNewContext('gc');

const heldBytes = (): number => {
  assert(typeof collect === 'function', 'the garbage can be collected');
  collect();
  collect();
  return process.memoryUsage().heapUsed;
};

/** Ticks an idle lock; what it then retains of each step, in bytes. */
const retained = (name: MechanismName): number => {
  const { world } = ownedLock({ policy: POLICY }, 'powered', MECHANISMS[name]);
  world.input({ kind: 'linkDown' });
  world.run(5000);
  let { state }: { state: LockState } = world;
  let atMs = world.nowMs - world.bootMs;
  const entropy = new Uint8Array(32);
  const tick = (times: number): void => {
    for (let count = 0; count < times; count += 1) {
      atMs += TICK_MS;
      state = step({ crypto: world.crypto }, state, { now: { monotonicMs: atMs, rtcMs: RTC_MS + world.bootMs + atMs }, entropy, event: { kind: 'tick' } }).state;
    }
  };
  tick(STEPS / 10);
  const { seq } = state.journal.last;
  const before = heldBytes();
  tick(STEPS);
  const after = heldBytes();
  assert(state.journal.last.seq === seq && state.stores.length === 0, 'it was idle');
  return Math.round((after - before) / STEPS);
};

const mostRetained = (): Promise<Figure> => {
  const each = KINDS.flatMap((name) => Array.from({ length: ROUNDS }, () => retained(name)));
  return Promise.resolve({ value: Math.max(0, ...each), goal: 0, better: 'lower', unit: 'bytes', against: `what the heap held before ${STEPS} ticks, in the same run, the worst of ${KINDS.join(', ')}`, samples: each.length });
};

export const idleLock: Bench = { name: 'lock.idle_step.bytes', run: mostRetained };
