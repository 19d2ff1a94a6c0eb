// A lost phone is replaced: what that does, said before it is done; where no paper stays, the new recovery kit, kept before anything changes; how
// far the news has come.

import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { Steps, Task } from '../app/shell.tsx';
import { makeKit, needsKit, replaceLostPhone, type LostInput, type LostReplaced, type NewKit } from '../keys/lost-phone.ts';
import type { OwnerProgress } from '../keys/owner-set.ts';
import { announce } from '../model/announce.ts';
import { ekeys, loadEkeys } from '../model/estate.ts';
import { doors, me, zone } from '../model/live.ts';
import { loadPeople } from '../model/people.ts';
import { loadAll } from '../model/session.ts';
import { isKitKept, KeepKit } from '../parts/kit.tsx';
import { useLeaveGuard } from '../parts/leave-guard.ts';
import { Working } from '../parts/owner-working.tsx';
import { PasskeyMade } from '../parts/passkey-made.tsx';
import { RosterWords } from '../parts/roster-words.tsx';
import { Banner } from '../parts/small.tsx';
import { Unsigned } from '../parts/unsigned.tsx';

type Who = { readonly owner: KeyPair; readonly byKit: boolean };

/** What the person says: a phone is lost, and the paper too. */
export const isLost = signal(false);
const isKitLost = signal(false);
/** Made once for this page: what was printed is what goes into the set, also at the next try. */
const newKit = signal<NewKit | undefined>(undefined);
const typed = signal('');
const at = signal<'kit' | OwnerProgress | undefined>(undefined);
const failure = signal<string | undefined>(undefined);
const done = signal<LostReplaced | undefined>(undefined);

/** Whether `LostPhone` is what the page shows. */
export const isUnderWay = (): boolean => at.value !== undefined || done.value !== undefined;

/** The choices, and the secret of a kit that was shown. */
export const forgetLost = (): void => {
  isLost.value = false;
  isKitLost.value = false;
  newKit.value = undefined;
  typed.value = '';
  at.value = undefined;
  failure.value = undefined;
  done.value = undefined;
};

const inputOf = ({ owner, byKit }: Who): LostInput =>
  ({ owner, byKit, kitLost: isKitLost.value, personId: me.value?.person.id ?? '', ownerName: me.value?.person.name ?? 'Owner', newKit: newKit.value });

const isPaperKept = (): boolean => newKit.value !== undefined && isKitKept(newKit.value.code, typed.value);

const run = async (input: LostInput): Promise<void> => {
  failure.value = undefined;
  const result = await replaceLostPhone(input, (step) => { at.value = step; });
  if (result.ok) {
    await Promise.all([loadAll(), loadPeople()]);
    done.value = result.value;
    announce('The lost phone is replaced.');
  } else failure.value = result.error;
  at.value = undefined;
};

/** Begins: with the kit's page where a new one is needed, else at once. */
export const replaceLost = async (who: Who): Promise<void> => {
  if (at.value !== undefined) return;
  at.value = { kind: 'owner' };
  const needed = await needsKit(inputOf(who));
  if (needed.ok && needed.value && !isPaperKept()) {
    newKit.value ??= makeKit();
    at.value = 'kit';
  } else if (needed.ok) await run(inputOf(who));
  else {
    failure.value = needed.error;
    at.value = undefined;
  }
};

export const LostFailure = () =>
  failure.value === undefined ? null : <Banner tone="denied"><b>The lost phone is not replaced yet.</b> {failure.value} What has been done so far takes nothing away: do the same again.</Banner>;

// ---- what happens ------------------------------------------------------------------------------------------------------------

const count = (): string => {
  const locks = doors.value?.length ?? 0;
  return locks === 1 ? 'Your lock gets' : `Each of your ${locks} locks gets`;
};

export const LostExplained = ({ byKit }: { byKit: boolean }) => {
  useEffect(() => void loadEkeys(), []);
  return (
    <ul class="plain">
      <li>You make a new passkey. It opens a new owner key, in the place of the one that the lost phone can open. This browser makes a key to open doors with.</li>
      {(doors.value?.length ?? 0) > 0 && <li>{count()} a new roster and the new owners, signed. From then on it refuses the lost phone, and what its owner key signs. A lock without link goes by the old ones until it has heard.</li>}
      <li>{`Keys that you have lent are signed anew, with the same terms. ${byKit ? '' : 'A lock without link takes them once it has heard; with the recovery kit instead of the passkey it takes them at any time. '}Links that nobody has used end: send them anew. So do codes that were made with its owner key.`}</li>
      {(ekeys.value?.length ?? 0) > 0 && <li>What it signed for electronic keys is signed anew too. Such a key opens at locks that have heard once it has been updated.</li>}
      <li>Last, your other passkeys end, and your other devices are signed out. Those that you still have do this step again, without the lost phone. Other owners stay as they are.</li>
      <li>The recovery kit stays valid where the lost phone could not open its key. Else a new one is made, for you to print, and the old one ends.</li>
    </ul>
  );
};

export const LostChoice = () => (
  <>
    <label class="check"><input type="checkbox" checked={isLost.value} onChange={(event) => { isLost.value = event.currentTarget.checked; }} />
      <span>My old phone is lost<br /><span class="small muted">It shall sign in, open and sign nothing any more, and neither shall your other devices until each has become a key again.</span></span></label>
    {isLost.value && (
      <>
        <label class="check"><input type="checkbox" checked={isKitLost.value} onChange={(event) => { isKitLost.value = event.currentTarget.checked; }} />
          <span>My recovery kit is lost too, or somebody may have read it<br /><span class="small muted">A new one is made. The old one ends.</span></span></label>
        <Banner icon="phone"><b>Are your passkeys kept in an account?</b> Then the new one reaches every device of that account: take the lost phone out of it first.</Banner>
      </>
    )}
  </>
);

// ---- the walk ------------------------------------------------------------------------------------------------------------------

type WalkProps = Who & { readonly steps: readonly string[]; readonly leave: () => void };

const KitStep = ({ kit, steps, ...who }: Omit<WalkProps, 'leave'> & { kit: NewKit }) => {
  useLeaveGuard();
  return (
    <form onSubmit={(event) => { event.preventDefault(); if (isPaperKept()) void run(inputOf(who)); }}>
      <Task
        title="Keep the new recovery kit" say="It is shown only now, and counts once the lost phone is replaced. The kit that you may have ends then: throw it away." steps={<Steps names={steps} at={1} />}
        bar={<><button class="btn btn--tall" type="button" onClick={() => { at.value = undefined; }}>Back</button>
          <button class="btn btn--main btn--tall" type="submit" aria-disabled={!isPaperKept()}>The kit is kept</button></>}
      >
        <KeepKit code={kit.code} siteName={me.value?.site.name ?? ''} ownerName={me.value?.person.name ?? ''} zone={zone.value} typed={typed.value} onTyped={(text) => { typed.value = text; }} />
      </Task>
    </form>
  );
};

const Results = ({ replaced, steps, leave }: Pick<WalkProps, 'steps' | 'leave'> & { replaced: LostReplaced }) => (
  <Task
    title="The lost phone is replaced" say={replaced.rosters.length === 0 ? 'There was no lock to tell.' : 'This is how far the news has come:'} steps={<Steps names={steps} at={2} />}
    bar={<button class="btn btn--main btn--tall" type="button" onClick={leave}>To the doors</button>}
  >
    <RosterWords words={replaced.rosters} />
    {replaced.rosters.length > 0 && <p class="muted small">A lock that is off the link goes by the old ones until it has heard; any phone that it knows and that stays carries the news to it.</p>}
    <Unsigned names={replaced.unsigned} />
    <PasskeyMade prf={replaced.prf} />
    <Banner icon="key"><b>{replaced.hasNewKit ? 'The new recovery kit is valid.' : 'Your recovery kit is valid as before.'}</b> {replaced.hasNewKit ? 'The old one is not: throw it away.' : 'Put the paper back in its place.'}</Banner>
    <p class="muted">Who had the phone may have lent keys with it, or invited owners: look through <a href="/lent">the keys</a> and <a href="/people">the people</a>.</p>
  </Task>
);

export const LostPhone = (props: WalkProps) => {
  const [now, replaced, kit] = [at.value, done.value, newKit.value];
  if (replaced !== undefined) return <Results replaced={replaced} steps={props.steps} leave={props.leave} />;
  if (now === 'kit' && kit !== undefined) return <KitStep kit={kit} {...props} />;
  return <Working title="The lost phone is being replaced" at={now === undefined || now === 'kit' ? { kind: 'owner' } : now} />;
};
