import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAlarm, sentAlarm } from '@mortise/words/alarms.ts';
import { lastWords, reachWords } from './alarm.ts';

const NOW = Date.parse('2026-11-26T22:10:00Z');
const none = { mail: null, sms: null, plain: false, sends: { mail: true, sms: true } };

test('whether alarms reach an owner, and by which way', () => {
  assert.match(reachWords(none), /in Activity only/);
  assert.equal(reachWords({ ...none, mail: { address: 'ada@example.org', last: null }, sms: { address: '+41791112233', last: null } }), 'An alarm is sent to you by mail to ada@example.org and by SMS to +41791112233.');
  assert.match(reachWords({ ...none, mail: { address: 'ada@example.org', last: null }, sends: { mail: false, sms: true } }), /in Activity only/, 'not by a hub that sends none');
  assert.doesNotMatch(reachWords(undefined), /only|is sent/, 'nothing is claimed before the hub has said it');
});

test('what came of a message is what the server said, and no promise that it arrived', () => {
  const said = (state: 'sent' | 'queued' | 'refused', answer: string | null = null): string => lastWords('mail', { state, answer, at: NOW }, NOW, 'Europe/Zurich');
  assert.equal(said('sent'), 'The last message, at 23:10, was taken by the mail server. Look whether it has arrived.');
  assert.match(said('queued', '451 later'), /waits for the mail server; the hub tries again by itself\. It said: 451 later/);
  assert.match(said('refused', '550 no such user'), /was not taken\. It said: 550 no such user/);
  assert.match(lastWords('sms', null, NOW, 'UTC'), /Nothing was sent there yet/);
});

test('what is sent is an alarm in the app too, and not all that is an alarm is sent', () => {
  for (const reason of ['duress-alarm', 'door-forced', 'tamper', 'fire-release']) assert.ok(isAlarm(reason) && sentAlarm(reason) !== undefined, reason);
  for (const reason of ['battery-low', 'door-ajar']) assert.ok(isAlarm(reason) && sentAlarm(reason) === undefined, reason);
  for (const reason of ['granted-pin', 'constructor', '']) assert.ok(!isAlarm(reason), reason);
});
