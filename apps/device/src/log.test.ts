import assert from 'node:assert/strict';
import test from 'node:test';
import { createLog } from './log.ts';

test('a line is JSON with codes, numbers and truths; free text is replaced', () => {
  const lines: string[] = [];
  const log = createLog((line) => lines.push(line), () => 0);
  log('link-up', { tries: 3, adopted: true, why: { code: 'broker-refused' } });
  log('Anna opened', { why: { code: 'PIN 123456' } });
  assert.deepEqual(lines.map((line): unknown => JSON.parse(line)), [
    { at: '1970-01-01T00:00:00.000Z', event: 'link-up', tries: 3, adopted: true, why: 'broker-refused' },
    { at: '1970-01-01T00:00:00.000Z', event: 'unprintable', why: 'unprintable' },
  ]);
});
