// noble against bleno: a real lock process on the radio, phones at its door. They open with the link pulled out, two at once, over small packets, and
// after the adapter was gone.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { ALIRO_SERVICE, decodeServiceData } from '@mortise/aliro/advertisement.ts';
import { INTERFACES } from '@mortise/aliro/vendor.ts';
import { required } from '@mortise/base/assert.ts';
import { EMPTY, hex } from '@mortise/base/bytes.ts';
import { identifierBytes, parseIdentifier, type LockId } from '@mortise/base/identifiers.ts';
import type { Heard } from '@mortise/bluetooth/central.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import type { OperationOutcome } from '@mortise/wallet/operation-outcome.ts';
import { startTestBroker } from './broker.fixture.ts';
import { NearVisit } from './near-visit.fixture.ts';
import { argumentsFor, startProcess } from './process.fixture.ts';
import { TestRadio } from './radio.fixture.ts';
import { TestSite } from './site.fixture.ts';

const root = mkdtempSync(join(tmpdir(), 'mortise-bluetooth-'));
const broker = await startTestBroker();
const air = new TestRadio();
await air.serve();
const lock = startProcess(argumentsFor(join(root, 'lock'), broker, { bluetooth: air.name }));
test.after(async () => {
  lock.child.kill('SIGKILL');
  await broker.close();
  air.close();
  rmSync(root, { recursive: true });
});

const site = new TestSite(broker);
const lockId = required(parseIdentifier<LockId>((await lock.first).lockId ?? ''), 'a lock id');

const sensed = (outcome: OperationOutcome): unknown => (outcome.kind === 'sensed' ? [outcome.receipt.record.verb, outcome.receipt.record.sensed.bolt, outcome.receipt.record.interface] : outcome);

const setupCode = async (): Promise<string> => {
  const body: unknown = await lock.body();
  assert.ok(typeof body === 'object' && body !== null && 'setup' in body && typeof body.setup === 'object' && body.setup !== null && 'text' in body.setup && typeof body.setup.text === 'string');
  return body.setup.text;
};

test('a lock that nobody owns is heard as a near link and says nothing of Aliro’s', async () => {
  const phone = await air.phone();
  const heard = await phone.find();
  assert.equal(heard.data(ALIRO_SERVICE), undefined);
  const visit = new NearVisit(await phone.meet(), nodeCrypto);
  await site.until('the hello', () => visit.lockId !== undefined);
  assert.equal(visit.lockId, lockId);
  visit.close();
});

test('adopted, it advertises its site and itself, and a tag that is not the same for ever', async () => {
  assert.equal(await site.adopt(lockId, await setupCode()), 'adopted');
  await site.until('the lock on its own link', () => site.status?.adopted === true);
  await site.lend(2);
  await site.until('the journal', () => site.known().seq > 0 && site.known().seq === site.status?.seq);
  const phone = await air.phone();
  const told = (heard: Heard): number | undefined => decodeServiceData(heard.data(ALIRO_SERVICE) ?? EMPTY)?.expires;
  const heard = required(await phone.central.hear((each) => told(each) !== undefined, 8000), 'Aliro’s advertisement');
  const ad = required(decodeServiceData(required(heard.data(ALIRO_SERVICE), 'its data')), 'an advertisement');
  assert.equal(hex(ad.sub), hex(identifierBytes(lockId).slice(0, 2)));
  assert.deepEqual(ad.flows, { ble: false, uwb: false }, 'there are no L2CAP channels here, and it says so');
  const visit = new NearVisit(await phone.meet(), nodeCrypto);
  await site.until('the hello', () => visit.sitePrefix !== undefined);
  assert.deepEqual(ad.group, visit.sitePrefix);
  assert.ok(ad.expires !== undefined && ad.expires * 1000 > Date.now() && ad.expires * 1000 < Date.now() + 1_000_000);
  visit.close();
});

test('with the link pulled out an owner and a guest open and lock at once, each over a radio of their own', async () => {
  assert.equal((await lock.act({ action: 'link', on: false })).status, 200);
  const [one, other] = [await air.phone(), await air.phone()];
  const [owner, guest] = [new NearVisit(await one.meet(), nodeCrypto), new NearVisit(await other.meet(), nodeCrypto)];
  const outcomes = await Promise.all([site.operateNear(owner, 'unlock'), site.operateNear(guest, 'unlock', 'guest')]);
  for (const outcome of outcomes) assert.deepEqual(sensed(outcome), ['unlock', 'unlocked', INTERFACES.ble]);
  await site.until('the records', () => guest.carried.length > 0 && owner.carried.length > 0);
  assert.deepEqual(sensed(await site.operateNear(owner, 'lock')), ['lock', 'locked', INTERFACES.ble]);
  owner.close();
  guest.close();
});

test('a phone that is cut off in the middle leaves nothing open; it comes again and opens', async () => {
  const phone = await air.phone();
  const first = new NearVisit(await phone.meet(), nodeCrypto);
  const asked = site.operateNear(first, 'unlock', 'owner', () => { air.radio.cut(phone.controller, air.lock); return new Promise(() => undefined); });
  assert.equal((await asked).kind, 'notDone');
  const body: unknown = await lock.body();
  assert.equal(typeof body === 'object' && body !== null && 'position' in body ? body.position : '', 'thrown');
  const second = new NearVisit(await phone.meet(), nodeCrypto);
  assert.deepEqual(sensed(await site.operateNear(second, 'unlock')), ['unlock', 'unlocked', INTERFACES.ble]);
  assert.deepEqual(sensed(await site.operateNear(second, 'lock')), ['lock', 'locked', INTERFACES.ble]);
  second.close();
});

test('an adapter that was pulled out is taken up again, and phones come in', async () => {
  air.lock.power(false);
  await site.until('it is missed', () => lock.output.some((line) => line.includes('bluetooth-down')));
  air.lock.power(true);
  const phone = await air.phone();
  const visit = new NearVisit(await phone.meet(), nodeCrypto);
  assert.deepEqual(sensed(await site.operateNear(visit, 'unlock')), ['unlock', 'unlocked', INTERFACES.ble]);
  visit.close();
});
