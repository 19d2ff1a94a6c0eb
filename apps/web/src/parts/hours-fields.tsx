// Windows of days and hours to be filled in: when a key opens, when a door is kept unlocked. On the door's wall clock.

import type { HoursWindow } from '@mortise/api/grants.ts';
import { DAY_NAMES } from '@mortise/words/terms.ts';
import { zoneName } from '@mortise/words/time.ts';
import { Input } from './choice.tsx';

/** Where somebody begins. */
const WORKDAYS: HoursWindow = { days: [1, 2, 3, 4, 5], from: '09:00', until: '17:00' };

const toggledDay = (days: readonly number[], day: number): number[] => (days.includes(day) ? days.filter((each) => each !== day) : [...days, day]).toSorted((a, b) => a - b);

type WindowProps = { readonly window: HoursWindow; readonly index: number; readonly onChange: (window: HoursWindow) => void; readonly onRemove: () => void };

const Window = ({ window, index, onChange, onRemove }: WindowProps) => (
  <div class="hours" role="group" aria-label={`Hours ${index + 1}`}>
    <div class="days">
      {DAY_NAMES.map((name, place) => (
        <label key={name}><input type="checkbox" checked={window.days.includes(place + 1)} onChange={() => onChange({ ...window, days: toggledDay(window.days, place + 1) })} />{name}</label>
      ))}
    </div>
    <div class="hours__row">
      <Input label="From" type="time" value={window.from} onInput={(from) => onChange({ ...window, from })} />
      <Input label="To" type="time" value={window.until} onInput={(until) => onChange({ ...window, until })} note={window.until !== '' && window.until <= window.from && window.until !== '00:00' ? 'The next morning' : undefined} />
    </div>
    <button class="btn btn--s" type="button" onClick={onRemove} aria-label={`Remove hours ${index + 1}`}>Remove these hours</button>
  </div>
);

export type HoursFieldsProps = {
  readonly title: string;
  readonly zone: string;
  readonly hours: readonly HoursWindow[];
  readonly most: number;
  /** What no hours mean, and the button that gives the first. */
  readonly none: string;
  readonly first: string;
  readonly onChange: (hours: readonly HoursWindow[]) => void;
};

export const HoursFields = ({ title, zone, hours, most, none, first, onChange }: HoursFieldsProps) => (
  <section class="panel" aria-labelledby="hours">
    <div class="head"><h2 id="hours">{title}</h2><p>{zoneName(zone)}</p></div>
    {hours.length === 0 && <p class="small muted">{none}</p>}
    {hours.map((window, index) => (
      <Window
        key={index} window={window} index={index} onRemove={() => onChange(hours.filter((_, place) => place !== index))}
        onChange={(next) => onChange(hours.map((each, place) => (place === index ? next : each)))}
      />
    ))}
    {hours.length < most && <button class="btn btn--start" type="button" onClick={() => onChange([...hours, WORKDAYS])}>{hours.length === 0 ? first : 'More hours'}</button>}
  </section>
);
