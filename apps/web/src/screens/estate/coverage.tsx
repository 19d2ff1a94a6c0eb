// A lost key, lock by lock: whether each has heard that it must not open any more, and until when at worst it would. The worst first.

import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ROUTES } from '@mortise/api/routes.ts';
import { endTime, zoneName } from '@mortise/words/time.ts';
import { ekeyPath } from '../../app/estate-place.ts';
import { call, type Failure } from '../../model/client.ts';
import { coverageCounts, worstFirst, type CoverageCounts, type CoveredLock } from '../../model/ekey-coverage.ts';
import { ekeys, locations } from '../../model/estate.ts';
import { locationOf } from '../../model/estate-view.ts';
import { isFound } from '../../model/find.ts';
import { newestFirst } from '../../model/grants.ts';
import { now, zone } from '../../model/live.ts';
import { FindField, Partly } from '../../parts/find.tsx';
import { Banner, Chip, Wait } from '../../parts/small.tsx';
import { coverageMark, coverageSentence, coverageSummary } from '../../words/ekey-coverage.ts';
import { failureSentence } from '../../words/failures.ts';
import { EstatePage, NotYet, useEstate } from './frame.tsx';

const covered = signal<{ readonly ekeyId: string; readonly locks: readonly CoveredLock[] } | undefined>(undefined);
const failure = signal<Failure | undefined>(undefined);
const typed = signal('');

const load = async (ekeyId: string): Promise<void> => {
  const answer = await call(ROUTES.ekeyCoverage, { parameters: { ekeyId } });
  failure.value = answer.ok ? undefined : answer.error;
  if (answer.ok) covered.value = { ekeyId, locks: answer.value.locks };
};

const MANY = 12;
/** Squares of so many locks are looked at; beyond, the counts say it. */
const MOST_CELLS = 2000;

type At = 'unbounded' | 'open' | 'over' | 'heard';
const atOf = (lock: CoveredLock, at: number): At => (lock.unbounded ? 'unbounded' : lock.hasHeard ? 'heard' : lock.opensUntil !== null && lock.opensUntil > at ? 'open' : 'over');

const LEGEND: readonly (readonly [At, string])[] = [['unbounded', 'Would open, without end'], ['open', 'Would still open'], ['over', 'Need not hear'], ['heard', 'Has heard']];

const Cells = ({ locks }: { readonly locks: readonly CoveredLock[] }) => {
  const all = locks.map((lock) => atOf(lock, now.value));
  return (
    <>
      <div class="cells" aria-hidden="true">{all.slice(0, MOST_CELLS).map((at, index) => <i key={index} data-at={at} />)}</div>
      <div class="marks">{LEGEND.filter(([at]) => all.includes(at)).map(([at, words]) => <span key={at}><i class="legend__mark" data-at={at} />{words}</span>)}</div>
    </>
  );
};

const Counts = ({ counts: { all, heard, unbounded, open, lastAt } }: { readonly counts: CoverageCounts }) => (
  <div class="tally">
    <div><b>{unbounded + open > 0 && <i class="diamond" aria-hidden="true" />}{(unbounded + open).toLocaleString('en-GB')}</b><span>would still open, of {all.toLocaleString('en-GB')}</span></div>
    <div><b>{heard.toLocaleString('en-GB')}</b><span>{heard === 1 ? 'has' : 'have'} heard</span></div>
    <div><b>{unbounded.toLocaleString('en-GB')}</b><span>without end: the key is their clock</span></div>
    <div><b>{open.toLocaleString('en-GB')}</b><span>{lastAt === null ? 'until a known time' : `until ${endTime(lastAt, now.value, zone.value)} at the latest`}</span></div>
  </div>
);

const Row = ({ lock }: { readonly lock: CoveredLock }) => {
  const mark = coverageMark(lock, now.value);
  const at = locationOf(locations.value ?? [], lock.doorId);
  return <li class="cover__row"><b>{lock.doorName}{at !== undefined && <span class="muted">, {at.name}</span>}</b><Chip tone={mark.tone}>{mark.word}</Chip><p>{coverageSentence(lock, { now: now.value, zone: zone.value })}</p></li>;
};

const Locks = ({ locks }: { readonly locks: readonly CoveredLock[] }) => {
  const list = worstFirst(locks, now.value);
  const counts = coverageCounts(locks, now.value);
  const found = list.filter(({ doorId, doorName }) => isFound(typed.value, doorName, locationOf(locations.value ?? [], doorId)?.name ?? ''));
  return (
    <>
      <p role="status">{coverageSummary(counts, { now: now.value, zone: zone.value })}</p>
      <Counts counts={counts} />
      {counts.unbounded > 0 && (
        <Banner tone="alarm"><b>Visit the locks that would open without end.</b> A lock without a clock believes the key that touches it, and whoever has this key can hold its clock back. Any other key of yours, or a phone that opens the door, brings the lock word.</Banner>
      )}
      {list.length > 0 && (
        <section class="panel" aria-labelledby="locks">
          <div class="head"><h2 id="locks">Lock by lock</h2><p>Worst first. {zoneName(zone.value)}</p></div>
          <Cells locks={list} />
          {list.length > MANY && <FindField label="Find a lock or a location" value={typed.value} onInput={(value) => { typed.value = value; }} />}
          <Partly key={typed.value} list={found} more="more locks">{(shown) => <ul class="cover">{shown.map((lock) => <Row key={lock.lockId} lock={lock} />)}</ul>}</Partly>
        </section>
      )}
    </>
  );
};

export const Coverage = ({ ekeyId }: { readonly ekeyId: string }) => {
  const isThere = useEstate('ekeys', 'locations');
  const ekey = ekeys.value?.find(({ id }) => id === ekeyId);
  // What a lock says of a revocation is told as the grants that it is about.
  const heardOf = newestFirst.value.filter((grant) => grant.ekeyId === ekeyId).map(({ locks }) => locks.map(({ opensUntil, standing }) => `${standing}${opensUntil}`).join()).join();
  useEffect(() => void load(ekeyId), [ekeyId, heardOf, ekey?.state]);
  const locks = covered.value?.ekeyId === ekeyId ? covered.value.locks : undefined;
  const title = ekey === undefined ? 'Which locks have heard' : `${ekey.name}: which locks have heard`;
  if (!isThere) return <EstatePage title={title} back={ekeyPath(ekeyId)}><NotYet what="this key" wanted={['ekeys', 'locations']} /></EstatePage>;
  return (
    <EstatePage title={title} note={ekey?.state === 'lost' && ekey.person !== null ? `${ekey.person.name} had it` : 'Electronic key'} back={ekeyPath(ekeyId)} action={<button class="btn" type="button" onClick={() => void load(ekeyId)}>Look again</button>}>
      {failure.value !== undefined && <Banner icon="unlinked" actions={<button class="link" type="button" onClick={() => void load(ekeyId)}>Try again</button>}><b>The hub did not tell how far its locks have heard.</b> {failureSentence(failure.value)}</Banner>}
      {ekey !== undefined && ekey.state !== 'lost' && <Banner icon="key"><b>This key is not reported lost.</b> Only what was taken back from it is looked at here: what it shall open, it opens.</Banner>}
      {locks === undefined ? failure.value === undefined && <Wait>Asking the hub how far the locks have heard</Wait> : <Locks locks={locks} />}
    </EstatePage>
  );
};
