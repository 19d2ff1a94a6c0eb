// One of many, chosen by typing its name; the browser offers what fits.

import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { chosenBy, type Choice, type Chosen } from '../model/choose.ts';

const FAULTS: { readonly [K in Chosen['kind']]?: (chosen: Chosen) => string } = {
  unknown: () => 'Nothing is called that.',
  many: (chosen) => `${chosen.kind === 'many' ? chosen.count.toLocaleString('en-GB') : 'Several'} are called that. Type more, or choose one.`,
};

export type ChooseFieldProps = { readonly label: string; readonly choices: readonly Choice[]; readonly value: string | undefined; readonly onPick: (id: string | undefined) => void };

export const ChooseField = ({ label, choices, value, onPick }: ChooseFieldProps) => {
  const id = useId();
  const typed = useSignal(choices.find(([each]) => each === value)?.[1] ?? '');
  const left = useSignal(false);
  const chosen = chosenBy(choices, typed.value);
  const fault = left.value ? FAULTS[chosen.kind]?.(chosen) : undefined;
  const put = (text: string): void => {
    typed.value = text;
    left.value = false;
    const now = chosenBy(choices, text);
    onPick(now.kind === 'one' ? now.id : undefined);
  };
  return (
    <div class="field" data-bad={fault !== undefined || undefined}>
      <label for={id}>{label}</label>
      <input
        class="input" id={id} type="text" list={`${id}-list`} autocomplete="off" placeholder="Any" value={typed.value} aria-invalid={fault !== undefined} aria-describedby={fault === undefined ? undefined : `${id}-note`}
        onInput={(event) => put(event.currentTarget.value)} onBlur={() => { left.value = true; }}
      />
      <datalist id={`${id}-list`}>{choices.map(([each, words]) => <option key={each} value={words} />)}</datalist>
      {fault !== undefined && <p class="field__note" id={`${id}-note`} role="alert">{fault}</p>}
    </div>
  );
};
