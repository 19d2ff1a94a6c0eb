// Alarms that reach an owner outside the app: by which ways, what came of the newest message, what the hub lacks to send any.

import type { AlarmAddresses } from '@mortise/api/alarms.ts';
import { when } from '@mortise/words/time.ts';

type Way = 'mail' | 'sms';

export const WAY_WORDS = {
  mail: { title: 'E-mail', field: 'Your e-mail', wrong: 'That is no e-mail address. Look at it again.', by: 'the mail server', lacks: 'This hub has no mail server, so that it can send no mail.', set: ['MORTISE_SMTP_URL', 'MORTISE_MAIL_FROM'] },
  sms: { title: 'SMS', field: 'Your mobile number', wrong: 'That is no mobile number with its country. Write it like +41 79 123 45 67.', by: 'the SMS gateway', lacks: 'This hub has no SMS gateway, so that it can send no SMS.', set: ['MORTISE_SMS_URL', 'MORTISE_SMS_FROM'] },
} as const satisfies Record<Way, object>;

export type Last = NonNullable<NonNullable<AlarmAddresses['mail']>['last']>;

/** What came of the newest message to an address. */
export const lastWords = (way: Way, last: Last | null, now: number, zone: string): string => {
  if (last === null) return 'Nothing was sent there yet. Send a test, so that you know that it arrives.';
  const at = when(last.at, now, zone);
  const { by } = WAY_WORDS[way];
  const said = last.answer === null ? '' : ` It said: ${last.answer}`;
  if (last.state === 'sent') return `The last message, ${at}, was taken by ${by}. Look whether it has arrived.`;
  if (last.state === 'queued') return `The last message, ${at}, waits for ${by}; the hub tries again by itself.${said}`;
  return `The last message, ${at}, was not taken.${said}`;
};

/** For the list of people: whether alarms reach this owner at all. */
export const reachWords = (addresses: AlarmAddresses | undefined): string => {
  if (addresses === undefined) return 'An alarm of duress, a forced door or a fire release can be sent to you.';
  const { mail, sms, sends } = addresses;
  const ways = [mail === null || !sends.mail ? undefined : `by mail to ${mail.address}`, sms === null || !sends.sms ? undefined : `by SMS to ${sms.address}`].filter((each) => each !== undefined);
  return ways.length === 0 ? 'An alarm shows in Activity only. Nothing reaches you while you do not look there.' : `An alarm is sent to you ${ways.join(' and ')}.`;
};
