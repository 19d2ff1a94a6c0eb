// Choosing: one of a few words side by side, one or several of a list, yes or no with what it means.

import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

export type SegProps<T extends string> = {
  readonly legend: string;
  readonly options: readonly (readonly [T, string])[];
  readonly value: T;
  readonly onChange: (value: T) => void;
};

/** One of a few, side by side. */
export const Seg = <T extends string>({ legend, options, value, onChange }: SegProps<T>) => {
  const name = useId();
  return (
    <fieldset class="seg">
      <legend class="vh">{legend}</legend>
      {options.map(([each, words]) => <label key={each}><input type="radio" name={name} checked={each === value} onChange={() => onChange(each)} />{words}</label>)}
    </fieldset>
  );
};

export type PickItem = { readonly id: string; readonly name: string; readonly note?: ComponentChildren; readonly end?: ComponentChildren };
export type PickProps = {
  readonly legend: string;
  readonly items: readonly PickItem[];
  readonly picked: readonly string[];
  readonly onToggle: (id: string) => void;
  /** One of them, rather than several. */
  readonly single?: boolean;
};

/** One or several of a list. */
export const Pick = ({ legend, items, picked, onToggle, single = false }: PickProps) => {
  const name = useId();
  return (
    <fieldset class="list pick">
      <legend class="vh">{legend}</legend>
      {items.map(({ id, name: words, note, end }) => (
        <label key={id}>
          <input type={single ? 'radio' : 'checkbox'} name={name} checked={picked.includes(id)} onChange={() => onToggle(id)} />
          <span class="row__body"><span class="row__name">{words}</span>{note !== undefined && <span class="row__note">{note}</span>}</span>
          {end !== undefined && <span class="row__end">{end}</span>}
        </label>
      ))}
    </fieldset>
  );
};

export type CheckProps = { readonly words: ComponentChildren; readonly note?: ComponentChildren; readonly on: boolean; readonly onChange: (on: boolean) => void; readonly fixed?: boolean };

/** Yes or no. `fixed`: it follows from something else, which `note` says. */
export const Check = ({ words, note, on, onChange, fixed = false }: CheckProps) => (
  <label class="check">
    <input type="checkbox" checked={on} disabled={fixed} onChange={(event) => onChange(event.currentTarget.checked)} />
    <span>{words}{note !== undefined && <><br /><span class="small muted">{note}</span></>}</span>
  </label>
);

export type InputProps = {
  readonly label: string;
  readonly value: string;
  readonly type?: 'text' | 'password' | 'date' | 'time' | 'datetime-local' | 'email' | 'tel';
  readonly onInput: (value: string) => void;
  readonly note?: ComponentChildren;
  readonly autocomplete?: 'off' | 'name' | 'email' | 'tel';
};

type Shared = { readonly class: string; readonly id: string; readonly value: string; readonly onInput: (event: { currentTarget: { value: string } }) => void; readonly 'aria-describedby': string | undefined; readonly autocomplete: NonNullable<InputProps['autocomplete']> };

// Each kind of field is a type of its own to the compiler, as to screen readers. Whether a time is typed with 12 hours or 24 is the browser’s own
// setting: Chromium goes by neither the page’s language nor the profile’s. A field of text would be ours to form, and without the wheel of a phone.
const fieldOf = (type: NonNullable<InputProps['type']>, shared: Shared) => {
  switch (type) {
    case 'text':
      return <input {...shared} type="text" />;
    case 'password':
      return <input {...shared} type="password" />;
    case 'date':
      return <input {...shared} type="date" />;
    case 'time':
      return <input {...shared} type="time" />;
    case 'datetime-local':
      return <input {...shared} type="datetime-local" />;
    case 'email':
      return <input {...shared} type="email" />;
    case 'tel':
      return <input {...shared} type="tel" />;
  }
};

/** One labelled field of a kind that browsers know. */
export const Input = ({ label, value, type = 'text', onInput, note, autocomplete = 'off' }: InputProps) => {
  const id = useId();
  const shared: Shared = {
    class: 'input', id, value, autocomplete, 'aria-describedby': note === undefined ? undefined : `${id}-note`,
    onInput: (event) => onInput(event.currentTarget.value),
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {fieldOf(type, shared)}
      {note !== undefined && <p class="field__note" id={`${id}-note`}>{note}</p>}
    </div>
  );
};

export type SelectProps = { readonly label: string; readonly value: string; readonly options: readonly (readonly [string, string])[]; readonly onChange: (value: string) => void };

export const Select = ({ label, value, options, onChange }: SelectProps) => (
  <select class="input" aria-label={label} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
    {options.map(([each, words]) => <option key={each} value={each} selected={each === value}>{words}</option>)}
  </select>
);
