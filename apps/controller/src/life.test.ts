// A lock whose hub was away for long, and the next start: whatever the store has dropped, the lock lives on.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { required } from '@mortise/base/assert.ts';
import type { Entry } from '@mortise/journal/chain.ts';
import { MAX_HELD_ENTRIES, type LockEvent, type StoreWrite } from '@mortise/lock/events.ts';
import type { LockState } from '@mortise/lock/state.ts';
import { step } from '@mortise/lock/step.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { beginLife, lifePaths, type Life, type LifePaths } from './life.ts';

const directory = mkdtempSync(join(tmpdir(), 'mortise-life-'));
test.after(() => rmSync(directory, { recursive: true }));
const context = { crypto: nodeCrypto };

let locks = 0;
const freshPaths = (): LifePaths => lifePaths(mkdtempSync(join(directory, `lock-${(locks += 1)}-`)));

const live = (paths: LifePaths): Life => {
  const life = beginLife(context, paths);
  assert.ok(life.ok, life.ok ? '' : life.error.code);
  return life.value;
};

/** Started, and `turns` turns of the thumb-turn, each of which is written down; answers what is to be stored. */
const turned = (start: LockState, turns: number): { readonly state: LockState; readonly writes: readonly StoreWrite[] } => {
  const writes: StoreWrite[] = [];
  let state = start;
  let count = 0;
  const take = (event: LockEvent): void => {
    count += 1;
    const change = step(context, state, { now: { monotonicMs: count * 1000, rtcMs: 0 }, entropy: new Uint8Array(32).fill(count % 251), event });
    state = change.state;
    for (const effect of change.effects) {
      if (effect.kind !== 'store') continue;
      writes.push(effect.write);
      take({ kind: 'stored', id: effect.id });
    }
  };
  take({ kind: 'bolt', position: 'thrown' });
  take({ kind: 'started' });
  for (let turn = 0; turn < turns; turn += 1) {
    const to = turn % 2 === 0 ? 'withdrawn' : 'thrown';
    take({ kind: 'thumbTurn', to });
    take({ kind: 'bolt', position: to });
  }
  return { state, writes };
};

const heldOf = (life: Life): readonly Entry[] => {
  const { held, from, acknowledged } = life.state.journal;
  assert.equal(from.seq + 1, held[0]?.seq);
  assert.ok(from.seq >= acknowledged);
  return held;
};

test('a lock that brought a part of a long journal to its hub, and lost its power: it lives, and brings the rest', () => {
  const paths = freshPaths();
  const first = live(paths);
  const { state, writes } = turned(first.state, 700);
  assert.ok(first.store.commit(writes).ok);
  // The hub is back and has taken the first batch.
  assert.ok(first.store.commit([{ acknowledged: 32 }]).ok);
  first.store.close();
  const second = live(paths);
  assert.deepEqual(heldOf(second).map(({ seq }) => seq), Array.from({ length: state.journal.last.seq - 32 }, (_, index) => 33 + index));
  second.store.close();
});

test('a hub that never acknowledges: the store keeps what the lock would send, and no more', () => {
  const paths = freshPaths();
  const first = live(paths);
  const { state, writes } = turned(first.state, MAX_HELD_ENTRIES + 1000);
  for (let at = 0; at < writes.length; at += 500) assert.ok(first.store.commit(writes.slice(at, at + 500)).ok);
  const read = first.store.read();
  assert.ok(read.ok && read.value.entries.length < MAX_HELD_ENTRIES + 1000, 'the oldest are gone');
  first.store.close();
  const second = live(paths);
  assert.deepEqual(heldOf(second).map(({ seq }) => seq), state.journal.held.map(({ seq }) => seq));
  assert.equal(required(heldOf(second)[0], 'it holds some').seq, state.journal.last.seq - MAX_HELD_ENTRIES + 1);
  second.store.close();
});
