// In the place of somebody, until the hub has said who there is.

import { loadPeople, people, peopleFailure } from '../model/people.ts';
import { failureSentence } from '../words/failures.ts';
import { Banner, Wait } from './small.tsx';

export const PeopleNotYet = () =>
  peopleFailure.value === undefined ? <Wait>Asking the hub who can open</Wait> : (
    <Banner icon="unlinked" actions={<button class="link" type="button" onClick={() => void loadPeople()}>Try again</button>}><b>The list could not be fetched.</b> {failureSentence(peopleFailure.value)}</Banner>
  );

/** Of one who was looked for by an address: not heard of yet, or not there. */
export const NobodyHere = ({ who }: { who: string }) =>
  people.value === undefined ? <PeopleNotYet /> : <Banner icon="people"><b>{who} is not here.</b> <a href="/people">To the people</a></Banner>;
