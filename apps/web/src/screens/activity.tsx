// What happened, live. At a desk the decision stands at the right; on a phone it opens under its line.

import { signal } from '@preact/signals';
import { Fragment } from 'preact';
import { useEffect } from 'preact/hooks';
import { STREAMS, pathOf } from '@mortise/api/routes.ts';
import type { Built } from '@mortise/courier/built.ts';
import { clockSeconds, longDate, zoneName } from '@mortise/words/time.ts';
import { Page } from '../app/shell.tsx';
import { activity, activityFailure, activityNext, doors, saidOf, told, zone } from '../model/live.ts';
import { loadActivity } from '../model/session.ts';
import { proofOf, verifyFor, type Proof } from '../model/verification.ts';
import { Icon } from '../parts/icon.tsx';
import { Banner, Chip, Empty, Facts, Wait, type Tone } from '../parts/small.tsx';
import { byDay, DayHead, Entry, GapEntry, keyOf } from '../parts/timeline.tsx';
import { sensedWords } from '../words/sensed.ts';
import { failureSentence } from '../words/failures.ts';
import { capital, clockWords, FILTERS, lineOf, passes, ruleWords, type Filter, type Happening } from '../words/record.ts';

const filter = signal<Filter>('everything');
const picked = signal<string | undefined>(undefined);

const FILTER_NAMES: Readonly<Record<Filter, string>> = { everything: 'Everything', openings: 'Openings', refused: 'Refused' };

const Filters = () => (
  <div class="pills" role="group" aria-label="Show">
    {FILTERS.map((each) => {
      const count = each === 'refused' ? told.value.filter((one) => passes(each, one)).length : 0;
      return (
        <button key={each} class="pill" type="button" aria-pressed={filter.value === each} onClick={() => { filter.value = each; }}>
          {FILTER_NAMES[each]}{count > 0 && <span class="pill__count">{count}</span>}
        </button>
      );
    })}
  </div>
);

const PROOFS: Readonly<Record<Proof, readonly [Tone, string]>> = {
  here: ['ok', 'Chain checked in this browser'],
  unsigned: ['wait', 'Chained, not yet signed by the lock'],
  checking: ['wait', 'Checking the chain in this browser'],
  hub: ['unknown', 'Checked by the hub only'],
  differs: ['alarm', 'The record says something else than the hub tells'],
  broken: ['alarm', 'The chain does not hold here'],
};

const ProofChip = ({ happening: { item, decision } }: { happening: Happening }) => {
  const both = decision === undefined ? [proofOf(item)] : [proofOf(item), proofOf(decision)];
  const worst = (['broken', 'differs', 'checking', 'hub', 'unsigned'] as const).find((each) => both.includes(each)) ?? 'here';
  const [tone, words] = PROOFS[worst];
  return <Chip tone={tone}>{words}</Chip>;
};

const numbers = ({ item, decision }: Happening): string => {
  const format = (seq: number): string => seq.toLocaleString('en-GB');
  return decision === undefined ? `No. ${format(item.seq)}` : `No. ${format(decision.seq)} and ${format(item.seq)}`;
};

const decidedBy = ({ item, decision }: Happening): string => {
  const { rule } = decision ?? item;
  if (rule !== null) return /^(?:owner|delegate|invitation|documents)\b/.test(rule) ? 'The lock, from what the key showed' : 'The lock, from its roster';
  return item.credential === null ? 'Nobody: no key was involved' : 'The lock';
};

/** As the lock says now; of a door that is gone nobody says. */
const builtOf = (doorId: string): Built | undefined => {
  const door = doors.value?.find(({ id }) => id === doorId);
  return door === undefined ? undefined : saidOf(door).said?.built;
};

const FactsOf = ({ happening }: { happening: Happening }) => {
  const { item, decision } = happening;
  return (
    <Facts rows={[
      ['When', <><span class="tnum">{clockSeconds(item.at, zone.value)}</span>, {longDate(item.at, zone.value)}</>],
      ['Decided by', decidedBy(happening)],
      ['Rule', ruleWords((decision ?? item).rule)],
      ['Sensed', capital(sensedWords(item.sensed, builtOf(item.door.id)))],
      ['Lock’s clock', clockWords(item.clock)],
      ['Record', <>{numbers(happening)} of {item.door.name}. <ProofChip happening={happening} /></>],
    ]} />
  );
};

const Detail = ({ happening }: { happening: Happening }) => {
  const line = lineOf(happening, true);
  return (
    <aside class="act__side wide-only">
      <div class="panel" aria-live="off">
        <div class="head"><h2>{line.bold}{line.rest}</h2><p class="tnum">{clockSeconds(happening.item.at, zone.value)}</p></div>
        {line.how !== '' && <p>{line.how}</p>}
        <FactsOf happening={happening} />
      </div>
    </aside>
  );
};

const useProofs = (list: readonly Happening[]): void => {
  const newest = list[0]?.item;
  useEffect(() => {
    for (const { item } of list.slice(0, 50)) verifyFor(item);
  }, [newest?.cursor]);
};

const List = ({ list }: { list: readonly Happening[] }) => {
  const current = picked.value ?? (list[0] === undefined ? undefined : keyOf(list[0]));
  const chosen = list.find((each) => keyOf(each) === current) ?? list[0];
  const pick = (each: Happening): void => { picked.value = picked.value === keyOf(each) ? undefined : keyOf(each); };
  return (
    <div class="act__cols">
      <div>
        {byDay(list, zone.value).map(([day, items]) => (
          <section key={day}>
            {items[0] !== undefined && <DayHead at={items[0].item.at} />}
            <ol class="line">
              {items.map((each) => (
                <Fragment key={keyOf(each)}>
                  <Entry happening={each} withDoor picked={chosen !== undefined && keyOf(each) === keyOf(chosen)} onPick={() => pick(each)}>
                    {picked.value === keyOf(each) && <div class="entry__more narrow-only"><FactsOf happening={each} /></div>}
                  </Entry>
                  {filter.value === 'everything' && <GapEntry happening={each} />}
                </Fragment>
              ))}
            </ol>
          </section>
        ))}
        {activityNext.value !== null && <button class="btn" type="button" onClick={() => void loadActivity(activityNext.value ?? undefined)}>Show older</button>}
      </div>
      {chosen !== undefined && <Detail happening={chosen} />}
    </div>
  );
};

const Nothing = () => (filter.value === 'everything'
  ? <Empty title="Nothing has happened yet"><p>Each opening, each locking and each refusal shows here the moment the lock has written it down.</p></Empty>
  : <Empty title={filter.value === 'refused' ? 'Nothing was refused' : 'No opening yet'}><p>In the records that this page has. Older ones may hold some.</p></Empty>);

const Content = () => {
  const failure = activityFailure.value;
  const list = told.value.filter((each) => passes(filter.value, each));
  useProofs(told.value);
  if (activity.value === undefined) {
    return failure === undefined ? <Wait>Asking the hub for the records</Wait>
      : <Banner icon="unlinked" actions={<button class="link" type="button" onClick={() => void loadActivity()}>Try again</button>}><b>The records could not be fetched.</b> {failureSentence(failure)}</Banner>;
  }
  return list.length === 0 ? <Nothing /> : <List list={list} />;
};

const Exports = () => (
  <div class="act__export">
    {(doors.value ?? []).map((door) => (
      <a key={door.id} class="btn btn--s" href={pathOf(STREAMS.journal, { lockId: door.lock.lockId })} download={`${door.name}.journal.jsonl`}>
        <Icon name="download" />Journal of {door.name}
      </a>
    ))}
  </div>
);

export const Activity = () => (
  <Page title="Activity" note={`Times are ${zoneName(zone.value)}`}>
    <Filters />
    <Content />
    {(doors.value?.length ?? 0) > 0 && (
      <section class="stack" aria-labelledby="export">
        <h2 id="export">Take the records with you</h2>
        <p class="small muted">A file of every record with its hashes and the lock’s signatures. <code class="mono">npx mortise verify FILE</code> checks it anywhere, without this hub.</p>
        <Exports />
      </section>
    )}
  </Page>
);
