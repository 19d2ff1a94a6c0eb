// Mail and SMS as they leave: to real servers on the loopback address that take, refuse, are busy, or say nothing.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromUtf8, utf8 } from '@mortise/base/bytes.ts';
import { Secret } from '@mortise/base/secret.ts';
import { createCa, issueBrokerCertificate } from '@mortise/node/certificates.ts';
import { generateP256KeyPair, privateKeyPem } from '@mortise/node/p256-keys.ts';
import { mailServer, silentMailServer } from '../testing/mail.fixture.ts';
import { smsGateway } from '../testing/sms.fixture.ts';
import { createMailer } from './mail.ts';
import { createTexter } from './sms.ts';
import type { Outbound } from './sender.ts';

const LINK = 'https://lock.example.org/key#Zm9vYmFyYmF6Zm9vYmFyYmF6Zm9vYmFyYmF6Zm9vYmFyYmF6Zm9vYmFyYmF6Zm9vYmFyYmF6';
const message: Outbound = { id: 'm1', to: 'bob@example.com', subject: 'Ada lends you a key: Türe 玄関', text: `Grüße\n\n${LINK}\n` };
const forever = new AbortController().signal;

void test('mail reaches the server whole, from whom it should be, under the id of the message', async (t) => {
  const { server, taken, close } = await mailServer();
  t.after(close);
  const send = createMailer(server);
  assert.deepEqual(await send(message, forever), { kind: 'sent' });
  const [mail] = taken;
  assert.deepEqual([mail?.from, mail?.to], ['home@example.org', ['bob@example.com']]);
  assert.equal(mail?.text.replaceAll('\r\n', '\n').trimEnd(), message.text.trimEnd());
  assert.deepEqual([mail?.headers.get('message-id'), mail?.headers.get('to'), mail?.headers.get('from'), mail?.headers.get('auto-submitted')],
    ['<m1@example.org>', 'bob@example.com', 'Home <home@example.org>', 'auto-generated']);
});

void test('what a person wrote makes no header and no second recipient', async (t) => {
  const { server, taken, close } = await mailServer();
  t.after(close);
  await createMailer(server)({ ...message, subject: 'Key\r\nBcc: eve@example.com\r\n\r\nHello', to: 'bob@example.com' }, forever);
  assert.deepEqual([taken[0]?.to, taken[0]?.headers.has('bcc')], [['bob@example.com'], false]);
});

void test('a refusal of the recipient is for ever, a busy server for now; both say what the server said', async (t) => {
  const { server, taken, answers, close } = await mailServer();
  t.after(close);
  const send = createMailer(server);
  answers.recipient = { code: 550, text: '5.1.1 %s: no such user' };
  assert.deepEqual(await send(message, forever), { kind: 'refused', code: 'smtp-550', answer: '550 5.1.1 bob@example.com: no such user' });
  answers.recipient = { code: 451, text: `4.7.1 greylisted ${'x'.repeat(500)}` };
  const later = await send(message, forever);
  assert.deepEqual([later.kind, later.kind === 'later' && later.code, later.kind === 'later' && later.answer.length], ['later', 'smtp-451', 300]);
  delete answers.recipient;
  assert.deepEqual([await send(message, forever), taken.length], [{ kind: 'sent' }, 1], 'the control');
});

void test('a login is used; a wrong one is for now, since the operator can mend it', async (t) => {
  const { server, users, close } = await mailServer('right');
  t.after(close);
  const send = (password: string) => createMailer({ ...server, login: { user: 'hub', password: new Secret(utf8(password)) } })(message, forever);
  const wrong = await send('wrong');
  assert.deepEqual([wrong.kind, wrong.kind === 'later' && wrong.code], ['later', 'smtp-535']);
  assert.deepEqual([await send('right'), users], [{ kind: 'sent' }, ['hub']]);
  // The same server, by an address that is not known to be this machine.
  const far = await createMailer({ ...server, host: '::ffff:127.0.0.1', login: { user: 'hub', password: new Secret(utf8('right')) } })(message, forever);
  assert.deepEqual([far.kind, users.length], ['later', 1], 'without TLS no password goes to another machine');
});

void test('a server that says nothing, or is not there, is given up in time; so is one when the hub ends', async (t) => {
  const silent = await silentMailServer();
  t.after(silent.close);
  const patient = createMailer(silent.server, { connectMs: 200, silenceMs: 200 });
  const given = await patient(message, forever);
  assert.deepEqual([given.kind, given.kind === 'later' && given.code], ['later', 'ETIMEDOUT']);
  const stop = new AbortController();
  const asked = performance.now();
  setTimeout(() => { stop.abort(); }, 100);
  assert.equal((await createMailer(silent.server)(message, stop.signal)).kind, 'later');
  assert.ok(performance.now() - asked < 3000, 'it did not wait for the timeout');
  const nobody = await createMailer({ ...silent.server, port: 1 })(message, forever);
  assert.deepEqual(nobody, { kind: 'later', code: 'ESOCKET', answer: 'The mail server could not be spoken to (ESOCKET).' });
});

void test('over TLS the server must be who it says it is', async (t) => {
  const [ca, keys] = [await createCa(), generateP256KeyPair()];
  const { server, close } = await mailServer(undefined, { secure: true, cert: await issueBrokerCertificate(ca, keys.publicKey, []), key: fromUtf8(privateKeyPem(keys).reveal()) });
  t.after(close);
  const outcome = await createMailer({ ...server, host: 'localhost' })(message, forever);
  assert.equal(outcome.kind, 'later', 'nobody vouches for this certificate');
});

void test('an SMS is a form with basic authentication; refusals and delays are told apart; nothing follows a redirect', async (t) => {
  const { gateway, taken, answers, close } = await smsGateway();
  const elsewhere = await smsGateway();
  t.after(close);
  t.after(elsewhere.close);
  const send = createTexter(gateway);
  const sms = { ...message, to: '+41790000000' };
  assert.deepEqual(await send(sms, forever), { kind: 'sent' });
  assert.deepEqual(taken, [{ to: '+41790000000', from: '+41791234567', text: message.text, authorization: `Basic ${Buffer.from('AC1:token').toString('base64')}` }]);
  const table = [
    [400, '{"code":21211,"message":"The \'To\' number is not valid"}', 'refused', "400 The 'To' number is not valid"],
    [404, 'no such account', 'refused', '404 no such account'],
    [429, '{"message":"slow down"}', 'later', '429 slow down'],
    [401, '{"message":"Authenticate"}', 'later', '401 Authenticate'],
    [503, '', 'later', '503'],
    [400, 'x'.repeat(100_000), 'refused', `400 ${'x'.repeat(296)}`],
  ] as const;
  for (const [status, body, kind, answer] of table) {
    answers.reply = { status, body };
    assert.deepEqual(await send(sms, forever), { kind, code: `http-${status}`, answer });
  }
  answers.reply = { status: 307, body: '', location: elsewhere.gateway.url };
  assert.equal((await send(sms, forever)).kind, 'later');
  assert.equal(elsewhere.taken.length, 0);
  answers.reply = 'silent';
  assert.deepEqual(await send(sms, AbortSignal.timeout(100)), { kind: 'later', code: 'TimeoutError', answer: 'The SMS gateway could not be spoken to (TimeoutError).' });
});
