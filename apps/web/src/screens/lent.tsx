// All lent keys: first those that ask for something, then those that open, then what is over.

import type { Grant } from '@mortise/api/grants.ts';
import { zoneName } from '@mortise/words/time.ts';
import { Page } from '../app/shell.tsx';
import { grants, newestFirst } from '../model/grants.ts';
import { doors, now, zone } from '../model/live.ts';
import { GrantRow } from '../parts/grant-row.tsx';
import { Icon } from '../parts/icon.tsx';
import { KeysNotYet } from '../parts/keys-not-yet.tsx';
import { Empty } from '../parts/small.tsx';
import { isOpen, uncovered } from '../words/grant-state.ts';

const needsYou = ({ state, invitation }: Grant): boolean => state === 'asking' || (state === 'invited' && invitation?.sending === 'refused');
const isGoing = (grant: Grant): boolean => grant.state === 'takenBack' && uncovered(grant.locks, now.value).length > 0;

const Section = ({ title, id, list }: { title: string; id: string; list: readonly Grant[] }) =>
  list.length === 0 ? null : (
    <section class="stack" aria-labelledby={id}><h2 id={id}>{title}</h2><div class="list">{list.map((grant) => <GrantRow key={grant.id} grant={grant} by="person" />)}</div></section>
  );

const Nothing = () => (
  <Empty title="No key is lent">
    <p>Lend a key to a guest, a cleaner, a neighbour: for which doors, from when to when, how often. They need no account and no app.</p>
    {(doors.value?.length ?? 0) > 0 && <a class="btn btn--main" href="/lend">Lend a key</a>}
  </Empty>
);

const List = () => {
  if (grants.value === undefined) return <KeysNotYet what="keys" />;
  const list = newestFirst.value;
  if (list.length === 0) return <Nothing />;
  const first = list.filter((each) => needsYou(each) || isGoing(each));
  const open = list.filter((each) => isOpen(each) && !first.includes(each));
  const over = list.filter((each) => !isOpen(each) && !first.includes(each));
  return <><Section title="Needs a look" id="needs" list={first} /><Section title="Lent" id="lent" list={open} /><Section title="Over" id="over" list={over} /></>;
};

const More = () => (
  <section class="stack" aria-labelledby="more">
    <h2 id="more">What keys go by</h2>
    <div class="list">
      <a class="row" href="/groups"><Icon name="doors" /><span class="row__body"><span class="row__name">Groups of doors</span><span class="row__note">One name for several doors, so that a key opens all of them.</span></span></a>
      <a class="row" href="/holidays"><Icon name="clock" /><span class="row__body"><span class="row__name">Days off</span><span class="row__note">Calendars of days on which some keys do not open.</span></span></a>
      <a class="row" href="/estate"><Icon name="estate" /><span class="row__body"><span class="row__name">Estate</span><span class="row__note">For many locks: locations, electronic keys, requests for doors, records.</span></span></a>
      <a class="row" href="/hub-lends"><Icon name="hub" /><span class="row__body"><span class="row__name">What the hub may do by itself</span><span class="row__note">Confirm and take back keys; lend within bounds, if you let it.</span></span></a>
      <a class="row" href="/outbox"><Icon name="mail" /><span class="row__body"><span class="row__name">Outbox</span><span class="row__note">Messages that nobody is there to send, with their links.</span></span></a>
    </div>
  </section>
);

export const LentKeys = () => (
  <Page title="Keys" note={`Times are ${zoneName(zone.value)}`} action={(doors.value?.length ?? 0) > 0 && <a class="btn btn--main" href="/lend">Lend a key</a>}>
    <div class="lent"><div class="stack"><List /></div><More /></div>
  </Page>
);
