// Lending a key, as one sentence that is filled in: who, which doors, when, and how it gets there. Beside it what the lock would say.

import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { firstName } from '@mortise/words/lists.ts';
import { grantPath } from '../app/router.ts';
import { Steps, Task } from '../app/shell.tsx';
import { lendKey, type LendProgress, type Lent } from '../keys/lend.ts';
import { announce } from '../model/announce.ts';
import { grants } from '../model/grants.ts';
import { beginLending, draft, endLending, goLendStep, lendStep, lendTerms, lendZone, type LendStart } from '../model/lend.ts';
import { draftFault, isConfirmed, LEND_STEPS, type LendDraft, type LendStep } from '../model/lend-draft.ts';
import { doors, me, now } from '../model/live.ts';
import { KeysNotYet } from '../parts/keys-not-yet.tsx';
import { isName } from '../parts/name-field.tsx';
import { LendSentence } from '../parts/sentence.tsx';
import { Banner, Wait } from '../parts/small.tsx';
import { sentTitle } from '../words/grant-state.ts';
import { Powers } from './lend/powers.tsx';
import { Preview } from './lend/preview.tsx';
import { Send } from './lend/send.tsx';
import { Sent } from './lend/sent.tsx';
import { Doors, When, Who } from './lend/steps.tsx';

const working = signal<LendProgress | undefined>(undefined);
const failure = signal<string | undefined>(undefined);
const sent = signal<Lent | undefined>(undefined);

const NAMES: Readonly<Record<LendStep, string>> = { who: 'Who', doors: 'Doors', when: 'When', send: 'Send' };

/** What keeps this step from going on. */
const faultAt = (step: LendStep, list: LendDraft): string | undefined => {
  const fault = draftFault(list, isName, now.value, lendZone.value);
  return fault !== undefined && LEND_STEPS.indexOf(fault.step) <= LEND_STEPS.indexOf(step) ? fault.says : undefined;
};

const send = async (list: LendDraft): Promise<void> => {
  if (working.value !== undefined) return;
  failure.value = undefined;
  working.value = { kind: 'owner' };
  const lent = await lendKey(list, lendZone.value, (at) => { working.value = at; });
  working.value = undefined;
  if (!lent.ok) {
    failure.value = lent.error;
    return;
  }
  announce(`${sentTitle(lent.value.grant)}.`);
  endLending();
  sent.value = lent.value;
};

const goOn = (step: LendStep, list: LendDraft): void => {
  if (faultAt(step, list) !== undefined) return;
  const next = LEND_STEPS[LEND_STEPS.indexOf(step) + 1];
  if (next === undefined) void send(list);
  else goLendStep(next);
};

const WORKING: Readonly<Record<LendProgress['kind'], string>> = {
  owner: 'Your owner key is opened for the signature', access: 'The locks get what they need to judge lent keys, signed by you', signing: 'The key is signed', hub: 'The hub takes it over',
};

const Working = ({ at, list }: { at: LendProgress; list: LendDraft }) => {
  const kinds = isConfirmed(list) && list.way !== 'app' ? (['owner', 'access', 'hub'] as const) : (['owner', 'access', 'signing', 'hub'] as const);
  return (
    <Task title={`A key for ${list.who.name.trim()}`} block="lend">
      <ol class="stepsdone" aria-live="polite">
        {kinds.map((kind, place) => (
          <li key={kind} data-done={place < kinds.findIndex((each) => each === at.kind) || undefined} aria-current={kind === at.kind ? 'step' : undefined}>
            {WORKING[kind]}{at.kind === 'access' && kind === 'access' ? `: ${at.door}` : ''}
          </li>
        ))}
      </ol>
    </Task>
  );
};

const buttonWords = (step: LendStep, { who, way, replaces }: LendDraft): string => {
  if (step !== 'send') return 'Continue';
  const name = firstName(who.name);
  if (way === 'share' || way === 'qr') return `Make ${replaces === undefined ? 'the' : 'a new'} link for ${name}`;
  return replaces === undefined ? `Send key to ${name}` : `Send anew to ${name}`;
};

const Form = ({ step, list }: { step: LendStep; list: LendDraft }) => {
  switch (step) {
    case 'who':
      return <Who draft={list} />;
    case 'doors':
      return <Doors draft={list} />;
    case 'when':
      return <div class="lend__form"><When draft={list} /><Powers draft={list} /></div>;
    case 'send':
      return <Send draft={list} />;
  }
};

const Step = ({ step, list }: { step: LendStep; list: LendDraft }) => {
  const terms = lendTerms.value;
  const at = LEND_STEPS.indexOf(step);
  const fault = faultAt(step, list);
  const preview = terms?.ok === true && at >= 2 ? <Preview terms={terms.value} zone={lendZone.value} /> : undefined;
  return (
    <form onSubmit={(event) => { event.preventDefault(); goOn(step, list); }}>
      <Task
        title={list.replaces === undefined ? 'Lend a key' : 'Send the key anew'} block="lend" inTop closes={list.replaces === undefined ? '/lent' : grantPath(list.replaces)} steps={<Steps names={LEND_STEPS.map((each) => NAMES[each])} at={at} onPick={(index) => goLendStep(LEND_STEPS[index] ?? 'who')} />}
        bar={<>{at > 0 && <button class="btn btn--tall" type="button" onClick={() => history.back()}>Back</button>}<button class="btn btn--main btn--tall" type="submit" aria-disabled={fault !== undefined}>{buttonWords(step, list)}</button></>}
      >
        <div class="lend__cols">
          <div class="lend__side"><LendSentence draft={list} />{step === 'send' && list.replaces === undefined ? preview : <div class="wide-only">{preview}</div>}</div>
          <div class="lend__form">
            {failure.value !== undefined && <Banner tone="denied"><b>The key was not lent.</b> {failure.value}</Banner>}
            <Form step={step} list={list} />
            {step === 'when' && <div class="narrow-only">{preview}</div>}
            {fault !== undefined && step === 'send' && <p class="small muted" role="status">{fault}</p>}
          </div>
        </div>
      </Task>
    </form>
  );
};

/** There is nothing to send anew. */
const NotAnew = ({ grantId }: { grantId: string }) => (
  <Task title="Send the key anew" closes="/lent">
    <Banner icon="refused" actions={<a class="link" href={grantPath(grantId)}>To the key</a>}><b>This link is not to be sent anew.</b> It has been used, or was taken back.</Banner>
  </Task>
);

export const Lend = ({ doorId, personId, grantId }: LendStart) => {
  const ready = doors.value !== undefined && (grantId === undefined || grants.value !== undefined);
  useEffect(() => {
    if (!ready) return;
    beginLending({ doorId, personId, grantId });
    return () => { sent.value = undefined; };
  }, [ready, doorId, personId, grantId]);
  const list = draft.value;
  if (sent.value !== undefined) return <Sent lent={sent.value} siteName={me.value?.site.name ?? 'Mortise'} />;
  if (doors.value !== undefined && !ready) return <Task title="Send the key anew" closes="/lent"><KeysNotYet what="keys" /></Task>;
  if (list === undefined && ready && grantId !== undefined) return <NotAnew grantId={grantId} />;
  if (list === undefined) return <Task title="Lend a key" closes="/lent"><Wait>Asking the hub for your doors</Wait></Task>;
  return working.value === undefined ? <Step step={lendStep.value} list={list} /> : <Working at={working.value} list={list} />;
};
