// What a hub knows it knows again after a restart, and what it acknowledged is there after it was killed at any moment.

import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { unprovenJournalAck } from '@mortise/courier/journal-ack.ts';
import { isGap, verifyStoredJournal } from '@mortise/journal/stored-journal.ts';
import { exampleLock } from '@mortise/documents/example-site.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { StartError } from './config.ts';
import { startHub } from './main.ts';
import { journalItems } from './store/journal-store.ts';
import { ingest } from './testing/adopted.fixture.ts';
import { browserOf, temporaryDirectory, testHub, type Browser } from './testing/hub.fixture.ts';
import { adoptedCredentials, joinLink, journalOf } from './testing/lock.fixture.ts';
import { adoptedBodyFor, claimHub } from './testing/owner.fixture.ts';

const lock = exampleLock();
const everything = async (browser: Browser) =>
  Promise.all(['me', 'vault', 'owner-sets', 'hub-keys', 'doors', 'people', 'activity', 'alerts', `locks/${lock.lockId}/roster`, `locks/${lock.lockId}/journal`].map(async (path) => (await browser.get(`/api/${path}`)).json));

void test('a restart keeps everything, the session too', async (t) => {
  const data = temporaryDirectory();
  t.after(() => { rmSync(data, { recursive: true, force: true }); });
  const first = await testHub({ data });
  const owner = await claimHub(first);
  await owner.browser.send('POST', '/api/locks', await adoptedBodyFor(owner, lock));
  const { batch } = journalOf(lock, first.hub.keys.journal.publicKey, 40);
  await ingest(first, lock.lockId, batch(1, 20));
  await ingest(first, lock.lockId, batch(30, 40));
  const before = await everything(owner.browser);
  await first.end();
  const second = await testHub({ data });
  t.after(second.end);
  assert.deepEqual(await everything(browserOf(second, owner.browser.cookie())), before);
  assert.deepEqual([second.hub.adopted.has(lock.lockId), second.hub.keys.ca.certificate === first.hub.keys.ca.certificate], [true, true]);
  await ingest(second, lock.lockId, batch(21, 40));
  assert.equal((await second.hub.database.selectFrom('journal').select('seq').execute()).length, 40, 'the journal goes on');
});

const ROUNDS = 5;

void test(`a hub killed ${ROUNDS} times while it takes a journal has every acknowledged record, each once`, async (t) => {
  const data = temporaryDirectory();
  t.after(() => { rmSync(data, { recursive: true, force: true }); });
  const setup = await testHub({ data });
  const owner = await claimHub(setup);
  await owner.browser.send('POST', '/api/locks', await adoptedBodyFor(owner, lock));
  const { ca, journal } = setup.hub.keys;
  const credentials = await adoptedCredentials(lock.lockId, ca);
  await setup.end();
  const { batch } = journalOf(lock, journal.publicKey, 3000);
  let acknowledged = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const { child, brokerPort } = await launch(data);
    const link = await joinLink(brokerPort, ca.certificate, credentials, lock.lockId);
    // The lock goes on from what was acknowledged, some of which the hub may have: nothing may come twice.
    let killer: NodeJS.Timeout | undefined;
    try {
      for (let from = acknowledged + 1; from <= 2990; from = acknowledged + 1) {
        link.send('journal', batch(from, from + (from % 9)));
        killer ??= setTimeout(() => { child.kill('SIGKILL'); }, 150 + round * 37);
        acknowledged = Math.max(acknowledged, unprovenJournalAck((await link.next('journal-ack')).body)?.seq ?? 0);
      }
    } catch (error) {
      assert.ok(error instanceof Error && error.name === 'RefusedError', 'the link ended because the hub was killed');
    }
    await gone(child);
  }
  const after = await testHub({ data });
  t.after(after.end);
  const stored = await journalItems(after.hub.database, lock.lockId, 0, 5000);
  const verified = verifyStoredJournal(nodeCrypto, { lockId: lock.lockId, identityKey: lock.identity.publicKey }, stored);
  assert.ok(verified.ok, 'what is stored verifies from its first record');
  assert.ok(acknowledged > 0 && stored.length >= acknowledged, `${stored.length} stored, ${acknowledged} acknowledged`);
  assert.deepEqual(stored.map((item) => (isGap(item) ? 'gap' : item.seq)), Array.from({ length: stored.length }, (_, index) => index + 1));
  t.diagnostic(`${acknowledged} acknowledged, ${stored.length} stored`);
});

void test('what the world has wrong at the start is said with what to do', async (t) => {
  const data = temporaryDirectory();
  t.after(() => { rmSync(data, { recursive: true, force: true }); });
  const running = await startHub({ data, port: 0, brokerPort: 0, origins: [], log: () => undefined });
  t.after(running.close);
  const port = Number(new URL(running.url).port);
  const other = temporaryDirectory();
  t.after(() => { rmSync(other, { recursive: true, force: true }); });
  const base = { data: other, port: 0, brokerPort: 0, origins: [], log: () => undefined };
  const table = [
    [{ ...base, data }, 'database-busy'], [{ ...base, port }, 'port-taken'], [{ ...base, brokerPort: running.brokerPort }, 'port-taken'],
    [{ ...base, data: running.brokerCaPath }, 'data-unwritable'], [{ ...base, tls: { certPath: `${other}/none.pem`, keyPath: `${other}/none.pem` } }, 'tls-unreadable'],
    [{ ...base, tls: { certPath: running.brokerCaPath, keyPath: running.brokerCaPath } }, 'tls-refused'],
  ] as const;
  for (const [config, code] of table) {
    await assert.rejects(startHub(config), (error) => error instanceof StartError && error.code === code && error.message.length > 30, code);
  }
  assert.match(running.claimUrl ?? '', /^http:\/\/localhost:\d+\/claim#[\w-]{43}$/);
});

const launch = async (data: string): Promise<{ child: ChildProcess; brokerPort: number }> => {
  const child = spawn(process.execPath, [fileURLToPath(new URL('testing/run-hub.fixture.ts', import.meta.url)), data], { stdio: ['ignore', 'pipe', 'ignore'] });
  const line = await new Promise<string>((resolve) => { createInterface({ input: child.stdout }).once('line', resolve); });
  const said: { brokerPort: number } = JSON.parse(line);
  return { child, brokerPort: said.brokerPort };
};

const gone = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once('exit', () => { resolve(); });
  });
