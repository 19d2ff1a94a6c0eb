// "Would it open at …?": any day and time, answered by the lock's own judgement over the key as it would be signed.

import { signal } from '@preact/signals';
import { useId } from 'preact/hooks';
import type { GrantTermsJson } from '@mortise/api/grants.ts';
import { openingWords } from '@mortise/words/opening.ts';
import { zoneName } from '@mortise/words/time.ts';
import { instantOfWall, wallTime, weekdayOf, type WallTime } from '@mortise/words/wall-clock.ts';
import { calendarName } from '../../model/grants.ts';
import { now } from '../../model/live.ts';
import { doorsOf } from '../../model/places.ts';
import { wouldOpen } from '../../model/would-open.ts';
import { Input } from '../../parts/choice.tsx';
import { Week } from '../../parts/week.tsx';

const asked = signal<WallTime | undefined>(undefined);

const placeOfZone = (zone: string): string => zoneName(zone).replace(/ time$/, '');

const Answer = ({ terms, at, zone }: { terms: GrantTermsJson; at: number; zone: string }) => {
  const opening = wouldOpen(terms, at, zone);
  if (opening === undefined) return <div class="answer" role="status"><span class="answer__word">Unknown</span><span>This browser knows no time zone of that name.</span></div>;
  const names = terms.holidays === null ? {} : { calendarName: calendarName(terms.holidays) };
  const { word, why, next } = openingWords(opening, { terms, at, now: now.value, zone, ...names });
  return <div class="answer" role="status"><span class="answer__word">{word}</span><span>{why}{next !== undefined && <> Next: <b>{next}</b>.</>}</span></div>;
};

export const Preview = ({ terms, zone }: { terms: GrantTermsJson; zone: string }) => {
  const id = useId();
  const wall = asked.value ?? wallTime(Math.max(now.value, terms.from), zone);
  const at = instantOfWall(wall, zone);
  const several = new Set(doorsOf(terms.places).map((door) => door.zone)).size > 1;
  return (
    <section class="panel" aria-labelledby={id}>
      <h2 id={id}>Would it open at …?</h2>
      <div class="lend__when">
        <Input label="Day" type="date" value={wall.day} onInput={(day) => { asked.value = { ...wall, day }; }} />
        <Input label={`Time in ${placeOfZone(zone)}`} type="time" value={wall.time} onInput={(time) => { asked.value = { ...wall, time }; }} />
      </div>
      {at !== undefined && <Answer terms={terms} at={at} zone={zone} />}
      <Week hours={terms.hours} zone={zone} moment={at === undefined ? undefined : { weekday: weekdayOf(wall.day), time: wall.time }} />
      <p class="fine muted">The lock keeps these hours itself, on its own wall clock, through summer time.{several && ' Your doors are in several zones: each keeps its own.'}</p>
    </section>
  );
};
