// A field for what a person names: a site, themselves, a door. It goes by the hub's own rule, so that nothing is refused later.

import { MAX_NAME_CHARACTERS, name } from '@mortise/api/fields.ts';
import { Field } from './small.tsx';

export const isName = (text: string): boolean => name.safeParse(text).success;

/** What is wrong with a name, in a sentence; an empty field is not wrong yet. */
const faultOf = (text: string): string | undefined => {
  const problem = text.trim() === '' ? undefined : name.safeParse(text).error?.issues[0];
  return problem === undefined ? undefined : `A name ${problem.message}.`;
};

export type NameFieldProps = {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly note: string;
  /** What else is wrong with this one. */
  readonly fault?: string | undefined;
  readonly autocomplete?: 'off' | 'name';
};

export const NameField = ({ label, value, onInput, note, fault, autocomplete = 'off' }: NameFieldProps) => {
  const wrong = faultOf(value) ?? fault;
  return <Field label={label} value={value} onInput={onInput} maxLength={MAX_NAME_CHARACTERS} note={wrong ?? note} bad={wrong !== undefined} autocomplete={autocomplete} />;
};
