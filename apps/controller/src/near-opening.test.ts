// The whole process, as it runs in life, and phones at its door: a guest opens with the link pulled out, carries the records off, and
// what the hub says it holds comes back by another phone, across a power cut.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { required } from '@mortise/base/assert.ts';
import { parseIdentifier, type LockId } from '@mortise/base/identifiers.ts';
import { INTERFACES } from '@mortise/aliro/vendor.ts';
import { decodeFromLock } from '@mortise/courier/link-message.ts';
import { decodeRecord } from '@mortise/journal/record.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import type { OperationOutcome } from '@mortise/wallet/operation-outcome.ts';
import { startTestBroker } from './broker.fixture.ts';
import { NearVisit } from './near-visit.fixture.ts';
import { argumentsFor, startProcess, type ControllerProcess } from './process.fixture.ts';
import { TestSite } from './site.fixture.ts';

const root = mkdtempSync(join(tmpdir(), 'mortise-near-opening-'));
const broker = await startTestBroker();
const running = new Set<ControllerProcess>();
test.after(async () => {
  for (const one of running) one.child.kill('SIGKILL');
  await broker.close();
  rmSync(root, { recursive: true });
});

const up = async (data: string): Promise<{ readonly one: ControllerProcess; readonly lockId: LockId; readonly near: string }> => {
  const one = startProcess(argumentsFor(data, broker));
  running.add(one);
  const { lockId, workbench } = await one.first;
  const near = new URL('/near', required(workbench, 'it is ready'));
  near.protocol = 'ws:';
  return { one, lockId: required(parseIdentifier<LockId>(lockId), 'a lock id'), near: near.href };
};

const sensed = (outcome: OperationOutcome): unknown => (outcome.kind === 'sensed' ? [outcome.receipt.record.verb, outcome.receipt.record.sensed.bolt, outcome.receipt.record.interface] : outcome);

const isWholeJournal = (visit: NearVisit): boolean => visit.carried.some((bytes) => decodeFromLock(bytes)?.type === 'journal');

test('a guest opens at the door with the link pulled out; the records go out with one phone, and the hub’s word of them comes in with another', async () => {
  const data = join(root, 'lock');
  const site = new TestSite(broker);
  const born = await up(data);
  await site.until('the link', () => site.statuses > 0);
  const body: unknown = await born.one.body();
  assert.ok(typeof body === 'object' && body !== null && 'setup' in body && typeof body.setup === 'object' && body.setup !== null && 'text' in body.setup && typeof body.setup.text === 'string');
  assert.equal(await site.adopt(born.lockId, body.setup.text), 'adopted');
  await site.until('the lock on its own link', () => site.status?.adopted === true);
  await site.lend(2);
  await site.until('the journal', () => site.known().seq > 0 && site.known().seq === site.status?.seq);
  assert.equal((await born.one.act({ action: 'link', on: false })).status, 200);

  const guest = await NearVisit.open(born.near, nodeCrypto);
  assert.deepEqual(sensed(await site.operateNear(guest, 'unlock', 'guest')), ['unlock', 'unlocked', INTERFACES.ble]);
  await site.until('the records', () => isWholeJournal(guest));
  born.one.child.kill('SIGKILL');
  await born.one.ended;
  await site.until('the end of the connection', () => !guest.isOpen);

  const before = site.known().seq;
  site.take(guest.carried);
  assert.ok(site.known().seq > before);
  const again = await up(data);
  assert.equal((await again.one.act({ action: 'link', on: false })).status, 200);
  const owner = await NearVisit.open(again.near, nodeCrypto);
  owner.put({ kind: 'bring', messages: [site.ackMessage()] });
  assert.deepEqual(sensed(await site.operateNear(owner, 'lock')), ['lock', 'locked', INTERFACES.ble]);
  assert.equal(owner.lockId, born.lockId);
  await site.until('the rest of the records', () => isWholeJournal(owner));
  assert.equal(owner.gave.length, 1);
  site.take(owner.carried);
  const records = [...site.journal.values()].map(({ record }) => required(decodeRecord(record), 'records decode'));
  assert.deepEqual(records.filter(({ kind }) => kind === 'operation').map(({ verb, interface: byte }) => [verb, byte]), [['unlock', INTERFACES.ble], ['lock', INTERFACES.ble]]);
  const spent = await site.operateNear(owner, 'unlock', 'guest');
  assert.deepEqual(sensed(spent), ['unlock', 'unlocked', INTERFACES.ble], 'the second use');
  const refused = await site.operateNear(owner, 'unlock', 'guest');
  assert.equal(refused.kind === 'refused' ? refused.receipt?.record.reason : refused.kind, 'uses-spent', 'and no third, over the power cut');
  assert.deepEqual(site.violations, []);
});
