// A whole controller and phones at its door, over real sockets: greeting, strangers in numbers, floods, reset, the safe state, the end.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { MAX_NEAR_CONNECTIONS } from '@mortise/lock/near-connections.ts';
import { Controller } from './controller.ts';
import { createLog } from '@mortise/device/log.ts';
import { NearPhone } from './near-phone.fixture.ts';
import { NEW_BODY } from './physical.ts';
import { VirtualBody } from './virtual-body.ts';
import { startWorkbench } from './workbench.ts';
import { workbenchPorts } from './workbench-view.ts';

const running = async (t: TestContext) => {
  const data = mkdtempSync(join(tmpdir(), 'mortise-near-'));
  const body = new VirtualBody({ ...NEW_BODY, position: 'withdrawn' }, () => undefined, { travelMs: 5, stallMs: 20 });
  const config = { data, broker: { host: 'localhost', port: 1 }, brokerCa: '', wifi: undefined, workbenchPort: 0, name: 'Test door' };
  const lines: string[] = [];
  const controller = new Controller(config, body, createLog((line) => lines.push(line), () => 0));
  assert.equal((await controller.start()).ok, true);
  const workbench = await startWorkbench(workbenchPorts(controller, body, 'Test door', data), 0);
  assert.ok(workbench.ok);
  const end = async (): Promise<void> => {
    await Promise.all([controller.close(), workbench.value.close()]);
    rmSync(data, { recursive: true, force: true });
  };
  t.after(end);
  const phone = (): Promise<NearPhone> => NearPhone.connect(`ws://127.0.0.1:${workbench.value.port}/near`);
  return { controller, phone, workbench: workbench.value, lines };
};

test('whoever comes is told which lock it is; one that nobody owns opens to nobody', async (t) => {
  const { controller, phone } = await running(t);
  const one = await phone();
  assert.deepEqual(await one.first('hello'), { kind: 'hello', lockId: controller.lockState()?.lockId, sitePrefix: undefined });
  one.say({ kind: 'open' });
  assert.deepEqual(await one.first('closed'), { kind: 'closed', code: 'not-adopted' });
  await one.end();
});

test('one phone more than there is room for: the one that came first goes', async (t) => {
  const { controller, phone } = await running(t);
  const phones: NearPhone[] = [];
  for (let count = 0; count < MAX_NEAR_CONNECTIONS; count += 1) phones.push(await phone());
  for (const each of phones) await each.first('hello');
  const next = await phone();
  await next.first('hello');
  assert.deepEqual(await phones[0]?.first('closed'), { kind: 'closed', code: 'replaced' });
  await phones[0]?.end();
  assert.deepEqual(phones.slice(1).map(({ ended }) => ended), [undefined, undefined, undefined]);
  assert.equal(controller.lockState()?.near.length, MAX_NEAR_CONNECTIONS);
});

test('a frame that is none ends the connection; a phone that leaves is forgotten', async (t) => {
  const { controller, phone } = await running(t);
  const [wrong, leaving] = [await phone(), await phone()];
  wrong.sayBytes(Uint8Array.of(99, 1, 2, 3));
  assert.deepEqual(await wrong.first('closed'), { kind: 'closed', code: 'protocol-error' });
  await wrong.end();
  await leaving.first('hello');
  leaving.socket.terminate();
  for (let turn = 0; turn < 400 && controller.lockState()?.near.length !== 0; turn += 1) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual(controller.lockState()?.near, []);
});

test('while others flood it, the lock answers the next phone within a second, and the Workbench too', async (t) => {
  const { phone, workbench } = await running(t);
  const floods = [await phone(), await phone(), await phone()];
  const stop = new AbortController();
  const flood = async (one: NearPhone): Promise<number> => {
    let said = 0;
    for (; !stop.signal.aborted && one.ended === undefined; said += 1) {
      one.say({ kind: 'took', seq: said });
      if (said % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    return said;
  };
  const flooding = Promise.all(floods.map(flood));
  await new Promise((resolve) => setTimeout(resolve, 200));
  const before = performance.now();
  const one = await phone();
  await one.first('hello');
  const greetedMs = performance.now() - before;
  assert.equal((await fetch(`http://localhost:${workbench.port}/api/body`)).status, 200);
  const askedMs = performance.now() - before - greetedMs;
  stop.abort();
  const said = (await flooding).reduce((sum, count) => sum + count, 0);
  t.diagnostic(`greeted after ${greetedMs.toFixed(0)} ms, the Workbench after ${askedMs.toFixed(0)} ms, beside ${said} frames`);
  assert.ok(greetedMs < 1000 && askedMs < 1000 && said > 1000);
  assert.equal(floods.every(({ ended }) => ended === undefined), true);
});

test('a reset ends every connection, and the next phone meets another lock', async (t) => {
  const { controller, phone } = await running(t);
  const one = await phone();
  const { lockId } = await one.first('hello');
  assert.equal((await controller.reset()).ok, true);
  await one.end();
  const other = await (await phone()).first('hello');
  assert.notEqual(other.lockId, lockId);
});

test('a lock that has ended hears nobody; the end of the Workbench ends what is left', async (t) => {
  const { controller, phone, workbench } = await running(t);
  const one = await phone();
  await one.first('hello');
  await controller.close();
  await one.end();
  const late = await phone();
  await late.end();
  assert.deepEqual(late.heard, []);
  const before = performance.now();
  const last = await phone();
  await workbench.close();
  await last.end();
  assert.ok(performance.now() - before < 1000);
});
