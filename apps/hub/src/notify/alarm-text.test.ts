// What an alarm says: nothing that gives it away where a locked screen shows it, unless its owner wants that; when it was, in the site's zone; and what to do.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { required } from '@mortise/base/assert.ts';
import { sentAlarm, sentAlarms } from '@mortise/words/alarms.ts';
import { alarmTestText, alarmText, LATE_MS, type Alarming } from './alarm-text.ts';

const AT = Date.parse('2026-11-26T22:10:00Z');
const alarming: Alarming = {
  alarm: required(sentAlarm('duress-alarm'), 'duress is sent'), door: 'Front door', siteName: 'Home', zone: 'Europe/Zurich', at: AT, isClockLost: false, receivedAt: AT + 1000, plain: false, isMore: false,
};
const TELLING = /duress|forced|police|alarm|fire|housing/i;
/** A generous preview. */
const SEEN_CHARACTERS = 160;

void test('what a locked screen shows of it gives nothing away; plain words do, for who wants them', () => {
  for (const alarm of sentAlarms()) {
    const mail = alarmText('mail', { ...alarming, alarm });
    const sms = alarmText('sms', { ...alarming, alarm });
    assert.equal(mail.subject, 'Mortise: please look at Front door');
    assert.doesNotMatch(mail.text.slice(0, SEEN_CHARACTERS), TELLING);
    assert.equal(sms.text, 'Mortise: please look at Front door (Thu, 26 Nov 2026, 23:10). The rest is in the app, under Activity.');
    assert.ok(mail.text.includes(alarm.says) && alarm.advice.every((each) => mail.text.includes(each)), 'the mail says it further down');
    const plain = { ...alarming, alarm, plain: true };
    assert.equal(alarmText('mail', plain).subject, `Mortise: ${alarm.brief} at Front door`);
    assert.ok(alarmText('sms', plain).text.includes(alarm.brief) && alarmText('sms', plain).text.includes(alarm.advice[0]));
  }
  assert.match(alarmText('sms', { ...alarming, plain: true }).text, TELLING, 'the control');
});

void test('duress says not to ring, call or answer', () => {
  const { text } = alarmText('mail', alarming);
  assert.match(text, /Front door, Home: somebody used a PIN, a card or a finger that is for use under duress/);
  assert.match(text, /When: Thu, 26 Nov 2026, 23:10, Zurich time\./);
  assert.match(text, /Do not ring or go there, and do not call or write to the people there/);
  assert.match(text, /Do not answer this message/);
});

void test('one that comes late says so with its own time, as one does whose lock had lost its clock', () => {
  const late = { ...alarming, receivedAt: AT + LATE_MS + 1 };
  assert.match(alarmText('mail', late).text, /When: Thu, 26 Nov 2026, 23:10[^]*The hub heard of it at Thu, 26 Nov 2026, 23:15: before that the lock could not reach it/);
  assert.match(alarmText('sms', late).text, /\(Thu, 26 Nov 2026, 23:10, heard of at Thu, 26 Nov 2026, 23:15\)/);
  assert.match(alarmText('mail', { ...alarming, isClockLost: true }).text, /by the clock of the lock, which is not certain\.[^]*when it happened is not known/);
  assert.doesNotMatch(alarmText('mail', { ...alarming, receivedAt: AT + LATE_MS }).text, /heard of it/, 'the control');
});

void test('the last one of many says that there are more; a test says that nothing has happened', () => {
  assert.match(alarmText('mail', { ...alarming, isMore: true }).text, /There was more of the same within an hour\. This is the last message/);
  assert.match(alarmText('sms', { ...alarming, isMore: true }).text, /There is more of the same/);
  assert.doesNotMatch(alarmText('mail', alarming).text, /more of the same/, 'the control');
  for (const kind of ['mail', 'sms'] as const) assert.match(alarmTestText(kind, 'Home').text, /Nothing has happened/);
});
