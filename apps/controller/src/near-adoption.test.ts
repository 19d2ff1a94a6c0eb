// The whole process, as it leaves the box: it knows no hub. Its owner adopts it at the door, opens it there, and has told it where the hub is; it
// goes there by itself, also after its power was cut.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { required } from '@mortise/base/assert.ts';
import { utf8 } from '@mortise/base/bytes.ts';
import { parseIdentifier, type LockId } from '@mortise/base/identifiers.ts';
import { Secret } from '@mortise/base/secret.ts';
import { decodeFromLock } from '@mortise/courier/link-message.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { startTestBroker } from './broker.fixture.ts';
import { lifePaths } from './life.ts';
import { NearVisit } from './near-visit.fixture.ts';
import { startProcess, type ControllerProcess } from './process.fixture.ts';
import { TestSite } from './site.fixture.ts';

const root = mkdtempSync(join(tmpdir(), 'mortise-near-adoption-'));
const broker = await startTestBroker();
const running = new Set<ControllerProcess>();
test.after(async () => {
  for (const one of running) one.child.kill('SIGKILL');
  await broker.close();
  rmSync(root, { recursive: true });
});

const PASSPHRASE = 'a passphrase that nobody prints';

const up = async (data: string): Promise<{ readonly one: ControllerProcess; readonly lockId: LockId; readonly near: string }> => {
  const one = startProcess(['--data', data, '--workbench-port', '0']);
  running.add(one);
  const { lockId, workbench } = await one.first;
  const near = new URL('/near', required(workbench, 'it is ready'));
  near.protocol = 'ws:';
  return { one, lockId: required(parseIdentifier<LockId>(lockId), 'a lock id'), near: near.href };
};

const setupOf = async (one: ControllerProcess): Promise<string> => {
  const body: unknown = await one.body();
  assert.ok(typeof body === 'object' && body !== null && 'setup' in body && typeof body.setup === 'object' && body.setup !== null && 'text' in body.setup && typeof body.setup.text === 'string');
  return body.setup.text;
};

const hasStated = (kind: 'factory' | 'adopted'): boolean => broker.heard.some((each) => each.leaf === 'out' && each.kind === kind && decodeFromLock(each.payload)?.type === 'statement');

test('adopted at the door with no hub at hand: it opens there at once, finds the hub by what it was told, and again after a power cut', async () => {
  const data = join(root, 'lock');
  const site = new TestSite(broker);
  const born = await up(data);
  const setup = await setupOf(born.one);
  const owner = await NearVisit.open(born.near, nodeCrypto);
  const wifi = { ssid: 'Upstairs', passphrase: new Secret(utf8(PASSPHRASE)) };
  const network = { version: 1, hub: { host: 'localhost', port: broker.port }, brokerCa: broker.ca.certificate, wifi };
  assert.equal(await site.adoptNear(owner, born.lockId, setup, network), 'adopted');
  const opened = await site.operateNear(owner, 'unlock');
  assert.equal(opened.kind === 'sensed' ? opened.receipt.record.sensed.bolt : opened, 'unlocked');
  await site.until('its word over the link, by the certificate that it signed itself', () => hasStated('factory'));
  assert.equal(readFileSync(lifePaths(data).keys, 'utf8').includes('"setup"'), false, 'the setup secret is gone');

  born.one.child.kill('SIGKILL');
  await born.one.ended;
  broker.heard.length = 0;
  const again = await up(data);
  await site.until('the same after a power cut', () => hasStated('factory'));
  const thief = new TestSite(broker);
  assert.equal(await thief.adoptNear(await NearVisit.open(again.near, nodeCrypto), again.lockId, setup, network), 'already-adopted');
  const said = [...born.one.output, ...again.one.output].join('\n');
  assert.match(said, /"event":"wifi","why":"wifi-none"/, 'this machine has no Wi-Fi, and says so');
  for (const secret of [PASSPHRASE, 'Upstairs', setup]) assert.equal(said.includes(secret), false);
});
