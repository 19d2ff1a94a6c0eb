import assert from 'node:assert/strict';
import { test } from 'node:test';
import { typedAddress } from './alarms.ts';

test('what is typed is taken as the hub takes it, or said to be wrong in a sentence', () => {
  assert.deepEqual(typedAddress('mail', ' ada@example.org '), { ok: true, value: 'ada@example.org' });
  assert.deepEqual(typedAddress('sms', '0041 79 123-45-67'), { ok: true, value: '+41791234567' });
  for (const [way, typed] of [['mail', 'ada'], ['mail', 'a@b@c'], ['sms', '079 123 45 67'], ['sms', '+41'], ['sms', 'ada@example.org']] as const) {
    const address = typedAddress(way, typed);
    assert.match(address.ok ? '' : address.error, /^That is no /, typed);
  }
});
