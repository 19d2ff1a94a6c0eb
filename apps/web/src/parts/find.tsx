// Finding in lists that are too long to be looked through: a field to type in, a choice that shows what is found, a list that shows its first part.

import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { isFound } from '../model/find.ts';
import { Pick, type PickProps } from './choice.tsx';

export type FindFieldProps = { readonly label: string; readonly value: string; readonly onInput: (value: string) => void };

export const FindField = ({ label, value, onInput }: FindFieldProps) => (
  <input class="input" type="search" aria-label={label} placeholder={label} value={value} autocomplete="off" spellcheck={false} onInput={(event) => onInput(event.currentTarget.value)} />
);

/** A choice of so many is looked through; a longer one is searched. */
const FEW = 12;
/** Rows of what is found; whoever wants another one types more. */
const MOST_FOUND = 30;

/** As `Pick`, with a field to find by where there are many. What is picked stays in the list. */
export const FindPick = ({ find, ...pick }: PickProps & { /** What the field is called. */ readonly find: string }) => {
  const typed = useSignal('');
  const { items, picked } = pick;
  if (items.length <= FEW) return <Pick {...pick} />;
  const found = items.filter(({ name, note }) => isFound(typed.value, name, typeof note === 'string' ? note : ''));
  const shown = new Set(found.slice(0, MOST_FOUND));
  return (
    <div class="stack">
      <FindField label={find} value={typed.value} onInput={(value) => { typed.value = value; }} />
      {found.length === 0 && <p class="small muted" role="status">Nothing is called that.</p>}
      <Pick {...pick} items={items.filter((item) => shown.has(item) || picked.includes(item.id))} />
      {found.length > MOST_FOUND && <p class="small muted" role="status">{MOST_FOUND} of {found.length.toLocaleString('en-GB')} are shown. Type more of the name.</p>}
    </div>
  );
};

export type PartlyProps<T> = {
  readonly list: readonly T[];
  /** Names what more there is: "more locks". */
  readonly more: string;
  readonly step?: number;
  readonly children: (shown: readonly T[]) => ComponentChildren;
};

/** The first of a list, and a button for more. */
export const Partly = <T,>({ list, more, step = 50, children }: PartlyProps<T>) => {
  const most = useSignal(step);
  const left = list.length - most.value;
  return (
    <>
      {children(list.slice(0, most.value))}
      {left > 0 && <button class="btn btn--start" type="button" onClick={() => { most.value += step; }}>Show {Math.min(step, left)} of {left.toLocaleString('en-GB')} {more}</button>}
    </>
  );
};
