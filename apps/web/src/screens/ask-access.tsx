// Asking for a door with an electronic key: which, found by words; when; and why. An owner says yes or no, and the page of the keys shows it.

import { signal } from '@preact/signals';
import { useEffect, useId } from 'preact/hooks';
import { MAX_WORD_CHARACTERS } from '@mortise/api/grants.ts';
import { ROUTES } from '@mortise/api/routes.ts';
import { identifierOf } from '@mortise/base/identifiers.ts';
import { freshEntropy } from '@mortise/browser/entropy.ts';
import { counted } from '@mortise/words/lists.ts';
import { zoneName } from '@mortise/words/time.ts';
import { go } from '../app/router.ts';
import { Task } from '../app/shell.tsx';
import { callByKey } from '../keys/held.ts';
import { announce } from '../model/announce.ts';
import { askingOf, askSpan, ASK_SPANS, foundDoors, freshAsk, spanIn, type AskableDoor, type AskDraft, type AskSpan } from '../model/ask-draft.ts';
import { ekeyZone, heldEkeysFailure, inHand, loadHeldEkeys } from '../model/held-ekeys.ts';
import { now } from '../model/live.ts';
import { Input, Pick } from '../parts/choice.tsx';
import { TaskDrawing } from '../parts/section.tsx';
import { Banner, Field, Wait } from '../parts/small.tsx';
import { failureSentence } from '../words/failures.ts';

const draft = signal<AskDraft | undefined>(undefined);
const doors = signal<readonly AskableDoor[] | undefined>(undefined);
const search = signal('');
const busy = signal(false);
const failure = signal<string | undefined>(undefined);
/** Of what is being asked: the same again is the same request. */
const requestId = signal('');

const change = (over: Partial<AskDraft>): void => { if (draft.value !== undefined) draft.value = { ...draft.value, ...over }; };

// Nothing can be filled in before it is known what is held: what was typed stays.
const begin = async (): Promise<void> => {
  draft.value = undefined;
  [failure.value, search.value, busy.value] = [undefined, '', false];
  requestId.value = identifierOf(freshEntropy().slice(0, 16));
  await loadHeldEkeys();
  draft.value = freshAsk(inHand.value[0]?.id, Date.now(), ekeyZone.value);
  const places = await callByKey(ROUTES.askablePlaces);
  if (places.ok) doors.value = places.value.doors;
  else failure.value = failureSentence(places.error);
};

const ask = async (): Promise<void> => {
  const asking = draft.value === undefined ? undefined : askingOf(draft.value, Date.now(), ekeyZone.value);
  if (busy.value || asking?.ok !== true) return;
  busy.value = true;
  failure.value = undefined;
  const { doorId, ...rest } = asking.value;
  const answer = await callByKey(ROUTES.askAccess, { body: { id: requestId.value, at: { doorId }, ...rest } });
  busy.value = false;
  if (!answer.ok) {
    failure.value = failureSentence(answer.error);
    return;
  }
  announce(`You asked for ${answer.value.request.door.name}.`);
  go('/keys/electronic', 'replace');
};

const SPAN_WORDS: Readonly<Record<AskSpan, string>> = { now: '4 hours', today: 'Today', tomorrow: 'Tomorrow', week: 'A week' };

const Which = ({ doorId }: { doorId: string | undefined }) => {
  const all = doors.value;
  if (all === undefined) return failure.value === undefined ? <Wait>Asking the hub for its doors</Wait> : null;
  const found = foundDoors(all, search.value);
  const picked = all.find(({ id }) => id === doorId);
  const shown = picked === undefined || found.doors.includes(picked) ? found.doors : [picked, ...found.doors];
  return (
    <div class="stack">
      <Field label="Door" value={search.value} onInput={(value) => { search.value = value; }} maxLength={80} placeholder="Name, location, or the number of its lock" note={all.length === 0 ? 'The site has no door yet.' : found.doors.length === 0 ? 'No door is called so.' : `${counted(found.doors.length + found.more, 'door')} found.`} />
      {shown.length > 0 && <Pick legend="Door" single items={shown.map(({ id, name, location }) => ({ id, name, ...(location === null ? {} : { note: location.name }) }))} picked={doorId === undefined ? [] : [doorId]} onToggle={(id) => change({ doorId: id })} />}
      {found.more > 0 && <p class="small muted">And {found.more} more: type more of the name.</p>}
    </div>
  );
};

const When = ({ at, says }: { at: AskDraft; says: string | undefined }) => {
  const zone = ekeyZone.value;
  const place = zoneName(zone).replace(/ time$/, '');
  const span = spanIn(at, now.value, zone);
  return (
    <section class="stack" aria-labelledby="when">
      <h2 id="when">When</h2>
      <div class="pills" role="group" aria-label="How long">
        {ASK_SPANS.map((each) => <button key={each} class="pill" type="button" aria-pressed={each === span} onClick={() => change(askSpan(each, now.value, zone))}>{SPAN_WORDS[each]}</button>)}
      </div>
      <div class="lend__when"><Input label="From" type="date" value={at.from.day} onInput={(day) => change({ from: { ...at.from, day } })} /><Input label={`Time in ${place}`} type="time" value={at.from.time} onInput={(time) => change({ from: { ...at.from, time } })} /></div>
      <div class="lend__when"><Input label="Until" type="date" value={at.until.day} onInput={(day) => change({ until: { ...at.until, day } })} /><Input label={`Time in ${place}`} type="time" value={at.until.time} onInput={(time) => change({ until: { ...at.until, time } })} /></div>
      {says !== undefined && <Banner tone="denied"><b>That does not hold together yet.</b> {says}</Banner>}
    </section>
  );
};

const Why = ({ reason }: { reason: string }) => {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>Why</label>
      <textarea class="input" id={id} rows={3} maxLength={MAX_WORD_CHARACTERS} value={reason} aria-describedby={`${id}-note`} onInput={(event) => change({ reason: event.currentTarget.value })} />
      <p class="field__note" id={`${id}-note`}>Whoever decides reads it, and it stays with the request.</p>
    </div>
  );
};

const NoKey = () => (
  <Task title="Ask for a door" say="That is for whoever has an electronic key in their hands." bar={<a class="btn btn--tall" href="/keys/electronic">Your electronic keys</a>}>
    <TaskDrawing />
    {heldEkeysFailure.value !== undefined && <Banner icon="unlinked"><b>No word from the hub.</b> {failureSentence(heldEkeysFailure.value)}</Banner>}
  </Task>
);

export const AskAccess = () => {
  useEffect(() => void begin(), []);
  const at = draft.value;
  if (at === undefined) return <Task title="Ask for a door"><Wait>Asking the hub what you hold</Wait></Task>;
  if (inHand.value.length === 0) return <NoKey />;
  const asking = askingOf(at, now.value, ekeyZone.value);
  return (
    <form onSubmit={(event) => { event.preventDefault(); void ask(); }}>
      <Task
        title="Ask for a door" say="An owner says yes or no. A yes comes onto your key with its next update." closes="/keys/electronic"
        bar={<button class="btn btn--main btn--tall" type="submit" aria-disabled={busy.value || !asking.ok}>{busy.value ? 'Asking' : 'Ask'}</button>}
      >
        {failure.value !== undefined && <Banner tone="denied"><b>Not asked.</b> {failure.value}</Banner>}
        {inHand.value.length > 1 && <Pick legend="Key" single items={inHand.value.map(({ id, name }) => ({ id, name }))} picked={at.ekeyId === undefined ? [] : [at.ekeyId]} onToggle={(ekeyId) => change({ ekeyId })} />}
        <Which doorId={at.doorId} />
        <When at={at} says={!asking.ok && asking.error.field === 'when' ? asking.error.says : undefined} />
        <Why reason={at.reason} />
      </Task>
    </form>
  );
};
