// One lent key: what it may do, how far each lock has heard of it, what came of its invitation; and what an owner can do with it: renew,
// change, pause, take back, or sign it for who asks.

import { signal } from '@preact/signals';
import type { Grant } from '@mortise/api/grants.ts';
import { pathOf, ROUTES } from '@mortise/api/routes.ts';
import { listed, possessive } from '@mortise/words/lists.ts';
import { datesWords, hoursWords, limitsWords, spanWords } from '@mortise/words/terms.ts';
import { when, zoneName } from '@mortise/words/time.ts';
import { Page } from '../app/shell.tsx';
import { ekeyPath } from '../app/estate-place.ts';
import { goStep, sendAnewPath, stepHere } from '../app/router.ts';
import { compareCode } from '../keys/compare.ts';
import { confirmKey, setEnabled, takeBack } from '../keys/grant-change.ts';
import { announce } from '../model/announce.ts';
import { calendarName, grants } from '../model/grants.ts';
import { now, told } from '../model/live.ts';
import { nameOfPlace, zoneOfPlaces } from '../model/places.ts';
import { KeysNotYet } from '../parts/keys-not-yet.tsx';
import { HoldBar } from '../parts/hold-bar.tsx';
import { Icon } from '../parts/icon.tsx';
import { Banner, Chip, Facts } from '../parts/small.tsx';
import { Entry, keyOf } from '../parts/timeline.tsx';
import { canSendAnew, coverage, grantMark, grantSentence, invitationSentence, isOpen, standingMark, standingSentence, triedAgainSentence, uncovered, wasHeld, type Times } from '../words/grant-state.ts';
import { capital } from '../words/record.ts';
import { ChangeGrant } from './change-grant.tsx';

const busy = signal<string | undefined>(undefined);
const failure = signal<{ readonly title: string; readonly says: string } | undefined>(undefined);

/** One thing at a time; errors are sentences. */
const doing = async (words: string, failed: string, done: string, run: () => Promise<{ readonly ok: true } | { readonly ok: false; readonly error: string }>): Promise<void> => {
  if (busy.value !== undefined) return;
  busy.value = words;
  failure.value = undefined;
  const result = await run();
  busy.value = undefined;
  if (result.ok) announce(done);
  else failure.value = { title: failed, says: result.error };
};

const SIGNED: Readonly<Record<Grant['signedBy'], string>> = {
  owner: 'An owner', invitation: 'The guest’s own browser, by the link that an owner signed', hub: 'The hub, within what the owners let it',
};

const Terms = ({ grant, zone }: { grant: Grant; zone: string }) => {
  const { terms, word, createdAt } = grant;
  return (
    <section class="panel" aria-labelledby="terms">
      <div class="head"><h2 id="terms">The key</h2><p>{zoneName(zone)}</p></div>
      <Facts rows={[
        ['Opens', listed(terms.places.map((place) => nameOfPlace(place) ?? 'a door that is gone'), 32)],
        ['Dates', capital(datesWords(terms, now.value, zone))],
        ['Hours', capital(hoursWords(terms.hours))],
        ['Limits', limitsWords(terms, calendarName).map(capital).join('. ') || 'None'],
        ['Without word', terms.freshForS === null ? 'Opens to its end, also without word from the hub' : `Opens for ${spanWords(Math.max(1, Math.round(terms.freshForS / 60)))} without word from the hub`],
        ['Signed by', SIGNED[grant.signedBy]],
        ['Lent', capital(when(createdAt, now.value, zone).replace(/^(?:at|on) /, ''))],
        ...(word === '' ? [] : [['Your word', `“${word}”`] as const]),
      ]} />
    </section>
  );
};

// ---- how far it has come -----------------------------------------------------------------------------------------------------

const Standings = ({ grant, times }: { grant: Grant; times: Times }) => (
  <div class="cover">
    {grant.locks.map((lock) => {
      const { tone, word } = standingMark(lock, times);
      return <div class="cover__row" key={lock.lockId}><b>{lock.doorName}</b><Chip tone={tone}>{word}</Chip><p>{standingSentence(lock.standing)}</p></div>;
    })}
  </div>
);

/** Of what was taken back, paused or narrowed. */
const Coverage = ({ grant, times }: { grant: Grant; times: Times }) => (
  <div class="cover">
    {grant.locks.map((lock) => {
      const { tone, word, sentence } = coverage(lock, grant.person.name, times);
      return <div class="cover__row" key={lock.lockId}><b>{lock.doorName}</b><Chip tone={tone}>{word}</Chip><p>{sentence}</p></div>;
    })}
  </div>
);

const Locks = ({ grant, times }: { grant: Grant; times: Times }) => {
  const isGone = grant.state === 'takenBack' || grant.state === 'paused';
  const isNarrowed = !isGone && grant.locks.some(({ opensUntil }) => opensUntil !== null && opensUntil > times.now);
  if (grant.locks.length === 0 || (isGone && !wasHeld(grant))) return null;
  return (
    <section class="panel" aria-labelledby="locks">
      <h2 id="locks">{isGone ? 'Which locks have heard' : 'How far the locks have heard'}</h2>
      {isGone ? <Coverage grant={grant} times={times} /> : isOpen(grant) && <Standings grant={grant} times={times} />}
      {isNarrowed && <><p class="small muted">The key was changed. Where the lock has not heard, it still opens as before:</p><Coverage grant={{ ...grant, locks: grant.locks.filter(({ opensUntil }) => opensUntil !== null) }} times={times} /></>}
      {isGone && uncovered(grant.locks, times.now).length > 0 && <p class="fine muted">A lock on the link hears at once; another one by any phone of this site that opens it.</p>}
    </section>
  );
};

// ---- the invitation ----------------------------------------------------------------------------------------------------------

const Invitation = ({ grant, times }: { grant: Grant; times: Times }) => {
  const { invitation, person } = grant;
  if (invitation === null) return null;
  const tried = triedAgainSentence(invitation, times);
  return (
    <section class="panel" aria-labelledby="invitation">
      <h2 id="invitation">Invitation</h2>
      <p class="small">{invitation.redeemedAt === null ? invitationSentence(invitation, person.name, times) : `Fetched ${when(invitation.redeemedAt, times.now, times.zone)}. The link opens nothing any more.`}</p>
      {invitation.sending === 'outbox' && grant.state === 'invited' && <p><a class="link" href="/outbox">To the outbox</a></p>}
      {tried !== undefined && <Banner tone="alarm"><b>{tried}</b> If {person.name} knows nothing of it, the message was read by somebody: {grant.state === 'asking' ? 'compare the twelve characters before you sign.' : 'only the first got the key.'}</Banner>}
    </section>
  );
};

const Asking = ({ grant }: { grant: Grant }) => {
  const asking = grant.invitation?.asking;
  if (grant.state !== 'asking' || asking === null || asking === undefined) return null;
  const sign = (): void => void doing('Signing the key', 'The key was not signed.', `${grant.person.name} has the key.`, () => confirmKey(grant));
  const refuse = (): void => void doing('Refusing', 'It was not refused.', `${asking.name} gets no key.`, () => takeBack(grant));
  return (
    <section class="panel" aria-labelledby="asking">
      <h2 id="asking">{asking.name} asks for this key</h2>
      <p class="small">Somebody opened the link and calls themselves “{asking.name}”. Their page shows the same twelve characters, if nobody stands in between:</p>
      <p class="compare" aria-label="Compare">{compareCode(asking.credentialKey)}</p>
      <div class="lend__do">
        <button class="btn btn--main" type="button" aria-disabled={busy.value !== undefined} onClick={sign}>{busy.value ?? `Sign the key for ${asking.name}`}</button>
        <button class="btn" type="button" aria-disabled={busy.value !== undefined} onClick={refuse}>Refuse</button>
      </div>
      <p class="fine muted">Refused, nobody gets a key by this link. To lend it after all, lend a new one.</p>
    </section>
  );
};

// ---- what can be done --------------------------------------------------------------------------------------------------------

const Pause = ({ grant }: { grant: Grant }) => {
  const on = grant.state === 'paused';
  const run = (): void => void doing(on ? 'Resuming' : 'Pausing', on ? 'The key was not resumed.' : 'The key was not paused.', on ? 'The key opens again.' : 'The key is paused.', () => setEnabled(grant, on));
  return <button class="btn" type="button" aria-disabled={busy.value !== undefined} onClick={run}>{on ? 'Resume' : 'Pause'}</button>;
};

const TakeBack = ({ grant }: { grant: Grant }) => {
  const name = possessive(grant.person.name);
  return (
    <HoldBar
      tone="alarm" words={`Hold to take back ${name} key`} tapAgain={`Tap again to take back ${name} key`} busy="Taking it back"
      act={() => doing('Taking it back', 'The key was not taken back.', 'The key is taken back.', () => takeBack(grant))}
    />
  );
};

const Actions = ({ grant }: { grant: Grant }) => {
  if (grant.state === 'lapsed') return <p><a class="btn" href={sendAnewPath(grant.id)}>Send {grant.person.name} a new link</a></p>;
  if (grant.state === 'asking') return null;
  if (!isOpen(grant) && grant.ekeyId !== null) return <p><a class="btn" href={ekeyPath(grant.ekeyId)}>To the electronic key</a></p>;
  if (!isOpen(grant)) return grant.credentialKey === null ? null : <p><a class="btn" href={`/lend/person/${grant.person.id}`}>Lend {grant.person.name} another key</a></p>;
  const hasKey = grant.state === 'live' || grant.state === 'paused';
  return (
    <section class="panel" aria-labelledby="actions">
      <h2 id="actions">Change it</h2>
      {hasKey && <div class="lend__do"><button class="btn" type="button" onClick={() => goStep('change')}>Renew or change</button><Pause grant={grant} /></div>}
      {canSendAnew(grant) && <div class="lend__do"><a class="btn" href={sendAnewPath(grant.id)}>Correct and send anew</a></div>}
      <TakeBack grant={grant} />
      <p class="fine muted">{hasKey ? 'Pausing keeps the terms. Taking back is for good: to give it again, lend a new key.' : 'Either way this link then opens nothing, whoever has it.'}</p>
    </section>
  );
};

/** Of a key that somebody holds or held: for `mortise would-open`, which asks no hub. */
const Documents = ({ grant }: { grant: Grant }) =>
  grant.credentialKey === null || grant.state === 'asking' ? null : (
    <section class="panel" aria-labelledby="documents">
      <h2 id="documents">Would it open?</h2>
      <p class="small">The command <code>mortise would-open</code> answers that for any time as the lock would, from the documents of this key. There is no secret in them: they open nothing.</p>
      <p><a class="btn btn--s" href={pathOf(ROUTES.grantDocuments.path, { grantId: grant.id })} download={`${grant.person.name}.key.json`}><Icon name="download" />Documents of this key</a></p>
    </section>
  );

const Opened = ({ grant }: { grant: Grant }) => {
  const list = told.value.filter(({ item, decision }) => (decision ?? item).actor?.personId === grant.person.id).slice(0, 8);
  if (list.length === 0) return null;
  return (
    <section class="panel" aria-labelledby="opened">
      <div class="head"><h2 id="opened">What {grant.person.name} did</h2><a class="link" href="/activity">All activity</a></div>
      <ol class="line">{list.map((each) => <Entry key={keyOf(each)} happening={each} withDoor />)}</ol>
    </section>
  );
};

const Body = ({ grant }: { grant: Grant }) => {
  const zone = zoneOfPlaces(grant.terms.places);
  const times = { now: now.value, zone };
  const mark = grantMark(grant, times);
  return (
    <Page title={`${possessive(grant.person.name)} key`} note={listed(grant.terms.places.map((place) => nameOfPlace(place) ?? 'a door that is gone'), 3)} back="/lent">
      {failure.value !== undefined && <Banner tone="denied"><b>{failure.value.title}</b> {failure.value.says}</Banner>}
      <p role="status"><Chip tone={mark.tone}>{mark.word}</Chip> <span class="muted">{grantSentence(grant, times)}</span></p>
      {grant.state === 'invited' && grant.invitation?.sending === 'refused' && <Banner tone="denied" actions={<a class="link" href={sendAnewPath(grant.id)}>Correct the address</a>}><b>{grant.person.name} has not got the link.</b> Send the key anew, to the right address; the link of this message ends then.</Banner>}
      <Asking grant={grant} />
      <div class="door__rest">
        <div class="stack"><Locks grant={grant} times={times} /><Invitation grant={grant} times={times} /><Actions grant={grant} /></div>
        <div class="stack"><Terms grant={grant} zone={zone} /><Opened grant={grant} /><Documents grant={grant} /></div>
      </div>
    </Page>
  );
};

export const GrantScreen = ({ grantId }: { grantId: string }) => {
  const grant = grants.value?.find(({ id }) => id === grantId);
  if (grant === undefined) {
    return <Page title="Key" back="/lent">{grants.value === undefined ? <KeysNotYet what="keys" /> : <Banner icon="refused"><b>There is no such key here.</b> <a href="/lent">See all keys</a></Banner>}</Page>;
  }
  return stepHere.value === 'change' && isOpen(grant) ? <ChangeGrant grant={grant} /> : <Body grant={grant} />;
};
