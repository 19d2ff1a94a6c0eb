// Renewing or changing a lent key: the fields as it was lent with; only what is touched is changed.

import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Grant } from '@mortise/api/grants.ts';
import { possessive } from '@mortise/words/lists.ts';
import { Task } from '../app/shell.tsx';
import { grantPath } from '../app/router.ts';
import { changeKey } from '../keys/grant-change.ts';
import { announce } from '../model/announce.ts';
import { changesOf, draftOf, narrows } from '../model/grant-change.ts';
import { draft, endLending, lendTerms, lendZone } from '../model/lend.ts';
import { now } from '../model/live.ts';
import { zoneOfPlaces } from '../model/places.ts';
import { LendSentence } from '../parts/sentence.tsx';
import { Banner, Wait } from '../parts/small.tsx';
import { Preview } from './lend/preview.tsx';
import { When } from './lend/steps.tsx';

const busy = signal(false);
const failure = signal<string | undefined>(undefined);
const begun = signal<ReturnType<typeof draftOf> | undefined>(undefined);

const leave = (): void => {
  failure.value = undefined;
  endLending();
  history.back();
};

const apply = async (grant: Grant, changes: ReturnType<typeof changesOf>): Promise<void> => {
  if (busy.value || Object.keys(changes).length === 0) return;
  busy.value = true;
  failure.value = undefined;
  const changed = await changeKey(grant, changes);
  busy.value = false;
  if (!changed.ok) {
    failure.value = changed.error;
    return;
  }
  announce('The key is changed.');
  leave();
};

export const ChangeGrant = ({ grant }: { grant: Grant }) => {
  useEffect(() => {
    const fields = draftOf(grant, now.value, zoneOfPlaces(grant.terms.places));
    begun.value = fields;
    draft.value = fields;
    return endLending;
  }, [grant.id]);
  const [list, before, terms] = [draft.value, begun.value, lendTerms.value];
  if (list === undefined || before === undefined) return <Task title="Change the key" closes={grantPath(grant.id)}><Wait>Reading the key</Wait></Task>;
  const changes = terms?.ok === true ? changesOf(before, list, terms.value) : {};
  const ready = terms?.ok === true && Object.keys(changes).length > 0 && !busy.value;
  return (
    <form onSubmit={(event) => { event.preventDefault(); if (ready) void apply(grant, changes); }}>
      <Task
        title={`Change ${possessive(grant.person.name)} key`} block="lend" inTop closes={grantPath(grant.id)}
        bar={<><button class="btn btn--tall" type="button" onClick={leave}>Leave as it is</button><button class="btn btn--main btn--tall" type="submit" aria-disabled={!ready}>{busy.value ? 'Signing the change' : 'Sign the change'}</button></>}
      >
        <div class="lend__cols">
          <div class="lend__side"><LendSentence draft={list} />{terms?.ok === true && <div class="wide-only"><Preview terms={terms.value} zone={lendZone.value} /></div>}</div>
          <div class="lend__form">
            {failure.value !== undefined && <Banner tone="denied"><b>The key is as it was.</b> {failure.value}</Banner>}
            {narrows(grant.terms, changes) && <Banner icon="clock"><b>This takes something away.</b> A lock that has not heard of it still opens as before; the key’s page says which, and until when.</Banner>}
            <When draft={list} />
            {terms?.ok === true && <div class="narrow-only"><Preview terms={terms.value} zone={lendZone.value} /></div>}
          </div>
        </div>
      </Task>
    </form>
  );
};
