// Adding a finger: whose, which, when. The sensor learns it at the door.

import { useSignal } from '@preact/signals';
import type { Door } from '@mortise/api/locks.ts';
import { firstName, possessive } from '@mortise/words/lists.ts';
import { entriesPath } from '../../app/entries-place.ts';
import { Task } from '../../app/shell.tsx';
import { giveFinger, type Given as GivenEntry } from '../../keys/entries.ts';
import { entryTermsOf, type EntryDraft } from '../../model/entry-draft.ts';
import { now } from '../../model/live.ts';
import { Select } from '../../parts/choice.tsx';
import { Failed, useDoing } from '../../parts/failed.tsx';
import { Given } from './given.tsx';
import { ALWAYS, useTerms, WhenFields, type When } from './terms.tsx';
import { isSomebody, NOBODY, Who } from './who.tsx';

const SECONDS = [['pin', 'Their PIN'], ['card', 'Their card']] as const;
const FINGERS = ['Right thumb', 'Right index finger', 'Right middle finger', 'Left thumb', 'Left index finger', 'Left middle finger', 'Another finger'];

export const GiveFinger = ({ door }: { readonly door: Door }) => {
  const [doing, who, finger, when, given] = [useDoing(), useSignal(NOBODY), useSignal('Right index finger'), useSignal<When>(ALWAYS), useSignal<GivenEntry | undefined>(undefined)];
  const list = useTerms(door);
  if (list === undefined) return <Task title="Add a finger" closes={entriesPath(door.id)} />;
  if (given.value !== undefined) {
    const name = firstName(who.value.name);
    return (
      <Given door={door} title="Now at the door" waiting={given.value.waiting}>
        <ol class="plain"><li>{name} types their PIN at the keypad, or you open with your phone, near the lock.</li><li>Within a minute {name} lays the finger on the sensor.</li></ol>
        <p class="small muted">The sensor keeps what it learns to itself: neither the lock nor the hub sees the finger. Activity tells when it is done.</p>
      </Given>
    );
  }
  const draft: EntryDraft = { who: who.value, digits: '', from: list.from, until: list.until, hours: list.hours, holidays: list.holidays, ...when.value };
  const terms = entryTermsOf(draft, now.value, door.zone);
  const lacks = !isSomebody(who.value) ? 'Say whose finger it is.' : terms.ok ? undefined : terms.error;
  const ready = lacks === undefined && doing.busy.value === undefined;
  const give = async (): Promise<void> => {
    const made = await doing.run('Waiting for your device', 'Nothing was changed.', 'The roster is signed.', () => giveFinger(door, draft, finger.value));
    if (made !== undefined) given.value = made.value;
  };
  return (
    <form onSubmit={(event) => { event.preventDefault(); if (ready) void give(); }}>
      <Task
        title="Add a finger" say={`At ${door.name}.`} block="lend" inTop closes={entriesPath(door.id)}
        bar={<button class="btn btn--main btn--tall" type="submit" aria-disabled={!ready}>{doing.busy.value ?? 'Sign it'}</button>}
      >
        <div class="lend__form">
          <Failed doing={doing} />
          <Who who={who} />
          <section class="panel" aria-labelledby="finger"><h2 id="finger">Which finger</h2><Select label={`${possessive(firstName(who.value.name) || 'The person')} finger`} value={finger.value} options={FINGERS.map((each) => [each, each])} onChange={(value) => { finger.value = value; }} /></section>
          <WhenFields of={{ kind: 'finger', doorId: door.id, personId: who.value.id }} list={list} when={when} seconds={SECONDS} />
          {lacks !== undefined && <p class="small muted" role="status">{lacks}</p>}
        </div>
      </Task>
    </form>
  );
};
