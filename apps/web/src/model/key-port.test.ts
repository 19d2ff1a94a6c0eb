import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyPort } from './key-port.ts';
import { DEFAULT_PORT } from './key-wire.ts';

test('the remembered port is shown once it is read, and never over what was typed while it was', async () => {
  const reads: ((port: string) => void)[] = [];
  const read = (): Promise<string> => new Promise((resolve) => { reads.push(resolve); });
  const untouched = keyPort(read);
  const first = untouched.recall();
  assert.equal(untouched.shown.value, DEFAULT_PORT);
  reads[0]?.('5001');
  await first;
  assert.equal(untouched.shown.value, '5001', 'the control');

  const typed = keyPort(read);
  const second = typed.recall();
  typed.type('5002');
  reads[1]?.('5001');
  await second;
  assert.equal(typed.shown.value, '5002');
  typed.type('');
  assert.equal(typed.shown.value, '', 'also when all of it is taken away');
});
