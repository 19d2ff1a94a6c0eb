// Invitations on their way: by a real mail server and an SMS gateway on the loopback address, or to the outbox. The link in the message makes
// the key; what it was made of is nowhere on the disk once it has served; nothing of it is in the log.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { outbox } from '@mortise/api/grants.ts';
import { base64url } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { keyLinkText, linkKeyOf, readKeyLink } from '@mortise/wallet/key-link.ts';
import { codeOf, ORIGIN, temporaryDirectory, testHub } from '../testing/hub.fixture.ts';
import { grantNow, guestOf, invite, inviting, lendingScene, newLink, post, redeem, told, type Scene } from '../testing/lending.fixture.ts';
import { mailServer, silentMailServer } from '../testing/mail.fixture.ts';
import { parsed } from '../testing/owner.fixture.ts';
import { smsGateway } from '../testing/sms.fixture.ts';
import { pauseMsAfter } from '../notify/outgoing.ts';

const MAIL = { kind: 'mail', address: 'bob@example.com' } as const;
const SMS = { kind: 'sms', number: '+41790000000' } as const;
const sendingOf = async (scene: Scene, id: string) => {
  const { invitation } = await grantNow(scene, id);
  return [invitation?.sending, invitation?.answer, invitation?.to];
};
const linkIn = (text: string): string => required(/^http:\/\/localhost:8400\/key#([\w-]+)$/m.exec(text.replaceAll('\r\n', '\n'))?.[1], 'a link on a line of its own');
const disk = (data: string): string => readdirSync(data).map((file) => readFileSync(join(data, file), 'latin1')).join('\n');

void test('by mail: the message reaches the person whole, its link makes the key, and then it is nowhere any more', async (t) => {
  const [mail, data] = [await mailServer(), temporaryDirectory()];
  t.after(mail.close);
  t.after(() => { rmSync(data, { recursive: true, force: true }); });
  const scene = await lendingScene(t, { config: { mail: mail.server, data } });
  const invited = await invite(scene, { sending: MAIL });
  await scene.test.hub.outgoing.wake();
  const [message] = mail.taken;
  assert.deepEqual([message?.to, message?.headers.get('subject')], [['bob@example.com'], 'Ada lends you a key: Front door']);
  const text = message?.text ?? '';
  for (const said of ['Hello Bob', 'Ada lends you a key of Home: Front door', 'Mon, 23 Nov 2026, 01:00', 'Zurich time', '“Welcome”', 'makes one key, once']) assert.ok(text.includes(said), `${said} in ${text}`);
  const read = readKeyLink(nodeCrypto, linkIn(text));
  assert.ok(read.ok && read.value.siteId === scene.owner.site.ownerSet.siteId);
  assert.deepEqual(linkKeyOf(nodeCrypto, read.value.secret).publicKey, invited.link.key.publicKey);
  assert.deepEqual(await sendingOf(scene, invited.id), ['sent', null, 'bob@example.com']);
  const secret = keyLinkText(nodeCrypto, { secret: invited.link.secret, siteId: read.value.siteId });
  assert.ok(!disk(data).includes(secret) && !disk(data).includes(base64url(invited.link.secret.reveal())), 'once the server has it the hub has it no more');
  assert.equal((await redeem(invited, guestOf(scene, 'Bob'))).status, 200);
  assert.deepEqual(await sendingOf(scene, invited.id), ['sent', null, null]);
  assert.ok(!disk(data).includes('bob@example.com'), 'nor to whom it went, once it has served');
  assert.doesNotMatch(scene.test.lines.join('\n'), /bob|example\.com|key#|Welcome|Bob/, 'nothing of it is logged');
});

void test('by SMS: short, with the link', async (t) => {
  const sms = await smsGateway();
  t.after(sms.close);
  const scene = await lendingScene(t, { config: { sms: sms.gateway } });
  const invited = await invite(scene, { sending: SMS });
  await scene.test.hub.outgoing.wake();
  const [message] = sms.taken;
  assert.deepEqual([message?.to, (message?.text.length ?? 999) < 300, linkIn(message?.text ?? '').length], ['+41790000000', true, 70]);
  assert.deepEqual(await sendingOf(scene, invited.id), ['sent', null, '+41790000000']);
});

void test('what the mail server refuses is told with its words; what it cannot take now is sent later, after a restart too', async (t) => {
  const [mail, data] = [await mailServer(), temporaryDirectory()];
  t.after(mail.close);
  t.after(() => { rmSync(data, { recursive: true, force: true }); });
  const scene = await lendingScene(t, { config: { mail: mail.server, data } });
  mail.answers.recipient = { code: 550, text: '5.1.1 %s: nobody here' };
  const refused = await invite(scene, { sending: MAIL });
  await scene.test.hub.outgoing.wake();
  assert.deepEqual(await sendingOf(scene, refused.id), ['refused', '550 5.1.1 bob@example.com: nobody here', 'bob@example.com']);
  mail.answers.recipient = { code: 451, text: '4.7.1 come back' };
  const later = await invite(scene, { sending: { kind: 'mail', address: 'carol@example.com' } });
  await scene.test.hub.outgoing.wake();
  assert.deepEqual(await sendingOf(scene, later.id), ['queued', '451 4.7.1 come back', 'carol@example.com']);
  await scene.test.end();
  delete mail.answers.recipient;
  const second = await testHub({ data, mail: mail.server });
  t.after(second.end);
  second.clock.now = scene.clock.now + pauseMsAfter(1);
  await second.hub.outgoing.wake();
  assert.deepEqual(mail.taken.map(({ to }) => to), [['carol@example.com']]);
  assert.ok(second.lines.some((line) => line.includes('"message-sent"') && line.includes('"attempts":2')));
});

void test('a mail server that hangs keeps neither owner nor guest waiting', async (t) => {
  const silent = await silentMailServer();
  t.after(silent.close);
  const scene = await lendingScene(t, { config: { mail: silent.server } });
  const asked = performance.now();
  const invited = await invite(scene, { sending: MAIL });
  assert.deepEqual(await sendingOf(scene, invited.id), ['queued', null, 'bob@example.com']);
  assert.equal((await redeem(invited, guestOf(scene, 'Bob'))).status, 200);
  assert.ok(performance.now() - asked < 3000);
});

void test('without a server it stands in the outbox, marked as such, until the link is redeemed, taken back or over', async (t) => {
  const scene = await lendingScene(t);
  const messages = async () => parsed(outbox, await scene.owner.browser.get('/api/outbox'));
  const [one, two, three] = [await invite(scene, { sending: MAIL }), await invite(scene, { sending: SMS }), await invite(scene, { sending: MAIL })];
  const told2 = await messages();
  assert.deepEqual([told2.mail, told2.sms, told2.messages.map(({ kind, to }) => [kind, to])], [false, false, [['mail', 'bob@example.com'], ['sms', '+41790000000'], ['mail', 'bob@example.com']]]);
  assert.deepEqual(await sendingOf(scene, one.id), ['outbox', null, 'bob@example.com']);
  assert.ok(told2.messages.every(({ text }) => text.includes(`${ORIGIN}/key#`)));
  await redeem(one, guestOf(scene, 'Bob'));
  await scene.owner.browser.send('POST', `/api/grants/${two.id}/take-back`, { revocation: null });
  assert.equal((await messages()).messages.length, 1, 'the third waits');
  scene.clock.now += 86_400_001;
  await scene.test.hub.outgoing.wake();
  assert.deepEqual([(await messages()).messages, (await grantNow(scene, three.id)).state], [[], 'lapsed']);
});

void test('the secret passes the hub only where the hub sends it, and must be the link’s', async (t) => {
  const scene = await lendingScene(t);
  const { body } = inviting(scene, { sending: MAIL });
  const other = { ...body, way: { ...body.way, sending: { ...MAIL, secret: base64url(newLink().secret.reveal()) } } };
  assert.equal(codeOf(await post(scene, other)), 'input-invalid');
  assert.equal((await messagesOf(scene)).length, 0);
  const handed = inviting(scene).body;
  const leaking = { ...handed, way: { ...handed.way, sending: { kind: 'handed', secret: base64url(newLink().secret.reveal()) } } };
  const refused = await post(scene, leaking);
  assert.deepEqual([codeOf(refused), JSON.stringify(refused.json).includes('way.sending.secret: there is no such field here')], ['input-invalid', true], 'one that is not asked for is not taken');
  assert.equal(told(await post(scene, handed)).invitation?.sending, 'handed', 'the control');
  assert.equal((await messagesOf(scene)).length, 0);
});

const messagesOf = ({ test: { hub } }: Scene) => hub.database.selectFrom('message').selectAll().execute();
