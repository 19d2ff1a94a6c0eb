// The queue of messages: tried again with pauses, bounded, kept over a restart, and gone from the disk once it has served.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { instant } from '@mortise/base/instant.ts';
import { addMessage, eraseMessages } from '../store/message-store.ts';
import { openStore } from '../store/open-store.ts';
import { temporaryDirectory } from '../testing/hub.fixture.ts';
import { mailServer, silentMailServer } from '../testing/mail.fixture.ts';
import { smsGateway } from '../testing/sms.fixture.ts';
import { createMailer } from './mail.ts';
import { createOutgoing, MAX_ATTEMPTS, pauseMsAfter } from './outgoing.ts';
import type { MessageKind, Sender, SendOutcome, Senders } from './sender.ts';
import { createTexter } from './sms.ts';

const START = Date.UTC(2026, 10, 23);
const DAY = 86_400_000;
const SECRET = 'a-link-that-makes-a-key-of-whoever-holds-it';

const opened = async (data: string) => {
  const store = await openStore(data);
  assert.ok(store.ok);
  return store.value;
};

type Running = { readonly data: string; readonly clock: { now: number }; readonly senders: Senders };

const start = async ({ data, clock, senders }: Running) => {
  const store = await opened(data);
  const [told, lines]: [string[], string[]] = [[], []];
  const parts = { database: store.database, scrub: store.scrub, now: () => instant(clock.now), log: (event: string, fields: object = {}) => { lines.push(JSON.stringify({ event, ...fields })); } };
  const outgoing = createOutgoing(parts, senders, async (grantId) => { told.push(grantId); });
  const states = async () => (await store.database.selectFrom('message').select(['id', 'state', 'answer', 'attempts']).orderBy('id').execute()).map(({ id, state, answer, attempts }) => [id, state, answer, attempts]);
  const end = async (): Promise<void> => {
    await outgoing.close();
    await store.close();
  };
  return { database: store.database, outgoing, told, lines, states, end };
};

/** A grant `id` whose link is over in a day. */
const lend = async (database: Awaited<ReturnType<typeof opened>>['database'], id: string): Promise<void> => {
  await database.insertInto('person').values({ id, name: 'Bob', role: 'guest', created_at: START }).execute();
  await database.insertInto('lent_grant').values({
    id, person_id: id, lent_by: id, request_hash: '', way: 'confirm', signed_by: 'owner', terms: '{}', access_id: id, word: '', credential_hash: null, enabled: 1,
    taken_back_at: null, until_at: START, revision: 1, created_at: START, changed_at: START,
  }).execute();
  await database.insertInto('invitation').values({
    grant_id: id, invitation_key: id, delegation: null, redeem_by: START + DAY, handed: 0, opened_at: null, redeemed_at: null, asking_name: null, tried_again: 0, tried_again_at: null,
  }).execute();
};

const put = async (running: Awaited<ReturnType<typeof start>>, id: string, kind: MessageKind = 'mail'): Promise<void> => {
  await lend(running.database, id);
  const state = running.outgoing.sends(kind) ? 'queued' : 'outbox';
  await addMessage(running.database, { id, about: { grantId: id }, kind, to: kind === 'mail' ? 'bob@example.com' : '+41790000000', subject: 'A key', text: `${SECRET} ${id}`, state, at: START });
};

const scene = (t: TestContext): { data: string; clock: { now: number } } => {
  const data = temporaryDirectory();
  t.after(() => { rmSync(data, { recursive: true, force: true }); });
  return { data, clock: { now: START } };
};

/** Everything that lies in the directory, as one text. */
const disk = (data: string): string => readdirSync(data).map((file) => readFileSync(join(data, file), 'latin1')).join('\n');

void test('what is put in is sent at once, each kind its own way, and its text is nowhere on the disk any more', async (t) => {
  const [{ data, clock }, mail, sms] = [scene(t), await mailServer(), await smsGateway()];
  t.after(mail.close);
  t.after(sms.close);
  const running = await start({ data, clock, senders: { mail: createMailer(mail.server), sms: createTexter(sms.gateway) } });
  t.after(running.end);
  await put(running, 'a');
  await put(running, 'b', 'sms');
  assert.ok(disk(data).includes(`${SECRET} a`) && disk(data).includes('bob@example.com'), 'the control: it lies there while it waits');
  await running.outgoing.wake();
  assert.deepEqual(await running.states(), [['a', 'sent', null, 1], ['b', 'sent', null, 1]]);
  assert.deepEqual([mail.taken.map(({ text }) => text.trim()), sms.taken.map(({ text }) => text)], [[`${SECRET} a`], [`${SECRET} b`]]);
  assert.deepEqual(running.told.toSorted(), ['a', 'b']);
  assert.ok(!disk(data).includes(SECRET), 'neither in the database nor in its log');
  assert.ok(disk(data).includes('bob@example.com'), 'to whom it went is known while the link is open');
  await eraseMessages(running.database, 'a');
  await running.outgoing.wake();
  assert.ok(!disk(data).includes('bob@example.com'));
  assert.doesNotMatch(running.lines.join('\n'), /bob|4179|link/);
});

const script = (outcomes: readonly SendOutcome[], asked: string[] = []): Sender => async ({ id }) => {
  const outcome = outcomes[Math.min(asked.length, outcomes.length - 1)];
  asked.push(id);
  assert.ok(outcome !== undefined);
  return outcome;
};
const LATER: SendOutcome = { kind: 'later', code: 'smtp-451', answer: '451 not now, bob@example.com' };

void test('a server that is busy is asked again after pauses that grow, and given up after so many tries', async (t) => {
  const { data, clock } = scene(t);
  const asked: string[] = [];
  const running = await start({ data, clock, senders: { mail: script([LATER], asked) } });
  t.after(running.end);
  await put(running, 'a');
  await running.database.updateTable('invitation').set({ redeem_by: START + 30 * DAY }).execute();
  await running.outgoing.wake();
  await running.outgoing.wake();
  assert.deepEqual([asked.length, await running.states()], [1, [['a', 'queued', '451 not now, bob@example.com', 1]]]);
  for (let attempts = 1; attempts < MAX_ATTEMPTS; attempts += 1) {
    clock.now += pauseMsAfter(attempts) - 1;
    await running.outgoing.wake();
    assert.equal(asked.length, attempts, 'not before its time');
    clock.now += 1;
    await running.outgoing.wake();
  }
  assert.deepEqual([asked.length, await running.states()], [MAX_ATTEMPTS, [['a', 'refused', '451 not now, bob@example.com', MAX_ATTEMPTS]]]);
  assert.ok(clock.now - START < DAY, 'within a day');
  assert.ok(!disk(data).includes(SECRET));
  assert.doesNotMatch(running.lines.join('\n'), /bob/, 'what a server says may name the recipient: no log line does');
});

void test('a refusal is told with the server’s answer; other messages go on', async (t) => {
  const { data, clock } = scene(t);
  const running = await start({ data, clock, senders: { mail: script([{ kind: 'refused', code: 'smtp-550', answer: '550 no such user' }, { kind: 'sent' }]) } });
  t.after(running.end);
  await put(running, 'a');
  await put(running, 'b');
  await running.outgoing.wake();
  assert.deepEqual(await running.states(), [['a', 'refused', '550 no such user', 1], ['b', 'sent', null, 1]]);
});

void test('a restart in the middle of sending: the message is tried again, under the same id, and arrives', async (t) => {
  const [{ data, clock }, silent, mail] = [scene(t), await silentMailServer(), await mailServer()];
  t.after(silent.close);
  t.after(mail.close);
  const first = await start({ data, clock, senders: { mail: createMailer(silent.server) } });
  await put(first, 'a');
  const waking = first.outgoing.wake();
  await new Promise((resolve) => { setTimeout(resolve, 100); });
  await first.end();
  await waking;
  const second = await start({ data, clock, senders: { mail: createMailer(mail.server) } });
  t.after(second.end);
  assert.deepEqual(await second.states(), [['a', 'queued', null, 1]]);
  clock.now += pauseMsAfter(1);
  await second.outgoing.wake();
  assert.deepEqual([await second.states(), mail.taken.map(({ headers }) => headers.get('message-id'))], [[['a', 'sent', null, 2]], ['<a@example.org>']]);
});

void test('a mail server that hangs keeps no SMS waiting', async (t) => {
  const [{ data, clock }, silent, sms] = [scene(t), await silentMailServer(), await smsGateway()];
  t.after(silent.close);
  t.after(sms.close);
  const running = await start({ data, clock, senders: { mail: createMailer(silent.server), sms: createTexter(sms.gateway) } });
  await put(running, 'a');
  const hanging = running.outgoing.wake();
  await put(running, 'b', 'sms');
  void running.outgoing.wake();
  for (let tries = 0; sms.taken.length === 0; tries += 1) {
    assert.ok(tries < 200, 'the SMS goes');
    await new Promise((resolve) => { setTimeout(resolve, 10); });
  }
  await running.end();
  await hanging;
});

void test('a link that is over, or has served, is not sent any more', async (t) => {
  const { data, clock } = scene(t);
  const asked: string[] = [];
  const running = await start({ data, clock, senders: { mail: script([LATER], asked) } });
  t.after(running.end);
  for (const id of ['lapsed', 'redeemed']) await put(running, id);
  await running.outgoing.wake();
  await eraseMessages(running.database, 'redeemed');
  clock.now = START + DAY + 1;
  await running.outgoing.wake();
  assert.deepEqual(asked, ['lapsed', 'redeemed'], 'one try each, while the links were open');
  assert.deepEqual([(await running.states()).map(([id, state]) => [id, state]), disk(data).includes(SECRET), disk(data).includes('bob@')], [[['lapsed', 'queued'], ['redeemed', 'queued']], false, false]);
});

void test('without a server a message waits in the outbox, also one that was queued before', async (t) => {
  const { data, clock } = scene(t);
  const first = await start({ data, clock, senders: { mail: script([LATER]) } });
  await put(first, 'queued');
  await put(first, 'no gateway', 'sms');
  await first.outgoing.wake();
  assert.deepEqual((await first.states()).map(([id, state]) => [id, state]), [['no gateway', 'outbox'], ['queued', 'queued']]);
  await first.end();
  const second = await start({ data, clock, senders: {} });
  t.after(second.end);
  await second.outgoing.wake();
  assert.deepEqual((await second.states()).map(([id, state]) => [id, state]), [['no gateway', 'outbox'], ['queued', 'outbox']]);
  assert.deepEqual(second.told, ['queued']);
});
