// All doors in the order they were added, so that hands learn it: the first one large with its own hold, the others as rows.

import type { Door } from '@mortise/api/locks.ts';
import { reasonSentence } from '@mortise/words/reasons.ts';
import { dayKey } from '@mortise/words/time.ts';
import { doorPath } from '../app/router.ts';
import { NoKey, Page } from '../app/shell.tsx';
import { isKeyless } from '../keys/phone-key.ts';
import { actOf, doAct, FAILED } from '../model/acts.ts';
import { holdOf } from '../model/hold.ts';
import { activityFailure, doors, doorsFailure, knownOf, me, now, saidOf, stateOf, told, waiting, wayToDoor, zone } from '../model/live.ts';
import { loadAll } from '../model/session.ts';
import type { Way } from '../model/ways.ts';
import { Hold } from '../parts/hold.tsx';
import { AskedFor } from '../parts/asked-for.tsx';
import { WarningChips } from '../parts/door-warnings.tsx';
import { Partly } from '../parts/find.tsx';
import { Icon } from '../parts/icon.tsx';
import { Section, Sign } from '../parts/section.tsx';
import { Banner, Chip, Empty, Wait, type Tone } from '../parts/small.tsx';
import { Entry, keyOf } from '../parts/timeline.tsx';
import { isBatteryLow, volts } from '../words/battery.ts';
import { doorSentence, isThrownOpen, summary, WORDS, type DoorState } from '../words/door-state.ts';
import { failureSentence } from '../words/failures.ts';
import { causeOf, isMovement } from '../words/record.ts';

const TONES: Readonly<Record<DoorState, Tone>> = { locked: 'so', unlocked: 'open', open: 'open', jammed: 'alarm', unknown: 'unknown' };

/** The sentence under a door's word. */
export const sentenceOf = (door: Door): string => {
  const last = told.value.find(({ item }) => item.lockId === door.lock.lockId && isMovement(item));
  const cause = last === undefined ? undefined : causeOf(last, zone.value, me.value?.person.id, saidOf(door).said?.bolt);
  return doorSentence(knownOf(door), cause, now.value, zone.value);
};

export const Battery = ({ door }: { door: Door }) => {
  const mv = saidOf(door).said?.batteryMv;
  if (mv === undefined) return null;
  return isBatteryLow(mv) ? <Chip tone="alarm">Battery low: {volts(mv)}</Chip> : <span>Battery {volts(mv)}</span>;
};

/** The mark of a tile that shows no battery while it is well. */
const LowBattery = ({ door }: { door: Door }) => (isBatteryLow(saidOf(door).said?.batteryMv ?? Infinity) ? <p class="tile__why"><Battery door={door} /></p> : null);

const WAYS: Readonly<Record<Way, { readonly icon: 'hub' | 'near' | 'unlinked'; readonly word: string }>> = {
  hub: { icon: 'hub', word: 'Through the hub' }, near: { icon: 'near', word: 'Straight from here' }, none: { icon: 'unlinked', word: 'No link' },
};

const Foot = ({ door }: { door: Door }) => (
  <p class="tile__foot">
    <span><Icon name={WAYS[wayToDoor(door)].icon} />{WAYS[wayToDoor(door)].word}</span>
    <Battery door={door} />
  </p>
);

const whyOf = (door: Door): string => {
  const [phase, act] = [holdOf(door).phase.value, actOf(door).value];
  if (phase.kind === 'refused') return `Not opened. ${reasonSentence(phase.code)}`;
  if (phase.kind === 'armed') return 'The next tap opens the door. Wait, and it will not.';
  if (phase.kind === 'rest' && phase.early) return 'Not opened. Hold until the ring is full.';
  return act.kind === 'failed' ? `${FAILED[act.act]} ${reasonSentence(act.code)}` : sentenceOf(door);
};

const Why = ({ door }: { door: Door }) => <p class="tile__why">{whyOf(door)}</p>;

/** Locks in one tap; says what it waits for. */
export const LockButton = ({ door }: { door: Door }) => {
  const act = actOf(door).value;
  const words = act.kind === 'asking' ? 'Asking the lock' : stateOf(door) === 'jammed' ? 'Try to lock' : 'Lock now';
  return <button class="btn btn--s" type="button" aria-disabled={act.kind === 'asking'} aria-label={`${words}: ${door.name}`} onClick={() => void doAct(door, 'lock')}>{words}</button>;
};

const canLock = (state: DoorState): boolean => !isKeyless.value && (state === 'unlocked' || state === 'jammed');

const Lead = ({ door }: { door: Door }) => {
  const state = stateOf(door);
  return (
    <article class="tile tile--lead" data-state={state}>
      <Section state={state} thrown={isThrownOpen(knownOf(door))} built={saidOf(door).said?.built?.mechanism} />
      <div class="tile__text">
        <h2><a href={doorPath(door.id)}>{door.name}</a></h2>
        <p class="tile__word">{WORDS[state]}</p>
        <Why door={door} />
        <WarningChips door={door} />
        <Foot door={door} />
      </div>
      {canLock(state) ? <div class="tile__side"><Hold door={door} size="tile" /><LockButton door={door} /></div> : <Hold door={door} size="tile" />}
    </article>
  );
};

const Row = ({ door }: { door: Door }) => {
  const state = stateOf(door);
  return (
    <article class="tile tile--row" data-state={state}>
      <Sign state={state} thrown={isThrownOpen(knownOf(door))} />
      <div><h2><a href={doorPath(door.id)}>{door.name}</a></h2><p class="tile__word">{WORDS[state]}</p></div>
      {canLock(state) ? <LockButton door={door} /> : <Hold door={door} size="row" />}
      <Why door={door} />
      <WarningChips door={door} />
      <LowBattery door={door} />
    </article>
  );
};

const Summary = ({ list }: { list: readonly Door[] }) => {
  const parts = summary(list.map(stateOf));
  return (
    <p class="keys doors__sum">
      {parts.length === 0 ? <Chip>{list.length === 1 ? 'Locked' : `All ${list.length} locked`}</Chip>
        : parts.map(({ state, count }) => <Chip key={state} tone={TONES[state]}>{`${count} ${WORDS[state].toLowerCase()}`}</Chip>)}
    </p>
  );
};

const Today = () => {
  const today = told.value.filter(({ item }) => dayKey(item.at, zone.value) === dayKey(now.value, zone.value)).slice(0, 12);
  return (
    <aside class="panel wide-only" aria-label="Latest">
      <div class="head"><h2>Today</h2><a class="link" href="/activity">All activity</a></div>
      {today.length === 0
        ? <p class="small muted">{activityFailure.value === undefined ? 'Nothing yet today.' : failureSentence(activityFailure.value)}</p>
        : <ol class="line">{today.map((each) => <Entry key={keyOf(each)} happening={each} withDoor />)}</ol>}
    </aside>
  );
};

const Finishing = () => {
  if (!(waiting.value ?? []).some(({ finishing }) => finishing)) return null;
  return <Banner tone="accent" icon="hub"><b>A lock has taken you as its owner.</b> It is telling the hub; its door appears here in a moment.</Banner>;
};

export const Waiting = () => {
  const fresh = (waiting.value ?? []).filter(({ adopted }) => !adopted);
  if (fresh.length === 0) return null;
  return (
    <Banner tone="accent" icon="add" actions={<a class="link" href="/add-lock">Add it</a>}>
      <b>{fresh.length === 1 ? 'A lock waits to be added.' : `${fresh.length} locks wait to be added.`}</b> You need the setup code that came with it.
    </Banner>
  );
};

const NoDoors = () => (
  <Empty title="No door yet">
    <p>Add your first lock with the setup code that came with it. It takes about a minute.</p>
    <a class="btn btn--main" href="/add-lock">Add a lock</a>
  </Empty>
);

const Content = () => {
  const list = doors.value;
  if (list === undefined) {
    const failure = doorsFailure.value;
    if (failure === undefined) return <Wait>Asking the hub for your doors</Wait>;
    return <Banner icon="unlinked" actions={<button class="link" type="button" onClick={() => void loadAll()}>Try again</button>}><b>Your doors could not be fetched.</b> {failureSentence(failure)}</Banner>;
  }
  if (list.length === 0) return <><Finishing /><NoDoors /></>;
  const [first, ...others] = list;
  return (
    <>
      <Summary list={list} />
      <AskedFor />
      <NoKey />
      <Finishing />
      <Waiting />
      <div class="doors__grid">
        <div class="tiles doors__tiles">
          {first !== undefined && <Lead door={first} />}
          <Partly list={others} more="more doors">{(shown) => shown.map((door) => <Row key={door.id} door={door} />)}</Partly>
        </div>
        <Today />
      </div>
    </>
  );
};

export const Doors = () => (
  <Page title="Doors" note={me.value?.site.name} action={doors.value !== undefined && doors.value.length > 0 && <a class="btn btn--icon" href="/add-lock" aria-label="Add a lock"><Icon name="add" /></a>}>
    <div class="doors main__in"><Content /></div>
  </Page>
);
