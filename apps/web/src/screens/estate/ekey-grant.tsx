// What a key shall open: doors or groups, dates, hours, limits; signed by this owner for the key's credential and whoever has it.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ekeyPath } from '../../app/estate-place.ts';
import { go, stepHere } from '../../app/router.ts';
import { Steps, Task } from '../../app/shell.tsx';
import { grantToEkey } from '../../keys/ekey.ts';
import { ekeyDraft } from '../../model/ekey-draft.ts';
import { ekeys } from '../../model/estate.ts';
import { draft, endLending, goLendStep, lendTerms, lendZone } from '../../model/lend.ts';
import type { LendDraft } from '../../model/lend-draft.ts';
import { doors, now } from '../../model/live.ts';
import { Failed, useDoing } from '../../parts/failed.tsx';
import { LendSentence } from '../../parts/sentence.tsx';
import { Banner } from '../../parts/small.tsx';
import { Doors } from '../lend/steps.tsx';
import { NotYet, useEstate } from './frame.tsx';
import { KeyTerms, termsFault, TermsPreview } from './terms.tsx';

const NAMES = ['Doors', 'When'];

const Done = ({ waiting, back }: { readonly waiting: readonly string[]; readonly back: string }) => (
  <Task title="It is signed" block="lend" bar={<button class="btn btn--main btn--tall" type="button" onClick={() => go(back, 'replace')}>To the key</button>}>
    <p>The key opens by it once it has been updated: at a station, or by its holder’s phone.</p>
    {waiting.length > 0 && <Banner icon="clock"><b>{waiting.join(', ')} must hear of it first.</b> The new roster is signed and on its way; the key opens there once it has arrived. A lock without link takes it from a phone or a key that it lets in already: a new one, from this phone, by opening it once.</Banner>}
  </Task>
);

const Form = ({ ekeyId, keyName, list }: { readonly ekeyId: string; readonly keyName: string; readonly list: LendDraft }) => {
  const [doing, waiting] = [useDoing(), useSignal<readonly string[] | undefined>(undefined)];
  const at = stepHere.value === 'when' ? 1 : 0;
  const ready = (at === 0 ? list.places.length > 0 : lendTerms.value?.ok === true) && doing.busy.value === undefined;
  const sign = async (): Promise<void> => {
    const terms = lendTerms.value;
    if (terms?.ok !== true || list.who.kind !== 'known') return;
    const { id } = list.who;
    const signed = await doing.run('Waiting for your device', 'Nothing was put on the key.', 'It is signed.', () => grantToEkey(ekeyId, id, terms.value, (door) => doing.say(`Telling ${door}`)));
    if (signed !== undefined) waiting.value = signed.value;
  };
  if (waiting.value !== undefined) return <Done waiting={waiting.value} back={ekeyPath(ekeyId)} />;
  return (
    <form onSubmit={(event) => { event.preventDefault(); if (!ready) return; if (at === 0) goLendStep('when'); else void sign(); }}>
      <Task
        title={`What ${keyName} opens`} block="lend" inTop closes={ekeyPath(ekeyId)} steps={<Steps names={NAMES} at={at} onPick={(index) => goLendStep(index === 0 ? 'doors' : 'when')} />}
        bar={<>{at > 0 && <button class="btn btn--tall" type="button" onClick={() => history.back()}>Back</button>}<button class="btn btn--main btn--tall" type="submit" aria-disabled={!ready}>{at === 0 ? 'Continue' : (doing.busy.value ?? 'Sign it for the key')}</button></>}
      >
        <div class="lend__cols">
          <div class="lend__side"><LendSentence draft={list} />{at === 1 && <div class="wide-only"><TermsPreview /></div>}</div>
          <div class="lend__form">
            <Failed doing={doing} />
            {at === 0 ? <Doors draft={list} /> : <KeyTerms draft={list} />}
            {at === 1 && <div class="narrow-only"><TermsPreview /></div>}
            {at === 1 && termsFault() !== undefined && <p class="small muted" role="status">{termsFault()}</p>}
          </div>
        </div>
      </Task>
    </form>
  );
};

export const EkeyGrant = ({ ekeyId }: { readonly ekeyId: string }) => {
  const isThere = useEstate('ekeys', 'locations');
  const ekey = ekeys.value?.find(({ id }) => id === ekeyId);
  const holder = ekey?.state === 'issued' ? ekey.person?.id : undefined;
  useEffect(() => {
    if (ekey === undefined || holder === undefined) return;
    draft.value = ekeyDraft(ekey, now.value, lendZone.value);
    return endLending;
  }, [ekeyId, holder]);
  if (!isThere || doors.value === undefined) return <Task title="What the key opens" closes={ekeyPath(ekeyId)}><NotYet what="this key" wanted={['ekeys', 'locations']} /></Task>;
  if (ekey === undefined || holder === undefined) return <Task title="What the key opens" closes={ekeyPath(ekeyId)}><Banner icon="refused" actions={<a class="link" href={ekeyPath(ekeyId)}>To the key</a>}><b>Nobody has this key.</b> Issue it to a person first: a grant is for whoever holds it.</Banner></Task>;
  return draft.value === undefined ? <Task title="What the key opens" closes={ekeyPath(ekeyId)} /> : <Form ekeyId={ekeyId} keyName={ekey.name} list={draft.value} />;
};
