// A whole number within bounds. What is typed stands as it was typed; out of bounds, the note says so.

import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { countIn, NO_COUNT, shownCount } from '../model/count.ts';

export type CountFieldProps = {
  readonly label: string;
  /** `NO_COUNT` while none is said. */
  readonly value: number;
  readonly most: number;
  readonly onInput: (count: number) => void;
};

export const CountField = ({ label, value, most, onInput }: CountFieldProps) => {
  const typed = useSignal<string | undefined>(undefined);
  const id = useId();
  const bad = value === NO_COUNT;
  const put = (text: string): void => {
    typed.value = text;
    onInput(countIn(text, most));
  };
  return (
    <div class="field" data-bad={bad || undefined}>
      <label for={id}>{label}</label>
      <input
        class="input" id={id} type="text" inputMode="numeric" autocomplete="off" maxLength={9} value={shownCount(typed.value, value, most)}
        aria-invalid={bad} aria-describedby={bad ? `${id}-note` : undefined} onInput={(event) => put(event.currentTarget.value)}
      />
      {bad && <p class="field__note" id={`${id}-note`} role="alert">A whole number from 1 to {most.toLocaleString('en-GB')}.</p>}
    </div>
  );
};
