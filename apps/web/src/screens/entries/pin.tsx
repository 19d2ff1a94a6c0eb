// Giving a PIN: for whom, which digits, when.

import { useSignal } from '@preact/signals';
import type { Door } from '@mortise/api/locks.ts';
import { entriesPath } from '../../app/entries-place.ts';
import { Task } from '../../app/shell.tsx';
import { freshPin, givePin, type Given as GivenEntry } from '../../keys/entries.ts';
import { entryTermsOf, pinFault, type EntryDraft } from '../../model/entry-draft.ts';
import { now } from '../../model/live.ts';
import { Failed, useDoing } from '../../parts/failed.tsx';
import { Field } from '../../parts/small.tsx';
import { Given } from './given.tsx';
import { PassDigits } from './pass-digits.tsx';
import { ALWAYS, useTerms, WhenFields, type When } from './terms.tsx';
import { isSomebody, NOBODY, Who } from './who.tsx';

const SECONDS = [['finger', 'Their finger'], ['card', 'Their card']] as const;

const Digits = ({ value, onInput }: { readonly value: string; readonly onInput: (digits: string) => void }) => {
  const fault = value.length < 6 ? undefined : pinFault(value);
  return (
    <section class="panel" aria-labelledby="digits">
      <h2 id="digits">Digits</h2>
      <Field label="PIN" value={value} maxLength={9} bad={fault !== undefined} onInput={(text) => onInput(text.replaceAll(/\D/g, ''))} note={fault ?? '6 to 9 digits. At the keypad others may be typed before and after them, against onlookers.'} />
      <button class="btn btn--start" type="button" onClick={() => onInput(freshPin())}>Draw another</button>
    </section>
  );
};

export const GivePin = ({ door }: { readonly door: Door }) => {
  const [doing, who, digits, when, given] = [useDoing(), useSignal(NOBODY), useSignal(freshPin()), useSignal<When>(ALWAYS), useSignal<GivenEntry | undefined>(undefined)];
  const list = useTerms(door);
  if (list === undefined) return <Task title="Give a PIN" closes={entriesPath(door.id)} />;
  if (given.value !== undefined) {
    return <Given door={door} title={`${who.value.name} has a PIN`} waiting={given.value.waiting}><PassDigits about={{ entry: given.value.id }} digits={digits.value} what="PIN" name={who.value.name} door={door.name} /></Given>;
  }
  const draft: EntryDraft = { who: who.value, digits: digits.value, from: list.from, until: list.until, hours: list.hours, holidays: list.holidays, ...when.value };
  const terms = entryTermsOf(draft, now.value, door.zone);
  const lacks = !isSomebody(who.value) ? 'Say for whom it is.' : (pinFault(digits.value) ?? (terms.ok ? undefined : terms.error));
  const ready = lacks === undefined && doing.busy.value === undefined;
  const give = async (): Promise<void> => {
    const made = await doing.run('Waiting for your device', 'No PIN was given.', 'The PIN is given.', () => givePin(door, draft));
    if (made !== undefined) given.value = made.value;
  };
  return (
    <form onSubmit={(event) => { event.preventDefault(); if (ready) void give(); }}>
      <Task
        title="Give a PIN" say={`For ${door.name}. It is sealed for this lock in this browser; nobody on the way reads it.`} block="lend" inTop closes={entriesPath(door.id)}
        bar={<button class="btn btn--main btn--tall" type="submit" aria-disabled={!ready}>{doing.busy.value ?? 'Sign and give it'}</button>}
      >
        <div class="lend__form">
          <Failed doing={doing} />
          <Who who={who} />
          <Digits value={digits.value} onInput={(text) => { digits.value = text; }} />
          <WhenFields of={{ kind: 'pin', doorId: door.id, personId: who.value.id }} list={list} when={when} seconds={SECONDS} />
          {lacks !== undefined && <p class="small muted" role="status">{lacks}</p>}
        </div>
      </Task>
    </form>
  );
};
