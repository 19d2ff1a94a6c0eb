// In the place of lent keys, or of what they go by, until the hub has said what there is: nobody is told of nothing.

import { grantsFailure, loadGrants } from '../model/grants.ts';
import { failureSentence } from '../words/failures.ts';
import { Banner, Wait } from './small.tsx';

export const KeysNotYet = ({ what }: { what: 'keys' | 'groups' | 'calendars' }) =>
  grantsFailure.value === undefined ? <Wait>Asking the hub for the {what}</Wait> : (
    <Banner icon="unlinked" actions={<button class="link" type="button" onClick={() => void loadGrants()}>Try again</button>}>
      <b>The {what} could not be fetched.</b> {failureSentence(grantsFailure.value)}
    </Banner>
  );
