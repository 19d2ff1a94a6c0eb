// What an owner is written of an alarm. The message may be read by whoever the alarm is about, on a phone that lies there: what a locked screen shows of it, the
// subject and the first words, says only that there is something to look at, unless the owner wants it plain. An SMS is shown whole, and so says no more than that.

import type { SentAlarm } from '@mortise/words/alarms.ts';
import { zoneName } from '@mortise/words/time.ts';
import type { MessageKind, Outbound } from './sender.ts';
import { timeInZone } from './time-text.ts';

/**
 * `at`, `isClockLost`: of the record. `receivedAt`: when the hub had it. `plain`: what happened may stand in the first words. `isMore`: it is not of one record, but says that there are more
 * of the kind than are sent.
 */
export type Alarming = {
  readonly alarm: SentAlarm; readonly door: string; readonly siteName: string; readonly zone: string;
  readonly at: number; readonly isClockLost: boolean; readonly receivedAt: number; readonly plain: boolean; readonly isMore: boolean;
};

/** What comes later than this after its record says so. */
export const LATE_MS = 300_000;

/** The message of one alarm. An SMS has no subject. */
export const alarmText = (kind: MessageKind, alarming: Alarming): Pick<Outbound, 'subject' | 'text'> =>
  kind === 'mail' ? { subject: subjectOf(alarming), text: mailText(alarming) } : { subject: '', text: smsText(alarming) };

const subjectOf = ({ alarm, door, plain }: Alarming): string => (plain ? `Mortise: ${alarm.brief} at ${door}` : `Mortise: please look at ${door}`);

const mailText = (alarming: Alarming): string => {
  const { alarm, door, siteName, plain } = alarming;
  return [
    // A preview of a mail shows its first hundred characters or two.
    ...(plain ? [] : [`You asked the hub of ${siteName} to write to you about its doors. This is about ${door}. What there is to know stands in the app, under Activity, and also here below.`]),
    `${door}, ${siteName}: ${alarm.says}`,
    ...factsOf(alarming),
    `What to do:\n${alarm.advice.map((each) => `- ${each}`).join('\n')}`,
    'Who it was, and where door and bolt were sensed, stands in the app under Activity.',
  ].join('\n\n').concat('\n');
};

const factsOf = (alarming: Alarming): readonly string[] =>
  [alarming.isMore ? MORE : undefined, `When: ${timeOf(alarming)}.`, lateness(alarming)].filter((each) => each !== undefined);

const MORE = 'There was more of the same within an hour. This is the last message about it until the hour is over; every one stands in Activity.';

const timeOf = ({ at, zone, isClockLost }: Alarming): string => `${timeInZone(at, zone)}, ${zoneName(zone)}${isClockLost ? ', by the clock of the lock, which is not certain' : ''}`;

const lateness = ({ at, zone, isClockLost, receivedAt }: Alarming): string | undefined => {
  if (!isClockLost && receivedAt - at <= LATE_MS) return undefined;
  return `The hub heard of it at ${timeInZone(receivedAt, zone)}: ${isClockLost ? 'when it happened is not known' : 'before that the lock could not reach it, and somebody’s phone or key may have brought its records'}.`;
};

const smsText = (alarming: Alarming): string => {
  const { alarm, door, plain, isMore, at, zone, receivedAt } = alarming;
  const time = lateness(alarming) === undefined ? timeInZone(at, zone) : `${timeInZone(at, zone)}, heard of at ${timeInZone(receivedAt, zone)}`;
  if (!plain) return `Mortise: please look at ${door} (${time}). ${isMore ? 'There is more of the same. ' : ''}The rest is in the app, under Activity.`;
  return `Mortise: ${alarm.brief} at ${door} (${time}). ${isMore ? 'There was more of the same within an hour. ' : ''}${alarm.advice.slice(0, SMS_ADVICE).join(' ')}`;
};

/** An SMS of many parts is refused by gateways, or cut. */
const SMS_ADVICE = 2;

/** What an owner is sent to see whether messages arrive. */
export const alarmTestText = (kind: MessageKind, siteName: string): Pick<Outbound, 'subject' | 'text'> => {
  if (kind === 'sms') return { subject: '', text: `Mortise: a test. Alarms of ${siteName} reach this phone. Nothing has happened.` };
  return { subject: 'Mortise: a test of your alarms', text: `Alarms of ${siteName} reach this address. Nothing has happened.\n\nYou asked for this test in the app, under People.\n` };
};
