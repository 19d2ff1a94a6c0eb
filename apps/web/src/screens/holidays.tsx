// Calendars of days on which some keys do not open. Days are dates at the door. A calendar ends: from then on the lock takes all days for
// such days, so that a key is never more open than was meant.

import { signal } from '@preact/signals';
import type { Calendar } from '@mortise/api/grants.ts';
import { counted } from '@mortise/words/lists.ts';
import { shortDate, zoneName } from '@mortise/words/time.ts';
import { wallTime } from '@mortise/words/wall-clock.ts';
import { Page } from '../app/shell.tsx';
import { putCalendars, type RosterWord } from '../keys/access.ts';
import { announce } from '../model/announce.ts';
import { calendars, namesHeard } from '../model/grants.ts';
import { doors, now, zone } from '../model/live.ts';
import { Input } from '../parts/choice.tsx';
import { KeysNotYet } from '../parts/keys-not-yet.tsx';
import { isName, NameField } from '../parts/name-field.tsx';
import { RosterWords } from '../parts/roster-words.tsx';
import { Banner, Empty } from '../parts/small.tsx';

const DAY_MS = 86_400_000;
const MOST_DAYS = 128;
const MOST_CALENDARS = 8;
const TWO_YEARS_DAYS = 730;

const edited = signal<Calendar | undefined>(undefined);
const from = signal('');
const to = signal('');
const busy = signal<string | undefined>(undefined);
const failure = signal<string | undefined>(undefined);
const told = signal<readonly RosterWord[]>([]);

const dayNumber = (day: string): number | undefined => (/^\d{4}-\d\d-\d\d$/.test(day) && !Number.isNaN(Date.parse(day)) ? Date.parse(day) / DAY_MS : undefined);
const isoDay = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);
const dayWords = (day: number): string => shortDate(day * DAY_MS, now.value, 'UTC');

const freshCalendar = (): Calendar => {
  const taken = calendars.value.map(({ id }) => id);
  const today = dayNumber(wallTime(now.value, zone.value).day) ?? 0;
  return { id: Array.from({ length: 255 }, (_, index) => index + 1).find((id) => !taken.includes(id)) ?? 1, name: '', days: [], untilDay: today + TWO_YEARS_DAYS };
};

/** Runs of days as they are read: 24 to 26 December. */
export const runsOf = (days: readonly number[]): readonly (readonly [number, number])[] =>
  days.reduce<readonly (readonly [number, number])[]>((runs, day) => {
    const last = runs.at(-1);
    return last !== undefined && last[1] === day - 1 ? [...runs.slice(0, -1), [last[0], day]] : [...runs, [day, day]];
  }, []);

const save = async (calendar: Calendar): Promise<void> => {
  if (busy.value !== undefined) return;
  busy.value = 'Waiting for your device';
  failure.value = undefined;
  const others = calendars.value.filter(({ id }) => id !== calendar.id);
  const saved = await putCalendars([...others, { ...calendar, name: calendar.name.trim() }], (door) => { busy.value = `Telling ${door}`; });
  busy.value = undefined;
  if (!saved.ok) {
    failure.value = saved.error;
    return;
  }
  told.value = saved.value;
  edited.value = undefined;
  announce(`${calendar.name} is saved.`);
};

const Runs = ({ calendar, onRemove }: { calendar: Calendar; onRemove?: (first: number, last: number) => void }) => (
  <ul class="plain">
    {runsOf(calendar.days).map(([first, last]) => (
      <li key={first}>{first === last ? dayWords(first) : `${dayWords(first)} to ${dayWords(last)}`}
        {onRemove !== undefined && <> <button class="link" type="button" onClick={() => onRemove(first, last)} aria-label={`Remove ${dayWords(first)}`}>Remove</button></>}</li>
    ))}
  </ul>
);

const spanned = (): readonly number[] => {
  const [first, last] = [dayNumber(from.value), dayNumber(to.value === '' ? from.value : to.value)];
  if (first === undefined || last === undefined || last < first) return [];
  return Array.from({ length: Math.min(MOST_DAYS, last - first + 1) }, (_, index) => first + index);
};

const Edit = ({ calendar }: { calendar: Calendar }) => {
  const put = (over: Partial<Calendar>): void => { edited.value = { ...calendar, ...over }; };
  const add = (): void => {
    const days = [...new Set([...calendar.days, ...spanned()])].toSorted((a, b) => a - b).slice(0, MOST_DAYS);
    put({ days, untilDay: Math.max(calendar.untilDay, (days.at(-1) ?? 0) + 1) });
    from.value = '';
    to.value = '';
  };
  const ready = isName(calendar.name) && calendar.days.length > 0 && busy.value === undefined;
  return (
    <form class="panel" onSubmit={(event) => { event.preventDefault(); if (ready) void save(calendar); }} aria-label="Calendar">
      <NameField label="Name" value={calendar.name} onInput={(name) => put({ name })} note="Such as Public holidays, or School holidays." />
      <div class="lend__when"><Input label="First day" type="date" value={from.value} onInput={(day) => { from.value = day; }} /><Input label="Last day" type="date" value={to.value} onInput={(day) => { to.value = day; }} note="Left empty: one day" /></div>
      <button class="btn btn--start" type="button" aria-disabled={spanned().length === 0} onClick={add}>Add these days</button>
      <Runs calendar={calendar} onRemove={(first, last) => put({ days: calendar.days.filter((day) => day < first || day > last) })} />
      <Input label="The calendar is known up to" type="date" value={isoDay(calendar.untilDay)} onInput={(day) => put({ untilDay: Math.max((calendar.days.at(-1) ?? 0) + 1, dayNumber(day) ?? calendar.untilDay) })} note="From that day on, keys that go by it do not open until you make it longer." />
      {failure.value !== undefined && <Banner tone="denied"><b>The calendar was not saved.</b> {failure.value}</Banner>}
      <div class="lend__do"><button class="btn" type="button" onClick={() => { edited.value = undefined; }}>Leave it</button><button class="btn btn--main" type="submit" aria-disabled={!ready}>{busy.value ?? 'Sign and save the calendar'}</button></div>
    </form>
  );
};

const Panel = ({ calendar }: { calendar: Calendar }) => (
  <section class="panel" aria-label={calendar.name}>
    <div class="head"><h2>{calendar.name}</h2><button class="link" type="button" aria-label={`Change ${calendar.name}`} onClick={() => { edited.value = calendar; }}>Change</button></div>
    <p class="small muted">{counted(calendar.days.length, 'day')}, known up to {dayWords(calendar.untilDay)}.</p>
    <Runs calendar={calendar} />
  </section>
);

export const Holidays = () => {
  const canAdd = edited.value === undefined && namesHeard.value && calendars.value.length < MOST_CALENDARS && (doors.value?.length ?? 0) > 0;
  return (
    <Page title="Days off" note={`Dates at the door, ${zoneName(zone.value)}`} back="/lent" action={canAdd && <button class="btn btn--main" type="button" onClick={() => { edited.value = freshCalendar(); }}>New calendar</button>}>
      <div class="narrow"><div class="stack">
        {edited.value !== undefined && <Edit calendar={edited.value} />}
        <RosterWords words={told.value} />
        {!namesHeard.value && <KeysNotYet what="calendars" />}
        {namesHeard.value && calendars.value.length === 0 && edited.value === undefined && <Empty title="No calendar yet"><p>Days on which some keys do not open: public holidays, school holidays, the weeks when you are away.</p></Empty>}
        {edited.value === undefined && calendars.value.map((calendar) => <Panel key={calendar.id} calendar={calendar} />)}
      </div></div>
    </Page>
  );
};
