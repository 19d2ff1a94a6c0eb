// Claims, what each rests on, and a button that checks it in this browser. "Could not check" is a result of its own. Under it: what is
// known about the owner, and how far all this has been tested, in plain words.

import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { fromBase64url } from '@mortise/base/bytes.ts';
import { parseIdentifier, type LockId, type SiteId } from '@mortise/base/identifiers.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import type { Door } from '@mortise/api/locks.ts';
import { ROUTES } from '@mortise/api/routes.ts';
import { ago, when } from '@mortise/words/time.ts';
import { ekeyPath } from '../app/estate-place.ts';
import { Page } from '../app/shell.tsx';
import { siteKey } from '../keys/phone-key.ts';
import { rememberRoster, seenRoster } from '../keys/seen-rosters.ts';
import { storageSentence } from '../keys/store.ts';
import { checkAuthority, type NamedRoster } from '../model/authority-check.ts';
import { call } from '../model/client.ts';
import { alerts, doors, link, me, now, zone } from '../model/live.ts';
import { verifications, verifyLock, type Verification } from '../model/verification.ts';
import { Banner, Chip, Facts, type Tone } from '../parts/small.tsx';
import { headline, journalsOutcome, type Standing } from '../words/claims.ts';
import { failureSentence } from '../words/failures.ts';
import { leavesWords, type Senders } from '../words/leaves.ts';

type Outcome = { readonly standing: Standing; readonly word: string; readonly note: ComponentChildren };
type Check = { readonly title: string; readonly rests: string; readonly outcome: Outcome; readonly command?: string; readonly run?: () => void; readonly busy?: boolean };

const TONES: Readonly<Record<Standing, Tone>> = {
  holds: 'ok', fails: 'alarm', failed: 'unknown', unchecked: 'unknown', checking: 'wait', late: 'wait', empty: 'unknown', gaps: 'alarm',
};

const NOT_YET: Outcome = { standing: 'unchecked', word: 'Not checked yet', note: 'Press the button: your browser does it, not the hub.' };

// ——— journals ———

const sumOf = (list: readonly (Verification | undefined)[]): Outcome => {
  const bad = list.find((each) => each?.kind === 'bad');
  if (bad?.kind === 'bad') return { standing: 'fails', word: 'Does not hold', note: `${bad.fault.says} (line ${bad.fault.line})` };
  const failed = list.find((each) => each?.kind === 'failed');
  if (failed?.kind === 'failed') return { standing: 'failed', word: 'Could not check', note: failureSentence(failed.failure) };
  if (list.some((each) => each?.kind === 'checking')) return { standing: 'checking', word: 'Checking', note: 'Hash by hash, in this browser.' };
  const checked = list.flatMap((each) => (each?.kind === 'checked' ? [each] : []));
  if (checked.length < list.length || checked.length === 0) return NOT_YET;
  const { standing, word, found } = journalsOutcome(checked.map(({ journal }) => journal.summary));
  const took = checked.reduce((sum, each) => sum + each.tookMs, 0);
  return { standing, word, note: `${found}. In ${took < 1000 ? `${Math.ceil(took)} ms` : `${(took / 1000).toFixed(1)} s`}, ${ago(checked[0]?.at ?? 0, now.value, zone.value)}.` };
};

const journals = (): Check => {
  const list = (doors.value ?? []).map(({ lock }) => verifications.value.get(lock.lockId));
  return {
    title: 'Nothing was taken out of the journal',
    rests: 'Every record carries the hash of the one before it, and the lock signs the newest hash.',
    outcome: list.length === 0 ? { standing: 'empty', word: 'Nothing to check', note: 'No lock has been added yet.' } : sumOf(list),
    command: 'npx mortise verify',
    run: () => { for (const { lock } of doors.value ?? []) void verifyLock(lock.lockId); },
    busy: list.some((each) => each?.kind === 'checking'),
  };
};

// ——— power ———

const power = signal<Outcome | 'busy'>(NOT_YET);

const fetchAuthority = async (): Promise<Outcome> => {
  const siteId = siteKey.value?.siteId ?? parseIdentifier<SiteId>(me.value?.site.id);
  const sets = await call(ROUTES.ownerSets);
  if (!sets.ok) return { standing: 'failed', word: 'Could not check', note: failureSentence(sets.error) };
  if (siteId === undefined) return { standing: 'failed', word: 'Could not check', note: failureSentence({ kind: 'unreadable' }) };
  const rosters: NamedRoster[] = [];
  for (const door of doors.value ?? []) {
    const answer = await call(ROUTES.roster, { parameters: { lockId: door.lock.lockId } });
    if (!answer.ok) return { standing: 'failed', word: 'Could not check', note: `${door.name}: ${failureSentence(answer.error)}` };
    const lockId = parseIdentifier<LockId>(door.lock.lockId);
    if (lockId === undefined) return { standing: 'failed', word: 'Could not check', note: `${door.name}: ${failureSentence({ kind: 'unreadable' })}` };
    const seen = await seenRoster(siteId, lockId);
    if (!seen.ok) return { standing: 'failed', word: 'Could not check', note: storageSentence(seen.error) };
    rosters.push({ door: door.name, lockId, document: fromBase64url(answer.value.document) ?? new Uint8Array(0), seen: seen.value });
  }
  const documents = sets.value.sets.map((set) => fromBase64url(set) ?? new Uint8Array(0));
  const checked = checkAuthority(nobleCrypto, siteId, documents, rosters);
  if (!checked.ok) return { standing: 'fails', word: 'Does not hold', note: checked.error.says };
  for (const [index, roster] of checked.value.rosters.entries()) await rememberRoster(roster, rosters[index]?.document ?? new Uint8Array(0));
  const { keys, threshold } = checked.value.ownerSet;
  return {
    standing: 'holds', word: 'Holds',
    note: `${keys.length} owner keys, ${threshold} of them must sign. ${rosters.length === 1 ? 'The roster was' : `All ${rosters.length} rosters were`} signed by one of them.`,
  };
};

const ownersOnly = (): Check => ({
  title: 'Only owners hold power',
  rests: 'A lock takes a roster only when an owner key signed it. One key is yours, one is on the printed recovery kit. The hub has none.',
  outcome: power.value === 'busy' ? { standing: 'checking', word: 'Checking', note: 'Signatures of owner sets and rosters.' } : power.value,
  run: () => {
    power.value = 'busy';
    void fetchAuthority().then((outcome) => { power.value = outcome; });
  },
  busy: power.value === 'busy',
});

// ——— rosters on the locks ———

const heldThen = (list: readonly Door[]): string => `The hub does not answer. When it was heard last, ${list.length === 1 ? 'the lock' : 'the locks'} held the newest roster it knew of.`;

const delivered = (): Check => {
  const list = doors.value ?? [];
  const late = list.filter(({ lock }) => lock.roster.delivery !== 'delivered');
  const names = late.map(({ name }) => name).join(', ');
  const outcome: Outcome = list.length === 0 ? { standing: 'empty', word: 'Nothing to check', note: 'No lock has been added yet.' }
    : late.length === 0 && link.value.kind === 'lost' ? { standing: 'failed', word: 'Not known now', note: heldThen(list) }
    : late.length === 0 ? { standing: 'holds', word: 'Holds', note: `${list.length === 1 ? 'The lock says' : `All ${list.length} locks say`} that they hold the newest roster.`.replace('lock says that they hold', 'lock says that it holds') }
      : { standing: 'late', word: `On its way to ${names}`, note: 'Until it arrives, the lock goes by the roster before.' };
  return { title: 'Every lock goes by your newest word', rests: 'Each lock answers which version of its roster it holds. The hub passes that on.', outcome };
};

const Claim = ({ check }: { check: Check }) => (
  <article class="claim">
    <div><h3>{check.title}</h3><p class="claim__rests">{check.rests}</p></div>
    <div class="claim__result" role="status">
      <Chip tone={TONES[check.outcome.standing]}>{check.outcome.word}</Chip><p>{check.outcome.note}</p>
      {check.command !== undefined && <code class="claim__way">{check.command}</code>}
    </div>
    {check.run !== undefined && <button class="btn" type="button" aria-disabled={check.busy} aria-label={`Check now: ${check.title}`} onClick={() => { if (check.busy !== true) check.run?.(); }}>Check now</button>}
  </article>
);

const Alerts = () => (
  <>
    {alerts.value.map((alert) => {
      const door = doors.value?.find(({ lock }) => lock.lockId === alert.lockId)?.name;
      // What is said of keys and locks has one form: what is at no door may be either.
      const isElsewhere = doors.value !== undefined && door === undefined;
      const about = { 'journal-fork': 'shows a second history', 'journal-gap': 'came with records missing', 'journal-invalid': 'holds records that do not verify' }[alert.code];
      return (
        <Banner key={alert.id} tone="alarm">
          <b>The journal of {isElsewhere ? <a href={ekeyPath(alert.lockId)}>an electronic key, or of a lock without a door,</a> : (door ?? 'a lock')} {about}</b>{alert.seq === null ? '' : `, first at record ${alert.seq}`}, seen {when(alert.at, now.value, zone.value)}. Nothing was overwritten.
          {isElsewhere && alert.code === 'journal-fork' && ' A key may have been copied: report it lost and enrol another. What it writes from there on is taken no more; what locks wrote still comes home by it.'}
          {' '}Take the journal file and check it with <code class="mono">npx mortise verify</code>.
        </Banner>
      );
    })}
  </>
);

/** By what the hub sends, as far as it has said. */
const senders = signal<Senders | undefined>(undefined);

const loadSenders = async (): Promise<void> => {
  const answer = await call(ROUTES.outbox);
  senders.value = answer.ok ? answer.value : undefined;
};

const About = () => (
  <section class="panel" aria-labelledby="known">
    <h2 id="known">What is known about you</h2>
    <Facts rows={[
      ['Your name', 'On the hub, and in the invitations that you send. Locks know a number.'],
      ['Your passkey', 'Stays on your device. The hub has its public half.'],
      ['Your owner key', 'On the hub as wrapped bytes that it cannot open.'],
      ['Your phone’s key', 'In this browser. It cannot be taken out.'],
      ['Your visits', 'In the journal, under a number. The hub can read the records and puts your name to them.'],
      ['Your addresses for alarms', 'On the hub, if you set any, as you typed them. Other owners are not shown them.'],
      ['Leaves the house', leavesWords(senders.value)],
    ]} />
  </section>
);

const Status = () => (
  <section class="panel" aria-labelledby="status">
    <h2 id="status">How far to trust this</h2>
    <ul class="plain small">
      <li>Speaks Aliro 1.0, not certified. Tested against published vectors; nobody outside has audited it.</li>
      <li>The lock decides. The hub carries sealed messages that it cannot read, change or repeat to effect.</li>
      <li>Whoever runs this hub’s pages could change them and take an owner’s key the next time you sign. Run the hub yourself, or sign outside the browser.</li>
      <li>This door’s lock is a virtual one if you started with <code class="mono">npm start</code>: a program, without a safe place for its keys.</li>
      <li>Copying a lock’s storage back to an earlier state rolls back what it knows.</li>
    </ul>
  </section>
);

export const Trust = () => {
  useEffect(() => void loadSenders(), []);
  const checks = [journals(), ownersOnly(), delivered()];
  const all = (): void => { for (const check of checks) check.run?.(); };
  return (
    <Page title="Trust" note="Each claim, what it rests on, how it stands" action={<button class="btn wide-only" type="button" onClick={all}>Check all</button>}>
      <Alerts />
      <div class="trust__sum"><p class="trust__word">{headline(checks.map(({ outcome }) => outcome.standing))}</p><p class="muted">What has a button is checked by this browser, not by the hub.</p><button class="btn narrow-only" type="button" onClick={all}>Check all</button></div>
      <div class="trust__cols">
        <section class="list" aria-labelledby="claims"><h2 class="vh" id="claims">Claims</h2>{checks.map((check) => <Claim key={check.title} check={check} />)}</section>
        <div class="stack">
          <About /><Status />
          <section class="panel" aria-labelledby="repeat">
            <h2 id="repeat">Repeat it without this page</h2>
            <p class="small muted">On the hub’s machine, or anywhere with a journal file taken from Activity:</p>
            <code class="cmd">npx mortise verify</code>
            <p class="small muted">It names the first bad record, or says how many hold.</p>
          </section>
        </div>
      </div>
    </Page>
  );
};
