// The electronic keys in somebody's hands: whether each opens, since when it is theirs, what it opens and when, what they asked for; and how it is said
// to be lost.

import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { AccessRequest } from '@mortise/api/access-requests.ts';
import type { HeldEkey, HeldKeyGrant } from '@mortise/api/ekeys.ts';
import { MAX_NOTE_CHARACTERS } from '@mortise/api/ekeys.ts';
import { ROUTES } from '@mortise/api/routes.ts';
import { ago } from '@mortise/words/time.ts';
import { keepPage } from '../model/offline.ts';
import { Task, useTitle } from '../app/shell.tsx';
import { callByKey } from '../keys/held.ts';
import { announce } from '../model/announce.ts';
import { ekeyZone, heldEkeys, heldEkeysFailure, inHand, requestsOf, showEkeys, watchHeldEkeys, type ToldEkeys } from '../model/held-ekeys.ts';
import { now } from '../model/live.ts';
import { HoldBar } from '../parts/hold-bar.tsx';
import { Icon, Mark } from '../parts/icon.tsx';
import { TaskDrawing } from '../parts/section.tsx';
import { Banner, Chip, Empty, Facts, Field, Wait } from '../parts/small.tsx';
import { ekeyRows, ekeyStanding, grantChip, grantTitle, grantWords, REQUEST_CHIP, requestWords } from '../words/held-ekey.ts';
import { failureSentence } from '../words/failures.ts';

const note = signal('');
const failure = signal<string | undefined>(undefined);

const reportLost = async ({ id, name }: HeldEkey): Promise<void> => {
  failure.value = undefined;
  const answer = await callByKey(ROUTES.reportLostEkey, { parameters: { ekeyId: id }, body: { note: note.value.trim() } });
  if (!answer.ok) {
    failure.value = failureSentence(answer.error);
    return;
  }
  note.value = '';
  await showEkeys(answer.value);
  announce(`${name} is reported lost.`);
};

const Lost = ({ ekey }: { ekey: HeldEkey }) => (
  <details class="more">
    <summary>Is it lost?</summary>
    <div class="stack">
      <p class="small muted">Say so at once, also when you are not sure. What it opens is taken back, or an owner is told to; you get another one. Found again, it is given out anew.</p>
      <Field label="Where, as far as you know" value={note.value} onInput={(value) => { note.value = value; }} maxLength={MAX_NOTE_CHARACTERS} note="The owners read it. It may stay empty." />
      {failure.value !== undefined && <Banner tone="denied"><b>That did not reach the hub.</b> {failure.value}</Banner>}
      <HoldBar words={`Hold to report ${ekey.name} lost`} tapAgain={`Tap again: ${ekey.name} is lost`} busy="Telling the hub" tone="alarm" act={() => reportLost(ekey)} />
    </div>
  </details>
);

const Grant = ({ grant }: { grant: HeldKeyGrant }) => {
  const [tone, word] = grantChip(grant, now.value);
  return (
    <li class="row row--plain row--key">
      <span class="row__body"><span class="row__name">{grantTitle(grant)}</span></span>
      <span class="row__end"><Chip tone={tone}>{word}</Chip></span>
      <span class="row__note">{grantWords(grant, now.value)}</span>
    </li>
  );
};

const Request = ({ request }: { request: AccessRequest }) => {
  const [tone, word] = REQUEST_CHIP[request.state];
  return (
    <li class="row row--plain row--key">
      <span class="row__body"><span class="row__name">{request.door.name}</span></span>
      <span class="row__end"><Chip tone={tone}>{word}</Chip></span>
      <span class="row__note">{requestWords(request, { now: now.value, zone: ekeyZone.value })}<br />You wrote: “{request.reason}”</span>
    </li>
  );
};

/** Of a person's requests, the newest. */
const MAX_SHOWN = 20;

const Requests = ({ ekey }: { ekey: HeldEkey }) => {
  const list = requestsOf(ekey).slice(0, MAX_SHOWN);
  return (
    <section class="stack" aria-label={`Asked for with ${ekey.name}`}>
      <div class="head"><h2>Asked for</h2>{ekey.state === 'issued' && <a class="link" href="/keys/electronic/ask">Ask for a door</a>}</div>
      {list.length === 0 ? <p class="small muted">Nothing. Ask for a door that the key does not open: an owner says yes or no, and you see it here.</p> : <ul class="list">{list.map((request) => <Request key={request.id} request={request} />)}</ul>}
    </section>
  );
};

const Key = ({ ekey }: { ekey: HeldEkey }) => {
  const times = { now: now.value, zone: ekeyZone.value };
  const { tone, word, says } = ekeyStanding(ekey, times);
  const isHeld = ekey.state === 'issued';
  return (
    <article class="ekey" aria-label={ekey.name}>
      <section class="panel ekey__now">
        <div class="head"><h2>{ekey.name}</h2><Chip tone={tone}>{word}</Chip></div>
        <p class="ekey__says" role="status">{says}</p>
        {isHeld && <a class={tone === 'ok' ? 'btn' : 'btn btn--main'} href="/keys/electronic/update">Update the key</a>}
      </section>
      <div class="stack ekey__opens">
        <section class="stack" aria-label={`What ${ekey.name} opens`}>
          <div class="head"><h2>What it opens</h2></div>
          {ekey.grants.length === 0 ? <p class="small muted">{isHeld ? 'Nothing yet.' : 'Nothing any more.'}</p> : <ul class="list">{ekey.grants.map((grant) => <Grant key={grant.id} grant={grant} />)}</ul>}
        </section>
        <Requests ekey={ekey} />
      </div>
      <section class="panel ekey__about" aria-label={`About ${ekey.name}`}>
        <Facts rows={ekeyRows(ekey, times)} />
        {isHeld && ekey.lostReport === null && <Lost ekey={ekey} />}
      </section>
    </article>
  );
};

const None = () => (
  <Task title="No electronic key is in your hands" say="Once one is given out to you, it stands here: what it opens, and until when it must be updated." bar={<a class="btn btn--tall" href="/keys">Keys of this browser</a>}>
    <TaskDrawing />
    <p class="small muted">This page knows you by the key in this browser. If you have another phone for it, open the page there; if you are an owner, <a href="/">sign in</a>.</p>
  </Task>
);

const Offline = ({ told }: { told: ToldEkeys }) => {
  const fault = heldEkeysFailure.value;
  return fault === undefined ? null : <Banner icon="unlinked"><b>No word from the hub.</b> What stands here is from {ago(told.at, now.value, told.zone)}. The key itself knows what it opens. {fault.kind === 'refused' ? failureSentence(fault) : ''}</Banner>;
};

const List = ({ told }: { told: ToldEkeys }) => {
  const heading = useRef<HTMLHeadingElement>(null);
  useTitle('Electronic keys', heading);
  return (
    <div class="holder">
      <header class="top">
        <a class="btn btn--icon top__back" href="/keys" aria-label="Back to the keys of this browser"><Icon name="back" /></a>
        <div class="top__title"><h1 ref={heading} tabIndex={-1}>{inHand.value.length > 1 ? 'Your electronic keys' : 'Your electronic key'}</h1></div>
        <Mark />
      </header>
      <main class="main"><Offline told={told} />{told.ekeys.map((ekey) => <Key key={ekey.id} ekey={ekey} />)}</main>
    </div>
  );
};

export const HeldEkeys = () => {
  useEffect(watchHeldEkeys, []);
  useEffect(() => void keepPage(), []);
  const told = heldEkeys.value;
  if (told !== undefined) return told.ekeys.length === 0 ? <None /> : <List told={told} />;
  const fault = heldEkeysFailure.value;
  if (fault === undefined) return <Task title="Your electronic keys"><Wait>Asking the hub what you hold</Wait></Task>;
  return fault.kind === 'refused' ? <None /> : <Task title="Your electronic keys"><Empty title="No word from the hub"><p>{failureSentence(fault)}</p></Empty></Task>;
};
