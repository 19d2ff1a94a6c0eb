// Adding a lock: its setup code, checked as it is typed; which waiting lock it belongs to; the door's name; then the handshake, told in
// words. Every failure says what did not change.

import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { equalBytes } from '@mortise/base/bytes.ts';
import { identifierBytes, parseIdentifier, type LockId } from '@mortise/base/identifiers.ts';
import type { WaitingLock } from '@mortise/api/locks.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { parseSetupCode, SETUP_CODE_CHARACTERS, type SetupCode } from '@mortise/documents/setup-code.ts';
import { Steps, Task } from '../app/shell.tsx';
import { doorPath, go } from '../app/router.ts';
import { adoptLock, storeLock, type AdoptFailure, type AdoptStep, type Taken } from '../keys/adopt.ts';
import { announce } from '../model/announce.ts';
import { doors, me, now, stateOf, waiting, zone } from '../model/live.ts';
import { loadAll, loadWaiting } from '../model/session.ts';
import { Icon } from '../parts/icon.tsx';
import { Section } from '../parts/section.tsx';
import { Banner, Field, Wait } from '../parts/small.tsx';
import { ADOPTION_LINK, adoptionSentence, setupCodeSentence, typedCharacters } from '../words/codes.ts';
import { failureSentence } from '../words/failures.ts';
import { ago } from '../words/time.ts';

type Step = { readonly kind: 'code' } | { readonly kind: 'name'; readonly code: SetupCode; readonly lockId: string } | { readonly kind: 'working'; readonly at: AdoptStep } | { readonly kind: 'unstored'; readonly taken: Taken } | { readonly kind: 'done'; readonly doorId: string };

const step = signal<Step>({ kind: 'code' });
const text = signal('');
const doorName = signal('Front door');
const failure = signal<string | undefined>(undefined);

const STEPS = ['Setup code', 'Door', 'Handshake'];

const belongs = (lock: WaitingLock, { lockIdPrefix }: SetupCode): boolean => {
  const id = parseIdentifier<LockId>(lock.lockId);
  return id !== undefined && equalBytes(identifierBytes(id).subarray(0, lockIdPrefix.length), lockIdPrefix);
};

/** What the code is worth now: the lock it names, or what is missing. */
const judge = (): { readonly note: string; readonly bad: boolean; readonly code?: SetupCode; readonly lock?: WaitingLock } => {
  const parsed = parseSetupCode(nobleCrypto, text.value);
  const typed = typedCharacters(text.value);
  if (!parsed.ok) {
    const bad = typed >= SETUP_CODE_CHARACTERS || (parsed.error.code !== 'setup-code-length' && typed > 0);
    return { note: bad ? setupCodeSentence(parsed.error, text.value) : `40 letters and digits, from the label or the Workbench. ${typed} so far.`, bad };
  }
  const lock = waiting.value?.find((each) => belongs(each, parsed.value));
  if (lock === undefined) return { note: 'The code is whole, but its lock is not on the link. See that it has power and reaches the hub; this page notices by itself.', bad: true, code: parsed.value };
  if (lock.adopted) return { note: 'The code’s lock already belongs to somebody. Its owner has to reset it first.', bad: true, code: parsed.value };
  return { note: `The code is whole. Its lock is on the link${lock.model === null ? '' : `: ${lock.model}`}.`, bad: false, code: parsed.value, lock };
};

const WaitingList = () => {
  const list = waiting.value;
  if (list === undefined) return <Wait>Asking the hub which locks wait</Wait>;
  if (list.length === 0) return <Banner icon="unlinked"><b>No lock waits to be added.</b> A new lock shows here a few seconds after it has power and reaches the hub.</Banner>;
  return (
    <section class="stack" aria-labelledby="waits"><h2 id="waits">On the link now</h2>
      <ul class="list">
        {list.map((lock) => (
          <li class="row" key={lock.lockId}><Icon name={lock.adopted ? 'refused' : 'hub'} />
            <span class="row__body"><span class="row__name">{lock.model ?? 'A lock'}</span><span class="row__note">{lock.adopted ? 'Belongs to somebody already.' : `Waits for its owner. Heard ${ago(lock.heardAt, now.value, zone.value)}.`} <span class="mono">{lock.lockId.slice(0, 8)}</span></span></span></li>
        ))}
      </ul>
    </section>
  );
};

const Code = () => {
  useEffect(() => void loadWaiting(), []);
  const judged = judge();
  const next = (): void => {
    if (judged.code !== undefined && judged.lock !== undefined) step.value = { kind: 'name', code: judged.code, lockId: judged.lock.lockId };
  };
  return (
    <form onSubmit={(event) => { event.preventDefault(); next(); }}>
      <Task
        title="Add a lock" say="Its setup code proves that you hold the lock in your hands. It works once." closes="/" steps={<Steps names={STEPS} at={0} />}
        bar={<button class="btn btn--main btn--tall" type="submit" aria-disabled={judged.lock === undefined || judged.bad}>Continue</button>}
      >
        <Field label="Setup code" value={text.value} onInput={(value) => { text.value = value; }} maxLength={120} code note={judged.note} bad={judged.bad} placeholder="ABCDE-FGHIJ-…" />
        <WaitingList />
      </Task>
    </form>
  );
};

const failureWords = (error: AdoptFailure): string => {
  if (error.kind === 'sentence') return error.sentence;
  if (error.kind === 'lock') return adoptionSentence(error.error);
  return error.kind === 'link' ? ADOPTION_LINK[error.code] : `${failureSentence(error.failure)} Nothing was changed on the lock.`;
};

const store = async (taken: Taken): Promise<void> => {
  step.value = { kind: 'working', at: 'storing' };
  const stored = await storeLock(taken, doorName.value.trim());
  if (!stored.ok) {
    failure.value = failureSentence(stored.error);
    step.value = { kind: 'unstored', taken };
    return;
  }
  await loadAll();
  announce(`${stored.value.name} is added.`);
  step.value = { kind: 'done', doorId: stored.value.id };
};

const adopt = async (code: SetupCode, lockId: string): Promise<void> => {
  failure.value = undefined;
  const taken = await adoptLock({ code, lockId, zone: me.value?.site.zone ?? 'UTC', onStep: (at) => { step.value = { kind: 'working', at }; } });
  if (taken.ok) {
    await store(taken.value);
    return;
  }
  failure.value = failureWords(taken.error);
  step.value = { kind: 'name', code, lockId };
};

const Name = ({ code, lockId }: { code: SetupCode; lockId: string }) => {
  const ready = doorName.value.trim() !== '' && !(doors.value ?? []).some(({ name }) => name === doorName.value.trim());
  return (
    <form onSubmit={(event) => { event.preventDefault(); if (ready) void adopt(code, lockId); }}>
      <Task
        title="Which door is it on?" say="Your passkey then signs the lock in. Lock and you prove to each other who you are; the hub only carries it." closes="/" steps={<Steps names={STEPS} at={1} />}
        bar={<><button class="btn btn--tall" type="button" onClick={() => { step.value = { kind: 'code' }; failure.value = undefined; }}>Back</button><button class="btn btn--main btn--tall" type="submit" aria-disabled={!ready}>Make it mine</button></>}
      >
        {failure.value !== undefined && <Banner tone="denied"><b>The lock was not added.</b> {failure.value}</Banner>}
        <Field label="Name of the door" value={doorName.value} onInput={(value) => { doorName.value = value; }} maxLength={64} note={ready || doorName.value.trim() === '' ? 'Such as Front door, or Cellar.' : 'Another door has this name.'} bad={!ready && doorName.value.trim() !== ''} />
      </Task>
    </form>
  );
};

const PROGRESS: readonly (readonly [AdoptStep, string])[] = [
  ['owner', 'Your owner key is opened for the signature'],
  ['greeting', 'The lock proves that it is the one of the code'],
  ['offering', 'You prove that you know the code, and the lock takes you as its owner'],
  ['storing', 'The hub writes down that the lock is yours'],
];

const Working = ({ at }: { at: AdoptStep }) => {
  const index = PROGRESS.findIndex(([name]) => name === at);
  return (
    <Task title="Lock and owner meet" steps={<Steps names={STEPS} at={2} />}>
      <ol class="stepsdone" aria-live="polite">{PROGRESS.map(([name, words], place) => <li key={name} data-done={place < index || undefined} aria-current={place === index ? 'step' : undefined}>{words}</li>)}</ol>
    </Task>
  );
};

const Unstored = ({ taken }: { taken: Taken }) => (
  <Task title="The lock is yours" say="It has taken you as its owner. Only the hub has not written it down yet." bar={<button class="btn btn--main btn--tall" type="button" onClick={() => void store(taken)}>Tell the hub again</button>}>
    <Banner tone="alarm"><b>Do not close this page.</b> {failure.value}</Banner>
  </Task>
);

const finish = (to: string): void => {
  step.value = { kind: 'code' };
  text.value = '';
  doorName.value = 'Front door';
  failure.value = undefined;
  go(to, 'replace');
};

const Drawing = ({ doorId }: { doorId: string }) => {
  const door = doors.value?.find(({ id }) => id === doorId);
  return <div class="task__hero"><Section state={door === undefined ? 'unknown' : stateOf(door)} hero /></div>;
};

const Done = ({ doorId }: { doorId: string }) => (
  <Task title={`${doorName.value.trim()} is added`} say="The lock knows you and this browser’s key. From now on it takes orders from its owners only." bar={<button class="btn btn--main btn--tall" type="button" onClick={() => finish(doorPath(doorId))}>To the door</button>}>
    <Drawing doorId={doorId} />
  </Task>
);

export const AddLock = () => {
  const at = step.value;
  if (at.kind === 'name') return <Name code={at.code} lockId={at.lockId} />;
  if (at.kind === 'working') return <Working at={at.at} />;
  if (at.kind === 'unstored') return <Unstored taken={at.taken} />;
  return at.kind === 'done' ? <Done doorId={at.doorId} /> : <Code />;
};
