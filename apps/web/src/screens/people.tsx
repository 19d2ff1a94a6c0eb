// Who can open: the owners and their phones, the guests and their keys. And who looks: where alarms reach them; this browser, its key, how it opens, signing out.

import { useEffect } from 'preact/hooks';
import type { OwnerInvitation } from '@mortise/api/owners.ts';
import { base64url } from '@mortise/base/bytes.ts';
import { endTime, when } from '@mortise/words/time.ts';
import { NoKey, Page } from '../app/shell.tsx';
import { phoneKey } from '../keys/phone-key.ts';
import { alarmAddresses, loadAlarms } from '../model/alarms.ts';
import { newestFirst } from '../model/grants.ts';
import { me, now, zone } from '../model/live.ts';
import { loadPeople, ownerInvitations, people, type Person } from '../model/people.ts';
import { signOut } from '../model/session.ts';
import { twoTaps } from '../model/settings.ts';
import { GrantRow, initials } from '../parts/grant-row.tsx';
import { Icon } from '../parts/icon.tsx';
import { PeopleNotYet } from '../parts/people-not-yet.tsx';
import { Chip } from '../parts/small.tsx';
import { reachWords } from '../words/alarm.ts';

const Owner = ({ person, canRemove }: { person: Person; canRemove: boolean }) => {
  const mine = phoneKey.value === undefined ? undefined : base64url(phoneKey.value.publicKey);
  return (
    <li>
      <div class="row"><span class="face" aria-hidden="true">{initials(person.name)}</span>
        <span class="row__body"><span class="row__name">{person.name}, owner</span><span class="row__note">Opens every door, always. Signs what locks go by.</span></span>
        {canRemove && <span class="row__end"><a class="link" href={`/owners/remove/${person.id}`} aria-label={`Remove ${person.name} as an owner`}>Remove</a></span>}</div>
      {person.phoneKeys.map((key) => (
        <div class="row row--in" key={key.credentialHash}><Icon name="phone" />
          <span class="row__body"><span class="row__name">{key.label}</span><span class="row__note">Since {when(key.addedAt, now.value, zone.value).replace(/^(on|at) /, '')}</span></span>
          <span class="row__end">{key.credentialKey === mine && <Chip tone="ok">This browser</Chip>}</span></div>
      ))}
    </li>
  );
};

const Guest = ({ person }: { person: Person }) => {
  const keys = newestFirst.value.filter((grant) => grant.person.id === person.id);
  return (
    <li>
      <div class="row"><span class="face" aria-hidden="true">{initials(person.name)}</span>
        <span class="row__body"><span class="row__name">{person.name}</span><span class="row__note">{person.role === 'former' ? 'Was an owner. Signs nothing any more.' : keys.length === 0 ? 'Has no key.' : 'Guest.'}</span></span>
        <span class="row__end"><a class="link" href={keys.some(({ credentialKey, ekeyId }) => credentialKey !== null && ekeyId === null) ? `/lend/person/${person.id}` : '/lend'} aria-label={`Lend ${person.name} a key`}>Lend a key</a></span></div>
      <div class="people__keys">{keys.map((grant) => <GrantRow key={grant.id} grant={grant} by="doors" />)}</div>
    </li>
  );
};

const INVITED: Readonly<Record<OwnerInvitation['state'], string>> = { open: 'Has not opened the link yet', asking: 'Waits for your signature', done: 'Is an owner', lapsed: 'Did not open the link in time' };

const Invited = ({ invitation }: { invitation: OwnerInvitation }) => {
  const { state, name, id, redeemBy } = invitation;
  const asks = state === 'asking';
  return (
    <li>
      <div class="row"><span class="face" aria-hidden="true">{initials(name)}</span>
        <span class="row__body"><span class="row__name">{name}, invited as an owner</span><span class="row__note">{INVITED[state]}{state === 'open' ? `. The link works until ${endTime(redeemBy, now.value, zone.value)}.` : '.'}</span></span>
        <span class="row__end">{asks ? <a class="btn btn--main btn--s" href={`/owners/new/${id}`}>Look and sign</a> : <Chip tone={state === 'lapsed' ? 'unknown' : 'wait'}>{state === 'lapsed' ? 'Lapsed' : 'Invited'}</Chip>}</span></div>
    </li>
  );
};

const List = () => {
  const list = people.value;
  if (list === undefined) return <PeopleNotYet />;
  const owners = list.filter(({ role }) => role === 'owner');
  const others = list.filter(({ role }) => role !== 'owner');
  const invited = ownerInvitations.value.filter(({ state }) => state === 'open' || state === 'asking');
  return (
    <div class="stack">
      <div class="head"><h2 id="owners">Owners</h2><a class="link" href="/owners/invite">Invite an owner</a></div>
      <ul class="list">
        {owners.map((person) => <Owner key={person.id} person={person} canRemove={owners.length > 1 && person.id !== me.value?.person.id} />)}
        {invited.map((invitation) => <Invited key={invitation.id} invitation={invitation} />)}
      </ul>
      <div class="head"><h2 id="guests">Guests</h2><a class="link" href="/lend">Lend a key</a></div>
      {others.length === 0 ? <p class="small muted">Nobody but the owners holds a key.</p> : <ul class="list">{others.map((person) => <Guest key={person.id} person={person} />)}</ul>}
    </div>
  );
};

const ThisBrowser = () => (
  <section class="panel" aria-labelledby="browser">
    <h2 id="browser">This browser</h2>
    {phoneKey.value === undefined
      ? <NoKey />
      : <p class="small muted">It holds a key that opens your doors. The key cannot be taken out; clearing this browser’s data ends it.</p>}
    <label class="check"><input type="checkbox" checked={twoTaps.value} onChange={(event) => { twoTaps.value = event.currentTarget.checked; }} />
      <span>Open with two taps instead of holding<br /><span class="small muted">For hands that cannot hold. The first tap says what the second will do.</span></span></label>
    <a class="link" href="/restore">Make this browser a new key, or replace a lost phone</a>
    <button class="btn btn--start" type="button" onClick={() => void signOut()}><Icon name="leave" />Sign out</button>
    <p class="fine muted">Signed in as {me.value?.person.name}. Signing out leaves this browser’s key in place.</p>
  </section>
);

const OwnAlarms = () => (
  <section class="panel" aria-labelledby="alarms">
    <h2 id="alarms">Your alarms</h2>
    <p class="small muted">{reachWords(alarmAddresses.value)}</p>
    <a class="link" href="/alarms">Where alarms reach you</a>
  </section>
);

export const People = () => {
  useEffect(() => void Promise.all([loadPeople(), loadAlarms()]), []);
  return (
    <Page title="People" note="Who can open, and with what">
      <div class="people"><section aria-label="Who can open"><List /></section><div class="stack"><OwnAlarms /><ThisBrowser /></div></div>
    </Page>
  );
};
