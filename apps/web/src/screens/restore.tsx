// Coming back: the recovery kit signs in; then, by kit or passkey, this browser becomes a key and each lock gets a roster that names it; where
// a phone is lost, in its place (lost-phone.tsx). What will happen is said before it does.

import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { Steps, Task } from '../app/shell.tsx';
import { go } from '../app/router.ts';
import type { RosterWord } from '../keys/access.ts';
import { openOwnerKey, ownerWays } from '../keys/owner-key.ts';
import { makeBrowserKey } from '../keys/restore.ts';
import { addPasskey, readKit, signInWithKit } from '../keys/sign-in.ts';
import { doors, me } from '../model/live.ts';
import { loadAll, signedIn } from '../model/session.ts';
import { PasskeyMade } from '../parts/passkey-made.tsx';
import { RosterWords } from '../parts/roster-words.tsx';
import { Banner, Field, Wait } from '../parts/small.tsx';
import { kitSentence, typedCharacters } from '../words/codes.ts';
import { forgetLost, isLost, isUnderWay, LostChoice, LostExplained, LostFailure, LostPhone, replaceLost } from './lost-phone.tsx';

type Step =
  | { readonly kind: 'start' } | { readonly kind: 'code' }
  | { readonly kind: 'explain'; readonly owner: KeyPair; readonly byKit: boolean }
  | { readonly kind: 'results'; readonly owner: KeyPair; readonly byKit: boolean; readonly results: readonly RosterWord[] };

const step = signal<Step>({ kind: 'start' });
const code = signal('');
const busy = signal<string | undefined>(undefined);
const failure = signal<string | undefined>(undefined);
const passkeyMade = signal<'no' | 'prf' | 'browser'>('no');
const ways = signal<{ readonly passkey: boolean; readonly browser: boolean } | undefined>(undefined);

const KIT_CHARACTERS = 56;
const STEPS = ['Prove it', 'This browser', 'The locks'];

const doing = async (what: string, run: () => Promise<string | undefined>): Promise<void> => {
  if (busy.value !== undefined) return;
  busy.value = what;
  failure.value = undefined;
  failure.value = await run();
  busy.value = undefined;
};

const Failure = ({ title }: { title: string }) => (failure.value === undefined ? null : <Banner tone="denied"><b>{title}</b> {failure.value}</Banner>);

const useKit = (): Promise<void> => doing('Signing in with the kit', async () => {
  const owner = readKit(code.value);
  if (!owner.ok) return kitSentence(owner.error);
  const answer = await signInWithKit(owner.value);
  if (!answer.ok) return answer.error;
  code.value = '';
  await signedIn(answer.value);
  step.value = { kind: 'explain', owner: owner.value, byKit: true };
  return undefined;
});

const usePasskeyKey = (): Promise<void> => doing('Waiting for your device', async () => {
  const owner = await openOwnerKey();
  if (!owner.ok) return owner.error;
  step.value = { kind: 'explain', owner: owner.value, byKit: false };
  return undefined;
});

const Start = () => {
  useEffect(() => {
    void ownerWays().then((answer) => {
      if (answer.ok) ways.value = answer.value;
      else failure.value = answer.error;
    });
  }, []);
  const known = ways.value;
  return (
    <Task
      title="Make this browser a key" say="It gets a key of its own, and your locks are told of it. You prove that you are the owner with your passkey or with the recovery kit." closes="/" steps={<Steps names={STEPS} at={0} />}
      bar={<><button class="btn btn--tall" type="button" onClick={() => { step.value = { kind: 'code' }; }}>Use the kit</button>
        {known !== undefined && (known.passkey || known.browser) && <button class="btn btn--main btn--tall" type="button" onClick={() => void usePasskeyKey()}>{busy.value ?? 'Use my passkey'}</button>}</>}
    >
      <Failure title="Your owner key was not opened." />
      {known === undefined ? failure.value === undefined && <Wait>Asking the hub how your owner key can be opened</Wait>
        : !known.passkey && !known.browser && <Banner icon="phone"><b>Only the recovery kit opens your owner key here.</b> It was wrapped by another browser’s own key.</Banner>}
    </Task>
  );
};

const Code = () => {
  const parsed = readKit(code.value);
  const complete = typedCharacters(code.value) >= KIT_CHARACTERS;
  const bad = complete && !parsed.ok;
  const note = parsed.ok ? 'The code is whole.' : bad ? kitSentence(parsed.error) : `56 letters and digits. Spaces, dashes and small letters do not matter. ${typedCharacters(code.value)} so far.`;
  return (
    <form onSubmit={(event) => { event.preventDefault(); if (parsed.ok) void useKit(); }}>
      <Task
        title="Use the recovery kit" say="Type the code from the paper, or paste it. The code itself stays in this browser; it signs, it is not sent." closes="/" steps={<Steps names={STEPS} at={0} />}
        bar={<button class="btn btn--main btn--tall" type="submit" aria-disabled={!parsed.ok || busy.value !== undefined}>{busy.value ?? 'Sign in with the kit'}</button>}
      >
        <Failure title="Not signed in." />
        <Field label="Recovery kit" value={code.value} onInput={(value) => { code.value = value; }} maxLength={200} code note={note} bad={bad} placeholder="ABCD-EFGH-…" />
      </Task>
    </form>
  );
};

const apply = (owner: KeyPair, byKit: boolean): Promise<void> => doing('Making the key', async () => {
  const results = await makeBrowserKey({ owner, ownerName: me.value?.person.name ?? 'Owner', doors: doors.value ?? [], onDoor: (name) => { busy.value = `Telling ${name}`; } });
  if (!results.ok) return results.error;
  await loadAll();
  step.value = { kind: 'results', owner, byKit, results: results.value };
  return undefined;
});

const locksHear = (count: number): string => {
  if (count === 0) return 'There is no lock yet that has to be told.';
  return `${count === 1 ? 'Your lock gets' : `Each of your ${count} locks gets`} a new roster, signed by you, that names this key. A lock without link gets it when it is back.`;
};

const Explain = ({ owner, byKit }: { owner: KeyPair; byKit: boolean }) => {
  const begin = (): void => void (isLost.value ? replaceLost({ owner, byKit }) : apply(owner, byKit));
  return (
    <Task
      title="What happens now" closes="/" steps={<Steps names={STEPS} at={1} />}
      bar={<button class="btn btn--main btn--tall" type="button" aria-disabled={busy.value !== undefined} onClick={begin}>{busy.value ?? (isLost.value ? 'Replace the lost phone' : 'Make this browser a key')}</button>}
    >
      <Failure title="This browser is not a key yet." />
      <LostFailure />
      <LostChoice />
      {isLost.value ? <LostExplained byKit={byKit} /> : (
        <ul class="plain">
          <li>This browser makes a new key that cannot be taken out of it.</li>
          <li>{locksHear(doors.value?.length ?? 0)}</li>
          <li>Doors, records and names stay as they are.</li>
        </ul>
      )}
    </Task>
  );
};

const makePasskey = (owner: KeyPair): Promise<void> => doing('Waiting for your device', async () => {
  const made = await addPasskey(owner);
  if (!made.ok) return made.error;
  passkeyMade.value = made.value.prf ? 'prf' : 'browser';
  return undefined;
});

const leave = (): void => {
  step.value = { kind: 'start' };
  passkeyMade.value = 'no';
  failure.value = undefined;
  forgetLost();
  go('/', 'replace');
};

const Results = ({ owner, byKit, results }: { owner: KeyPair; byKit: boolean; results: readonly RosterWord[] }) => {
  const offer = byKit && passkeyMade.value === 'no';
  return (
    <Task
      title="This browser is a key" say={results.length === 0 ? 'There was no lock to tell.' : 'This is how far the news has come:'} steps={<Steps names={STEPS} at={2} />}
      bar={<><button class={offer ? 'btn btn--tall' : 'btn btn--main btn--tall'} type="button" onClick={leave}>To the doors</button>
        {offer && <button class="btn btn--main btn--tall" type="button" onClick={() => void makePasskey(owner)}>{busy.value ?? 'Make a passkey'}</button>}</>}
    >
      <RosterWords words={results} />
      <Failure title="No passkey was made." />
      {offer && <p class="muted">You came in by the kit. Make a passkey on this device, so that the paper can go back to its place.</p>}
      {passkeyMade.value !== 'no' && <PasskeyMade prf={passkeyMade.value === 'prf'} />}
    </Task>
  );
};

export const Restore = () => {
  const at = step.value;
  if (at.kind === 'explain' && isUnderWay()) return <LostPhone owner={at.owner} byKit={at.byKit} steps={STEPS} leave={leave} />;
  if (at.kind === 'explain') return <Explain owner={at.owner} byKit={at.byKit} />;
  if (at.kind === 'results') return <Results owner={at.owner} byKit={at.byKit} results={at.results} />;
  return at.kind === 'code' || me.value === undefined ? <Code /> : <Start />;
};
