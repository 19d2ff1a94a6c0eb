// Adding a lock: its setup code, checked as it is typed; the door's name; then the handshake, told in words. Every failure says what did
// not change. Once the offer is out, the lock's own word is enough: its door is found, whoever told the hub.

import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Door } from '@mortise/api/locks.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import type { SetupCode } from '@mortise/documents/setup-code.ts';
import { Steps, Task } from '../app/shell.tsx';
import { doorPath, go, goStep, stepHere } from '../app/router.ts';
import { ensureAccess } from '../keys/access.ts';
import type { AdoptVia } from '../keys/adoption-channel.ts';
import { adoptLock, prepareForLock, storeLock, type NetworkAsked, type AdoptFailure, type AdoptStep, type Adopted } from '../keys/adopt.ts';
import { isProvisional } from '../keys/pending-adoptions.ts';
import { announce } from '../model/announce.ts';
import { finishAdoptions, notTaken } from '../model/finish-adoptions.ts';
import { doors, me, stateOf, waiting } from '../model/live.ts';
import { loadAll, loadWaiting, showProvisional } from '../model/session.ts';
import { TaskDrawing } from '../parts/section.tsx';
import { Seg } from '../parts/choice.tsx';
import { isName, NameField } from '../parts/name-field.tsx';
import { Banner, Field } from '../parts/small.tsx';
import { ADOPTION_LINK, adoptionSentence } from '../words/codes.ts';
import { failureSentence } from '../words/failures.ts';
import { unheardNote } from '../words/waiting.ts';
import { judgeCodeAlone, type Judgement } from '../words/setup-judgement.ts';
import { forgetNetwork, hasLink, isByRadio, meetHere, Network, networkAsked, Where } from './add-here.tsx';
import { judge, WaitingList } from './waiting-locks.tsx';

type Chosen = { readonly code: SetupCode; readonly lockId: string; readonly via: AdoptVia };
type Step =
  | { readonly kind: 'code' }
  | ({ readonly kind: 'name' } & Chosen)
  | { readonly kind: 'working'; readonly at: AdoptStep }
  /** The lock took us, and the hub could not be told. */
  | { readonly kind: 'unstored'; readonly adopted: Adopted; readonly via: AdoptVia }
  /** The lock was offered to us, and did not answer. */
  | ({ readonly kind: 'unheard' } & Chosen)
  /** `isTold`: the hub knows the door. */
  | { readonly kind: 'done'; readonly doorId: string; readonly isTold: boolean };

const step = signal<Step>({ kind: 'code' });
const text = signal('');
const doorName = signal('Front door');
const failure = signal<string | undefined>(undefined);

const STEPS = ['Setup code', 'Door', 'Handshake'];

const toName = ({ code, lockId, via }: Chosen): void => {
  step.value = { kind: 'name', code, lockId, via };
  goStep('name');
};

const PLACES = [['link', 'On the link'], ['here', 'Here beside me']] as const;
const place = signal<(typeof PLACES)[number][0]>('link');
const isLooking = signal(false);

const lookHere = async (code: SetupCode): Promise<void> => {
  isLooking.value = true;
  const met = await meetHere(code);
  isLooking.value = false;
  if (met !== undefined) toName({ code, lockId: met.lockId, via: { kind: 'near', place: met.place } });
};

const Code = () => {
  useEffect(() => {
    void loadWaiting();
    void prepareForLock();
  }, []);
  const isHere = place.value === 'here';
  const judged: Judgement = isHere ? judgeCodeAlone(nobleCrypto, text.value, doors.value ?? []) : judge(text.value);
  const { lock } = judged;
  const ready = !judged.bad && judged.code !== undefined && (isHere ? !isLooking.value : lock !== undefined);
  const next = (): void => {
    failure.value = undefined;
    if (!ready || judged.code === undefined) return;
    if (isHere) void lookHere(judged.code);
    else if (lock !== undefined) toName({ code: judged.code, lockId: lock.lockId, via: { kind: 'hub' } });
  };
  return (
    <form onSubmit={(event) => { event.preventDefault(); next(); }}>
      <Task
        title="Add a lock" say="Its setup code proves that you hold the lock in your hands. It works once." closes="/" steps={<Steps names={STEPS} at={0} />}
        bar={<button class="btn btn--main btn--tall" type="submit" aria-disabled={!ready}>{isLooking.value ? 'Looking for the lock' : isHere && isByRadio() ? 'Find the lock' : 'Continue'}</button>}
      >
        <Seg legend="Where the lock is" options={PLACES} value={place.value} onChange={(value) => { place.value = value; }} />
        <Field label="Setup code" value={text.value} onInput={(value) => { text.value = value; }} maxLength={120} code note={judged.note} bad={judged.bad} placeholder="ABCDE-FGHIJ-…" />
        {isHere ? <Where /> : <WaitingList />}
      </Task>
    </form>
  );
};

const UNHEARD = 'The offer went out, but no answer of the lock came back.';

const failureWords = (error: AdoptFailure): string => {
  if (error.kind === 'sentence') return error.sentence;
  if (error.kind === 'lock') return adoptionSentence(error.error);
  if (error.kind === 'unheard') return UNHEARD;
  return error.kind === 'link' ? ADOPTION_LINK[error.code] : `${failureSentence(error.failure)} Nothing was changed on the lock.`;
};

const added = (door: Door): void => {
  announce(`${door.name} is added.`);
  step.value = { kind: 'done', doorId: door.id, isTold: !isProvisional(door) };
};

const store = async (adopted: Adopted, via: AdoptVia): Promise<void> => {
  step.value = { kind: 'working', at: 'storing' };
  const stored = await storeLock(adopted.taken, via);
  if (!stored.ok && via.kind === 'near' && stored.error.kind === 'unreachable') {
    showProvisional();
    const door = doors.value?.find(({ lock }) => lock.lockId === adopted.taken.lockId);
    if (door !== undefined) {
      added(door);
      return;
    }
  }
  if (!stored.ok) {
    failure.value = failureSentence(stored.error);
    step.value = { kind: 'unstored', adopted, via };
    return;
  }
  await loadAll();
  step.value = { kind: 'working', at: 'access' };
  // While the owner key is open. Should it fail, lending the first key does it.
  await ensureAccess(adopted.authority, [stored.value], () => undefined);
  added(stored.value);
};

const adopt = async (chosen: Chosen, network: NetworkAsked | undefined): Promise<void> => {
  failure.value = undefined;
  notTaken.value = new Set([...notTaken.value].filter((each) => each !== chosen.lockId));
  const taken = await adoptLock({
    ...chosen, network, doorName: doorName.value.trim(), zone: me.value?.site.zone ?? 'UTC', onStep: (at) => { step.value = { kind: 'working', at }; },
  });
  if (taken.ok) {
    forgetNetwork();
    await store(taken.value, chosen.via);
    return;
  }
  failure.value = failureWords(taken.error);
  if (taken.error.kind === 'unheard') step.value = { kind: 'unheard', ...chosen };
  else toName(chosen);
};

const Name = (chosen: Chosen) => {
  const { via } = chosen;
  const isAsked = via.kind === 'near' && hasLink(via.place);
  const network = isAsked ? networkAsked() : 'none';
  const doubled = (doors.value ?? []).some(({ name }) => name === doorName.value.trim());
  const ready = isName(doorName.value) && !doubled && network !== 'wrong';
  return (
    <form onSubmit={(event) => { event.preventDefault(); if (ready) void adopt(chosen, network === 'none' ? undefined : network); }}>
      <Task
        title="Which door is it on?" say={`Your passkey then signs the lock in. Lock and you prove to each other who you are; ${via.kind === 'hub' ? 'the hub only carries it' : 'the hub need not be there'}.`} closes="/" steps={<Steps names={STEPS} at={1} />}
        bar={<><button class="btn btn--tall" type="button" onClick={() => { history.back(); failure.value = undefined; }}>Back</button><button class="btn btn--main btn--tall" type="submit" aria-disabled={!ready}>Make it mine</button></>}
      >
        {failure.value !== undefined && <Banner tone="denied"><b>The lock was not added.</b> {failure.value}</Banner>}
        <NameField label="Name of the door" value={doorName.value} onInput={(value) => { doorName.value = value; }} note="Such as Front door, or Cellar." fault={doubled ? 'Another door has this name.' : undefined} />
        {isAsked && <Network />}
      </Task>
    </form>
  );
};

const PROGRESS: readonly (readonly [AdoptStep, string])[] = [
  ['owner', 'Your owner key is opened for the signature'],
  ['greeting', 'The lock proves that it is the one of the code'],
  ['offering', 'You prove that you know the code, and the lock takes you as its owner'],
  ['storing', 'The hub writes down that the lock is yours'],
  ['access', 'You sign what the lock is to judge lent keys by'],
];

const Working = ({ at }: { at: AdoptStep }) => {
  const index = PROGRESS.findIndex(([name]) => name === at);
  return (
    <Task title="Lock and owner meet" steps={<Steps names={STEPS} at={2} />}>
      <ol class="stepsdone" aria-live="polite">{PROGRESS.map(([name, words], order) => <li key={name} data-done={order < index || undefined} aria-current={order === index ? 'step' : undefined}>{words}</li>)}</ol>
    </Task>
  );
};

/** The door of a lock that took us, whoever told the hub of it. */
const useDoorOf = (lockId: string): void => {
  const door = doors.value?.find(({ lock }) => lock.lockId === lockId);
  useEffect(() => {
    if (door !== undefined) added(door);
  }, [door]);
};

const Unstored = ({ adopted, via }: { adopted: Adopted; via: AdoptVia }) => {
  useDoorOf(adopted.taken.lockId);
  return (
    <Task title="The lock is yours" say="It has taken you as its owner. Only the hub has not written it down yet." closes="/" bar={<button class="btn btn--main btn--tall" type="button" onClick={() => void store(adopted, via)}>Tell the hub again</button>}>
      <Banner tone="alarm"><b>The hub was not told.</b> {failure.value}</Banner>
      <p class="muted">{via.kind === 'hub' ? 'The lock tells the hub itself when it is on the link again.' : 'This browser tells the hub once it takes it.'} You need not stay on this page.</p>
    </Task>
  );
};

/** Of a lock that is here: it is asked as often as it is at hand. */
const UnheardHere = (chosen: Chosen) => {
  const { lockId } = chosen;
  useDoorOf(lockId);
  const hasRefused = notTaken.value.has(lockId);
  useEffect(() => {
    if (!hasRefused) return;
    failure.value = 'It did not take you as its owner. Nothing was changed on the lock.';
    toName(chosen);
  }, [hasRefused]);
  return (
    <Task
      title="Waiting for the lock’s word" say="If it took you as its owner, it says so as soon as it is here again, and its door appears. You need not stay on this page." closes="/" steps={<Steps names={STEPS} at={2} />}
      bar={<button class="btn btn--tall" type="button" onClick={() => void finishAdoptions()}>Ask the lock now</button>}
    >
      <Banner icon="unlinked"><b>{failure.value}</b> Go close to it again, or touch it again.</Banner>
    </Task>
  );
};

const Unheard = (chosen: Chosen) => {
  const { lockId } = chosen;
  useDoorOf(lockId);
  useEffect(() => void loadAll(), []);
  return (
    <Task
      title="Waiting for the lock’s word" say="If it took you as its owner, it tells the hub itself, and its door appears here. You need not stay on this page." closes="/" steps={<Steps names={STEPS} at={2} />}
      bar={<button class="btn btn--tall" type="button" onClick={() => { toName(chosen); failure.value = undefined; }}>Back</button>}
    >
      <Banner icon="unlinked"><b>{failure.value}</b> {unheardNote(waiting.value?.find((each) => each.lockId === lockId))}</Banner>
    </Task>
  );
};

const finish = (to: string): void => {
  step.value = { kind: 'code' };
  text.value = '';
  doorName.value = 'Front door';
  failure.value = undefined;
  go(to, 'replace');
};

const Drawing = ({ doorId }: { doorId: string }) => {
  const door = doors.value?.find(({ id }) => id === doorId);
  return <TaskDrawing state={door === undefined ? 'unknown' : stateOf(door)} />;
};

const NOT_TOLD = 'The hub does not know of it yet. This browser tells it as soon as it can be reached; you can open the door here now.';

const Done = ({ doorId, isTold }: { doorId: string; isTold: boolean }) => (
  <Task title={`${doorName.value.trim()} is added`} say={`The lock knows you and this browser’s key. From now on it takes orders from its owners only.${isTold ? '' : ` ${NOT_TOLD}`}`} bar={<button class="btn btn--main btn--tall" type="button" onClick={() => finish(doorPath(doorId))}>To the door</button>}>
    <Drawing doorId={doorId} />
  </Task>
);

export const AddLock = () => {
  const at = step.value;
  if (at.kind === 'name') return stepHere.value !== 'name' ? <Code /> : <Name code={at.code} lockId={at.lockId} via={at.via} />;
  if (at.kind === 'working') return <Working at={at.at} />;
  if (at.kind === 'unstored') return <Unstored adopted={at.adopted} via={at.via} />;
  if (at.kind === 'unheard') return at.via.kind === 'hub' ? <Unheard {...at} /> : <UnheardHere {...at} />;
  return at.kind === 'done' ? <Done doorId={at.doorId} isTold={at.isTold} /> : <Code />;
};
