import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BATTERY_EMPTY_MV as TOLD } from '@mortise/api/locks.ts';
import { BATTERY_EMPTY_MV as HELD } from '@mortise/lock/sensing.ts';
import { batterySentence, isBatteryLow, volts } from './battery.ts';

test('the voltage told is the one that the lock goes by', () => assert.equal(TOLD, HELD));

test('a low battery is told before the lock refuses', () => {
  assert.deepEqual([4200, 4199, 3999].map(isBatteryLow), [false, true, true]);
  assert.equal(batterySentence(4100), 'The battery is low: 4.1 V. Below 4.0 V the lock does not move the bolt.');
  assert.equal(batterySentence(4000), 'The battery is low: 4.0 V. Below 4.0 V the lock does not move the bolt.');
  assert.equal(batterySentence(3999), 'The battery is too low: 3.9 V. Below 4.0 V the lock does not move the bolt.');
  assert.equal(volts(6000), '6.0 V');
});
