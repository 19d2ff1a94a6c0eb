// A link that somebody was sent: read, taken out of the address, looked up; then its key is made in this browser, which nobody can carry
// away, and the link has served.

import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { listed } from '@mortise/words/lists.ts';
import { endTime, zoneName } from '@mortise/words/time.ts';
import { go, takeFragment } from '../app/router.ts';
import { Task } from '../app/shell.tsx';
import { lookAtLink, takeKey, type LinkLook, type LinkOpened } from '../keys/redeem.ts';
import { takePhoneLink, type OfferedPhone } from '../keys/phone-link.ts';
import { now } from '../model/live.ts';
import { Section, TaskDrawing } from '../parts/section.tsx';
import { isName, NameField } from '../parts/name-field.tsx';
import { Banner, Facts, Wait } from '../parts/small.tsx';
import { heldRows } from '../words/held.ts';
import { linkFaultWords, type LinkFault } from '../words/link.ts';

type State =
  | { readonly kind: 'reading' }
  | { readonly kind: 'fault'; readonly fault: LinkFault }
  | { readonly kind: 'hub'; readonly text: string; readonly says: string }
  | { readonly kind: 'phone'; readonly offered: OfferedPhone }
  | { readonly kind: 'open'; readonly opened: LinkOpened };

const state = signal<State>({ kind: 'reading' });
const name = signal('');
const busy = signal<string | undefined>(undefined);
const failure = signal<string | undefined>(undefined);

const stateOf = (text: string, look: Exclude<LinkLook, { kind: 'mine' }>): State => {
  if (look.kind === 'hub') return { kind: 'hub', text, says: look.says };
  if (look.kind === 'phone') return look;
  return look.kind === 'fault' ? { kind: 'fault', fault: look.fault } : { kind: 'open', opened: look.opened };
};

const look = async (text: string): Promise<void> => {
  state.value = { kind: 'reading' };
  failure.value = undefined;
  const found = await lookAtLink(text);
  if (found.kind === 'mine') {
    go('/keys', 'replace');
    return;
  }
  if (found.kind === 'open') name.value = found.opened.invitation.to;
  state.value = stateOf(text, found);
};

const take = async (opened: LinkOpened): Promise<void> => {
  if (busy.value !== undefined || !isName(name.value)) return;
  busy.value = 'Making your key';
  failure.value = undefined;
  const taken = await takeKey(opened, name.value.trim());
  busy.value = undefined;
  if (taken.kind === 'taken') go('/keys', 'replace');
  else if (taken.kind === 'fault') state.value = { kind: 'fault', fault: taken.fault };
  else failure.value = taken.says;
};

const Invitation = ({ opened }: { opened: LinkOpened }) => {
  const { invitation, zone } = opened;
  const { from, to, word, terms, doors, siteName, delegation, redeemBy } = invitation;
  const places = doors.length === 0 ? siteName : listed(doors.map((door) => door.name), 4);
  const isAsked = delegation === null;
  const rows = [['Opens', `${places}, ${siteName}`] as const, ...heldRows(terms, 'the site’s holidays', { now: now.value, zone }), ...(word === '' ? [] : [[`From ${from}`, `“${word}”`] as const])];
  return (
    <form onSubmit={(event) => { event.preventDefault(); void take(opened); }}>
      <Task
        title={`${from} lends you a key`} say={isAsked ? `To ${places}. ${from} signs it once you ask.` : `To ${places}.`}
        bar={<button class="btn btn--main btn--tall" type="submit" aria-disabled={busy.value !== undefined || !isName(name.value)}>{busy.value ?? (isAsked ? 'Ask for the key' : 'Take the key')}</button>}
      >
        <Section state="unknown" hero />
        {failure.value !== undefined && <Banner tone="denied"><b>No key yet.</b> {failure.value}</Banner>}
        <section class="panel" aria-label="The key"><Facts rows={rows} /></section>
        {isAsked && <NameField label="Your name" value={name.value} onInput={(value) => { name.value = value; }} autocomplete="name" note={`So that ${from} sees who asks. You were invited as ${to}.`} />}
        <ul class="plain small">
          <li>The key is made in this browser and cannot be taken out of it. You need no account and no app.</li>
          <li>The link works once: take the key with the phone that you carry to the door. It waits until {endTime(redeemBy, now.value, zone)}, {zoneName(zone)}.</li>
          <li>{from} sees when the key opens a door or is refused. Not where you are.</li>
        </ul>
      </Task>
    </form>
  );
};

const takePhone = async (offered: OfferedPhone): Promise<void> => {
  if (busy.value !== undefined) return;
  busy.value = 'Making this browser’s key';
  failure.value = undefined;
  const taken = await takePhoneLink(offered);
  busy.value = undefined;
  if (taken.kind === 'taken') go('/keys/electronic', 'replace');
  else if (taken.kind === 'fault') state.value = { kind: 'fault', fault: taken.fault };
  else failure.value = taken.says;
};

const Phone = ({ offered }: { offered: OfferedPhone }) => {
  const { from, person, ekey, siteName, redeemBy } = offered;
  return (
    <Task
      title={`The pages of ${ekey}`} say={`${from} sends ${person} this link, who has ${ekey} of ${siteName}.`}
      bar={<button class="btn btn--main btn--tall" type="button" aria-disabled={busy.value !== undefined} onClick={() => void takePhone(offered)}>{busy.value ?? 'Use this browser'}</button>}
    >
      <TaskDrawing />
      {failure.value !== undefined && <Banner tone="denied"><b>Not yet.</b> {failure.value}</Banner>}
      <ul class="plain small">
        <li>This browser shows what the key opens, updates it, and asks for doors. It opens no lock by itself.</li>
        <li>Its own key is made here and cannot be taken out. You need no account and no app.</li>
        <li>The link works once, until {endTime(redeemBy, now.value, ownZone())}: use the phone that you carry.</li>
      </ul>
    </Task>
  );
};

// The site says no zone to whoever is not known there yet.
const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

export const KeyLink = () => {
  useEffect(() => void look(takeFragment()), []);
  const at = state.value;
  switch (at.kind) {
    case 'reading':
      return <Task title="A key for you"><Wait>Reading the link</Wait></Task>;
    case 'fault': {
      const words = linkFaultWords(at.fault, now.value);
      return <Task title={words.title} say={words.says} bar={<a class="btn btn--tall" href="/keys">Keys of this browser</a>}><TaskDrawing /></Task>;
    }
    case 'hub':
      return <Task title="No answer from the hub" say={at.says} bar={<button class="btn btn--main btn--tall" type="button" onClick={() => void look(at.text)}>Try again</button>}><TaskDrawing /></Task>;
    case 'phone':
      return <Phone offered={at.offered} />;
    case 'open':
      return <Invitation opened={at.opened} />;
  }
};
