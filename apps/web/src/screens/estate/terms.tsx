// Dates, hours and limits of a grant to an electronic key: the parts by which keys are lent, without what only phones can do.

import { FRESH_CHOICES, MOST_USES, type LendDraft } from '../../model/lend-draft.ts';
import { change, lendTerms, lendZone } from '../../model/lend.ts';
import { Check, Select } from '../../parts/choice.tsx';
import { CountField } from '../../parts/count-field.tsx';
import { Dates, Holidays, Hours } from '../lend/steps.tsx';
import { Preview } from '../lend/preview.tsx';

const PLAIN_USES = 20;

const Limits = ({ draft }: { readonly draft: LendDraft }) => (
  <section class="panel" aria-labelledby="limits">
    <h2 id="limits">Limits</h2>
    <div class="limit">
      <Check words="Only so many openings" note="Each lock counts its own. Locking up is not counted." on={draft.uses !== null} onChange={(on) => change({ uses: on ? PLAIN_USES : null })} />
      {draft.uses !== null && <div class="limit__value"><CountField label="Openings" value={draft.uses} most={MOST_USES} onInput={(uses) => change({ uses })} /></div>}
    </div>
    <Holidays draft={draft} />
    <div class="limit">
      <p class="small">Without an update of the key this opens for</p>
      <div class="limit__value"><Select label="How long it opens without an update" value={String(draft.freshForS)} options={FRESH_CHOICES.map(([seconds, words]) => [String(seconds), words])} onChange={(text) => change({ freshForS: Number(text) })} /></div>
    </div>
  </section>
);

export const KeyTerms = ({ draft }: { readonly draft: LendDraft }) => <><Dates draft={draft} /><Hours draft={draft} /><Limits draft={draft} /></>;

/** "Would it open at …?", once the terms hold together. */
export const TermsPreview = () => (lendTerms.value?.ok === true ? <Preview terms={lendTerms.value.value} zone={lendZone.value} /> : null);

/** What the terms lack; undefined: nothing. The field of a count says it too. */
export const termsFault = (): string | undefined => (lendTerms.value?.ok === false ? lendTerms.value.error.says : undefined);
