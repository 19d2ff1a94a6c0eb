// A life that breaks: the safe state, and the next life.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { err } from '@mortise/base/result.ts';
import { Controller } from './controller.ts';
import { beginLife } from './life.ts';
import { createLog } from '@mortise/device/log.ts';
import { NEW_BODY } from './physical.ts';
import { VirtualBody } from './virtual-body.ts';
import { workbenchPorts } from './workbench-view.ts';

const data = mkdtempSync(join(tmpdir(), 'mortise-safe-'));
test.after(() => rmSync(data, { recursive: true }));

const until = async (what: string, done: () => boolean): Promise<void> => {
  for (let i = 0; i < 400 && !done(); i += 1) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.ok(done(), what);
};

test('a disk that fails: nothing moves, it is said, and the next life knows what was durable', async () => {
  let disk: 'good' | 'full' = 'good';
  let births = 0;
  const body = new VirtualBody({ ...NEW_BODY, position: 'withdrawn' }, () => undefined, { travelMs: 5, stallMs: 20 });
  const lines: string[] = [];
  const config = { data, broker: { host: 'localhost', port: 1 }, brokerCa: '', wifi: undefined, workbenchPort: 0, name: 'Test door' };
  const controller = new Controller(config, body, createLog((line) => lines.push(line), () => 0), undefined, {
    restart: { firstMs: 30, longestMs: 60 },
    begin: (context, paths) => {
      births += 1;
      if (disk === 'full') return err({ code: 'database-unreadable', detail: 'disk full' });
      const life = beginLife(context, paths);
      if (!life.ok) return life;
      const { store } = life.value;
      const commit: typeof store.commit = (writes) => (disk === 'full' ? err({ code: 'database-unreadable', detail: 'disk full' }) : store.commit(writes));
      return { ok: true, value: { ...life.value, store: { ...store, commit } } };
    },
  });
  const workbench = workbenchPorts(controller, body, 'Test door', data);
  assert.equal((await controller.start()).ok, true);
  await until('born', () => controller.lockState()?.journal.durable === controller.lockState()?.journal.last.seq);
  const { lockId, setup } = workbench.read();
  const durable = controller.lockState()?.journal.durable ?? 0;
  assert.ok(durable > 0 && setup !== null);

  disk = 'full';
  body.turnThumb('thrown');
  await until('safe state', () => controller.mode().kind === 'safe');
  body.turnThumb('withdrawn');
  const safe = workbench.read();
  assert.deepEqual([safe.mode, safe.bolt, safe.position, safe.motor, safe.setup, safe.lockId], ['safe', 'unknown', 'withdrawn', 'still', null, lockId]);
  assert.match(safe.fault ?? '', /moves nothing/);
  await until('tried again', () => births >= 3);
  assert.equal(workbench.read().mode, 'safe');

  disk = 'good';
  await until('running again', () => controller.mode().kind === 'running');
  const again = workbench.read();
  assert.deepEqual([again.lockId, again.bolt, again.fault, again.setup], [lockId, 'unlocked', null, setup]);
  assert.ok((controller.lockState()?.journal.last.seq ?? 0) > durable);
  assert.ok(lines.some((line) => line.includes('"event":"life-broken","why":"database-unreadable"')));
  await controller.close();
});
