// The estate by its locations: how many of what, and where each lock is. Found by the name of a location or of a lock, for there may be a thousand.

import { signal } from '@preact/signals';
import { listed } from '@mortise/words/lists.ts';
import { locationPath } from '../../app/estate-place.ts';
import { go } from '../../app/router.ts';
import { ekeys, locations, waitingRequests } from '../../model/estate.ts';
import { freshLocationId, putLocation } from '../../model/estate-change.ts';
import { foundLocations, placeless, type FoundLocation } from '../../model/estate-view.ts';
import { ekeyCounts } from '../../model/ekey-list.ts';
import { isFound } from '../../model/find.ts';
import { doors, now, stateOf } from '../../model/live.ts';
import { Failed, useDoing } from '../../parts/failed.tsx';
import { FindField, Partly } from '../../parts/find.tsx';
import { Icon } from '../../parts/icon.tsx';
import { isName, NameField } from '../../parts/name-field.tsx';
import { Empty } from '../../parts/small.tsx';
import { locksLine } from '../../words/location.ts';
import { EstatePage, NotYet, useEstate } from './frame.tsx';
import { LockRow } from './lock-row.tsx';

const typed = signal('');
const added = signal<string | undefined>(undefined);

const MOST_HITS = 4;

const Tally = () => {
  const counts = ekeyCounts(ekeys.value ?? [], now.value);
  const waiting = waitingRequests.value.length;
  return (
    <div class="tally">
      <div><b>{(doors.value ?? []).length.toLocaleString('en-GB')}</b><span>locks, in {(locations.value ?? []).length.toLocaleString('en-GB')} locations</span></div>
      <a href="/estate/keys"><b>{counts.out.toLocaleString('en-GB')}</b><span>keys out, of {counts.all.toLocaleString('en-GB')}</span></a>
      <a href="/estate/keys"><b>{counts.lost > 0 && <i class="diamond" aria-hidden="true" />}{counts.lost}</b><span>{counts.lost === 1 ? 'key lost' : 'keys lost'}</span></a>
      <a href="/estate/requests"><b>{waiting > 0 && <i class="diamond" aria-hidden="true" />}{waiting}</b><span>{waiting === 1 ? 'request waits' : 'requests wait'} for an answer</span></a>
    </div>
  );
};

const Add = ({ name }: { readonly name: string }) => {
  const doing = useDoing();
  const ready = isName(name) && doing.busy.value === undefined;
  const add = async (): Promise<void> => {
    const id = freshLocationId();
    if ((await doing.run('Saving', 'The location was not made.', `${name} is made.`, () => putLocation(id, name, []))) === undefined) return;
    added.value = undefined;
    go(locationPath(id));
  };
  return (
    <form class="panel" aria-label="New location" onSubmit={(event) => { event.preventDefault(); if (ready) void add(); }}>
      <NameField label="Name of the location" value={name} onInput={(text) => { added.value = text; }} note="Such as Substation 4, or North gate. A location says where locks are; it gives nobody a key." />
      <Failed doing={doing} />
      <div class="lend__do"><button class="btn" type="button" onClick={() => { added.value = undefined; }}>Leave it</button><button class="btn btn--main" type="submit" aria-disabled={!ready}>{doing.busy.value ?? 'Make the location'}</button></div>
    </form>
  );
};

const Row = ({ found: { location, doors: within, isWhole } }: { readonly found: FoundLocation }) => (
  <a class="row row--plain" href={locationPath(location.id)}>
    <span class="row__body"><span class="row__name">{location.name}</span><span class="row__note">{isWhole ? locksLine(within.map(stateOf)) : listed(within.map(({ name }) => name), MOST_HITS)}</span></span>
  </a>
);

const Placeless = () => {
  const list = placeless(locations.value ?? [], doors.value ?? []).filter(({ name }) => isFound(typed.value, name));
  if (list.length === 0) return null;
  return (
    <section class="stack" aria-labelledby="placeless">
      <div class="head"><h2 id="placeless">In no location</h2><p>{locksLine(list.map(stateOf))}</p></div>
      <Partly list={list} more="more locks">{(shown) => <ul class="list">{shown.map((door) => <LockRow key={door.id} door={door} />)}</ul>}</Partly>
    </section>
  );
};

const List = () => {
  const all = locations.value ?? [];
  const found = foundLocations(all, doors.value ?? [], typed.value);
  if (all.length === 0 && added.value === undefined) {
    return (
      <Empty title="No location yet">
        <p>With many locks it helps to say where each of them is: a building, a substation, a cabinet. With one door or two there is nothing to do here.</p>
        <button class="btn btn--main" type="button" onClick={() => { added.value = ''; }}>Make a location</button>
      </Empty>
    );
  }
  if (found.length === 0) return <p class="small muted" role="status">No location is called that, and none has a lock of that name.</p>;
  return <Partly key={typed.value} list={found} more="more locations">{(shown) => <div class="list">{shown.map((each) => <Row key={each.location.id} found={each} />)}</div>}</Partly>;
};

const More = () => (
  <div class="list">
    <a class="row" href="/groups"><Icon name="doors" /><span class="row__body"><span class="row__name">Groups of doors</span><span class="row__note">One name for several doors, so that a key opens all of them.</span></span></a>
  </div>
);

export const Locations = () => {
  const isThere = useEstate('locations', 'ekeys', 'requests');
  const action = isThere && added.value === undefined && (locations.value?.length ?? 0) > 0 && <button class="btn" type="button" onClick={() => { added.value = ''; }}>New location</button>;
  return (
    <EstatePage title="Estate" action={action}>
      {!isThere || doors.value === undefined ? <NotYet what="your locations" wanted={['locations', 'ekeys', 'requests']} /> : (
        <>
          <Tally />
          {added.value !== undefined && <Add name={added.value} />}
          <div class="estate__cols">
            <div class="stack">
              {(doors.value.length > 1 || locations.value?.length !== 0) && <FindField label="Find a location or a lock" value={typed.value} onInput={(value) => { typed.value = value; }} />}
              <List />
              <Placeless />
            </div>
            <More />
          </div>
        </>
      )}
    </EstatePage>
  );
};
