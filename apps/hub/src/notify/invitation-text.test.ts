// What an invitation says of its times: in the door's zone, and a key that holds through a day ends with that day.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant } from '@mortise/base/instant.ts';
import { invitationText, type Inviting } from './invitation-text.ts';

const inviting: Inviting = {
  from: 'Ada', to: 'Bob', siteName: 'Home', doors: ['Front door'], word: '', zone: 'Europe/Zurich', link: 'https://home.example/key#abc',
  start: instant(Date.parse('2026-11-26T11:00:00Z')), end: instant(Date.parse('2026-12-03T23:00:00Z')), redeemBy: instant(Date.parse('2026-11-29T11:00:00Z')),
};

void test('a key until midnight ends with the day before; one until another minute says that minute', () => {
  const said = ({ text }: Pick<ReturnType<typeof invitationText>, 'text'>): string => text.replaceAll(/\s+/g, ' ');
  assert.match(said(invitationText('mail', inviting)), /It holds from Thu, 26 Nov 2026, 12:00 until the end of Thu, 3 Dec 2026 \(Zurich time\)\..*once, until Sun, 29 Nov 2026, 12:00\./);
  assert.match(said(invitationText('sms', inviting)), /until the end of Thu, 3 Dec 2026\./);
  const control = { ...inviting, end: instant(inviting.end - 60_000) };
  assert.match(said(invitationText('sms', control)), /until Thu, 3 Dec 2026, 23:59\./);
});
