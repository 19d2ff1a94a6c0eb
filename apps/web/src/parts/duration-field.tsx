// A time span: a number and its unit. Out of bounds, the note says so.

import { useId } from 'preact/hooks';
import { boundsSentence, msOf, UNIT_NAMES, UNITS, type Duration, type DurationBounds } from '../model/duration.ts';
import { Select } from './choice.tsx';

export type DurationFieldProps = { readonly label: string; readonly value: Duration; readonly bounds: DurationBounds; readonly onInput: (value: Duration) => void };

export const DurationField = ({ label, value, bounds, onInput }: DurationFieldProps) => {
  const id = useId();
  const bad = msOf(value, bounds) === undefined;
  const units = UNIT_NAMES.filter((unit) => UNITS[unit].ms <= bounds.max);
  return (
    <div class="field duration" data-bad={bad || undefined}>
      <label for={id}>{label}</label>
      <div class="duration__row">
        <input
          class="input" id={id} type="text" inputMode="decimal" autocomplete="off" maxLength={10} value={value.text} aria-invalid={bad} aria-describedby={bad ? `${id}-note` : undefined}
          onInput={(event) => onInput({ ...value, text: event.currentTarget.value })}
        />
        {units.length === 1 ? <span class="small">seconds</span> : <Select label={`${label}: unit`} value={value.unit} options={units.map((unit) => [unit, `${UNITS[unit].one}s`])} onChange={(text) => onInput({ ...value, unit: units.find((unit) => unit === text) ?? value.unit })} />}
      </div>
      {bad && <p class="field__note" id={`${id}-note`} role="alert">{boundsSentence(bounds)}</p>}
    </div>
  );
};
