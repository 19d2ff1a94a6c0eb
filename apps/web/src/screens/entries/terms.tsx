// When a PIN or a finger opens: always, or within dates and hours; and what else must come with it. The fields are those of lending.

import { useEffect } from 'preact/hooks';
import type { Signal } from '@preact/signals';
import type { Door } from '@mortise/api/locks.ts';
import type { Factor } from '@mortise/documents/entry-terms.ts';
import { entriesAt } from '../../model/entries.ts';
import { draft, endLending } from '../../model/lend.ts';
import { freshDraft, type LendDraft } from '../../model/lend-draft.ts';
import { now } from '../../model/live.ts';
import { placeOfDoor } from '../../model/places.ts';
import { Check, Select } from '../../parts/choice.tsx';
import { pairWords, type PairKind } from '../../words/entry-pair.ts';
import { Dates, Holidays, Hours } from '../lend/steps.tsx';

export type When = { readonly isLimited: boolean; readonly second: Factor | undefined; readonly duress: boolean };
export const ALWAYS: When = { isLimited: false, second: undefined, duress: false };

/** Dates and hours of this page, while it is shown. */
export const useTerms = (door: Door): LendDraft | undefined => {
  useEffect(() => {
    draft.value = freshDraft([placeOfDoor(door.id)], now.value, door.zone);
    return endLending;
  }, [door.id]);
  return draft.value;
};

/** Which entry these are of, and whose. */
export type WhenOf = { readonly kind: PairKind; readonly doorId: string; readonly personId: string };

/** What must come with it, and what that comes to by what its person has there. */
const Second = ({ of: { kind, doorId, personId }, second, seconds, onChange }: { readonly of: WhenOf; readonly second: Factor; readonly seconds: WhenProps['seconds']; readonly onChange: (second: Factor | undefined) => void }) => (
  <div class="limit__value">
    <Select label="What must come with it" value={second} options={seconds} onChange={(value) => onChange(seconds.find(([each]) => each === value)?.[0])} />
    <p class="small muted" role="status">{pairWords(kind, second, entriesAt(doorId).filter(({ person }) => person?.id === personId))}</p>
  </div>
);

export type WhenProps = { readonly of: WhenOf; readonly list: LendDraft; readonly when: Signal<When>; readonly seconds: readonly (readonly [Factor, string])[] };

export const WhenFields = ({ of, list, when, seconds }: WhenProps) => {
  const { isLimited, second, duress } = when.value;
  const put = (over: Partial<When>): void => { when.value = { ...when.value, ...over }; };
  return (
    <>
      <section class="panel" aria-labelledby="when">
        <h2 id="when">When</h2>
        <Check words="Only for a time" note={isLimited ? undefined : 'It opens until you take it away.'} on={isLimited} onChange={(on) => put({ isLimited: on })} />
        {isLimited && <Dates draft={list} />}
      </section>
      <Hours draft={list} />
      <section class="panel" aria-labelledby="more">
        <h2 id="more">More</h2>
        <Holidays draft={list} />
        <Check words="Something else of theirs must come with it" on={second !== undefined} onChange={(on) => put({ second: on ? seconds[0]?.[0] : undefined })} />
        {second !== undefined && <Second of={of} second={second} seconds={seconds} onChange={(next) => put({ second: next })} />}
        <Check words="It is for use under duress" note="It opens like any other and tells nothing at the door. Owners see the alarm in Activity, and get it by mail or SMS where they asked for that under People." on={duress} onChange={(on) => put({ duress: on })} />
      </section>
    </>
  );
};
