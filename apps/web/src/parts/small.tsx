// Small parts that many screens share: a chip, a banner, a wait that says what it waits for, an empty place, a field.

import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { Icon, type IconName } from './icon.tsx';

export type Tone = 'so' | 'open' | 'wait' | 'ok' | 'unknown' | 'alarm';

export const Chip = ({ tone = 'so', children }: { tone?: Tone; children: ComponentChildren }) => (
  <span class="chip" data-tone={tone}>{children}</span>
);

export type BannerProps = {
  readonly tone?: 'plain' | 'alarm' | 'denied' | 'accent';
  readonly icon?: IconName;
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
};

/** What is wrong, since when, what still works, what to do. Announced when it appears. What needs a person has a diamond. */
export const Banner = ({ tone = 'plain', icon = tone === 'alarm' ? 'alarm' : 'refused', actions, children }: BannerProps) => (
  <div class="banner" data-tone={tone} role={tone === 'alarm' || tone === 'denied' ? 'alert' : 'status'}>
    <Icon name={icon} />
    <div>{children}</div>
    {actions !== undefined && <div class="banner__do">{actions}</div>}
  </div>
);

export const Wait = ({ children }: { children: ComponentChildren }) => <p class="wait" role="status">{children}</p>;

export const Empty = ({ title, children }: { title: string; children: ComponentChildren }) => (
  <div class="empty"><h2>{title}</h2>{children}</div>
);

export type FieldProps = {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly note?: ComponentChildren;
  readonly bad?: boolean;
  readonly autocomplete?: 'off' | 'name';
  readonly maxLength?: number;
  readonly placeholder?: string;
  readonly code?: boolean;
};

/** One labelled line of input; its note turns into the reason when `bad`. */
export const Field = ({ label, value, onInput, note, bad = false, autocomplete = 'off', maxLength = 80, placeholder, code = false }: FieldProps) => {
  const id = useId();
  const shared = {
    id, value, placeholder, maxLength, autocomplete, class: code ? 'input input--code' : 'input',
    'aria-invalid': bad, 'aria-describedby': note === undefined ? undefined : `${id}-note`,
    onInput: (event: { currentTarget: { value: string } }) => onInput(event.currentTarget.value),
  };
  return (
    <div class="field" data-bad={bad || undefined}>
      <label for={id}>{label}</label>
      {code ? <textarea {...shared} rows={2} spellcheck={false} autocapitalize="characters" /> : <input {...shared} type="text" />}
      {note !== undefined && <p class="field__note" id={`${id}-note`} role={bad ? 'alert' : undefined}>{note}</p>}
    </div>
  );
};

export const Facts = ({ rows }: { rows: readonly (readonly [string, ComponentChildren])[] }) => (
  <dl class="facts">{rows.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
);
