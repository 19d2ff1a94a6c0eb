// What an invitation says in a mail or an SMS. Plain text; the link stands on a line of its own, so that nothing breaks it.

import type { Instant } from '@mortise/base/instant.ts';
import type { MessageKind, Outbound } from './sender.ts';

/** `zone`: of the doors, an IANA name. `word`: may be empty. */
export type Inviting = {
  readonly from: string; readonly to: string; readonly siteName: string; readonly doors: readonly string[]; readonly word: string;
  readonly start: Instant; readonly end: Instant; readonly redeemBy: Instant; readonly zone: string; readonly link: string;
};

/** An SMS of more parts than some ten is refused by gateways; doors beyond these are counted. */
const MAX_NAMED_DOORS = 3;

export const invitationText = (kind: MessageKind, inviting: Inviting): Pick<Outbound, 'subject' | 'text'> =>
  kind === 'mail' ? { subject: `${inviting.from} lends you a key: ${doorsOf(inviting)}`, text: mailText(inviting) } : { subject: '', text: smsText(inviting) };

const mailText = (inviting: Inviting): string => {
  const { from, to, siteName, word, start, end, redeemBy, link } = inviting;
  return [
    `Hello ${to},`,
    `${from} lends you a key of ${siteName}: ${doorsOf(inviting)}.`,
    `It holds from ${timeOf(inviting, start)} until ${endOf(inviting, end)} (${zoneOf(inviting)} time).`,
    ...(word === '' ? [] : [`“${word}”`]),
    `Open this link on the phone that shall be the key:`,
    link,
    `The link makes one key, once, until ${endOf(inviting, redeemBy)}. Keep it to yourself: whoever opens it first has the key.`,
  ].join('\n\n').concat('\n');
};

const smsText = (inviting: Inviting): string => {
  const { from, end, link } = inviting;
  return `${from} lends you a key (${doorsOf(inviting)}) until ${endOf(inviting, end)}. Open on your phone; it works once:\n${link}`;
};

const doorsOf = ({ doors }: Inviting): string => {
  const [named, more] = [doors.slice(0, MAX_NAMED_DOORS), doors.length - MAX_NAMED_DOORS];
  return `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
};

const DAY = { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' } as const;

const timeIn = ({ zone }: Inviting, at: number, fields: Intl.DateTimeFormatOptions): string => new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...fields }).format(at);

const timeOf = (inviting: Inviting, at: Instant): string => timeIn(inviting, at, { ...DAY, hour: '2-digit', minute: '2-digit' });

/** Where a day ends, it is the end of that day, which nobody calls 00:00 of the next. */
const endOf = (inviting: Inviting, at: Instant): string => {
  const last = timeIn(inviting, at - 1, DAY);
  return last === timeIn(inviting, at, DAY) ? timeOf(inviting, at) : `the end of ${last}`;
};

/** `Europe/Zurich` as people say it. */
const zoneOf = ({ zone }: Inviting): string => (zone.split('/').at(-1) ?? zone).replaceAll('_', ' ');
