import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { inspect } from 'node:util';
import { test } from 'node:test';
import { fromUtf8 } from '@mortise/base/bytes.ts';
import { readSettings } from './settings.ts';

test('without a word: port 8400, ./data, the workbench beside it', () => {
  assert.deepEqual(readSettings([], {}), { ok: true, value: { data: resolve('data'), port: 8400, brokerPort: 8883, workbenchPort: 8401, mechanism: 'deadbolt', origins: [] } });
});

test('an empty variable is as good as none', () => {
  const names = ['MORTISE_DATA', 'MORTISE_PORT', 'MORTISE_MQTT_PORT', 'MORTISE_WORKBENCH_PORT', 'MORTISE_ORIGIN', 'MORTISE_TLS_CERT', 'MORTISE_TLS_KEY',
    'MORTISE_TRUST_PROXY', 'MORTISE_SMTP_URL', 'MORTISE_MAIL_FROM', 'MORTISE_SMS_URL', 'MORTISE_SMS_FROM'];
  assert.deepEqual(readSettings([], Object.fromEntries(names.map((name) => [name, '']))), readSettings([], {}));
});

test('flags win over variables', () => {
  const read = readSettings(['--port', '9000', '--data', '/srv/m'], { MORTISE_PORT: '7000', MORTISE_ORIGIN: 'https://a.example, https://b.example', MORTISE_TLS_CERT: '/c.pem', MORTISE_TLS_KEY: '/k.pem' });
  assert.deepEqual(read, { ok: true, value: { data: '/srv/m', port: 9000, brokerPort: 8883, workbenchPort: 9001, mechanism: 'deadbolt', origins: ['https://a.example', 'https://b.example'], tls: { certPath: '/c.pem', keyPath: '/k.pem' } } });
});

test('an address may follow a name: the recovery kit works there, and locks may dial it', () => {
  const read = readSettings([], { MORTISE_ORIGIN: 'https://lock.example.org,https://192.168.1.5' });
  assert.ok(read.ok && read.value.origins.length === 2);
});

test('trusted proxies are addresses, ranges, and loopback; without the variable there are none', () => {
  const read = readSettings([], { MORTISE_TRUST_PROXY: 'loopback, 10.0.0.0/24,2001:db8::2' });
  assert.deepEqual(read.ok && read.value.trustedProxies, [
    { address: '127.0.0.0', prefix: 8, family: 'ipv4' }, { address: '::1', prefix: 128, family: 'ipv6' },
    { address: '10.0.0.0', prefix: 24, family: 'ipv4' }, { address: '2001:db8::2', prefix: 128, family: 'ipv6' },
  ]);
  const without = readSettings([], {});
  assert.deepEqual(without.ok && without.value.trustedProxies, undefined);
});

test('a mail server and an SMS gateway are read; their passwords are held and not printed', () => {
  const read = readSettings([], {
    MORTISE_SMTP_URL: 'smtps://home%40example.org:p%2Fss-word@mail.example.org', MORTISE_MAIL_FROM: 'Home <home@example.org>',
    MORTISE_SMS_URL: 'https://AC1:token-word@api.example.com/2010/Messages.json', MORTISE_SMS_FROM: '+41791234567',
  });
  assert.ok(read.ok);
  const { mail, sms } = read.value;
  assert.deepEqual([mail?.host, mail?.port, mail?.secure, mail?.login?.user, mail?.from], ['mail.example.org', 465, true, 'home@example.org', { name: 'Home', address: 'home@example.org' }]);
  assert.equal(fromUtf8(mail?.login?.password.reveal() ?? new Uint8Array(0)), 'p/ss-word');
  assert.deepEqual([sms?.url, sms?.from, fromUtf8(sms?.login?.reveal() ?? new Uint8Array(0))], ['https://api.example.com/2010/Messages.json', '+41791234567', 'AC1:token-word']);
  assert.doesNotMatch(`${inspect(read, { depth: 9 })} ${JSON.stringify(read)}`, /ss-word|token-word/);
  const plain = readSettings([], { MORTISE_SMTP_URL: 'smtp://[::1]:2525/', MORTISE_MAIL_FROM: 'home@example.org' });
  assert.deepEqual(plain.ok && plain.value.mail, { host: '::1', port: 2525, secure: false, from: { name: '', address: 'home@example.org' } });
});

test('a wrong address of a mail server or gateway is not repeated, since it may hold a password', () => {
  const [from, number] = ['home@example.org', '+41791234567'];
  const wrong: readonly (readonly [Record<string, string>, RegExp])[] = [
    [{ MORTISE_SMTP_URL: 'https://user:hush@mail.example.org', MORTISE_MAIL_FROM: from }, /MORTISE_SMTP_URL.*smtps:/],
    [{ MORTISE_SMTP_URL: 'hush', MORTISE_MAIL_FROM: from }, /MORTISE_SMTP_URL/],
    [{ MORTISE_SMTP_URL: 'smtps://user:hush%@mail.example.org', MORTISE_MAIL_FROM: from }, /MORTISE_SMTP_URL/],
    [{ MORTISE_SMTP_URL: 'smtps://user:hush@mail.example.org?tls=no', MORTISE_MAIL_FROM: from }, /MORTISE_SMTP_URL/],
    [{ MORTISE_SMTP_URL: 'smtps://user:hush@mail.example.org' }, /MORTISE_MAIL_FROM.*from whom/],
    [{ MORTISE_SMTP_URL: 'smtps://user:hush@mail.example.org', MORTISE_MAIL_FROM: 'a@b, c@d' }, /MORTISE_MAIL_FROM/],
    [{ MORTISE_MAIL_FROM: from }, /MORTISE_SMTP_URL too/],
    [{ MORTISE_SMS_URL: 'http://user:hush@sms.example.org', MORTISE_SMS_FROM: number }, /MORTISE_SMS_URL.*only on this machine/],
    [{ MORTISE_SMS_URL: 'https://user:hush@sms.example.org', MORTISE_SMS_FROM: '0791234567890' }, /MORTISE_SMS_FROM/],
    [{ MORTISE_SMS_FROM: number }, /MORTISE_SMS_URL too/],
  ];
  for (const [env, says] of wrong) {
    const read = readSettings([], env);
    assert.ok(!read.ok, JSON.stringify(env));
    assert.match(read.error.message, says);
    assert.doesNotMatch(read.error.message, /hush/);
  }
});

test('a wrong setting is named and says what to write', () => {
  const wrong: readonly [readonly string[], Record<string, string>, RegExp][] = [
    [['--port', 'eighty'], {}, /MORTISE_PORT "eighty".*number/],
    [[], { MORTISE_PORT: '65536' }, /MORTISE_PORT "65536"/],
    [[], { MORTISE_MQTT_PORT: '-1' }, /MORTISE_MQTT_PORT/],
    [[], { MORTISE_WORKBENCH_PORT: '1e3' }, /MORTISE_WORKBENCH_PORT/],
    [[], { MORTISE_ORIGIN: 'lock.example.org' }, /not an origin.*https:/],
    [[], { MORTISE_ORIGIN: 'https://lock.example.org/path' }, /not an origin/],
    [[], { MORTISE_ORIGIN: 'http://lock.example.org' }, /must begin with https/],
    [[], { MORTISE_ORIGIN: 'https://192.168.1.5:8400' }, /an address.*name/],
    [[], { MORTISE_ORIGIN: 'https://[fd00::1]' }, /an address.*name/],
    [[], { MORTISE_TLS_CERT: '/c.pem' }, /both/],
    [['--colour', 'red'], {}, /help run/],
    ...['true', 'proxy.example', '10.0.0.0/33', '0.0.0.0/0', '10.0.0.0/', '2001:db8::/129', '10.0.0.1 10.0.0.2', '10.0.0'].map((text): [readonly string[], Record<string, string>, RegExp] =>
      [[], { MORTISE_TRUST_PROXY: `loopback,${text}` }, /MORTISE_TRUST_PROXY "[^l"][^"]*" is no address\. Write those of your own reverse proxies/]),
  ];
  for (const [flags, env, says] of wrong) {
    const read = readSettings(flags, env);
    assert.ok(!read.ok, JSON.stringify([flags, env]));
    assert.match(read.error.message, says);
  }
});
