// One door: the drawing, the word, the sentence, the hold; then what else the lock can do, and today.

import { useEffect } from 'preact/hooks';
import type { Door } from '@mortise/api/locks.ts';
import { listed } from '@mortise/words/lists.ts';
import { dayKey } from '@mortise/words/time.ts';
import { entriesPath } from '../app/entries-place.ts';
import { policyPath, removeLockPath } from '../app/router.ts';
import { NoKey, Page } from '../app/shell.tsx';
import { isKeyless } from '../keys/phone-key.ts';
import { grants, newestFirst } from '../model/grants.ts';
import { activity, doors, doorsFailure, knownOf, link, me, now, saidOf, stateOf, told, zone } from '../model/live.ts';
import { operate } from '../model/owner-operate.ts';
import { loadPeople, people } from '../model/people.ts';
import { doorsOf } from '../model/places.ts';
import { AT_DOOR } from '../model/ways.ts';
import { ByRadio } from '../parts/bluetooth.tsx';
import { GrantRow, initials } from '../parts/grant-row.tsx';
import { Hold, HoldSays } from '../parts/hold.tsx';
import { DoorWarnings } from '../parts/door-warnings.tsx';
import { Icon } from '../parts/icon.tsx';
import { Section } from '../parts/section.tsx';
import { Banner, Chip, Facts, Wait } from '../parts/small.tsx';
import { Entry, keyOf } from '../parts/timeline.tsx';
import { isThrownOpen, WORDS } from '../words/door-state.ts';
import { failureSentence } from '../words/failures.ts';
import { isOpen } from '../words/grant-state.ts';
import { Acts } from './door-acts.tsx';
import { Battery, sentenceOf } from './doors.tsx';

const Hero = ({ door }: { door: Door }) => {
  const state = stateOf(door);
  return (
    <section class="door__hero" aria-label="State">
      <Section state={state} thrown={isThrownOpen(knownOf(door))} built={saidOf(door).said?.built?.mechanism} hero />
      <div class="door__say"><p class="door__word" data-state={state}>{WORDS[state]}</p><p class="muted">{sentenceOf(door)}</p></div>
      <div class="door__hold"><Hold door={door} describedBy="hold-says" /><HoldSays door={door} id="hold-says" /></div>
    </section>
  );
};

const Delivery = ({ door }: { door: Door }) => {
  const { delivery, version, code } = door.lock.roster;
  if (delivery === 'delivered') return <>Version {version} <Chip tone="ok">On the lock</Chip></>;
  if (delivery === 'waiting') return <>Version {version} <Chip tone="wait">On its way</Chip></>;
  return <>Version {version} <Chip tone="alarm">Refused by the lock{code === null ? '' : `: ${code}`}</Chip></>;
};

const ResetChip = ({ door: { lock: { reset } } }: { door: Door }) => {
  if (reset === null) return null;
  if (reset.refused !== null) return <> <Chip tone="alarm">Reset refused</Chip></>;
  return <> <Chip tone={reset.isWithdrawn ? 'unknown' : 'wait'}>{reset.isWithdrawn ? 'Reset withdrawn' : 'Reset on its way'}</Chip></>;
};

const About = ({ door }: { door: Door }) => (
  <section class="panel" aria-labelledby="about">
    <h2 id="about">The lock</h2>
    <Facts rows={[
      ['Model', `${door.lock.model}, ${door.lock.firmware}`],
      ['Roster', <Delivery door={door} />],
      ['Journal', `${door.lock.journal.entries - door.lock.journal.missing} records${door.lock.journal.missing > 0 ? `, ${door.lock.journal.missing} more are missing` : ''}${door.lock.journal.alerts > 0 ? `, ${door.lock.journal.alerts} of them in question` : ''}`],
      ['Power', saidOf(door).said?.batteryMv === undefined ? 'Not reported' : <Battery door={door} />],
      ['Its number', <span class="mono">{door.lock.lockId}</span>],
    ]} />
    <p><a class="link" href={removeLockPath(door.id)}>Remove this lock</a><ResetChip door={door} /></p>
  </section>
);

const More = ({ door }: { door: Door }) => (
  <div class="list">
    <a class="row" href={policyPath(door.id)}><Icon name="hours" />
      <span class="row__body"><span class="row__name">Locking and alarms</span><span class="row__note">When it locks by itself, what is an alarm, when it is kept unlocked.</span></span>
      <span class="row__end muted" aria-hidden="true">›</span></a>
  </div>
);

const Owners = () => {
  const owners = (people.value ?? []).filter(({ role }) => role === 'owner');
  return (
    <>
      {owners.map(({ id, name, phoneKeys }) => (
        <div class="row" key={id}><span class="face" aria-hidden="true">{initials(name)}</span>
          <span class="row__body"><span class="row__name">{name}, owner</span><span class="row__note">{phoneKeys.length === 0 ? 'No phone. ' : `${listed(phoneKeys.map(({ label }) => label), 3)}. `}Always.</span></span></div>
      ))}
    </>
  );
};

/** Of what is not kept for the time without the hub. */
const NOT_NOW = 'Not known here before the hub answers.';

const WhoCanOpen = ({ door }: { door: Door }) => {
  useEffect(() => { if (people.value === undefined) void loadPeople(); }, []);
  const isUnknown = grants.value === undefined;
  const lent = newestFirst.value.filter((grant) => isOpen(grant) && doorsOf(grant.terms.places).some(({ id }) => id === door.id));
  return (
    <section class="panel" aria-labelledby="who">
      <div class="head"><h2 id="who">Who can open it</h2><a class="link" href={`/lend/door/${door.id}`}>Lend a key</a></div>
      <div class="door__who"><Owners />{lent.map((grant) => <GrantRow key={grant.id} grant={grant} by="here" />)}</div>
      {lent.length === 0 && <p class="small muted">{isUnknown ? NOT_NOW : 'No key to this door is lent.'}</p>}
      <p><a class="link" href={entriesPath(door.id)}>PINs, codes, cards and fingers</a></p>
    </section>
  );
};

const Today = ({ door }: { door: Door }) => {
  const list = told.value.filter(({ item }) => item.lockId === door.lock.lockId && dayKey(item.at, zone.value) === dayKey(now.value, zone.value)).slice(0, 20);
  return (
    <section class="panel" aria-labelledby="today">
      <div class="head"><h2 id="today">Today</h2><a class="link" href="/activity">All activity</a></div>
      {list.length === 0 ? <p class="small muted">{activity.value === undefined ? NOT_NOW : 'Nothing yet today.'}</p> : <ol class="line">{list.map((each) => <Entry key={keyOf(each)} happening={each} withDoor={false} />)}</ol>}
    </section>
  );
};

const Missing = () => {
  const failure = doorsFailure.value;
  if (doors.value === undefined && failure === undefined) return <Wait>Asking the hub for this door</Wait>;
  if (failure !== undefined) return <Banner icon="unlinked"><b>The door could not be fetched.</b> {failureSentence(failure)}</Banner>;
  if (link.value.kind === 'lost') return <Banner icon="unlinked"><b>This door was not here when the hub was heard last.</b> <a href="/">See all doors</a></Banner>;
  return <Banner icon="refused"><b>There is no such door here.</b> It may have been removed. <a href="/">See all doors</a></Banner>;
};

export const DoorScreen = ({ doorId }: { doorId: string }) => {
  // It was found by its lock's id before the hub knew it, and somebody may still be looking.
  const door = doors.value?.find(({ id, lock }) => id === doorId || lock.lockId === doorId);
  if (door === undefined) return <Page title="Door" back="/"><Missing /></Page>;
  return (
    <Page title={door.name} note={me.value?.site.name} back="/">
      <NoKey />
      <DoorWarnings door={door} />
      <Hero door={door} />
      <div class="door__rest">
        <div class="stack"><Acts door={door} />{!isKeyless.value && <ByRadio target={{ id: door.id, name: door.name, lockId: door.lock.lockId, start: () => operate(door, 'unlock', AT_DOOR) }} zone={zone.value} />}<More door={door} /><WhoCanOpen door={door} /><About door={door} /></div>
        <div class="stack"><Today door={door} /></div>
      </div>
    </Page>
  );
};
