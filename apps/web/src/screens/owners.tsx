// Owners who come and go, as an owner sees it: the link for a new one, the new one's request to look at and sign, somebody to remove. In
// each the locks' rosters come first, so that nobody is left without a way in.

import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { OwnerInvitation } from '@mortise/api/owners.ts';
import { counted } from '@mortise/words/lists.ts';
import { endTime, zoneName } from '@mortise/words/time.ts';
import { Page, Task } from '../app/shell.tsx';
import { go } from '../app/router.ts';
import { compareCode } from '../keys/compare.ts';
import { acceptOwner, inviteOwner, isVouched, removeOwner, type OwnersChanged, type Vouched } from '../keys/owners.ts';
import type { OwnerProgress } from '../keys/owner-set.ts';
import { announce } from '../model/announce.ts';
import { codesBy, loadEntries } from '../model/entries.ts';
import { ekeys, loadEkeys } from '../model/estate.ts';
import { newestFirst } from '../model/grants.ts';
import { doors, me, now, zone } from '../model/live.ts';
import { loadPeople, ownerInvitations, people, type Person } from '../model/people.ts';
import { HoldBar } from '../parts/hold-bar.tsx';
import { isName, NameField } from '../parts/name-field.tsx';
import { Working } from '../parts/owner-working.tsx';
import { PassOn } from '../parts/pass-on.tsx';
import { RosterWords } from '../parts/roster-words.tsx';
import { NobodyHere } from '../parts/people-not-yet.tsx';
import { Banner, Facts, Wait } from '../parts/small.tsx';
import { Unsigned } from '../parts/unsigned.tsx';
import { codesEnd, ekeysAnew } from '../words/owner-gone.ts';

const busy = signal<OwnerProgress | undefined>(undefined);
const failure = signal<string | undefined>(undefined);
const changed = signal<OwnersChanged | undefined>(undefined);

const begin = (): (() => void) => {
  failure.value = undefined;
  changed.value = undefined;
  return () => { changed.value = undefined; };
};

/** One at a time: the signatures follow on from each other. */
const doing = async (done: string, run: (onStep: (at: OwnerProgress) => void) => ReturnType<typeof acceptOwner>): Promise<void> => {
  if (busy.value !== undefined) return;
  failure.value = undefined;
  busy.value = { kind: 'owner' };
  const result = await run((at) => { busy.value = at; });
  busy.value = undefined;
  await loadPeople();
  if (!result.ok) {
    failure.value = result.error;
    return;
  }
  changed.value = result.value;
  announce(done);
};

const Changed = ({ title, say, change }: { title: string; say: string; change: OwnersChanged }) => (
  <Task title={title} say={say} bar={<button class="btn btn--main btn--tall" type="button" onClick={() => go('/people', 'replace')}>To the people</button>}>
    <RosterWords words={change.rosters} />
    <Unsigned names={change.unsigned} />
    <p class="muted small">A lock that is off the link goes by the owners before until it has heard; any phone of this site carries the news to it.</p>
  </Task>
);

// ---- inviting ----------------------------------------------------------------------------------------------------------------

const name = signal('');
const link = signal<{ readonly link: string; readonly redeemBy: number; readonly name: string } | undefined>(undefined);
const making = signal(false);

const makeLink = async (): Promise<void> => {
  if (making.value || !isName(name.value)) return;
  making.value = true;
  failure.value = undefined;
  const made = await inviteOwner(name.value.trim());
  making.value = false;
  if (made.ok) link.value = { ...made.value, name: name.value.trim() };
  else failure.value = made.error;
};

const forgetLink = (): void => {
  link.value = undefined;
  name.value = '';
};

const LinkForOwner = ({ made }: { made: NonNullable<typeof link.value> }) => (
  <Task title={`A link for ${made.name}`} say="Show it or pass it on. With it they make a passkey and keys on their own device, and ask; you look and sign." bar={<button class="btn btn--main btn--tall" type="button" onClick={() => go('/people', 'replace')}>To the people</button>}>
    <PassOn link={made.link} title={`Owner of ${me.value?.site.name ?? ''}`} label={`QR code with the link for ${made.name}`} gets="can ask to become an owner" qrFirst />
    <Banner tone="accent" icon="phone">The link works until {endTime(made.redeemBy, now.value, zone.value)}, {zoneName(zone.value)}. Nothing changes for your locks before you have signed.</Banner>
  </Task>
);

export const InviteOwner = () => {
  useEffect(() => {
    const end = begin();
    return () => {
      end();
      forgetLink();
    };
  }, []);
  if (link.value !== undefined) return <LinkForOwner made={link.value} />;
  return (
    <form onSubmit={(event) => { event.preventDefault(); void makeLink(); }}>
      <Task title="Invite an owner" say="An owner opens every door, lends keys, and signs what the locks go by, as you do." closes="/people" bar={<button class="btn btn--main btn--tall" type="submit" aria-disabled={!isName(name.value) || making.value}>{making.value ? 'Making the link' : 'Make the link'}</button>}>
        {failure.value !== undefined && <Banner tone="denied"><b>No link was made.</b> {failure.value}</Banner>}
        <NameField label="Name" value={name.value} onInput={(value) => { name.value = value; }} note="As you know them. They can change it." />
        <ul class="plain"><li>They can do all that you can, also invite and remove owners.</li><li>To let somebody in for a while, <a href="/lend">lend a key</a> instead.</li></ul>
      </Task>
    </form>
  );
};

// ---- the new one -------------------------------------------------------------------------------------------------------------

const vouched = signal<Vouched | undefined>(undefined);

const VOUCHED: Readonly<Record<Vouched, { readonly title: string; readonly says: string }>> = {
  vouched: { title: 'This is who has your link.', says: 'The request is signed with the key of the link that this browser made.' },
  unknown: { title: 'This browser did not make the link.', says: 'So it cannot tell whether the request is your guest’s. Compare the twelve characters with those on their page, by phone or face to face, before you sign.' },
  refused: { title: 'This request is not from who has your link.', says: 'Its signature is another one. The hub is broken, or it lies. Do not sign it.' },
};

const Request = ({ invitation, asking }: { invitation: OwnerInvitation; asking: NonNullable<OwnerInvitation['asking']> }) => {
  const look = vouched.value;
  const count = doors.value?.length ?? 0;
  const sign = (): void => void doing(`${asking.name} is an owner.`, (onStep) => acceptOwner(invitation, onStep));
  return (
    <Task title={`Make ${asking.name} an owner?`} say={`Invited as ${invitation.name}.`} closes="/people" bar={look === 'refused' ? <a class="btn btn--tall" href="/people">Leave it</a> : <button class="btn btn--main btn--tall" type="button" aria-disabled={look === undefined} onClick={sign}>Sign {asking.name} in</button>}>
      {failure.value !== undefined && <Banner tone="denied"><b>{asking.name} is not an owner yet.</b> {failure.value}</Banner>}
      {look === undefined ? <Wait>Checking whether the request is of your link</Wait> : <Banner tone={look === 'refused' ? 'alarm' : 'plain'} icon={look === 'vouched' ? 'trust' : 'alarm'}><b>{VOUCHED[look].title}</b> {VOUCHED[look].says}</Banner>}
      <Facts rows={[['Name', asking.name], ['Phone', asking.phoneKey.label], ['Compare', <span class="compare">{compareCode(asking.ownerKey)}</span>]]} />
      <ul class="plain">
        <li>{count === 0 ? 'There is no lock yet that has to be told.' : `${counted(count, 'lock gets', 'locks get')} a roster that names their phone, then the new owner set. You sign both.`}</li>
        <li>From then on either of you can sign alone.</li>
      </ul>
    </Task>
  );
};

export const NewOwner = ({ invitationId }: { invitationId: string }) => {
  useEffect(begin, []);
  useEffect(() => void loadPeople(), []);
  const invitation = ownerInvitations.value.find(({ id }) => id === invitationId);
  const asking = invitation?.asking ?? undefined;
  useEffect(() => {
    vouched.value = undefined;
    if (invitation !== undefined && asking !== undefined) void isVouched(invitation).then((look) => { vouched.value = look; });
  }, [invitationId, asking?.ownerKey]);
  if (busy.value !== undefined) return <Working title={`${asking?.name ?? 'A new owner'} becomes an owner`} at={busy.value} />;
  if (changed.value !== undefined) return <Changed title={`${invitation?.asking?.name ?? invitation?.name ?? 'The new one'} is an owner`} say="This is how far the news has come:" change={changed.value} />;
  if (invitation === undefined) return <Page title="A new owner" back="/people"><NobodyHere who="Who asks" /></Page>;
  if (asking === undefined || invitation.state !== 'asking') return <Page title="A new owner" back="/people"><Banner icon="people"><b>{invitation.state === 'done' ? `${invitation.name} is an owner.` : `${invitation.name} does not ask.`}</b> <a href="/people">To the people</a></Banner></Page>;
  return <Request invitation={invitation} asking={asking} />;
};

// ---- removing ----------------------------------------------------------------------------------------------------------------

/** Owner keys of the others, as the hub tells whose they are. */
const staying = (gone: Person): number => (people.value ?? []).filter(({ id }) => id !== gone.id).reduce((sum, { ownerKeys }) => sum + ownerKeys.length, 0);

const Remove = ({ person }: { person: Person }) => {
  const [codes, ekeyNote] = [codesEnd(codesBy(person.ownerKeys, now.value).length), ekeysAnew(ekeys.value?.length ?? 0)];
  const [locks, keys] = [doors.value?.length ?? 0, newestFirst.value.filter(({ state, signedBy }) => signedBy !== 'hub' && state === 'live').length];
  return (
    <Task title={`Remove ${person.name} as an owner`} closes="/people">
      {failure.value !== undefined && <Banner tone="denied"><b>{person.name} is still an owner.</b> {failure.value}</Banner>}
      <ul class="plain">
        <li>{counted(locks, 'lock gets', 'locks get')} a roster without their phones, signed by you.</li>
        <li>{keys === 0 ? 'No lent key depends on their signature.' : `Of ${counted(keys, 'lent key')} under owners’ signatures, those under theirs are signed anew by you, with the same terms.`} Links of theirs that nobody has used end: invite again.</li>
        {codes !== undefined && <li>{codes}</li>}
        {ekeyNote !== undefined && <li>{ekeyNote}</li>}
        <li>Then the owner set is signed without them. A lock that is off the link goes by the old one until it has heard.</li>
        <li>{`${counted(person.ownerKeys.length, 'owner key goes', 'owner keys go')}, a recovery kit of theirs too; ${counted(staying(person), 'stays', 'stay')}. Their passkey signs in to nothing any more.`}</li>
      </ul>
      <HoldBar tone="alarm" words={`Hold to remove ${person.name}`} tapAgain={`Tap again to remove ${person.name}`} busy="Removing" act={() => doing(`${person.name} is no owner any more.`, (onStep) => removeOwner(person, onStep))} />
    </Task>
  );
};

export const RemoveOwner = ({ personId }: { personId: string }) => {
  useEffect(begin, []);
  useEffect(() => void Promise.all([loadPeople(), loadEntries(), loadEkeys()]), []);
  const person = people.value?.find(({ id }) => id === personId);
  if (busy.value !== undefined) return <Working title={`${person?.name ?? 'The owner'} is removed`} at={busy.value} />;
  if (changed.value !== undefined) return <Changed title={`${person?.name ?? 'The owner'} is removed`} say="This is how far the news has come:" change={changed.value} />;
  if (person === undefined) return <Page title="Remove an owner" back="/people"><NobodyHere who="This owner" /></Page>;
  if (person.role !== 'owner') return <Page title="Remove an owner" back="/people"><Banner icon="people"><b>{person.name} is no owner.</b> <a href="/people">To the people</a></Banner></Page>;
  return <Remove person={person} />;
};
