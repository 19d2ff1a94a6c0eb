// How a lock reaches the hub: who may say it, for which lock, and who can read it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromUtf8, hex, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { Secret } from '@mortise/base/secret.ts';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import { exampleEntropy, exampleKey, exampleLock, exampleSite, signWith } from './example-site.ts';
import { isHost, isPassphrase, isSsid, MAX_NETWORK_BYTES, networkToSign, openNetworkSettings, type NetworkSettings } from './network-settings.ts';

const site = exampleSite();
const lock = exampleLock();
const place = { lockId: lock.lockId, seal: lock.seal, ownerKeys: site.ownerSet.keys };
const PASSPHRASE = 'correct horse "battery"';
const settings: NetworkSettings = {
  version: 7, hub: { host: 'hub.example', port: 8883 }, brokerCa: 'PEM of the broker’s authority',
  wifi: { ssid: 'Upstairs ü', passphrase: new Secret(utf8(PASSPHRASE)) },
};
const signed = (by = site.owner, changes: Partial<NetworkSettings> = {}, to = { lockId: lock.lockId, sealKey: lock.seal.publicKey }): Bytes =>
  signWith(by, networkToSign(crypto, by.publicKey, to, { ...settings, ...changes }, exampleEntropy('network')));
const codeOf = (bytes: Bytes, changes: Partial<typeof place> = {}): string => {
  const opened = openNetworkSettings(crypto, bytes, { ...place, ...changes });
  return opened.ok ? 'ok' : opened.error.code;
};

test('what an owner says is read by the lock, passphrase and all', () => {
  for (const changes of [{}, { wifi: undefined }, { wifi: { ssid: 'open', passphrase: undefined } }, { hub: { host: '::1', port: 1 } }] as const) {
    const opened = openNetworkSettings(crypto, signed(site.owner, changes), place);
    assert.ok(opened.ok, opened.ok ? '' : opened.error.code);
    const { wifi, ...rest } = opened.value;
    const { wifi: wanted, ...others } = { ...settings, ...changes };
    assert.deepEqual(rest, others);
    assert.deepEqual([wifi?.ssid, wifi?.passphrase && fromUtf8(wifi.passphrase.reveal())], [wanted?.ssid, wanted?.passphrase && fromUtf8(wanted.passphrase.reveal())]);
  }
});

test('nobody on the way reads the passphrase, and it is not printed', () => {
  const bytes = signed();
  for (const text of [PASSPHRASE, 'Upstairs']) assert.equal(hex(bytes).includes(hex(utf8(text))), false);
  const opened = openNetworkSettings(crypto, bytes, place);
  assert.ok(opened.ok && !JSON.stringify(opened.value).includes('horse') && !String(opened.value.wifi?.passphrase).includes('horse'));
});

test('by nobody else, for no other lock, under no other seal, and not a bit altered', () => {
  const stranger = exampleKey('a stranger');
  const other = exampleLock('another');
  const bytes = signed();
  assert.equal(codeOf(bytes), 'ok', 'control');
  assert.equal(codeOf(signed(stranger)), 'signer-unknown');
  assert.equal(codeOf(bytes, { lockId: other.lockId }), 'other-lock');
  assert.equal(codeOf(bytes, { seal: other.seal }), 'entry-unreadable');
  assert.equal(codeOf(signed(site.owner, {}, { lockId: lock.lockId, sealKey: other.seal.publicKey })), 'entry-unreadable');
  assert.equal(codeOf(new Uint8Array(MAX_NETWORK_BYTES + 1)), 'too-long');
  for (let length = 0; length < bytes.length; length += 1) assert.notEqual(codeOf(bytes.slice(0, length)), 'ok');
  for (let at = 0; at < bytes.length; at += 5) assert.notEqual(codeOf(bytes.map((byte, index) => (index === at ? byte ^ 1 : byte))), 'ok');
});

test('names of hosts and networks, and passphrases, keep to their bounds', () => {
  const table: readonly (readonly [(text: string) => boolean, readonly string[], readonly string[]])[] = [
    [isHost, ['hub', 'hub.example', '192.168.1.2', 'fd00::1', 'a'], ['', '-hub', 'hub.', 'hub example', 'hub/x', 'mqtts://hub', 'a'.repeat(254)]],
    [isSsid, ['a', 'Upstairs ü', 'x'.repeat(32)], ['', 'x'.repeat(33), 'ü'.repeat(17), 'a\nb']],
    [isPassphrase, ['12345678', 'x'.repeat(63), 'with "quotes" \\ and #'], ['1234567', 'x'.repeat(64), 'ümlauts are none', 'line\nbreak']],
  ];
  for (const [is, good, bad] of table) {
    for (const text of good) assert.equal(is(text), true, text);
    for (const text of bad) assert.equal(is(text), false, text);
  }
});
