// Becoming the owner: site, recovery kit, passkey. The kit is made here and confirmed before anything is claimed, so that nobody owns a
// site whose kit is not on paper. The claim link's token is in the fragment: it is sent to nobody but the hub, in the claim.

import { signal } from '@preact/signals';
import { Steps, Task } from '../app/shell.tsx';
import { go, goStep, stepHere } from '../app/router.ts';
import { claimLinkFault, claimSite, prepareSite, type ClaimEnd, type Prepared, type Unanswered } from '../keys/own.ts';
import { signInWithPasskey } from '../keys/sign-in.ts';
import { link, session } from '../model/live.ts';
import { signedIn } from '../model/session.ts';
import { isKitKept, KeepKit } from '../parts/kit.tsx';
import { useLeaveGuard } from '../parts/leave-guard.ts';
import { isName, NameField } from '../parts/name-field.tsx';
import { TaskDrawing } from '../parts/section.tsx';
import { Banner } from '../parts/small.tsx';
import { guessedZone, ZonePicker } from '../parts/zones.tsx';

type Ended = Extract<ClaimEnd, { kind: 'claimed' | 'answer-lost' }>;
type Claimed = Extract<ClaimEnd, { kind: 'claimed' }>;

const siteName = signal('Home');
const ownerName = signal('');
const zone = signal(guessedZone());
const typed = signal('');
/** Made once for this page: the passkey step claims with exactly what the kit was printed for. */
const prepared = signal<Prepared | undefined>(undefined);
const unanswered = signal<Unanswered | undefined>(undefined);
const ended = signal<Ended | undefined>(undefined);
/** The claim went out, and nobody knows what became of it. */
const unheard = signal(false);
const busy = signal(false);
const failure = signal<string | undefined>(undefined);

const STEPS = ['Site', 'Recovery kit', 'Passkey'];
const steps = (at: number) => <Steps names={STEPS} at={at} />;

const TOKEN = /^#?(?:token=)?([A-Za-z0-9_-]{43})$/;
const tokenOf = (): string | undefined => location.hash.match(TOKEN)?.[1];

const Welcome = () => (
  <Task
    title="This hub is yours to take"
    say="In three steps you become its owner: name the place, put a recovery kit on paper, make a passkey. Nobody else can do it after you."
    bar={<button class="btn btn--main btn--tall" type="button" onClick={() => goStep('site')}>Begin</button>}
  >
    <TaskDrawing />
    <p class="muted">The keys are made in this browser. The hub keeps them only as wrapped bytes that it cannot open.</p>
  </Task>
);

/** One thing at a time; what it gives back is why it failed. */
const doing = async (run: () => Promise<string | undefined>): Promise<void> => {
  if (busy.value) return;
  busy.value = true;
  failure.value = undefined;
  unheard.value = false;
  failure.value = await run();
  busy.value = false;
};

const Failed = () => (failure.value === undefined ? null
  : <Banner tone="denied"><b>{unheard.value ? 'Whether the hub took the claim is not known yet.' : 'The site is not yours yet.'}</b> {failure.value}</Banner>);

const ready = (): boolean => isName(siteName.value) && isName(ownerName.value);

// The link is tried before the kit is made: a kit for a link that does not hold would be waste paper.
const toKit = (): Promise<void> => doing(async () => {
  const token = tokenOf();
  if (!ready() || token === undefined) return undefined;
  const fault = await claimLinkFault(token, ownerName.value.trim());
  if (fault !== undefined) return fault;
  prepared.value ??= await prepareSite();
  goStep('kit');
  return undefined;
});

const Site = () => (
  <form onSubmit={(event) => { event.preventDefault(); void toKit(); }}>
    <Task
      title="Name the place" say="As you would say it to a guest." steps={steps(0)}
      bar={<button class="btn btn--main btn--tall" type="submit" aria-disabled={!ready() || busy.value}>Continue</button>}
    >
      <Failed />
      <NameField label="Name of the site" value={siteName.value} onInput={(value) => { siteName.value = value; }} note="Such as Home, or Seefeldstrasse 41." />
      <NameField label="Your name" value={ownerName.value} onInput={(value) => { ownerName.value = value; }} autocomplete="name" note="It stays on the hub. Locks know a number instead." />
      <ZonePicker zone={zone.value} onChange={(value) => { zone.value = value; }} />
    </Task>
  </form>
);

const confirmed = (code: string): boolean => isKitKept(code, typed.value);

const KitStep = ({ code }: { code: string }) => {
  useLeaveGuard();
  return (
    <form onSubmit={(event) => { event.preventDefault(); if (confirmed(code)) goStep('passkey'); }}>
      <Task
        title="Keep the recovery kit" say="It is shown only now. Print it or write it down, and put it away from this device." steps={steps(1)}
        bar={<><button class="btn btn--tall" type="button" onClick={() => history.back()}>Back</button>
          <button class="btn btn--main btn--tall" type="submit" aria-disabled={!confirmed(code)}>The kit is kept</button></>}
      >
        <KeepKit code={code} siteName={siteName.value.trim()} ownerName={ownerName.value.trim()} zone={zone.value} typed={typed.value} onTyped={(value) => { typed.value = value; }} />
      </Task>
    </form>
  );
};

const claim = (known: Prepared): Promise<void> => doing(async () => {
  const token = tokenOf();
  if (token === undefined) return undefined;
  const end = await claimSite({ prepared: known, token, siteName: siteName.value.trim(), zone: zone.value, ownerName: ownerName.value.trim(), unanswered: unanswered.value });
  if (end.kind === 'failed') return end.sentence;
  unanswered.value = { prf: end.prf };
  unheard.value = end.kind === 'unheard';
  if (end.kind === 'unheard') return `${end.sentence} The hub is asked first what became of the claim.`;
  finish(end);
  return undefined;
});

const finish = (end: Ended): void => {
  history.replaceState(null, '', '/claim');
  prepared.value = undefined;
  ended.value = end;
};

const Passkey = ({ known }: { known: Prepared }) => {
  useLeaveGuard();
  return (
    <Task
      title="Make your passkey" say="With your face, your finger or your device’s PIN you sign in and sign what the locks go by. There is no password." steps={steps(2)}
      bar={<><button class="btn btn--tall" type="button" onClick={() => { failure.value = undefined; history.back(); }}>Back</button>
        <button class="btn btn--main btn--tall" type="button" aria-disabled={busy.value} onClick={() => void claim(known)}>{busy.value ? 'Waiting for your device' : 'Make the passkey'}</button></>}
    >
      <Failed />
      <ul class="plain">
        <li>Your device asks you. It may ask twice: once to make the passkey, once to draw a key from it.</li>
        <li>This browser also gets a key of its own, to open doors with. It cannot be taken out.</li>
        <li>The kit on your paper counts once the hub is yours. If you start anew, a new kit is made; throw this one away.</li>
      </ul>
    </Task>
  );
};

const signIn = (prf: boolean): Promise<void> => doing(async () => {
  const answer = await signInWithPasskey();
  if (!answer.ok) return answer.error;
  ended.value = { kind: 'claimed', me: answer.value, prf };
  return undefined;
});

const AnswerLost = ({ prf }: { prf: boolean }) => (
  <Task
    title="The hub has an owner now" say="The hub has taken your claim, but its answer was lost: sign in with the passkey you have just made. Your kit is the right one."
    bar={<button class="btn btn--main btn--tall" type="button" aria-disabled={busy.value} onClick={() => void signIn(prf)}>{busy.value ? 'Waiting for your device' : 'Sign in with a passkey'}</button>}
  >
    {failure.value !== undefined && <Banner tone="denied"><b>Not signed in.</b> {failure.value}</Banner>}
    <TaskDrawing />
  </Task>
);

const enter = async (claimed: Claimed, to: string): Promise<void> => {
  ended.value = undefined;
  unanswered.value = undefined;
  typed.value = '';
  await signedIn(claimed.me);
  go(to, 'replace');
};

const Done = ({ claimed }: { claimed: Claimed }) => (
  <Task
    title={`${claimed.me.site.name} is yours`} say="Next comes the first lock. Have its setup code at hand: it is on its label, or on the Workbench for the virtual one."
    bar={<><button class="btn btn--tall" type="button" onClick={() => void enter(claimed, '/')}>Later</button>
      <button class="btn btn--main btn--tall" type="button" onClick={() => void enter(claimed, '/add-lock')}>Add the first lock</button></>}
  >
    <TaskDrawing />
    {!claimed.prf && (
      <Banner icon="phone"><b>The kit is the only way back on another browser.</b> This passkey cannot draw a key (it has no PRF), so your owner key opens in this browser alone.</Banner>
    )}
  </Task>
);

const Refused = ({ title, say }: { title: string; say: string }) => <Task title={title} say={say} bar={<a class="btn btn--main btn--tall" href="/">To the start</a>}><TaskDrawing /></Task>;

export const Claim = () => {
  const [end, known, step] = [ended.value, prepared.value, stepHere.value];
  if (end !== undefined) return end.kind === 'claimed' ? <Done claimed={end} /> : <AnswerLost prf={end.prf} />;
  if (session.value.kind === 'in' && link.value.kind === 'lost') return <Refused title="No answer from the hub" say="Whether it has an owner is not known before it answers. This page goes on as soon as it does." />;
  if (session.value.kind === 'out' || session.value.kind === 'in') return <Refused title="This hub has an owner" say="A claim link works once. If you are the owner, sign in; if your passkey is gone, use the recovery kit." />;
  if (tokenOf() === undefined) return <Refused title="The claim link is not whole" say="Open the link exactly as the hub printed it when it started, with everything after the # sign." />;
  if (known !== undefined && step === 'passkey' && confirmed(known.site.kitCode)) return <Passkey known={known} />;
  if (known !== undefined && (step === 'passkey' || step === 'kit')) return <KitStep code={known.site.kitCode} />;
  return step === undefined ? <Welcome /> : <Site />;
};
