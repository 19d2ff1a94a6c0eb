// What a mail or an SMS with a PIN or a code says. Plain text; the digits stand on a line of their own, in groups of three.

import { groupedDigits } from '@mortise/words/digits.ts';
import { timeInZone } from './time-text.ts';
import type { MessageKind, Outbound } from './sender.ts';

/** `start`, `end`: null: no such limit. `zone`: of the door. */
export type Giving = {
  readonly from: string; readonly to: string; readonly siteName: string; readonly door: string; readonly digits: string; readonly isPin: boolean; readonly once: boolean;
  readonly start: number | null; readonly end: number | null; readonly zone: string;
};

export const codeText = (kind: MessageKind, giving: Giving): Pick<Outbound, 'subject' | 'text'> =>
  kind === 'mail' ? { subject: `${giving.from} gives you a ${whatOf(giving)} for ${giving.door}`, text: mailText(giving) } : { subject: '', text: smsText(giving) };

const mailText = (giving: Giving): string =>
  [
    `Hello ${giving.to},`,
    `${giving.from} gives you a ${whatOf(giving)} for ${giving.door}, ${giving.siteName}. Type it at the lock’s keypad and confirm:`,
    groupedDigits(giving.digits),
    ...(timesOf(giving) === '' ? [] : [`It opens ${timesOf(giving)}.`]),
    `Keep it to yourself.${giving.isPin ? ' You may type other digits before and after it, against onlookers.' : ''}`,
  ].join('\n\n').concat('\n');

const smsText = (giving: Giving): string => {
  const times = timesOf(giving);
  return `${giving.from}: your ${whatOf(giving)} for ${giving.door} is ${giving.digits}${times === '' ? '' : `, ${times}`}. Type it at the keypad and confirm.`;
};

const whatOf = ({ isPin }: Giving): string => (isPin ? 'PIN' : 'code');

const timesOf = ({ start, end, zone, once }: Giving): string => {
  const parts = [once ? 'once' : '', start === null ? '' : `from ${timeInZone(start, zone)}`, end === null ? '' : `until ${timeInZone(end + 1, zone)}`].filter((part) => part !== '');
  return parts.length === 0 ? '' : `${parts.join(' ')}${start === null && end === null ? '' : ` (${zoneName(zone)} time)`}`;
};

/** `Europe/Zurich` as people say it. */
const zoneName = (zone: string): string => (zone.split('/').at(-1) ?? zone).replaceAll('_', ' ');
