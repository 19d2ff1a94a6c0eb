// Other mechanisms in the whole process, as it runs in life: a magnet and a mortise lock, adopted, asked by a phone, sensed by their bodies, told in receipts.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { workbenchBody, type WorkbenchBody } from '@mortise/api/workbench.ts';
import { required } from '@mortise/base/assert.ts';
import { parseIdentifier, type LockId } from '@mortise/base/identifiers.ts';
import { DEFAULT_DOOR_POLICY } from '@mortise/documents/door-policy.ts';
import { startTestBroker } from './broker.fixture.ts';
import { argumentsFor, startProcess, type ControllerProcess } from './process.fixture.ts';
import { TestSite } from './site.fixture.ts';

const POLICY = { relockDelayMs: 0, relockOnClose: false, jamTimeoutMs: 3000, door: { ...DEFAULT_DOOR_POLICY, releaseMs: 1000, latchMs: 1000 } };

const root = mkdtempSync(join(tmpdir(), 'mortise-mechanism-'));
test.after(() => rmSync(root, { recursive: true }));

type House = { readonly one: ControllerProcess; readonly site: TestSite; readonly view: () => Promise<WorkbenchBody>; readonly until: (what: string, holds: (now: WorkbenchBody) => boolean) => Promise<void> };

/** An adopted lock of this kind, in a process of its own, its link up. */
const inHouse = async (kind: string, run: (house: House) => Promise<void>): Promise<void> => {
  const broker = await startTestBroker();
  const site = new TestSite(broker);
  const one = startProcess(argumentsFor(join(root, kind), broker, { mechanism: kind }));
  const view = async (): Promise<WorkbenchBody> => workbenchBody.parse(await one.body());
  const until: House['until'] = async (what, holds) => {
    for (let turns = 0; turns < 600 && !holds(await view()); turns += 1) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.ok(holds(await view()), what);
  };
  try {
    const first = await one.first;
    assert.ok(first.ready, JSON.stringify(first));
    await site.until('the link', () => site.statuses > 0);
    const setup = required((await view()).setup, 'a factory lock shows its code').text;
    assert.equal(await site.adopt(required(parseIdentifier<LockId>(first.lockId), 'a lock id'), setup, POLICY), 'adopted');
    await site.until('the link certificate', () => broker.heard.some((heard) => heard.leaf === 'link' && heard.kind === 'adopted'));
    await site.until('the lock on its own link', () => site.status?.adopted === true);
    await run({ one, site, view, until });
    assert.deepEqual(site.violations, []);
  } finally {
    one.child.kill('SIGTERM');
    await one.ended;
    await broker.close();
  }
};

const sensedOf = async (site: TestSite, verb: Parameters<TestSite['operate']>[0]): Promise<string> => {
  const outcome = await site.operate(verb);
  return outcome.kind === 'sensed' ? outcome.receipt.record.sensed.bolt : outcome.kind;
};

test('a magnet: without an owner it holds nobody; then it opens for one opening, and exit and fire win over it', () =>
  inHouse('magnet', async ({ one, site, view, until }) => {
    await until('secured by itself', ({ position, bolt, current }) => position === 'thrown' && bolt === 'locked' && current === true);
    assert.equal(await sensedOf(site, 'unlock'), 'unlocked');
    await until('secured again', ({ bolt }) => bolt === 'locked');
    await one.act({ action: 'fire', on: true });
    await until('released by its own circuit', ({ bolt, current }) => bolt === 'unlocked' && current === false);
    assert.equal(await sensedOf(site, 'lock'), 'refused');
    await one.act({ action: 'fire', on: false });
    await until('secured after the fire', ({ bolt }) => bolt === 'locked');
    assert.deepEqual((await view()).mechanism, { name: 'magnet', opening: 'pulse', withoutPower: 'fail-safe', hasExit: true });
  }));

test('a strike that stands: released until it is locked; fail-safe, a cut of its power lets go', () =>
  inHouse('strike,stand,fail-safe', async ({ one, site, view, until }) => {
    await until('free until somebody locks', ({ bolt, current }) => bolt === 'unlocked' && current === false);
    assert.equal(await sensedOf(site, 'lock'), 'locked');
    assert.equal(await sensedOf(site, 'unlock'), 'unlocked');
    await new Promise((resolve) => setTimeout(resolve, POLICY.door.releaseMs + 500));
    assert.equal((await view()).bolt, 'unlocked', 'no time of an opening ends it');
    assert.equal(await sensedOf(site, 'lock'), 'locked');
    await one.act({ action: 'power', on: false });
    await until('let go', ({ bolt, current }) => bolt === 'unlocked' && current === false);
    await one.act({ action: 'power', on: true });
    await until('held again', ({ bolt, current }) => bolt === 'locked' && current === true);
    assert.deepEqual((await view()).mechanism, { name: 'strike', opening: 'stand', withoutPower: 'fail-safe', hasExit: true });
  }));

test('a mortise lock: unlatched by a phone for a moment, and by the handle; refused where there is no latch', async () => {
  await inHouse('mortise', async ({ one, site, until }) => {
    assert.equal(await sensedOf(site, 'unlatch'), 'unlatched');
    await until('let go', ({ position, bolt }) => position === 'withdrawn' && bolt === 'unlocked');
    assert.equal(await sensedOf(site, 'lock'), 'locked');
    await one.act({ action: 'handle' });
    await until('unlocked from inside', ({ position, bolt }) => position === 'withdrawn' && bolt === 'unlocked');
  });
  await inHouse('deadbolt', async ({ site }) => assert.equal(await sensedOf(site, 'unlatch'), 'refused'));
});
