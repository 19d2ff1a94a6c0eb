// The driver with a file of its own and a wpa_cli that writes down what it was told. No radio was at hand: that wpa_supplicant itself joins by this
// file was not tried here.

import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { utf8 } from '@mortise/base/bytes.ts';
import { Secret } from '@mortise/base/secret.ts';
import type { Wifi } from '@mortise/documents/network-settings.ts';
import { supplicantWifi } from './wifi-supplicant.ts';
import { NO_WIFI } from './wifi.ts';

const wifi = (ssid: string, passphrase?: string): Wifi => ({ ssid, passphrase: passphrase === undefined ? undefined : new Secret(utf8(passphrase)) });

const bench = (t: TestContext, answer = 'echo "OK"') => {
  const directory = mkdtempSync(join(tmpdir(), 'mortise-wifi-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const [file, command, calls] = [join(directory, 'wpa_supplicant-wlan0.conf'), join(directory, 'wpa_cli'), join(directory, 'calls')];
  writeFileSync(command, `#!/bin/sh\necho "$@" >> '${calls}'\n${answer}\n`);
  chmodSync(command, 0o755);
  return { port: supplicantWifi({ interface: 'wlan0', file, command }), file, command, said: () => (existsSync(calls) ? readFileSync(calls, 'utf8') : ''), text: () => readFileSync(file, 'utf8') };
};

test('the file holds the network, for its owner’s eyes only, and wpa_cli is told to read it', async (t) => {
  const { port, file, said, text } = bench(t);
  assert.deepEqual(await port.join(wifi('Haus "ü"\\', 'pass "word" # 1')), { ok: true, value: undefined });
  assert.equal(text(), [
    'ctrl_interface=/run/wpa_supplicant', 'network={', '\tssid=486175732022c3bc225c', '\tpsk="pass "word" # 1"', '\tkey_mgmt=WPA-PSK WPA-PSK-SHA256 SAE', '\tieee80211w=1', '}', '',
  ].join('\n'));
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.equal(said(), '-i wlan0 reconfigure\n', 'and nothing of the network');
});

test('the same again leaves file and radio alone; another network, or an open one, replaces it', async (t) => {
  const { port, said, text } = bench(t);
  for (const each of [wifi('one', '12345678'), wifi('one', '12345678'), wifi('two')]) assert.equal((await port.join(each)).ok, true);
  assert.equal(said(), '-i wlan0 reconfigure\n'.repeat(2));
  assert.match(text(), /ssid=74776f\n\tkey_mgmt=NONE\n/);
  assert.doesNotMatch(text(), /psk|12345678/);
});

test('what does not work is told by a code, which holds no secret', async (t) => {
  const failing = bench(t, 'echo FAIL');
  const ending = bench(t, 'exit 1');
  const missing = supplicantWifi({ interface: 'wlan0', file: failing.file.replace('wlan0', 'wlan1'), command: `${failing.command}-none` });
  const nowhere = supplicantWifi({ interface: 'wlan0', file: join(failing.file, 'below-a-file'), command: failing.command });
  const results = await Promise.all([failing.port, ending.port, missing, nowhere, NO_WIFI].map((port) => port.join(wifi('one', 'secret-passphrase'))));
  assert.deepEqual(results.map((result) => (result.ok ? 'ok' : result.error)), ['wifi-command', 'wifi-command', 'wifi-command', 'wifi-file', 'wifi-none'].map((code) => ({ code })));
  assert.equal((await bench(t).port.join(wifi('one', 'secret-passphrase'))).ok, true, 'control');
});

test('after a call that failed the same settings are told again', async (t) => {
  const { port, command, said, file } = bench(t, 'echo FAIL');
  assert.equal((await port.join(wifi('one', '12345678'))).ok, false);
  writeFileSync(command, `#!/bin/sh\necho "$@" >> '${file.replace(/[^/]+$/, 'calls')}'\necho OK\n`);
  assert.equal((await port.join(wifi('one', '12345678'))).ok, true);
  assert.equal(said(), '-i wlan0 reconfigure\n'.repeat(2));
});
