// One location: its locks with their state; renamed, filled with other locks, removed.

import { useSignal } from '@preact/signals';
import type { Location } from '@mortise/api/locations.ts';
import { go } from '../../app/router.ts';
import { locations } from '../../model/estate.ts';
import { putLocation, removeLocation } from '../../model/estate-change.ts';
import { locationOf } from '../../model/estate-view.ts';
import { isFound } from '../../model/find.ts';
import { doors, stateOf } from '../../model/live.ts';
import { recordsPath } from '../../model/record-search.ts';
import { Failed, useDoing } from '../../parts/failed.tsx';
import { FindField, FindPick, Partly } from '../../parts/find.tsx';
import { HoldBar } from '../../parts/hold-bar.tsx';
import { isName, NameField } from '../../parts/name-field.tsx';
import { Banner, Empty } from '../../parts/small.tsx';
import { locksLine } from '../../words/location.ts';
import { EstatePage, NotYet, useEstate } from './frame.tsx';
import { LockRow } from './lock-row.tsx';

const MANY = 12;

const Locks = ({ location }: { readonly location: Location }) => {
  const typed = useSignal('');
  const within = (doors.value ?? []).filter(({ id }) => location.doors.includes(id));
  const found = within.filter(({ name }) => isFound(typed.value, name));
  if (within.length === 0) return <Empty title="No lock is here yet"><p>Choose the locks that are at this place.</p></Empty>;
  return (
    <>
      {within.length > MANY && <FindField label="Find a lock here" value={typed.value} onInput={(value) => { typed.value = value; }} />}
      <Partly list={found} more="more locks">{(shown) => <ul class="list">{shown.map((door) => <LockRow key={door.id} door={door} />)}</ul>}</Partly>
    </>
  );
};

/** Locks that are elsewhere, or in no location, come here. */
const Add = ({ location }: { readonly location: Location }) => {
  const doing = useDoing();
  const picked = useSignal<readonly string[]>([]);
  const others = (doors.value ?? []).filter(({ id }) => !location.doors.includes(id));
  const toggle = (id: string): void => { picked.value = picked.value.includes(id) ? picked.value.filter((each) => each !== id) : [...picked.value, id]; };
  const ready = picked.value.length > 0 && doing.busy.value === undefined;
  const save = async (): Promise<void> => {
    if (ready && (await doing.run('Saving', 'The locks are where they were.', 'The locks are placed.', () => putLocation(location.id, location.name, [...location.doors, ...picked.value]))) !== undefined) picked.value = [];
  };
  if (others.length === 0) return null;
  return (
    <form class="panel" aria-labelledby="place" onSubmit={(event) => { event.preventDefault(); void save(); }}>
      <h2 id="place">Place locks here</h2>
      <FindPick
        find="Find a lock to place here" legend="Locks to place here" picked={picked.value} onToggle={toggle}
        items={others.map(({ id, name }) => ({ id, name, note: locationOf(locations.value ?? [], id)?.name ?? 'In no location' }))}
      />
      <Failed doing={doing} />
      <button class="btn btn--main btn--start" type="submit" aria-disabled={!ready}>{doing.busy.value ?? 'Place them here'}</button>
    </form>
  );
};

const Name = ({ location }: { readonly location: Location }) => {
  const doing = useDoing();
  const name = useSignal(location.name);
  const ready = isName(name.value) && name.value.trim() !== location.name && doing.busy.value === undefined;
  const save = (): void => { if (ready) void doing.run('Saving', 'The location is as it was.', 'The location is renamed.', () => putLocation(location.id, name.value, location.doors)); };
  const remove = async (): Promise<void> => {
    if ((await doing.run('Removing it', 'The location was not removed.', 'The location is removed.', () => removeLocation(location.id))) !== undefined) go('/estate', 'replace');
  };
  return (
    <section class="panel" aria-labelledby="name">
      <h2 id="name">The location</h2>
      <Failed doing={doing} />
      <form class="stack" onSubmit={(event) => { event.preventDefault(); save(); }}>
        <NameField label="Name of the location" value={name.value} onInput={(text) => { name.value = text; }} note="Records and keys keep what they have: a location gives nobody a key." />
        <button class="btn btn--start" type="submit" aria-disabled={!ready}>Rename</button>
      </form>
      <HoldBar tone="alarm" words="Hold to remove the location" tapAgain="Tap again to remove the location" busy="Removing it" act={remove} />
      <p class="fine muted">Its locks stay, and are in no location then.</p>
    </section>
  );
};

export const LocationScreen = ({ locationId }: { readonly locationId: string }) => {
  const isThere = useEstate('locations');
  const location = locations.value?.find(({ id }) => id === locationId);
  if (!isThere || doors.value === undefined) return <EstatePage title="Location" back="/estate"><NotYet what="this location" wanted={['locations']} /></EstatePage>;
  if (location === undefined) return <EstatePage title="Location" back="/estate"><Banner icon="refused"><b>There is no such location here.</b> <a href="/estate">See all locations</a></Banner></EstatePage>;
  const states = doors.value.filter(({ id }) => location.doors.includes(id)).map(stateOf);
  return (
    <EstatePage title={location.name} note={locksLine(states)} back="/estate" action={<a class="btn" href={recordsPath({ location: location.id })}>Records</a>}>
      <div class="estate__cols">
        <div class="stack"><Locks location={location} /></div>
        <div class="stack"><Add location={location} /><Name key={location.id} location={location} /></div>
      </div>
    </EstatePage>
  );
};
