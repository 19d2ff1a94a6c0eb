// Electronic keys, the most urgent first: who has which, until when it opens without an update, what it waits for.

import { signal } from '@preact/signals';
import type { Ekey } from '@mortise/api/ekeys.ts';
import { ago, endTime, zoneName } from '@mortise/words/time.ts';
import { ekeyPath } from '../../app/estate-place.ts';
import { ekeys } from '../../model/estate.ts';
import { ekeyCounts, foundEkeys, urgentFirst } from '../../model/ekey-list.ts';
import { now, zone } from '../../model/live.ts';
import { FindField, Partly } from '../../parts/find.tsx';
import { Chip, Empty } from '../../parts/small.tsx';
import { Table, type Column } from '../../parts/table.tsx';
import { ekeyMark, ekeySaysWords } from '../../words/ekey.ts';
import { EstatePage, NotYet, useEstate } from './frame.tsx';

const typed = signal('');
const MANY = 8;

const State = ({ ekey }: { readonly ekey: Ekey }) => {
  const mark = ekeyMark(ekey, { now: now.value });
  return <Chip tone={mark.tone}>{mark.word}</Chip>;
};

const backOf = ({ state, dueBack }: Ekey): string => (dueBack === null || state === 'returned' ? '' : endTime(dueBack, now.value, zone.value));
const dueOf = ({ state, orders: { revalidateBy } }: Ekey): string => (state !== 'issued' || revalidateBy === null ? '' : endTime(revalidateBy, now.value, zone.value));
const heardOf = ({ status }: Ekey): string => (status === null ? 'Never' : ago(status.heardAt, now.value, zone.value));
const holderOf = ({ state, person }: Ekey): string => (person === null ? '' : state === 'lost' ? `${person.name} had it` : person.name);

const COLUMNS: readonly Column<Ekey>[] = [
  { head: 'Key', cell: ({ id, name, serial }) => <><a href={ekeyPath(id)}>{name}</a>{serial !== '' && <small>{serial}</small>}</> },
  { head: 'Who has it', cell: holderOf, on: 'wide' },
  { head: 'Due back', cell: (ekey) => { const due = backOf(ekey); return due === '' ? '' : <><span class="narrow-only">Due back </span>{due}</>; }, on: 'soft-wide' },
  { head: 'Grants', cell: ({ orders }) => orders.grants.toLocaleString('en-GB'), on: 'skip', number: true },
  { head: 'Update by', cell: (ekey) => { const due = dueOf(ekey); return due === '' ? '' : <><span class="narrow-only">Update by </span>{due}</>; }, on: 'soft-wide' },
  { head: 'Last update', cell: (ekey) => <>{heardOf(ekey)}<small>{ekeySaysWords(ekey.status)}</small></>, on: 'skip' },
  { head: 'State', cell: (ekey) => <State ekey={ekey} />, on: 'wide' },
];

const Tally = () => {
  const counts = ekeyCounts(ekeys.value ?? [], now.value);
  const Count = ({ n, words, urgent = false }: { readonly n: number; readonly words: string; readonly urgent?: boolean }) => <div><b>{urgent && n > 0 && <i class="diamond" aria-hidden="true" />}{n.toLocaleString('en-GB')}</b><span>{words}</span></div>;
  return <div class="tally"><Count n={counts.out} words={`out, of ${counts.all.toLocaleString('en-GB')}`} /><Count n={counts.overdue} words="overdue" urgent /><Count n={counts.pastDue} words="not updated in time" urgent /><Count n={counts.lost} words="lost" urgent /></div>;
};

const List = () => {
  const all = ekeys.value ?? [];
  if (all.length === 0) {
    return (
      <Empty title="No electronic key yet">
        <p>An electronic key opens passive locks by touch, gives them power and the time, and brings their records home. With doors that open by phone there is nothing to do here.</p>
        <a class="btn btn--main" href="/estate/keys/new">Register a key</a>
      </Empty>
    );
  }
  const found = urgentFirst(foundEkeys(all, typed.value), now.value);
  return (
    <>
      <Tally />
      {all.length > MANY && <FindField label="Find a key, by its name, number or who has it" value={typed.value} onInput={(value) => { typed.value = value; }} />}
      {found.length === 0 ? <p class="small muted" role="status">No key is called that, and nobody of that name has one.</p> : (
        <section class="panel panel--flush" aria-labelledby="all">
          <div class="head"><h2 id="all">All keys</h2><p>Most urgent first</p></div>
          <Partly key={typed.value} list={found} more="more keys">{(shown) => <Table caption="Electronic keys" columns={COLUMNS} rows={shown} keyOf={({ id }) => id} />}</Partly>
        </section>
      )}
    </>
  );
};

export const Ekeys = () => {
  const isThere = useEstate('ekeys');
  return (
    <EstatePage title="Electronic keys" note={`Times are ${zoneName(zone.value)}`} action={isThere && (ekeys.value?.length ?? 0) > 0 && <a class="btn" href="/estate/keys/new">Register a key</a>}>
      {isThere ? <List /> : <NotYet what="your electronic keys" wanted={['ekeys']} />}
    </EstatePage>
  );
};
