import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BATTERY_ADVICE, batterySentence, isBatteryLow, volts } from './battery.ts';

test('a low battery is told before the lock refuses', () => {
  assert.deepEqual([4200, 4199, 3999].map(isBatteryLow), [false, true, true]);
  assert.equal(batterySentence(4100), 'The battery is low: 4.1\u00a0V.');
  assert.equal(batterySentence(4000), 'The battery is low: 4.0\u00a0V.');
  assert.equal(batterySentence(3999), 'The battery is too low: 3.9\u00a0V.');
  assert.match(BATTERY_ADVICE, /^Below 4\.0\u00a0V the lock does not move the bolt: /);
  assert.equal(volts(6000), '6.0\u00a0V');
});
