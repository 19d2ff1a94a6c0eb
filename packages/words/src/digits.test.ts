import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupedDigits } from './digits.ts';

test('digits stand in groups that people can hold in mind, and none is lost', () => {
  assert.deepEqual(['471108', '4361659', '12345678', '123456789', '1', ''].map(groupedDigits), ['471 108', '436 1659', '12 345 678', '123 456 789', '1', '']);
});
