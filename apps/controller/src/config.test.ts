import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { MECHANISMS } from '@mortise/lock/mechanism.ts';
import { readConfig } from './config.ts';
import { parseMechanism } from './mechanism-option.ts';

const directory = mkdtempSync(join(tmpdir(), 'mortise-config-'));
test.after(() => rmSync(directory, { recursive: true }));
const ca = join(directory, 'ca.pem');
const pem = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
writeFileSync(ca, pem);
writeFileSync(join(directory, 'text'), 'hello');

const good = { 'data': join(directory, 'lock'), 'broker': 'mqtts://localhost:1884', 'broker-ca': ca, 'workbench-port': '0', 'name': 'Front door' };
const argv = (changed: Record<string, string>): string[] => Object.entries({ ...good, ...changed }).flatMap(([option, value]) => [`--${option}`, value]);

test('arguments and variables give the same configuration', () => {
  const expected = { ok: true, value: { data: good.data, broker: { host: 'localhost', port: 1884 }, brokerCa: pem, wifi: undefined, workbenchPort: 0, name: 'Front door', mechanism: MECHANISMS.deadbolt, bluetooth: { kind: 'machine', device: 1 }, profile: 'powered' } };
  assert.deepEqual(readConfig(argv({ bluetooth: 'hci1' }), {}), expected);
  assert.deepEqual(readConfig([], {
    MORTISE_LOCK_DATA: good.data, MORTISE_BROKER: good.broker, MORTISE_BROKER_CA: ca, MORTISE_WORKBENCH_PORT: '0', MORTISE_LOCK_NAME: 'Front door', MORTISE_LOCK_BLUETOOTH: 'hci1',
  }), expected);
});

test('defaults: the usual ports', () => {
  const read = readConfig(['--data', good.data, '--broker', 'mqtts://[::1]', '--broker-ca', ca], {});
  assert.ok(read.ok && read.value.profile === 'powered');
  assert.deepEqual([read.value.broker, read.value.workbenchPort, read.value.name, read.value.bluetooth], [{ host: '::1', port: 8883 }, 8401, 'Lock', undefined]);
});

test('a lock that is told at the door where its hub is starts without a broker; one half of it is none', () => {
  const read = readConfig(['--data', good.data], {});
  assert.ok(read.ok && read.value.profile === 'powered' && read.value.broker === undefined && read.value.brokerCa === undefined);
  for (const half of [['--broker', good.broker], ['--broker-ca', ca]]) assert.equal(readConfig(['--data', good.data, ...half], {}).ok, false);
});

test('the Wi-Fi interface that is the lock’s to set', () => {
  const wifiOf = (changed: Record<string, string>): unknown => {
    const read = readConfig(argv(changed), {});
    if (!read.ok) return read.error.option;
    return read.value.profile === 'powered' ? read.value.wifi : 'passive';
  };
  assert.deepEqual(wifiOf({ 'wifi-interface': 'wlan0' }), { interface: 'wlan0', file: '/etc/wpa_supplicant/wpa_supplicant-wlan0.conf' });
  assert.deepEqual(wifiOf({ 'wifi-interface': 'wlan0', 'wifi-file': '/tmp/x.conf' }), { interface: 'wlan0', file: '/tmp/x.conf' });
  for (const name of ['../x', 'wlan 0', 'x'.repeat(16)]) assert.equal(wifiOf({ 'wifi-interface': name }), 'wifi-interface');
});

const BAD: readonly (readonly [Record<string, string>, string, string])[] = [
  [{ 'workbench-port': '70000' }, 'option-invalid', 'workbench-port'],
  [{ 'workbench-port': '80a' }, 'option-invalid', 'workbench-port'],
  [{ 'broker': 'mqtt://localhost' }, 'option-invalid', 'broker'],
  [{ 'broker': 'mqtts://user:word@localhost' }, 'option-invalid', 'broker'],
  [{ 'broker': 'mqtts://localhost:0' }, 'option-invalid', 'broker'],
  [{ 'broker': 'localhost:8883' }, 'option-invalid', 'broker'],
  [{ 'broker-ca': join(directory, 'none.pem') }, 'file-missing', 'broker-ca'],
  [{ 'broker-ca': directory }, 'file-unreadable', 'broker-ca'],
  [{ 'broker-ca': join(directory, 'text') }, 'option-invalid', 'broker-ca'],
  [{ 'data': join(directory, 'text') }, 'file-unreadable', 'data'],
  [{ 'data': '' }, 'option-missing', 'data'],
  [{ 'data': '/proc/1/mem/x' }, 'file-unreadable', 'data'],
  [{ 'name': 'x'.repeat(61) }, 'option-invalid', 'name'],
  [{ 'mechanism': 'padlock' }, 'option-invalid', 'mechanism'],
  [{ 'mechanism': 'hand' }, 'option-invalid', 'mechanism'],
  [{ 'bluetooth': 'eth0' }, 'option-invalid', 'bluetooth'],
  [{ 'bluetooth': 'h4:radio' }, 'option-invalid', 'bluetooth'],
  [{ 'colour': 'red' }, 'option-unknown', 'arguments'],
];

test('bad input is refused and says what to do', () => {
  for (const [changed, code, option] of BAD) {
    const read = readConfig(argv(changed), {});
    assert.ok(!read.ok, JSON.stringify(changed));
    assert.deepEqual([read.error.code, read.error.option], [code, option]);
    assert.match(read.error.message, /Give|give|known|Known|A port|A name|Bluetooth is/);
  }
  console.log(`bad configurations refused: ${BAD.length}`);
});

test('a mechanism and how it is wired; what cannot be built is none', () => {
  assert.deepEqual(parseMechanism('magnet'), MECHANISMS.magnet);
  assert.deepEqual(parseMechanism('strike, stand ,fail-safe,no-exit'), { name: 'strike', opening: 'stand', withoutPower: 'fail-safe', hasExit: false });
  const none = ['', 'strike,', 'strike,open', 'magnet,fail-secure', 'deadbolt,pulse', 'mortise,fail-safe', 'toString', 'strike,toString'].map(parseMechanism);
  assert.deepEqual(none, none.map(() => undefined));
});
