// An electronic key goes from hand to hand: issued to a person, taken back, reported lost.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Ekey } from '@mortise/api/ekeys.ts';
import { MAX_NOTE_CHARACTERS } from '@mortise/api/ekeys.ts';
import { zoneName } from '@mortise/words/time.ts';
import { ekeyCoveragePath } from '../../app/estate-place.ts';
import { go } from '../../app/router.ts';
import { loseEkey } from '../../keys/ekey.ts';
import { issueEkey, returnEkey, showEkey } from '../../model/ekey-page.ts';
import { now, zone } from '../../model/live.ts';
import { loadPeople, people } from '../../model/people.ts';
import { atWall } from '../../model/record-search.ts';
import { Input } from '../../parts/choice.tsx';
import { Failed, useDoing } from '../../parts/failed.tsx';
import { FindPick } from '../../parts/find.tsx';
import { HoldBar } from '../../parts/hold-bar.tsx';
import { isName, NameField } from '../../parts/name-field.tsx';
import { Field, Wait } from '../../parts/small.tsx';

const NEW = 'new';

const Note = ({ value, onInput }: { readonly value: string; readonly onInput: (text: string) => void }) => (
  <Field label="A note for the log" value={value} onInput={onInput} maxLength={MAX_NOTE_CHARACTERS} note="If there is something to say. It stays in the log." />
);

const Issue = ({ ekey }: { readonly ekey: Ekey }) => {
  const [doing, picked, name, note, back] = [useDoing(), useSignal<string | undefined>(undefined), useSignal(''), useSignal(''), useSignal('')];
  useEffect(() => { if (people.value === undefined) void loadPeople(); }, []);
  if (people.value === undefined) return <Wait>Asking the hub who there is</Wait>;
  const who = picked.value === NEW || people.value.length === 0 ? (isName(name.value) ? { name: name.value.trim() } : undefined) : picked.value === undefined ? undefined : { id: picked.value };
  const dueBack = back.value === '' ? null : atWall(back.value, zone.value, 'last');
  const isPast = typeof dueBack === 'number' && dueBack <= now.value;
  const ready = who !== undefined && dueBack !== undefined && !isPast && doing.busy.value === undefined;
  const issue = (): void => {
    if (who !== undefined && dueBack !== undefined && ready) void doing.run('Issuing it', 'The key was not issued.', `${ekey.name} is issued.`, () => issueEkey(ekey.id, { person: who, note: note.value, dueBack }));
  };
  return (
    <form class="panel" aria-labelledby="issue" onSubmit={(event) => { event.preventDefault(); issue(); }}>
      <h2 id="issue">Issue it to a person</h2>
      <FindPick
        find="Find a person" legend="Who gets the key" single picked={picked.value === undefined ? [] : [picked.value]} onToggle={(id) => { picked.value = id; }}
        items={[{ id: NEW, name: 'Somebody new' }, ...people.value.map((person) => ({ id: person.id, name: person.name, ...(person.role === 'owner' && { note: 'Owner' }) }))]}
      />
      {picked.value === NEW && <NameField label="Name" value={name.value} onInput={(text) => { name.value = text; }} note="As you know them. It stays on the hub; locks and keys know a number instead." />}
      <Input label={`Due back, ${zoneName(zone.value)}`} type="datetime-local" value={back.value} onInput={(text) => { back.value = text; }} note={isPast ? 'That time is over. Choose one to come, or leave it empty.' : 'If it is to be given back. You see then who is late; the key itself does not go by it.'} />
      <Note value={note.value} onInput={(text) => { note.value = text; }} />
      <Failed doing={doing} />
      <button class="btn btn--main btn--start" type="submit" aria-disabled={!ready}>{doing.busy.value ?? 'Issue the key'}</button>
      <p class="fine muted">From then on its records are told of this person. What it opens you say next.</p>
    </form>
  );
};

const TakeBack = ({ ekey }: { readonly ekey: Ekey }) => {
  const [doing, note] = [useDoing(), useSignal('')];
  const isFound = ekey.state === 'lost';
  const back = (): void => void doing.run('Writing it down', 'The log is as it was.', `${ekey.name} is back.`, () => returnEkey(ekey.id, note.value));
  return (
    <form class="panel" aria-labelledby="back" onSubmit={(event) => { event.preventDefault(); back(); }}>
      <h2 id="back">{isFound ? 'It was found' : 'It came back'}</h2>
      <Note value={note.value} onInput={(text) => { note.value = text; }} />
      <Failed doing={doing} />
      <button class="btn btn--start" type="submit" aria-disabled={doing.busy.value !== undefined}>{doing.busy.value ?? (isFound ? 'It is back' : `Take it back from ${ekey.person?.name ?? 'its holder'}`)}</button>
      <p class="fine muted">{isFound ? 'What was taken back stays taken back.' : 'It gets no more grants then, and is emptied with its next update. Before that nobody else can have it.'}</p>
    </form>
  );
};

/** What can be done with the key in the hand. */
export const Hands = ({ ekey }: { readonly ekey: Ekey }) => (ekey.state === 'inStock' || ekey.state === 'returned' ? <Issue ekey={ekey} /> : <TakeBack key={ekey.state} ekey={ekey} />);

export const Lost = ({ ekey }: { readonly ekey: Ekey }) => {
  const [doing, note] = [useDoing(), useSignal('')];
  if (ekey.state === 'lost') return null;
  const lose = async (): Promise<void> => {
    const lost = await doing.run('Blocking the key', 'The key is not blocked.', `${ekey.name} is reported lost, and blocked.`, async () => showEkey(await loseEkey(ekey.id, note.value)));
    if (lost !== undefined) go(ekeyCoveragePath(ekey.id));
  };
  return (
    <section class="panel" aria-labelledby="lost">
      <h2 id="lost">If it is lost</h2>
      <p class="small">Everything that it holds is taken back at once. A lock on the link hears at once; a passive lock by the next key or phone that comes by. You then see, lock by lock, which has heard and until when the key could open the others.</p>
      <Note value={note.value} onInput={(text) => { note.value = text; }} />
      <Failed doing={doing} />
      <HoldBar tone="alarm" words={`Hold to report ${ekey.name} lost`} tapAgain={`Tap again to report ${ekey.name} lost`} busy={doing.busy.value ?? 'Blocking the key'} act={lose} />
      <p class="fine muted">It is not undone: a key that is found is issued anew, and gets new grants.</p>
    </section>
  );
};
