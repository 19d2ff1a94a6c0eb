// Becoming the owner: site, passkey, recovery kit. The claim link's token is in the fragment, so that it is sent to nobody but in the
// claim itself; it leaves the address bar when the hub has taken the claim.

import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Steps, Task } from '../app/shell.tsx';
import { go } from '../app/router.ts';
import { claimSite, type Claimed } from '../keys/own.ts';
import { session } from '../model/live.ts';
import { signedIn } from '../model/session.ts';
import { Icon } from '../parts/icon.tsx';
import { Kit } from '../parts/kit.tsx';
import { Section } from '../parts/section.tsx';
import { Banner, Field } from '../parts/small.tsx';
import { guessedZone, ZonePicker } from '../parts/zones.tsx';

type Step = { readonly kind: 'welcome' } | { readonly kind: 'site' } | { readonly kind: 'passkey' } | { readonly kind: 'kit'; readonly claimed: Claimed } | { readonly kind: 'done'; readonly claimed: Claimed };

const step = signal<Step>({ kind: 'welcome' });
const siteName = signal('Home');
const ownerName = signal('');
const zone = signal(guessedZone());
const busy = signal(false);
const failure = signal<string | undefined>(undefined);
const typed = signal('');

const STEPS = ['Site', 'Passkey', 'Recovery kit'];
const steps = (at: number) => <Steps names={STEPS} at={at} />;

const TOKEN = /^#?(?:token=)?([A-Za-z0-9_-]{43})$/;
const tokenOf = (): string | undefined => location.hash.match(TOKEN)?.[1];

const Welcome = () => (
  <Task
    title="This hub is yours to take"
    say="In three steps you become its owner: name the place, make a passkey, keep a recovery kit on paper. Nobody else can do it after you."
    bar={<button class="btn btn--main btn--tall" type="button" onClick={() => { step.value = { kind: 'site' }; }}>Begin</button>}
  >
    <div class="task__hero"><Section state="unknown" hero /></div>
    <p class="muted">The keys are made in this browser. The hub keeps them only as wrapped bytes that it cannot open.</p>
  </Task>
);

const ready = (): boolean => siteName.value.trim() !== '' && ownerName.value.trim() !== '';

const Site = () => (
  <form onSubmit={(event) => { event.preventDefault(); if (ready()) step.value = { kind: 'passkey' }; }}>
    <Task
      title="Name the place" say="As you would say it to a guest." steps={steps(0)}
      bar={<button class="btn btn--main btn--tall" type="submit" aria-disabled={!ready()}>Continue</button>}
    >
      <Field label="Name of the site" value={siteName.value} onInput={(value) => { siteName.value = value; }} maxLength={64} note="Such as Home, or Seefeldstrasse 41." />
      <Field label="Your name" value={ownerName.value} onInput={(value) => { ownerName.value = value; }} maxLength={64} autocomplete="name" note="It stays on the hub. Locks know a number instead." />
      <ZonePicker zone={zone.value} onChange={(value) => { zone.value = value; }} />
    </Task>
  </form>
);

const claim = async (): Promise<void> => {
  const token = tokenOf();
  if (busy.value || token === undefined) return;
  busy.value = true;
  failure.value = undefined;
  const claimed = await claimSite({ token, siteName: siteName.value.trim(), zone: zone.value, ownerName: ownerName.value.trim() });
  busy.value = false;
  if (!claimed.ok) {
    failure.value = claimed.error;
    return;
  }
  history.replaceState(null, '', '/claim');
  step.value = { kind: 'kit', claimed: claimed.value };
};

const Passkey = () => (
  <Task
    title="Make your passkey" say="With your face, your finger or your device’s PIN you sign in and sign what the locks go by. There is no password." steps={steps(1)}
    bar={<><button class="btn btn--tall" type="button" onClick={() => { step.value = { kind: 'site' }; }}>Back</button>
      <button class="btn btn--main btn--tall" type="button" aria-disabled={busy.value} onClick={() => void claim()}>{busy.value ? 'Waiting for your device' : 'Make the passkey'}</button></>}
  >
    {failure.value !== undefined && <Banner tone="denied"><b>The site is not yours yet.</b> {failure.value}</Banner>}
    <ul class="plain">
      <li>Your device asks you. It may ask twice: once to make the passkey, once to draw a key from it.</li>
      <li>This browser also gets a key of its own, to open doors with. It cannot be taken out.</li>
    </ul>
  </Task>
);

const confirmed = (code: string): boolean => typed.value.trim().toUpperCase() === code.slice(-4);

const guard = (event: BeforeUnloadEvent): void => event.preventDefault();

const useGuard = (): void => {
  useEffect(() => {
    addEventListener('beforeunload', guard);
    return () => removeEventListener('beforeunload', guard);
  }, []);
};

const KitStep = ({ claimed }: { claimed: Claimed }) => {
  useGuard();
  const kept = (): void => { if (confirmed(claimed.kitCode)) step.value = { kind: 'done', claimed }; };
  return (
    <Task
      title="Keep the recovery kit" say="It is shown once, now. Print it or write it down, and put it away from this device." steps={steps(2)}
      bar={<button class="btn btn--main btn--tall" type="button" aria-disabled={!confirmed(claimed.kitCode)} onClick={kept}>The kit is kept</button>}
    >
      {!claimed.prf && (
        <Banner tone="alarm" icon="phone"><b>The kit is the only way back on another browser.</b> This passkey cannot draw a key (it has no PRF), so your owner key opens in this browser alone.</Banner>
      )}
      <Kit code={claimed.kitCode} siteName={claimed.me.site.name} ownerName={claimed.me.person.name} zone={claimed.me.site.zone} />
      <button class="btn btn--start" type="button" onClick={() => print()}><Icon name="print" />Print this page</button>
      <Field label="The last four characters on your paper" value={typed.value} onInput={(value) => { typed.value = value; }} maxLength={8} note="So that we both know that it is there." bad={typed.value.trim().length >= 4 && !confirmed(claimed.kitCode)} />
    </Task>
  );
};

const enter = async (claimed: Claimed, to: string): Promise<void> => {
  step.value = { kind: 'welcome' };
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
    <div class="task__hero"><Section state="unknown" hero /></div>
  </Task>
);

const Refused = ({ title, say }: { title: string; say: string }) => <Task title={title} say={say} bar={<a class="btn btn--main btn--tall" href="/">To the start</a>} />;

export const Claim = () => {
  const at = step.value;
  if (at.kind === 'kit') return <KitStep claimed={at.claimed} />;
  if (at.kind === 'done') return <Done claimed={at.claimed} />;
  if (session.value.kind === 'out' || session.value.kind === 'in') return <Refused title="This hub has an owner" say="A claim link works once. If you are the owner, sign in; if your passkey is gone, use the recovery kit." />;
  if (tokenOf() === undefined) return <Refused title="The claim link is not whole" say="Open the link exactly as the hub printed it when it started, with everything after the # sign." />;
  if (at.kind === 'site') return <Site />;
  return at.kind === 'passkey' ? <Passkey /> : <Welcome />;
};
