import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { readSettings } from './settings.ts';

test('without a word: port 8400, ./data, the workbench beside it', () => {
  assert.deepEqual(readSettings([], {}), { ok: true, value: { data: resolve('data'), port: 8400, brokerPort: 8883, workbenchPort: 8401, origins: [] } });
});

test('an empty variable is as good as none', () => {
  const names = ['MORTISE_DATA', 'MORTISE_PORT', 'MORTISE_MQTT_PORT', 'MORTISE_WORKBENCH_PORT', 'MORTISE_ORIGIN', 'MORTISE_TLS_CERT', 'MORTISE_TLS_KEY'];
  assert.deepEqual(readSettings([], Object.fromEntries(names.map((name) => [name, '']))), readSettings([], {}));
});

test('flags win over variables', () => {
  const read = readSettings(['--port', '9000', '--data', '/srv/m'], { MORTISE_PORT: '7000', MORTISE_ORIGIN: 'https://a.example, https://b.example', MORTISE_TLS_CERT: '/c.pem', MORTISE_TLS_KEY: '/k.pem' });
  assert.deepEqual(read, { ok: true, value: { data: '/srv/m', port: 9000, brokerPort: 8883, workbenchPort: 9001, origins: ['https://a.example', 'https://b.example'], tls: { certPath: '/c.pem', keyPath: '/k.pem' } } });
});

test('an address may follow a name: the recovery kit works there, and locks may dial it', () => {
  const read = readSettings([], { MORTISE_ORIGIN: 'https://lock.example.org,https://192.168.1.5' });
  assert.ok(read.ok && read.value.origins.length === 2);
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
  ];
  for (const [flags, env, says] of wrong) {
    const read = readSettings(flags, env);
    assert.ok(!read.ok, JSON.stringify([flags, env]));
    assert.match(read.error.message, says);
  }
});
