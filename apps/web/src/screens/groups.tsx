// Groups of doors: one name for several, so that a key opens all of them. Locks hear of it by their next roster, which an owner signs.

import { signal } from '@preact/signals';
import type { Group } from '@mortise/api/grants.ts';
import { counted, listed } from '@mortise/words/lists.ts';
import { Page } from '../app/shell.tsx';
import { putGroup, type RosterWord } from '../keys/access.ts';
import { announce } from '../model/announce.ts';
import { groups, namesHeard } from '../model/grants.ts';
import { doors } from '../model/live.ts';
import { FindPick } from '../parts/find.tsx';
import { KeysNotYet } from '../parts/keys-not-yet.tsx';
import { isName, NameField } from '../parts/name-field.tsx';
import { Banner, Empty } from '../parts/small.tsx';
import { RosterWords } from '../parts/roster-words.tsx';

type Edited = { readonly id: string | undefined; readonly name: string; readonly doors: readonly string[] };

const edited = signal<Edited | undefined>(undefined);
const busy = signal<string | undefined>(undefined);
const failure = signal<string | undefined>(undefined);
const told = signal<readonly RosterWord[]>([]);

const nameOf = (doorId: string): string => doors.value?.find(({ id }) => id === doorId)?.name ?? 'a door that is gone';

const save = async ({ id, name, doors: within }: Edited): Promise<void> => {
  if (busy.value !== undefined) return;
  busy.value = 'Waiting for your device';
  failure.value = undefined;
  const saved = await putGroup({ id, name: name.trim(), doors: within }, (door) => { busy.value = `Telling ${door}`; });
  busy.value = undefined;
  if (!saved.ok) {
    failure.value = saved.error;
    return;
  }
  told.value = saved.value;
  edited.value = undefined;
  announce(`${name} is saved.`);
};

const Edit = ({ group }: { group: Edited }) => {
  const put = (over: Partial<Edited>): void => { edited.value = { ...group, ...over }; };
  const toggle = (id: string): void => put({ doors: group.doors.includes(id) ? group.doors.filter((each) => each !== id) : [...group.doors, id] });
  const ready = isName(group.name) && group.doors.length > 0 && busy.value === undefined;
  return (
    <form class="panel" onSubmit={(event) => { event.preventDefault(); if (ready) void save(group); }} aria-label="Group">
      <NameField label="Name of the group" value={group.name} onInput={(name) => put({ name })} note="Such as Ground floor, or Everything." />
      <FindPick find="Find a door" legend="Doors of the group" items={(doors.value ?? []).map(({ id, name }) => ({ id, name }))} picked={group.doors} onToggle={toggle} />
      {failure.value !== undefined && <Banner tone="denied"><b>The group was not saved.</b> {failure.value}</Banner>}
      <div class="lend__do"><button class="btn" type="button" onClick={() => { edited.value = undefined; }}>Leave it</button><button class="btn btn--main" type="submit" aria-disabled={!ready}>{busy.value ?? 'Sign and save the group'}</button></div>
      <p class="fine muted">Each lock concerned gets a new roster, signed by you, that names the group. A key that names the group opens a door once its lock has heard.</p>
    </form>
  );
};

const Row = ({ group }: { group: Group }) => (
  <div class="row row--plain">
    <span class="row__body"><span class="row__name">{group.name}</span><span class="row__note">{counted(group.doors.length, 'door')}: {listed(group.doors.map(nameOf), 6)}</span></span>
    <span class="row__end"><button class="link" type="button" aria-label={`Change ${group.name}`} onClick={() => { edited.value = group; }}>Change</button></span>
  </div>
);

export const Groups = () => (
  <Page title="Groups" back="/lent" action={edited.value === undefined && namesHeard.value && (doors.value?.length ?? 0) > 0 && <button class="btn btn--main" type="button" onClick={() => { edited.value = { id: undefined, name: '', doors: [] }; }}>New group</button>}>
    <div class="narrow"><div class="stack">
      {edited.value !== undefined && <Edit group={edited.value} />}
      <RosterWords words={told.value} />
      {!namesHeard.value && <KeysNotYet what="groups" />}
      {namesHeard.value && groups.value.length === 0 && edited.value === undefined && <Empty title="No group yet"><p>Give several doors one name, and lend keys to all of them at once.</p></Empty>}
      {groups.value.length > 0 && <div class="list">{groups.value.map((group) => <Row key={group.id} group={group} />)}</div>}
    </div></div>
  </Page>
);
