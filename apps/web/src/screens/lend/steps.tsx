// The steps of lending a key: who, which doors, when and how often. Each holds its part of the sentence, and nothing else.

import { MAX_WINDOWS } from '@mortise/api/grants.ts';
import { counted, listed } from '@mortise/words/lists.ts';
import { zoneName } from '@mortise/words/time.ts';
import { locations } from '../../model/estate.ts';
import { locationOf } from '../../model/estate-view.ts';
import { calendarName, calendars, groups, keyHolders } from '../../model/grants.ts';
import { change, lendTerms, lendZone } from '../../model/lend.ts';
import { COUNT_FAULT, FRESH_CHOICES, MOST_USES, SPANS, spanOf, type LendDraft, type Span } from '../../model/lend-draft.ts';
import { doors, now } from '../../model/live.ts';
import { nameOfPlace, placeOfDoor, placeOfGroup } from '../../model/places.ts';
import { Check, Input, Select } from '../../parts/choice.tsx';
import { CountField } from '../../parts/count-field.tsx';
import { FindPick } from '../../parts/find.tsx';
import { HoursFields } from '../../parts/hours-fields.tsx';
import { NameField } from '../../parts/name-field.tsx';
import { Banner, Empty } from '../../parts/small.tsx';

// ---- who ---------------------------------------------------------------------------------------------------------------------

const NEW = 'new';

const choosePerson = (id: string, draft: LendDraft): void => {
  const holder = keyHolders.value.find((each) => each.id === id);
  if (holder !== undefined) change({ who: { kind: 'known', ...holder }, way: 'app' });
  else change({ who: draft.who.kind === 'new' ? draft.who : { kind: 'new', name: '' }, way: draft.way === 'app' ? 'mail' : draft.way });
};

export const Who = ({ draft }: { draft: LendDraft }) => {
  const holders = keyHolders.value;
  const picked = draft.who.kind === 'known' ? draft.who.id : NEW;
  return (
    <div class="lend__form">
      {holders.length > 0 && (
        <FindPick
          find="Find a person" legend="Who" single picked={[picked]} onToggle={(id) => choosePerson(id, draft)}
          items={[{ id: NEW, name: 'Somebody new', note: 'Gets a link.' }, ...holders.map(({ id, name }) => ({ id, name, note: 'Has a key already: the new one comes straight into their app.' }))]}
        />
      )}
      {draft.who.kind === 'new' && (
        <NameField label="Name" value={draft.who.name} onInput={(name) => change({ who: { kind: 'new', name } })} autocomplete="off" note="As you know them. It stays on the hub; locks know a number instead." />
      )}
    </div>
  );
};

// ---- doors -------------------------------------------------------------------------------------------------------------------

const toggled = <T,>(list: readonly T[], item: T): readonly T[] => (list.includes(item) ? list.filter((each) => each !== item) : [...list, item]);

/** Where the door is, where the page knows; whose wall clock it keeps, where it is another. */
const noteOf = (doorId: string, zone: string): { readonly note?: string } => {
  const words = [locationOf(locations.value ?? [], doorId)?.name, zone === lendZone.value ? undefined : `Keeps ${zoneName(zone)}`].filter((each) => each !== undefined);
  return words.length === 0 ? {} : { note: words.join('. ') };
};

export const Doors = ({ draft }: { draft: LendDraft }) => {
  const list = doors.value ?? [];
  if (list.length === 0) return <Empty title="No door yet"><p>A key needs a door. Add your first lock, then lend keys to it.</p><a class="btn btn--main" href="/add-lock">Add a lock</a></Empty>;
  const items = [
    ...list.map(({ id, name, zone }) => ({ id: placeOfDoor(id), name, ...noteOf(id, zone) })),
    ...groups.value.map(({ id, name, doors: within }) => ({ id: placeOfGroup(id), name, note: `Group of ${counted(within.length, 'door')}: ${listed(within.map((door) => nameOfPlace(placeOfDoor(door)) ?? 'one that is gone'), 3)}` })),
  ];
  return (
    <div class="lend__form">
      <FindPick find="Find a door or a group" legend="Doors" items={items} picked={draft.places} onToggle={(place) => change({ places: toggled(draft.places, place) })} />
      <p><a class="link" href="/groups">Make a group of doors</a></p>
    </div>
  );
};

// ---- when --------------------------------------------------------------------------------------------------------------------

const SPAN_WORDS: Readonly<Record<Span, string>> = { today: 'Today', weekend: 'The weekend', week: 'A week', month: 'A month', year: 'A year' };

export const Dates = ({ draft }: { draft: LendDraft }) => {
  const terms = lendTerms.value;
  const bad = terms?.ok === false && terms.error.step === 'when' && terms.error !== COUNT_FAULT ? terms.error.says : undefined;
  const place = zoneName(lendZone.value).replace(/ time$/, '');
  return (
    <div class="lend__form">
      <div class="pills" role="group" aria-label="How long">
        {SPANS.map((span) => {
          const { from, until } = spanOf(span, now.value, lendZone.value);
          const on = until.day === draft.until.day && until.time === draft.until.time && from.day === draft.from.day;
          return <button key={span} class="pill" type="button" aria-pressed={on} onClick={() => change(spanOf(span, now.value, lendZone.value))}>{SPAN_WORDS[span]}</button>;
        })}
      </div>
      <div class="lend__when"><Input label="From" type="date" value={draft.from.day} onInput={(day) => change({ from: { ...draft.from, day } })} /><Input label={`Time in ${place}`} type="time" value={draft.from.time} onInput={(time) => change({ from: { ...draft.from, time } })} /></div>
      <div class="lend__when"><Input label="Until" type="date" value={draft.until.day} onInput={(day) => change({ until: { ...draft.until, day } })} /><Input label={`Time in ${place}`} type="time" value={draft.until.time} onInput={(time) => change({ until: { ...draft.until, time } })} /></div>
      {bad !== undefined && <Banner tone="denied"><b>That does not hold together yet.</b> {bad}</Banner>}
    </div>
  );
};

export const Hours = ({ draft: { hours } }: { draft: LendDraft }) => (
  <HoursFields
    title="Days and hours" zone={lendZone.value} hours={hours} most={MAX_WINDOWS} none="At any hour. Add hours, and the lock keeps them." first="Only at certain hours"
    onChange={(next) => change({ hours: next })}
  />
);

const FIRST_USES: readonly (readonly [number, string])[] = [[15, '15 minutes'], [30, '30 minutes'], [60, 'an hour'], [180, '3 hours'], [1440, 'a day'], [10_080, 'a week']];

const Limits = ({ draft }: { draft: LendDraft }) => (
  <section class="panel" aria-labelledby="limits">
    <h2 id="limits">Limits</h2>
    <div class="limit">
      <Check words="Only so many openings" note="Each lock counts its own. Locking up is not counted." on={draft.uses !== null} onChange={(on) => change({ uses: on ? 20 : null })} />
      {draft.uses !== null && <div class="limit__value"><CountField label="Openings" value={draft.uses} most={MOST_USES} onInput={(uses) => change({ uses })} /></div>}
    </div>
    <div class="limit">
      <Check words="Only for a while after the first opening" on={draft.minutesAfterFirstUse !== null} onChange={(on) => change({ minutesAfterFirstUse: on ? 60 : null })} />
      {draft.minutesAfterFirstUse !== null && (
        <div class="limit__value"><Select label="How long after the first opening" value={String(draft.minutesAfterFirstUse)} options={FIRST_USES.map(([minutes, words]) => [String(minutes), words])} onChange={(text) => change({ minutesAfterFirstUse: Number(text) })} /></div>
      )}
    </div>
    <Holidays draft={draft} />
    <Check words="May open from afar" note="Through the hub, not only at the door. You sign such a key yourself, once you see who asks." on={draft.remote} onChange={(remote) => change({ remote })} />
    <div class="limit">
      <p class="small">Without word from the hub it opens for</p>
      <div class="limit__value"><Select label="How long it opens without word from the hub" value={String(draft.freshForS)} options={FRESH_CHOICES.map(([seconds, words]) => [String(seconds), words])} onChange={(text) => change({ freshForS: Number(text) })} /></div>
      <p class="fine muted">The phone fetches that word by itself. A key that you take back dies within this time, even at a lock that nobody reaches.</p>
    </div>
  </section>
);

export const Holidays = ({ draft: { holidays } }: { draft: LendDraft }) => {
  const [first] = calendars.value;
  if (first === undefined) return <p class="small muted">Not on certain days? <a href="/holidays">Make a calendar of days</a> first.</p>;
  return (
    <div class="limit">
      <Check words="Not on certain days" on={holidays !== null} onChange={(on) => change({ holidays: on ? first.id : null })} />
      {holidays !== null && <div class="limit__value"><Select label="Calendar" value={String(holidays)} options={calendars.value.map(({ id }) => [String(id), calendarName(id)])} onChange={(text) => change({ holidays: Number(text) })} /></div>}
    </div>
  );
};

export const When = ({ draft }: { draft: LendDraft }) => <div class="lend__form"><Dates draft={draft} /><Hours draft={draft} /><Limits draft={draft} /></div>;
