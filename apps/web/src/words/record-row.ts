// A record that was searched for, as a row: what happened where, by whom and by which key, who wrote it down; and what is missing, as missing.

import type { ActivityItem } from '@mortise/api/activity.ts';
import type { RecordGap, RecordItem } from '@mortise/api/records.ts';
import { counted } from '@mortise/words/lists.ts';
import { reasonNote } from '@mortise/words/reasons.ts';
import { when, zoneName } from '@mortise/words/time.ts';
import type { Times } from './grant-state.ts';
import { lineOf, type Line, type Mark } from './record.ts';

export type RecordRow = {
  readonly mark: Mark;
  readonly what: string;
  readonly how: string;
  /** Empty: none that the record names. */
  readonly where: string;
  readonly who: string;
  readonly key: string;
  /** Whose journal it stands in, with those that tell of the same. */
  readonly told: string;
};

/** Of what a lock wrote down; a key's record stands under its own name where it is about no lock of this site. */
const asActivity = (item: RecordItem): ActivityItem => ({ ...item, lockId: item.lockId ?? item.device.id, door: item.door ?? { id: item.device.id, name: item.device.name } });

const KEY_MARKS: Readonly<Record<string, Mark>> = {
  'contact-opened': 'open', 'contact-closed': 'locked', 'contact-refused': 'refused', 'contact-failed': 'refused', 'enrolment-refused': 'refused', 'orders-refused': 'refused', 'clock-refused': 'refused', 'pin-wrong': 'refused',
};

// What a key says of a lock is what the lock told it.
const keyLine = ({ door, reason }: RecordItem): Line => ({
  mark: KEY_MARKS[reason] ?? 'note', bold: '', rest: `${reasonNote(reason)}${reason.startsWith('contact-') || door === null ? '' : ` At ${door.name}.`}`, how: '',
});

const alsoTold = ({ told, device }: RecordItem): string => {
  const others = [...new Set(told.map((other) => other.device.name))].filter((name) => name !== device.name);
  return others.length === 0 ? device.name : `${device.name}; ${others.join(', ')} ${others.length === 1 ? 'tells' : 'tell'} of it too`;
};

export const recordRow = (item: RecordItem): RecordRow => {
  const line = item.device.kind === 'lock' ? lineOf({ item: asActivity(item) }, true) : keyLine(item);
  return {
    mark: line.mark, what: `${line.bold}${line.rest}`.trim(), how: line.how, where: item.door?.name ?? '', who: item.actor?.name ?? '',
    key: item.ekey?.name ?? item.actor?.keyLabel ?? '', told: alsoTold(item),
  };
};

const numbers = (first: number, last: number): string => (first === last ? `No. ${first.toLocaleString('en-GB')}` : `No. ${first.toLocaleString('en-GB')} to ${last.toLocaleString('en-GB')}`);

/** What is missing right before a record; undefined: nothing. */
export const missingWords = ({ missing, seq, device }: Pick<RecordItem, 'missing' | 'seq' | 'device'>): { readonly what: string; readonly how: string } | undefined =>
  missing === 0 ? undefined : {
    what: `${counted(missing, 'record')} of ${device.name} ${missing === 1 ? 'is' : 'are'} missing here`,
    how: `${numbers(seq - missing, seq - 1)}. Nobody can say whether ${missing === 1 ? 'it is' : 'they are'} of what you search for.`,
  };

/** "No. 5 to 7 of Key 1, between yesterday at 14:06 and at 9:12". */
export const gapWords = ({ device, first, last, after, before }: RecordGap, { now, zone }: Times): string => {
  const plain = (at: number): string => when(at, now, zone);
  const span = after === null
    ? before === null ? 'nobody can say from when' : `from before ${plain(before).replace(/^(?:at|on) /, '')}`
    : before === null ? `from after ${plain(after).replace(/^(?:at|on) /, '')}` : `between ${plain(after).replace(/^(?:at|on) /, '')} and ${plain(before).replace(/^(?:at|on) /, '')}`;
  return `${numbers(first, last)} of ${device.name}, ${span}${after === null && before === null ? '' : `, ${zoneName(zone)}`}`;
};

/** The line over the list of gaps. */
export const gapsTitle = (gaps: readonly RecordGap[], more: boolean): string => {
  const missing = gaps.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  return more ? `More than ${counted(missing, 'record')} are missing` : `${counted(missing, 'record')} ${missing === 1 ? 'is' : 'are'} missing`;
};
