// On the page of one electronic key: what whoever has it says, and what is done for them from here.

import type { Ekey } from '@mortise/api/ekeys.ts';
import { when } from '@mortise/words/time.ts';
import { now, zone } from '../../model/live.ts';
import { Banner } from '../../parts/small.tsx';

const Report = ({ ekey: { lostReport, person } }: { readonly ekey: Ekey }) =>
  lostReport === null ? null : (
    <Banner tone="alarm">
      <b>{person?.name ?? 'Its holder'} says that it is lost.</b> That was {when(lostReport.at, now.value, zone.value)}{lostReport.note === '' ? '' : `: “${lostReport.note}”`}. The hub may not take back what it opens by
      itself: report it lost here, and sign. Until then it opens as before.
    </Banner>
  );

export const FromHolder = ({ ekey }: { readonly ekey: Ekey }) => (
  <>
    <Report ekey={ekey} />
    <p class="act__export">
      <a class="btn btn--s" href="/estate/keys/update">Update it here</a>
      {ekey.state === 'issued' && <a class="btn btn--s" href={`/estate/keys/${ekey.id}/phone`}>A phone for {ekey.person?.name ?? 'its holder'}</a>}
    </p>
  </>
);
