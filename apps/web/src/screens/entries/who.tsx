// For whom: somebody who is known here, or somebody new.

import type { Signal } from '@preact/signals';
import { newPersonId } from '../../keys/entries.ts';
import type { EntryWho } from '../../model/entry-draft.ts';
import { people } from '../../model/people.ts';
import { FindPick } from '../../parts/find.tsx';
import { isName, NameField } from '../../parts/name-field.tsx';

const NEW = 'new';
export const NOBODY: EntryWho = { id: '', name: '', isNew: true };

export const isSomebody = ({ id, name }: EntryWho): boolean => id !== '' && isName(name);

const chosen = (id: string): EntryWho => {
  const known = people.value?.find((person) => person.id === id);
  return known === undefined ? { id: newPersonId(), name: '', isNew: true } : { id, name: known.name, isNew: false };
};

export const Who = ({ who }: { readonly who: Signal<EntryWho> }) => (
  <>
    <FindPick
      find="Find a person" legend="For whom" single picked={who.value.id === '' ? [] : [who.value.isNew ? NEW : who.value.id]} onToggle={(id) => { who.value = chosen(id); }}
      items={[{ id: NEW, name: 'Somebody new' }, ...(people.value ?? []).filter(({ role }) => role !== 'former').map(({ id, name, role }) => ({ id, name, ...(role === 'owner' && { note: 'Owner' }) }))]}
    />
    {who.value.isNew && who.value.id !== '' && <NameField label="Name" value={who.value.name} onInput={(name) => { who.value = { ...who.value, name }; }} autocomplete="off" note="As you know them. It stays on the hub; the lock knows a number instead." />}
  </>
);
