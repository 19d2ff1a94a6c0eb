// A lock whose hub was away for long, and the next start: whatever the store has dropped, the lock lives on. One that cannot believe
// what it remembers of documents does not.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test from 'node:test';
import { required } from '@mortise/base/assert.ts';
import type { Entry } from '@mortise/journal/chain.ts';
import { MAX_HELD_ENTRIES, type LockEvent, type StoreWrite } from '@mortise/lock/events.ts';
import type { LockState } from '@mortise/lock/state.ts';
import { step } from '@mortise/lock/step.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { beginLife, lifeErrorMessage, lifePaths, type Life, type LifePaths } from './life.ts';

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

const raw = (paths: LifePaths, sql: string): void => {
  const database = new DatabaseSync(paths.store);
  database.exec(sql);
  database.close();
};

/** A lock that was started, its directory, and what a change to its store makes of the next life. */
const after = (sql: string): { readonly paths: LifePaths; readonly code: string } => {
  const paths = freshPaths();
  const first = live(paths);
  assert.ok(first.store.commit(turned(first.state, 2).writes).ok);
  first.store.close();
  raw(paths, sql);
  const next = beginLife(context, paths);
  if (next.ok) next.value.store.close();
  return { paths, code: next.ok ? 'lives' : next.error.code };
};

test('a memory of documents that is gone, cut or altered keeps the lock from living, is told, and is left as it was found', () => {
  for (const part of ['issuers', 'admissions', 'uses']) {
    for (const sql of [`DELETE FROM memory WHERE part = '${part}'`, `UPDATE memory SET value = x'00' WHERE part = '${part}'`, `UPDATE memory SET value = x'' WHERE part = '${part}'`]) {
      const { paths, code } = after(sql);
      assert.equal(code, 'store-refused', sql);
      assert.match(lifeErrorMessage({ code: 'store-refused' }, paths), /does not move its bolt/);
      const again = beginLife(context, paths);
      assert.equal(!again.ok && again.error.code, 'store-refused', 'nothing was mended');
    }
  }
  assert.equal(after('DELETE FROM memory').code, 'store-refused', 'all of it');
  assert.equal(after('SELECT 1').code, 'lives', 'control');
});

test('a lock from before there was such a memory lives on, and has one from its first start', () => {
  // Its configuration was of the version before: the second byte of the array that it is.
  const { paths, code } = after("DROP TABLE memory; PRAGMA user_version = 1; UPDATE lock SET configuration = CAST(x'8402' || substr(configuration, 3) AS BLOB)");
  assert.equal(code, 'lives');
  const life = live(paths);
  assert.ok(life.store.commit(turned(life.state, 0).writes).ok);
  life.store.close();
  raw(paths, 'DELETE FROM memory');
  const next = beginLife(context, paths);
  assert.equal(!next.ok && next.error.code, 'store-refused', 'from then on it must be there');
});
