// Who can open: the owners and their phones. And this browser: its key, how it opens, signing out.

import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { People as PeopleAnswer } from '@mortise/api/owner.ts';
import { ROUTES } from '@mortise/api/routes.ts';
import { base64url } from '@mortise/base/bytes.ts';
import { NoKey, Page } from '../app/shell.tsx';
import { phoneKey } from '../keys/phone-key.ts';
import { call, type Failure } from '../model/client.ts';
import { me, now, zone } from '../model/live.ts';
import { signOut } from '../model/session.ts';
import { twoTaps } from '../model/settings.ts';
import { Icon } from '../parts/icon.tsx';
import { Banner, Chip, Wait } from '../parts/small.tsx';
import { failureSentence } from '../words/failures.ts';
import { when } from '../words/time.ts';

const people = signal<PeopleAnswer | Failure | undefined>(undefined);

const load = async (): Promise<void> => {
  const answer = await call(ROUTES.people);
  people.value = answer.ok ? answer.value : answer.error;
};

const initials = (name: string): string => name.split(/\s+/).slice(0, 2).map((part) => part.charAt(0).toUpperCase()).join('');

const Person = ({ person }: { person: PeopleAnswer['people'][number] }) => {
  const mine = phoneKey.value === undefined ? undefined : base64url(phoneKey.value.publicKey);
  return (
    <li>
      <div class="row"><span class="face" aria-hidden="true">{initials(person.name)}</span>
        <span class="row__body"><span class="row__name">{person.name}, owner</span><span class="row__note">Opens every door, always. Signs what locks go by.</span></span></div>
      {person.phoneKeys.map((key) => (
        <div class="row row--in" key={key.credentialHash}><Icon name="phone" />
          <span class="row__body"><span class="row__name">{key.label}</span><span class="row__note">Since {when(key.addedAt, now.value, zone.value).replace(/^(on|at) /, '')}</span></span>
          <span class="row__end">{key.credentialKey === mine && <Chip tone="ok">This browser</Chip>}</span></div>
      ))}
    </li>
  );
};

const List = () => {
  const answer = people.value;
  if (answer === undefined) return <Wait>Asking the hub who can open</Wait>;
  if ('kind' in answer) return <Banner icon="unlinked" actions={<button class="link" type="button" onClick={() => void load()}>Try again</button>}><b>The list could not be fetched.</b> {failureSentence(answer)}</Banner>;
  return <ul class="list">{answer.people.map((person) => <Person key={person.id} person={person} />)}</ul>;
};

const ThisBrowser = () => (
  <section class="panel" aria-labelledby="browser">
    <h2 id="browser">This browser</h2>
    {phoneKey.value === undefined
      ? <NoKey />
      : <p class="small muted">It holds a key that opens your doors. The key cannot be taken out; clearing this browser’s data ends it.</p>}
    <label class="check"><input type="checkbox" checked={twoTaps.value} onChange={(event) => { twoTaps.value = event.currentTarget.checked; }} />
      <span>Open with two taps instead of holding<br /><span class="small muted">For hands that cannot hold. The first tap says what the second will do.</span></span></label>
    <button class="btn btn--start" type="button" onClick={() => void signOut()}><Icon name="leave" />Sign out</button>
    <p class="fine muted">Signed in as {me.value?.person.name}. Signing out leaves this browser’s key in place.</p>
  </section>
);

export const People = () => {
  useEffect(() => void load(), []);
  return (
    <Page title="People" note="Who can open, and with what">
      <div class="people"><section aria-label="Who can open"><List /></section><ThisBrowser /></div>
    </Page>
  );
};
