// Adding a card: whose, when; then it is laid on a reader on the desk, and gets keys of its own.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ROUTES } from '@mortise/api/routes.ts';
import type { Door } from '@mortise/api/locks.ts';
import { entriesPath } from '../../app/entries-place.ts';
import { Task } from '../../app/shell.tsx';
import { giveCard } from '../../keys/enrol-card.ts';
import type { Given as GivenEntry } from '../../keys/entries.ts';
import { call } from '../../model/client.ts';
import { entryTermsOf, type EntryDraft } from '../../model/entry-draft.ts';
import { now } from '../../model/live.ts';
import { Failed, useDoing } from '../../parts/failed.tsx';
import { Field } from '../../parts/small.tsx';
import { Given } from './given.tsx';
import { ALWAYS, useTerms, WhenFields, type When } from './terms.tsx';
import { isSomebody, NOBODY, Who } from './who.tsx';

const SECONDS = [['pin', 'Their PIN'], ['finger', 'Their finger']] as const;

/** Beside the near link of a virtual lock is its card pad. */
const readerBeside = (near: string): string => near.replace(/\/near$/, '/card-reader');

const useReaderAddress = () => {
  const address = useSignal('');
  useEffect(() => {
    void call(ROUTES.nearLinks).then((answer) => { if (answer.ok && address.value === '') address.value = readerBeside(answer.value.addresses[0] ?? ''); });
  }, []);
  return address;
};

export const GiveCard = ({ door }: { readonly door: Door }) => {
  const [doing, who, when, given, reader] = [useDoing(), useSignal(NOBODY), useSignal<When>(ALWAYS), useSignal<GivenEntry | undefined>(undefined), useReaderAddress()];
  const list = useTerms(door);
  if (list === undefined) return <Task title="Add a card" closes={entriesPath(door.id)} />;
  if (given.value !== undefined) return <Given door={door} title={`${who.value.name} has a card`} waiting={given.value.waiting}><p>It opens {door.name} when it is laid on the lock’s reader. It holds keys of its own; whoever copies its number has nothing.</p></Given>;
  const draft: EntryDraft = { who: who.value, digits: '', from: list.from, until: list.until, hours: list.hours, holidays: list.holidays, ...when.value };
  const terms = entryTermsOf(draft, now.value, door.zone);
  const lacks = !isSomebody(who.value) ? 'Say whose card it is.' : terms.ok ? (/^wss?:\/\//.test(reader.value) ? undefined : 'Say where the card reader is.') : terms.error;
  const ready = lacks === undefined && doing.busy.value === undefined;
  const enrol = async (): Promise<void> => {
    const made = await doing.run('Looking for the reader', 'The card is not a key.', 'The card is enrolled.', () => giveCard(door, draft, reader.value, doing.say));
    if (made !== undefined) given.value = made.value;
  };
  return (
    <form onSubmit={(event) => { event.preventDefault(); if (ready) void enrol(); }}>
      <Task
        title="Add a card" say={`For ${door.name}: a DESFire EV2 or EV3, or an NTAG 424 DNA, fresh from the factory.`} block="lend" inTop closes={entriesPath(door.id)}
        bar={<button class="btn btn--main btn--tall" type="submit" aria-disabled={!ready}>{doing.busy.value ?? 'Enrol the card'}</button>}
      >
        <div class="lend__form">
          <Failed doing={doing} />
          <Who who={who} />
          <section class="panel" aria-labelledby="reader">
            <h2 id="reader">Reader</h2>
            <Field label="Address of the card reader" value={reader.value} maxLength={200} onInput={(text) => { reader.value = text.trim(); }} note="On this machine. A virtual lock’s card pad serves as one. Enrol where nobody listens: a card is written under the key that all leave the factory with." />
          </section>
          <WhenFields of={{ kind: 'card', doorId: door.id, personId: who.value.id }} list={list} when={when} seconds={SECONDS} />
          {lacks !== undefined && <p class="small muted" role="status">{lacks}</p>}
        </div>
      </Task>
    </form>
  );
};
