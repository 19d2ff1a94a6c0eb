// A list of happenings by time: filled square locked, outlined unlocked, cross refused, diamond jammed, dot a note.

import type { ComponentChildren } from 'preact';
import { clockTime, dayKey, dayName, longDate } from '@mortise/words/time.ts';
import { arrived, now, zone } from '../model/live.ts';
import { gapLine, lineOf, type Happening, type Line } from '../words/record.ts';

export const keyOf = ({ item }: Happening): string => `${item.lockId}:${item.seq}`;

const What = ({ line }: { line: Line }) => <><b>{line.bold}</b>{line.rest}</>;

export type EntryProps = {
  readonly happening: Happening;
  readonly withDoor: boolean;
  readonly picked?: boolean;
  readonly onPick?: () => void;
  readonly children?: ComponentChildren;
};

export const Entry = ({ happening, withDoor, picked = false, onPick, children }: EntryProps) => {
  const line = lineOf(happening, withDoor);
  const classes = ['entry', onPick && 'entry--pick', arrived.value.has(happening.item.cursor) && 'entry--new'].filter(Boolean).join(' ');
  return (
    <li class={classes} data-kind={line.mark} aria-current={picked || undefined}>
      <time class="entry__at" dateTime={new Date(happening.item.at).toISOString()}>{clockTime(happening.item.at, zone.value)}</time>
      <span class="entry__dot" />
      <div>
        {onPick === undefined
          ? <p class="entry__what"><What line={line} /></p>
          : <button class="entry__pick entry__what" type="button" aria-expanded={picked} onClick={onPick}><What line={line} /></button>}
        {line.how !== '' && <p class="entry__how">{line.how}</p>}
        {children}
      </div>
    </li>
  );
};

/** What is missing right before a happening: stands under it, as the list runs from new to old. */
export const GapEntry = ({ happening }: { happening: Happening }) => {
  const line = gapLine(happening, true);
  return line === undefined ? null : (
    <li class="entry" data-kind={line.mark}>
      <span class="entry__at" /><span class="entry__dot" />
      <div><p class="entry__what"><What line={line} /></p><p class="entry__how">{line.how}</p></div>
    </li>
  );
};

/** Days, each with its happenings, in the order given. */
export const byDay = (list: readonly Happening[], inZone: string): readonly (readonly [string, readonly Happening[]])[] =>
  [...Map.groupBy(list, ({ item }) => dayKey(item.at, inZone))];

export const DayHead = ({ at }: { at: number }) => {
  const name = dayName(at, now.value, zone.value);
  const date = longDate(at, zone.value);
  return <h2 class="day">{name}<span>{date.startsWith(name) ? date.slice(name.length + 1) : date}</span></h2>;
};
