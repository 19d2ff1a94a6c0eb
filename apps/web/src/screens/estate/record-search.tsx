// What records are searched for: a lock, a key, a person, a location, a time. What is chosen goes into the address, and so can be sent on.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { zoneName } from '@mortise/words/time.ts';
import { go } from '../../app/router.ts';
import { toldApart, type Choice } from '../../model/choose.ts';
import { ekeys, locations } from '../../model/estate.ts';
import { doorLabel } from '../../model/estate-view.ts';
import { doors, zone } from '../../model/live.ts';
import { loadPeople, people } from '../../model/people.ts';
import { isSearch, recordsPath, searchFault, type RecordSearch } from '../../model/record-search.ts';
import { ChooseField } from '../../parts/choose-field.tsx';
import { Input } from '../../parts/choice.tsx';

const locks = (): readonly Choice[] => toldApart((doors.value ?? []).map((door) => [door.lock.lockId, doorLabel(locations.value ?? [], door)]));
const named = (list: readonly { readonly id: string; readonly name: string }[] | undefined): readonly Choice[] => toldApart((list ?? []).map(({ id, name }) => [id, name]));

const Fields = ({ given }: { readonly given: RecordSearch }) => {
  const search = useSignal<RecordSearch>(given);
  const put = (field: keyof RecordSearch, value: string | undefined): void => {
    const { [field]: _, ...others } = search.value;
    search.value = value === undefined || value === '' ? others : { ...others, [field]: value };
  };
  const fault = searchFault(search.value);
  const place = zoneName(zone.value).replace(/ time$/, '');
  return (
    <form class="search" role="search" aria-label="Records" onSubmit={(event) => { event.preventDefault(); if (fault === undefined) go(recordsPath(search.value)); }}>
      <div class="search__fields">
        <ChooseField label="Lock" choices={locks()} value={given.lock} onPick={(id) => put('lock', id)} />
        <ChooseField label="Electronic key" choices={named(ekeys.value)} value={given.key} onPick={(id) => put('key', id)} />
        <ChooseField label="Person" choices={named(people.value)} value={given.person} onPick={(id) => put('person', id)} />
        <ChooseField label="Location" choices={named(locations.value)} value={given.location} onPick={(id) => put('location', id)} />
        <Input label={`From, time in ${place}`} type="datetime-local" value={search.value.from ?? ''} onInput={(text) => put('from', text)} />
        <Input label={`Until, time in ${place}`} type="datetime-local" value={search.value.until ?? ''} onInput={(text) => put('until', text)} note={fault} />
      </div>
      <div class="search__do">
        <button class="btn btn--main" type="submit" aria-disabled={fault !== undefined}>Search</button>
        {isSearch(given) && <a class="btn" href="/estate/records">All records</a>}
      </div>
    </form>
  );
};

const nameIn = (choices: readonly Choice[], id: string | undefined): readonly string[] => (id === undefined ? [] : [choices.find(([each]) => each === id)?.[1] ?? 'something that is gone']);

/** "K-0217, Substation Rütli, from …": what is searched for, in one line. */
const inWords = ({ lock, key, person, location, from, until }: RecordSearch): string => [
  ...nameIn(locks(), lock), ...nameIn(named(ekeys.value), key), ...nameIn(named(people.value), person), ...nameIn(named(locations.value), location),
  ...(from === undefined ? [] : [`from ${from.replace('T', ' ')}`]), ...(until === undefined ? [] : [`until ${until.replace('T', ' ')}`]),
].join(', ');

const isWide = (): boolean => matchMedia('(min-width: 900px)').matches;

/** Anew for each address: what stands in the fields is what is shown. On a phone they give way to what was found. */
export const SearchForm = ({ given }: { readonly given: RecordSearch }) => {
  useEffect(() => { if (people.value === undefined) void loadPeople(); }, []);
  if (people.value === undefined) return null;
  if (!isSearch(given)) return <section class="panel" aria-label="What to search for"><Fields key="" given={given} /></section>;
  return <details class="panel searched" key={recordsPath(given)} open={isWide()}><summary><b>{inWords(given)}</b><span class="link">Change the search</span></summary><Fields given={given} /></details>;
};
