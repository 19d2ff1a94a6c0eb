// How long wrong setup codes make the lock wait.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backOffMs } from './back-off.ts';

test('four are free; from the fifth on the wait doubles from one minute to one hour, however many more there are', () => {
  const minutes = [0, 1, 4, 5, 6, 7, 10, 11, 12, 20, 21, 22, 2000, 1e6].map((wrong) => backOffMs(wrong) / 60_000);
  assert.deepEqual(minutes, [0, 0, 0, 1, 2, 4, 32, 60, 60, 60, 60, 60, 60, 60]);
});
