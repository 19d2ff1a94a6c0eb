// What hands use at a door: who has a PIN, a card, a finger; which codes were made; and giving them.

import { useEffect } from 'preact/hooks';
import type { Door } from '@mortise/api/locks.ts';
import type { EntriesPlace } from '../../app/entries-place.ts';
import { doorPath } from '../../app/router.ts';
import { Page } from '../../app/shell.tsx';
import { entries, entriesFailure, loadEntries } from '../../model/entries.ts';
import { doors } from '../../model/live.ts';
import { loadPeople, people } from '../../model/people.ts';
import { Banner, Wait } from '../../parts/small.tsx';
import { failureSentence } from '../../words/failures.ts';
import { EntryList } from './list.tsx';
import { GiveCard } from './card.tsx';
import { GiveFinger } from './finger.tsx';
import { GivePin } from './pin.tsx';
import { MakeCode } from './code.tsx';

const Missing = ({ door }: { readonly door: Door | undefined }) => {
  if (doors.value !== undefined && door === undefined) return <Banner icon="refused"><b>There is no such door here.</b> It may have been removed. <a href="/">See all doors</a></Banner>;
  const failure = entriesFailure.value;
  return failure === undefined ? <Wait>Asking the hub who has what at this door</Wait>
    : <Banner icon="unlinked" actions={<button class="link" type="button" onClick={() => void loadEntries()}>Try again</button>}><b>The hub did not tell who has what here.</b> {failureSentence(failure)}</Banner>;
};

const TASKS = { list: EntryList, pin: GivePin, code: MakeCode, finger: GiveFinger, card: GiveCard } as const;

export const Entries = ({ at }: { readonly at: EntriesPlace }) => {
  useEffect(() => {
    if (entries.value === undefined) void loadEntries();
    if (people.value === undefined) void loadPeople();
  }, []);
  const door = doors.value?.find(({ id }) => id === at.doorId);
  if (door === undefined || entries.value === undefined || people.value === undefined) return <Page title="At the lock" back={doorPath(at.doorId)}><Missing door={door} /></Page>;
  const Screen = TASKS[at.task];
  return <Screen key={at.task} door={door} />;
};
