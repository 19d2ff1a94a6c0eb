import assert from 'node:assert/strict';
import { test } from 'node:test';
import { leavesWords } from './leaves.ts';

test('what leaves the house follows what the hub is set to send', () => {
  assert.match(leavesWords({ mail: false, sms: false }), /^Nothing by itself/);
  assert.match(leavesWords({ mail: true, sms: false }), /by the mail server: address, names, doors/);
  assert.match(leavesWords({ mail: false, sms: true }), /by the SMS gateway: number, names, doors/);
  assert.match(leavesWords({ mail: true, sms: true }), /by the mail server and the SMS gateway: address or number,/);
  assert.match(leavesWords(undefined), /if a mail server or SMS gateway is set/);
  for (const senders of [{ mail: true, sms: false }, undefined]) assert.doesNotMatch(leavesWords(senders), /^Nothing/);
});
