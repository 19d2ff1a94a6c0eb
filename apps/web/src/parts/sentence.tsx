// The key in one sentence, which is the form: each part leads to the step where it is chosen; what is not chosen yet says so.

import type { ComponentChildren } from 'preact';
import { hoursWords, limitsWords, placesWords, untilWords } from '@mortise/words/terms.ts';
import { zoneName } from '@mortise/words/time.ts';
import { path } from '../app/router.ts';
import { NO_COUNT } from '../model/count.ts';
import type { LendDraft, LendStep } from '../model/lend-draft.ts';
import { calendarName } from '../model/grants.ts';
import { goLendStep, lendTerms, lendZone } from '../model/lend.ts';
import { now } from '../model/live.ts';
import { nameOfPlace } from '../model/places.ts';

// Links, since they flow with the words: a button would be a block among them.
const Part = ({ step, open = false, children }: { step: LendStep; open?: boolean; children: ComponentChildren }) => (
  <a
    href={path.value} data-open={open || undefined}
    onClick={(event) => {
      event.preventDefault();
      goLendStep(step);
    }}
  >{children}</a>
);

export const LendSentence = ({ draft }: { draft: LendDraft }) => {
  const terms = lendTerms.value;
  const limits = limitsWords({ ...draft, verbs: draft.more, uses: draft.uses === NO_COUNT ? null : draft.uses }, calendarName);
  const name = draft.who.name.trim();
  return (
    <p class="sentence">
      <Part step="who" open={name === ''}>{name === '' ? 'Somebody' : name}</Part> can open{' '}
      <Part step="doors" open={draft.places.length === 0}>{placesWords(draft.places, nameOfPlace)}</Part>{' '}
      <Part step="when">{hoursWords(draft.hours)}</Part>, {zoneName(lendZone.value)},{' '}
      {terms?.ok === true ? <Part step="when">{untilWords(terms.value, now.value, lendZone.value)}</Part> : <Part step="when" open>from when to when?</Part>}
      {limits.map((words) => <span key={words}>, <Part step="when">{words}</Part></span>)}.
    </p>
  );
};
