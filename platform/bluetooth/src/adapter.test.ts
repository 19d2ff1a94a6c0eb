// Names of adapters; and that one which is not there is said, and ends nothing.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openAdapter, parseAdapter } from './adapter.ts';
import { Central } from './central.ts';
import { driverOf } from './driver.ts';
import { Peripheral } from './peripheral.ts';

test('an adapter is one of this machine, or a socket', () => {
  assert.deepEqual(parseAdapter('hci0'), { kind: 'machine', device: 0 });
  assert.deepEqual(parseAdapter('h4:/run/radio'), { kind: 'socket', path: '/run/radio' });
  for (const text of ['', 'hci', 'hci123', 'eth0', 'h4:', 'h4:radio', 'h4:/a b', `h4:/${'x'.repeat(101)}`]) assert.equal(parseAdapter(text), undefined, text);
});

test('no adapter of this machine, or none that this user may use: it is said, and nothing else happens', async () => {
  const listeners = process.listeners('SIGINT').length;
  const opened = openAdapter({ kind: 'machine', device: 31 });
  if (!opened.ok) return;
  const peripheral = await Peripheral.open(opened.value, { arrived: () => undefined, down: () => undefined, fault: () => undefined });
  assert.ok(!peripheral.ok && ['adapter-missing', 'adapter-refused'].includes(peripheral.error.code), JSON.stringify(peripheral));
  assert.equal(process.listeners('SIGINT').length, listeners, 'what ends a process stays with the process');
});

test('an adapter that throws is of no use, at either side', async () => {
  let closed = 0;
  const driver = class extends driverOf(undefined) {
    override bindRaw(): number {
      throw new Error('No such device');
    }
  };
  const adapter = { driver, device: 0, close: () => { closed += 1; } };
  const peripheral = await Peripheral.open(adapter, { arrived: () => undefined, down: () => undefined, fault: () => undefined });
  assert.deepEqual(peripheral, { ok: false, error: { code: 'adapter-missing' } });
  assert.equal(closed, 1);
  assert.deepEqual(await Central.open(adapter), { ok: false, error: { code: 'adapter-refused' } });
  assert.equal(closed, 2);
});
