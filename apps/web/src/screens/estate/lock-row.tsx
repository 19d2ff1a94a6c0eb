// A lock of the estate as a row: its state as it was sensed, and what it is called and where it is, to be changed on the spot.

import { useSignal } from '@preact/signals';
import type { Door } from '@mortise/api/locks.ts';
import { doorPath } from '../../app/router.ts';
import { locations } from '../../model/estate.ts';
import { changeDoor } from '../../model/estate-change.ts';
import { locationOf } from '../../model/estate-view.ts';
import { knownOf, stateOf } from '../../model/live.ts';
import { Select } from '../../parts/choice.tsx';
import { Failed, useDoing } from '../../parts/failed.tsx';
import { isName, NameField } from '../../parts/name-field.tsx';
import { Sign } from '../../parts/section.tsx';
import { isThrownOpen, WORDS } from '../../words/door-state.ts';

const NOWHERE = '';

const Change = ({ door, onDone }: { readonly door: Door; readonly onDone: () => void }) => {
  const doing = useDoing();
  const at = locationOf(locations.value ?? [], door.id)?.id ?? NOWHERE;
  const [name, place] = [useSignal(door.name), useSignal(at)];
  const change = { ...(name.value.trim() !== door.name && { name: name.value.trim() }), ...(place.value !== at && { locationId: place.value === NOWHERE ? null : place.value }) };
  const ready = isName(name.value) && Object.keys(change).length > 0 && doing.busy.value === undefined;
  const save = async (): Promise<void> => {
    if (ready && (await doing.run('Saving', 'The lock is as it was.', `${name.value.trim()} is saved.`, () => changeDoor(door.id, change))) !== undefined) onDone();
  };
  return (
    <form class="row__more" aria-label={`Rename or move ${door.name}`} onSubmit={(event) => { event.preventDefault(); void save(); }}>
      <NameField label="Name of the door" value={name.value} onInput={(text) => { name.value = text; }} note="As people call it. Whoever has a key sees the new name, too." />
      <div class="field"><span class="legend">Location</span>
        <Select label={`Location of ${door.name}`} value={place.value} options={[[NOWHERE, 'In no location'], ...(locations.value ?? []).map((each): [string, string] => [each.id, each.name])]} onChange={(id) => { place.value = id; }} /></div>
      <Failed doing={doing} />
      <div class="lend__do"><button class="btn" type="button" onClick={onDone}>Leave it</button><button class="btn btn--main" type="submit" aria-disabled={!ready}>{doing.busy.value ?? 'Save'}</button></div>
    </form>
  );
};

export const LockRow = ({ door }: { readonly door: Door }) => {
  const isOpen = useSignal(false);
  const state = stateOf(door);
  return (
    <li>
      <div class="row row--lock">
        <Sign state={state} thrown={isThrownOpen(knownOf(door))} small />
        <span class="row__body"><a class="row__name" href={doorPath(door.id)}>{door.name}</a><span class="row__note">{WORDS[state]}</span></span>
        <span class="row__end"><button class="link" type="button" aria-expanded={isOpen.value} aria-label={`Rename or move ${door.name}`} onClick={() => { isOpen.value = !isOpen.value; }}>Change</button></span>
      </div>
      {isOpen.value && <Change door={door} onDone={() => { isOpen.value = false; }} />}
    </li>
  );
};
