// Silent alarms on their way out: one message for each address, once for each record whatever happens between, bounded where a lock chatters, and nobody's address where it is not theirs.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { alarmAddresses } from '@mortise/api/alarms.ts';
import { InvariantError } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { openBatch } from '@mortise/journal/batch.ts';
import { storeBatch } from '../store/journal-store.ts';
import { alarmRecord, alarmScene, settled, wantAlarms, type AlarmScene } from '../testing/alarm.fixture.ts';
import { ingest } from '../testing/adopted.fixture.ts';
import { browserOf, codeOf, temporaryDirectory, testHub } from '../testing/hub.fixture.ts';
import { HOUR, invite } from '../testing/lending.fixture.ts';
import { nextSet, putSet, signIn, withBeat } from '../testing/owners.fixture.ts';
import { parsed } from '../testing/owner.fixture.ts';
import { ALARM_BOUND, queueAlarms } from './queue-alarms.ts';

const ADA = 'ada@example.org';
const PHONE = '+41791112233';

const bring = async (scene: AlarmScene, body: Bytes): Promise<void> => {
  await ingest(scene, scene.lock.lockId, body);
  await settled(scene);
};
const happens = (scene: AlarmScene, reason: 'duress-alarm' | 'tamper' | 'fire-release' | 'granted-pin' | 'door-ajar' | 'adopted', at = scene.clock.now): Promise<void> => bring(scene, scene.writer.write(alarmRecord(reason, at)));
const own = async ({ owner }: Pick<AlarmScene, 'owner'>) => parsed(alarmAddresses, await owner.browser.get('/api/alarm-addresses'));
const disk = (data: string): string => readdirSync(data).map((file) => readFileSync(join(data, file), 'latin1')).join('\n');

void test('a duress record sends one mail and one SMS to whoever set them; a rightful PIN, and what is shown only, send none', async (t) => {
  const scene = await alarmScene(t);
  assert.deepEqual(await own(scene), { mail: null, sms: null, plain: false, sends: { mail: true, sms: true } });
  assert.equal((await wantAlarms(scene, { mail: ADA, sms: PHONE })).status, 200);
  await happens(scene, 'granted-pin');
  await happens(scene, 'door-ajar');
  assert.deepEqual([scene.mail.taken, scene.sms.taken], [[], []], 'the control');
  await happens(scene, 'duress-alarm');
  assert.deepEqual(scene.mail.taken.map(({ to }) => to), [[ADA]]);
  assert.equal(scene.mail.taken[0]?.headers.get('subject'), 'Mortise: please look at Front door');
  assert.match(scene.mail.taken[0]?.text ?? '', /for use under duress[^]*Mon, 23 Nov 2026, 01:00, Zurich time/);
  assert.deepEqual(scene.sms.taken.map(({ to }) => to), [PHONE]);
  assert.deepEqual((await own(scene)).mail, { address: ADA, last: { state: 'sent', answer: null, at: scene.clock.now } });
  const log = scene.test.lines.join('\n');
  assert.ok(log.includes('"event":"alarm"') && log.includes('"reason":"duress-alarm"'));
  assert.ok(![ADA, PHONE, 'Front door'].some((text) => log.includes(text)), 'no address in the log');
  assert.ok(!disk(scene.test.data).includes('for use under duress'), 'its text is off the disk once it was taken');
});

void test('a record that comes again sends nothing again, also after the hub stopped and started', async (t) => {
  const data = temporaryDirectory();
  t.after(() => { rmSync(data, { recursive: true, force: true }); });
  const scene = await alarmScene(t, { data });
  await wantAlarms(scene, { mail: ADA });
  const batch = scene.writer.write(alarmRecord('duress-alarm', scene.clock.now));
  await bring(scene, batch);
  await bring(scene, batch);
  assert.equal(scene.mail.taken.length, 1);
  await scene.test.end();
  const later = await testHub({ data, mail: scene.mail.server });
  t.after(later.end);
  const again = { ...scene, hub: later.hub, desks: later.desks };
  await bring(again, batch);
  assert.equal(scene.mail.taken.length, 1);
  await happens(again, 'duress-alarm');
  assert.equal(scene.mail.taken.length, 2, 'the control: another record');
});

void test('what was stored when the hub stopped is sent by the next start; under one id, should it go out twice', async (t) => {
  const data = temporaryDirectory();
  t.after(() => { rmSync(data, { recursive: true, force: true }); });
  const scene = await alarmScene(t, { data });
  await wantAlarms(scene, { mail: ADA });
  scene.mail.answers.recipient = { code: 451, text: 'later' };
  await happens(scene, 'duress-alarm');
  assert.deepEqual((await own(scene)).mail?.last, { state: 'queued', answer: '451 later', at: scene.clock.now });
  await scene.test.end();
  delete scene.mail.answers.recipient;
  const later = await testHub({ data, mail: scene.mail.server, now: () => scene.clock.now + HOUR });
  t.after(later.end);
  await settled(later);
  assert.deepEqual(scene.mail.taken.map(({ to }) => to), [[ADA]]);
  assert.match(scene.mail.taken[0]?.headers.get('message-id') ?? '', /^<[A-Za-z0-9_-]{22}@example\.org>$/);
});

void test('record and messages are stored together or not at all; of each record it is kept that it was told', async (t) => {
  const scene = await alarmScene(t);
  const { lock, hub, test: { hub: { database, keys, crypto } } } = scene;
  await wantAlarms(scene, { mail: ADA });
  const body = scene.writer.write(alarmRecord('duress-alarm', scene.clock.now));
  const opened = openBatch(crypto, keys.journal.privateKey.reveal(), lock.identity.publicKey, body);
  assert.ok(opened.ok);
  const cut = storeBatch(database, opened.value, {
    receivedAt: scene.clock.now, asked: undefined,
    beside: async (transaction, fresh) => {
      assert.equal(await queueAlarms(hub, transaction, { lockId: lock.lockId, fresh }), 1);
      throw new InvariantError('the hub ends here');
    },
  });
  await assert.rejects(cut, InvariantError);
  for (const table of ['journal', 'message', 'alarm'] as const) assert.deepEqual(await database.selectFrom(table).selectAll().execute(), [], table);
  await bring(scene, body);
  assert.equal(scene.mail.taken.length, 1, 'it comes again, and is told');
  assert.equal(await queueAlarms(hub, database, { lockId: lock.lockId, fresh: opened.value.entries }), 0, 'once, also where the journal were to take it for new');
});

void test('a record that a courier brings hours later says so, with its own time', async (t) => {
  const scene = await alarmScene(t);
  await wantAlarms(scene, { mail: ADA });
  const body = scene.writer.write(alarmRecord('duress-alarm', scene.clock.now));
  scene.clock.now += 3 * HOUR;
  await scene.desks.hearing.hear(scene.hub, scene.lock.lockId, { type: 'journal', body }, { kind: 'courier', say: () => undefined });
  await settled(scene);
  assert.match(scene.mail.taken[0]?.text.replaceAll(/\s+/g, ' ') ?? '', /When: Mon, 23 Nov 2026, 01:00, Zurich time\. The hub heard of it at Mon, 23 Nov 2026, 04:00/);
});

void test('a lock that chatters sends so many an hour and one that says that there are more; another kind is told all the same', async (t) => {
  const scene = await alarmScene(t);
  await wantAlarms(scene, { mail: ADA });
  const texts = (): readonly string[] => scene.mail.taken.map(({ text }) => text);
  for (let count = 0; count < ALARM_BOUND.perSpan + 5; count += 1) await happens(scene, 'tamper', scene.clock.now + count);
  assert.deepEqual(texts().map((text) => text.includes('more of the same')), [...Array.from({ length: ALARM_BOUND.perSpan }, () => false), true]);
  await happens(scene, 'duress-alarm');
  assert.equal(texts().length, ALARM_BOUND.perSpan + 2);
  assert.match(texts().at(-1) ?? '', /under duress/, 'a flood of one kind hides no other');
  scene.clock.now += ALARM_BOUND.spanMs;
  await happens(scene, 'tamper');
  assert.equal(texts().length, ALARM_BOUND.perSpan + 3, 'the control: an hour later');
});

void test('one fire, of which a lock writes that it came and that it is open, is one message; the next fire is another', async (t) => {
  const scene = await alarmScene(t);
  await wantAlarms(scene, { mail: ADA });
  await bring(scene, scene.writer.writeAll([alarmRecord('fire-release', scene.clock.now), alarmRecord('fire-release', scene.clock.now + 400)]));
  scene.clock.now += 30_000;
  await happens(scene, 'fire-release');
  assert.equal(scene.mail.taken.length, 1);
  scene.clock.now += 60_000;
  await happens(scene, 'fire-release');
  assert.equal(scene.mail.taken.length, 2);
});

void test('what was told while the hub’s clock ran ahead keeps nothing in once it is right', async (t) => {
  const scene = await alarmScene(t);
  await wantAlarms(scene, { mail: ADA });
  const right = scene.clock.now;
  scene.clock.now += 1000 * HOUR;
  for (let count = 0; count < ALARM_BOUND.perSpan + 2; count += 1) await happens(scene, 'duress-alarm', scene.clock.now + count);
  assert.equal(scene.mail.taken.length, ALARM_BOUND.perSpan + 1);
  scene.clock.now = right;
  await happens(scene, 'duress-alarm');
  assert.equal(scene.mail.taken.length, ALARM_BOUND.perSpan + 2);
});

void test('what a lock wrote before it was adopted is not this site’s alarm', async (t) => {
  const scene = await alarmScene(t);
  await wantAlarms(scene, { mail: ADA });
  await bring(scene, scene.writer.writeAll([alarmRecord('tamper', scene.clock.now), alarmRecord('adopted', scene.clock.now)]));
  assert.deepEqual(scene.mail.taken, []);
  await happens(scene, 'tamper');
  assert.equal(scene.mail.taken.length, 1, 'the control: afterwards');
});

void test('an address is its owner’s alone, and gone from the disk with the address or the owner', async (t) => {
  const scene = await alarmScene(t);
  await wantAlarms(scene, { mail: ADA });
  const { beat, set } = await withBeat(scene);
  const browser = browserOf(scene.test);
  assert.equal((await signIn(browser, beat.passkey)).status, 200);
  const his = { owner: { ...scene.owner, browser } };
  assert.deepEqual([(await own(his)).mail, (await own(his)).sms], [null, null]);
  assert.equal((await wantAlarms(his, { mail: 'beat@example.org', sms: PHONE, plain: true })).status, 200);
  assert.equal((await own(scene)).mail?.address, ADA, 'his leave hers as they are');
  for (const path of ['/api/people', '/api/outbox', '/api/doors', '/api/activity', '/api/owner-invitations']) assert.ok(!JSON.stringify((await browser.get(path)).json).includes(ADA), path);
  await happens(scene, 'duress-alarm');
  assert.deepEqual(scene.mail.taken.flatMap(({ to }) => to).toSorted(), [ADA, 'beat@example.org']);
  assert.match(scene.mail.taken.find(({ to }) => to.includes('beat@example.org'))?.headers.get('subject') ?? '', /duress at Front door/, 'as he wants it');

  const { site } = scene.owner;
  scene.mail.answers.recipient = { code: 451, text: 'later' };
  await happens(scene, 'duress-alarm');
  assert.ok(disk(scene.test.data).includes('beat@example.org'), 'the control: it waits');
  assert.equal((await putSet(scene.owner.browser, nextSet(set, [site.owner, site.kit], site.owner).document)).status, 200);
  await settled(scene);
  assert.ok(!disk(scene.test.data).includes('beat@example.org') && !disk(scene.test.data).includes(PHONE));
  assert.ok(disk(scene.test.data).includes(ADA), 'hers stays');
  await wantAlarms(scene, {});
  await settled(scene);
  assert.ok(!disk(scene.test.data).includes(ADA));
  delete scene.mail.answers.recipient;
  scene.clock.now += 24 * HOUR;
  await happens(scene, 'duress-alarm');
  assert.equal(scene.mail.taken.length, 2, 'nobody is written to any more');
});

void test('a test goes the way of an alarm; without an address, without a server, and too many of them are refused', async (t) => {
  const scene = await alarmScene(t);
  const tryIt = (kind: string) => scene.owner.browser.send('POST', '/api/alarm-addresses/test', { kind });
  assert.equal(codeOf(await tryIt('mail')), 'conflict');
  for (const bad of [{ mail: 'nobody' }, { sms: '079 111' }, { mail: 'a@b@c' }]) assert.equal(codeOf(await wantAlarms(scene, bad)), 'input-invalid');
  await wantAlarms(scene, { mail: ADA });
  assert.equal((await tryIt('mail')).status, 200);
  await settled(scene);
  assert.deepEqual(scene.mail.taken.map(({ to, headers }) => [to, headers.get('subject')]), [[[ADA], 'Mortise: a test of your alarms']]);
  for (let count = 0; count < 4; count += 1) await tryIt('mail');
  assert.equal(codeOf(await tryIt('mail')), 'too-many-requests');
  scene.clock.now += HOUR;
  assert.equal((await tryIt('mail')).status, 200, 'the control: later');
});

void test('a hub without servers takes no address, and one that lost its server puts no alarm into the outbox, which is everybody’s to read', async (t) => {
  const data = temporaryDirectory();
  t.after(() => { rmSync(data, { recursive: true, force: true }); });
  const scene = await alarmScene(t, { data });
  await wantAlarms(scene, { mail: ADA });
  scene.mail.answers.recipient = { code: 451, text: 'later' };
  await happens(scene, 'duress-alarm');
  await invite(scene, { sending: { kind: 'mail', address: 'bob@example.org' } });
  await settled(scene);
  await scene.test.end();
  const later = await testHub({ data });
  t.after(later.end);
  await settled(later);
  const browser = browserOf(later, scene.owner.browser.cookie());
  const bare = { owner: { ...scene.owner, browser } };
  const outbox = JSON.stringify((await browser.get('/api/outbox')).json);
  assert.ok(outbox.includes('bob@example.org') && !outbox.includes(ADA), 'the control: an invitation is there');
  const now = await own(bare);
  assert.deepEqual([now.sends, now.mail?.last?.state], [{ mail: false, sms: false }, 'refused']);
  const refused = await wantAlarms(bare, { mail: 'other@example.org' });
  assert.match(JSON.stringify(refused.json), /conflict.*MORTISE_SMTP_URL/);
  assert.equal((await wantAlarms(bare, { mail: ADA, plain: true })).status, 200, 'what is set may stay');
  assert.equal((await wantAlarms(bare, {})).status, 200, 'and go');
});
