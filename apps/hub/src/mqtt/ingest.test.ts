// Journals on their way in: what is whole is stored once and acknowledged; what is forged or forked changes nothing that is
// stored, and is kept as evidence.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { array, assert as assertProperty, asyncProperty, integer, tuple } from 'fast-check';
import { activityPage, alerts } from '@mortise/api/activity.ts';
import { doorAnswer } from '@mortise/api/locks.ts';
import type { LiveEvent } from '@mortise/api/activity.ts';
import { base64url } from '@mortise/base/bytes.ts';
import { exampleKey, exampleLock } from '@mortise/documents/example-site.ts';
import { verifyJournalFile } from '@mortise/journal/journal-file.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { MAX_EVIDENCE_PER_LOCK } from '../store/journal-store.ts';
import { adoptedLock, ingest } from '../testing/adopted.fixture.ts';
import { journalOf } from '../testing/lock.fixture.ts';
import { parsed } from '../testing/owner.fixture.ts';

type Adopted = Awaited<ReturnType<typeof adoptedLock>>;
const sendIn = (adopted: Adopted, body: Uint8Array) => ingest(adopted, adopted.lock.lockId, body);
const storedSeqs = async ({ hub }: Adopted) => (await hub.database.selectFrom('journal').select(['seq']).orderBy('position').execute()).map(({ seq }) => seq);
const evidenceOf = async ({ owner }: Adopted) => parsed(alerts, await owner.browser.get('/api/alerts')).alerts.map(({ code, seq }) => `${code} ${seq}`);

void test('batches are stored once, in order, and acknowledged; the exported journal verifies', async (t) => {
  const adopted = await adoptedLock(t);
  const told: LiveEvent[] = [];
  adopted.hub.live.subscribe((event) => { told.push(event); });
  const { batch } = adopted.journal(70);
  for (const [first, last] of [[1, 32], [33, 64], [33, 64], [60, 70], [1, 5], [65, 70]] as const) await sendIn(adopted, batch(first, last));
  assert.deepEqual(adopted.acks, [32, 64, 64, 70, 70, 70]);
  assert.deepEqual(await storedSeqs(adopted), Array.from({ length: 70 }, (_, index) => index + 1));
  assert.deepEqual(told.map((event) => (event.event === 'record' ? event.data.seq : event.event)), Array.from({ length: 70 }, (_, index) => index + 1));
  assert.deepEqual(await evidenceOf(adopted), []);
  const file = await adopted.owner.browser.get(`/api/locks/${adopted.lock.lockId}/journal`);
  const verified = verifyJournalFile(nodeCrypto, String(file.json).split('\n'), adopted.lock.lockId);
  assert.deepEqual(verified.ok && [verified.value.entries, verified.value.unsigned], [70, 0]);
});

void test('a gap is answered with what is known, and the lock sends what it still has; a fork is answered with nothing, is evidence, and overwrites nothing', async (t) => {
  const adopted = await adoptedLock(t);
  const honest = adopted.journal(20);
  const other = adopted.journal(20, 'another history');
  await sendIn(adopted, honest.batch(1, 10));
  const before = await adopted.hub.database.selectFrom('journal').selectAll().execute();
  await sendIn(adopted, honest.batch(15, 20));
  assert.deepEqual([adopted.acks, await evidenceOf(adopted)], [[10, 10], []]);
  await sendIn(adopted, other.batch(1, 20));
  await sendIn(adopted, other.batch(3, 8));
  await sendIn(adopted, other.batch(11, 20));
  assert.deepEqual(await evidenceOf(adopted), ['journal-fork 10', 'journal-fork 2', 'journal-fork 1']);
  assert.deepEqual(adopted.acks, [10, 10], 'a fork is not acknowledged');
  assert.deepEqual(await adopted.hub.database.selectFrom('journal').selectAll().execute(), before);
  await sendIn(adopted, honest.batch(11, 20));
  assert.deepEqual([adopted.acks.at(-1), (await storedSeqs(adopted)).length], [20, 20], 'the control: the honest history goes on');
});

const fileOf = async ({ owner, lock }: Adopted) => String((await owner.browser.get(`/api/locks/${lock.lockId}/journal`)).json).split('\n');
const verifiedFile = async (adopted: Adopted) => {
  const verified = verifyJournalFile(nodeCrypto, await fileOf(adopted), adopted.lock.lockId);
  return verified.ok ? [verified.value.entries, verified.value.missing, verified.value.gaps] : verified.error;
};
const journalTold = async ({ owner, door }: Adopted) => {
  const { entries, missing } = parsed(doorAnswer, await owner.browser.get(`/api/doors/${door.id}`)).door.lock.journal;
  return [entries, missing];
};

void test('a gap that the lock cannot fill is stored as one, told everywhere, and the journal goes on behind it', async (t) => {
  const adopted = await adoptedLock(t);
  const { batch } = adopted.journal(60);
  await sendIn(adopted, batch(1, 10));
  await sendIn(adopted, batch(31, 40));
  await sendIn(adopted, batch(31, 40));
  await sendIn(adopted, batch(41, 50));
  assert.deepEqual(adopted.acks, [10, 10, 40, 50], 'asked once, then taken');
  assert.deepEqual(await evidenceOf(adopted), ['journal-gap 11']);
  assert.deepEqual(await verifiedFile(adopted), [30, 20, [{ first: 11, last: 30 }]]);
  assert.deepEqual(await journalTold(adopted), [50, 20]);
  const { items } = parsed(activityPage, await adopted.owner.browser.get('/api/activity'));
  assert.deepEqual(items.filter(({ missing }) => missing > 0).map(({ seq, missing }) => [seq, missing]), [[31, 20]]);
  await sendIn(adopted, adopted.journal(60, 'another history').batch(25, 40));
  assert.deepEqual((await evidenceOf(adopted))[0], 'journal-fork 30', 'another history that leads to the gap’s end is a fork');
});

void test('records that come late fill the gap, from either end and in the middle, each once; nothing is acknowledged that is not there', async (t) => {
  const adopted = await adoptedLock(t);
  const { batch } = adopted.journal(60);
  await sendIn(adopted, batch(1, 10));
  for (let tries = 0; tries < 2; tries += 1) await sendIn(adopted, batch(31, 40));
  adopted.acks.length = 0;
  await sendIn(adopted, batch(18, 22));
  assert.deepEqual(await verifiedFile(adopted), [25, 15, [{ first: 11, last: 17 }, { first: 23, last: 30 }]]);
  await sendIn(adopted, batch(9, 14));
  await sendIn(adopted, batch(28, 33));
  assert.deepEqual(await verifiedFile(adopted), [32, 8, [{ first: 15, last: 17 }, { first: 23, last: 27 }]]);
  assert.deepEqual(adopted.acks, [22, 14, 40], 'what is behind a gap is not acknowledged with what is before it');
  await sendIn(adopted, batch(12, 30));
  assert.deepEqual(await verifiedFile(adopted), [40, 0, []]);
  assert.deepEqual((await storedSeqs(adopted)).toSorted((a, b) => a - b), Array.from({ length: 40 }, (_, index) => index + 1));
  assert.deepEqual(await journalTold(adopted), [40, 0]);
  assert.equal(adopted.acks.at(-1), 40);
});

void test('whatever comes in whatever order: each number is a record or in a gap, and the file verifies', async (t) => {
  const adopted = await adoptedLock(t);
  const { batch } = adopted.journal(40);
  await assertProperty(
    asyncProperty(array(tuple(integer({ min: 1, max: 40 }), integer({ min: 0, max: 15 })), { minLength: 1, maxLength: 10 }), async (fills) => {
      for (const table of ['journal', 'journal_head', 'journal_gap', 'evidence'] as const) await adopted.hub.database.deleteFrom(table).execute();
      adopted.hub.askedAgain.clear();
      const sent = new Set<number>();
      for (const [first, more] of fills) {
        const last = Math.min(40, first + more);
        for (let tries = 0; tries < 2; tries += 1) await sendIn(adopted, batch(first, last));
        for (let seq = first; seq <= last; seq += 1) sent.add(seq);
        const upTo = adopted.acks.at(-1) ?? 0;
        assert.ok(sent.has(upTo) && upTo >= last, 'what is acknowledged is there');
      }
      const end = Math.max(...sent);
      const verified = verifyJournalFile(nodeCrypto, await fileOf(adopted), adopted.lock.lockId);
      assert.deepEqual(verified.ok && [verified.value.entries, verified.value.end, verified.value.missing], [sent.size, end, end - sent.size]);
    }),
    { numRuns: 25 },
  );
});

void test('batches of another lock, to another key, under another statement are refused', async (t) => {
  const adopted = await adoptedLock(t);
  const { batch, pointAt } = adopted.journal(12);
  const stranger = journalOf(exampleLock('stranger'), adopted.hub.keys.journal.publicKey, 12);
  const forged = [stranger.batch(1, 12), batch(1, 12, { journalKey: exampleKey('other journal').publicKey }), batch(1, 12, { statement: stranger.batch(1, 2).slice(0, 100) })];
  for (const body of forged) await sendIn(adopted, body);
  assert.deepEqual([adopted.acks, await storedSeqs(adopted)], [[], []]);
  assert.ok((await evidenceOf(adopted)).every((each) => each.startsWith('journal-invalid')));
  await sendIn(adopted, batch(1, 12));
  assert.deepEqual([adopted.acks, pointAt(12).seq], [[12], 12]);
});

void test('a batch with any byte changed stores nothing; cut at any byte neither', async (t) => {
  const adopted = await adoptedLock(t);
  const body = adopted.journal(3).batch(1, 3);
  let tried = 0;
  await assertProperty(
    asyncProperty(integer({ min: 0, max: body.length - 1 }), integer({ min: 1, max: 255 }), async (at, change) => {
      const altered = body.slice();
      altered[at] = (altered[at] ?? 0) ^ change;
      await sendIn(adopted, altered);
      await sendIn(adopted, body.subarray(0, at));
      tried += 2;
      assert.deepEqual([adopted.acks, await storedSeqs(adopted)], [[], []]);
    }),
    { numRuns: 60 },
  );
  await sendIn(adopted, body);
  assert.deepEqual(adopted.acks, [3]);
  t.diagnostic(`${tried} altered or cut batches`);
});

void test('evidence is bounded, and told once for each place', async (t) => {
  const adopted = await adoptedLock(t);
  const raised: LiveEvent[] = [];
  adopted.hub.live.subscribe((event) => { if (event.event === 'alert') raised.push(event); });
  await sendIn(adopted, adopted.journal(4).batch(1, 4));
  for (let tries = 0; tries < 5; tries += 1) await sendIn(adopted, adopted.journal(4, 'another history').batch(2, 4));
  assert.equal(raised.length, 1);
  for (let index = 0; index < 150; index += 1) {
    const values = { lock_id: adopted.lock.lockId, code: 'journal-invalid', seq: 1000 + index, batch: new Uint8Array(1), received_at: 0 } as const;
    if (index < MAX_EVIDENCE_PER_LOCK - 1) await adopted.hub.database.insertInto('evidence').values(values).execute();
  }
  await sendIn(adopted, adopted.journal(4, 'another history').batch(1, 4).subarray(0, 50));
  assert.equal(raised.length, 1, 'beyond the bound nothing more is kept');
});

void test('activity names an actor only when the credential is a known phone key', async (t) => {
  const adopted = await adoptedLock(t);
  await sendIn(adopted, adopted.journal(4).batch(1, 4));
  const page = async () => parsed(activityPage, await adopted.owner.browser.get('/api/activity')).items;
  assert.deepEqual((await page()).map(({ actor }) => actor), [null, null, null, null]);
  const credentialKey = base64url(adopted.hub.keys.journal.publicKey);
  assert.equal((await adopted.owner.browser.send('PUT', '/api/phone-keys', { credentialKey, label: 'Ada’s tablet' })).status, 200);
  const known = { personId: adopted.owner.me.person.id, name: 'Ada', keyLabel: 'Ada’s tablet' };
  assert.deepEqual((await page()).map(({ seq, reason, actor }) => [seq, reason, actor]), [
    [4, 'credential-unknown', null], [3, 'manual', null], [2, 'granted-trusted', known], [1, 'granted-trusted', known],
  ]);
});

void test('activity comes in pages without gap or double, by door as well', async (t) => {
  const adopted = await adoptedLock(t);
  const { batch } = adopted.journal(25);
  await sendIn(adopted, batch(1, 25));
  const seen: number[] = [];
  for (let before: number | null | undefined; before !== null; ) {
    const query = `limit=7&door=${adopted.door.id}${before === undefined ? '' : `&before=${before}`}`;
    const page = parsed(activityPage, await adopted.owner.browser.get(`/api/activity?${query}`));
    seen.push(...page.items.map(({ seq }) => seq));
    before = page.next;
  }
  assert.deepEqual(seen, Array.from({ length: 25 }, (_, index) => 25 - index));
  const none = parsed(activityPage, await adopted.owner.browser.get(`/api/activity?door=${base64url(new Uint8Array(16))}`));
  assert.deepEqual(none, { items: [], next: null });
});
