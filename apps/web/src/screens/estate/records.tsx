// Records of locks and electronic keys, searched: a table at a desk, a list on a phone. What is missing stands where it is missing.

import { useEffect } from 'preact/hooks';
import type { RecordItem } from '@mortise/api/records.ts';
import { clockSeconds, shortDate, zoneName } from '@mortise/words/time.ts';
import { query } from '../../app/router.ts';
import { locations } from '../../model/estate.ts';
import { locationOf } from '../../model/estate-view.ts';
import { now, zone } from '../../model/live.ts';
import { foundBy, foundFailure, olderRecords, searching, searchRecords, type Found } from '../../model/record-page.ts';
import { isSearch, recordsPath, searchOf, type RecordSearch } from '../../model/record-search.ts';
import { Partly } from '../../parts/find.tsx';
import { Banner, Empty, Wait } from '../../parts/small.tsx';
import { Table, type Column } from '../../parts/table.tsx';
import { failureSentence } from '../../words/failures.ts';
import { gapsTitle, gapWords, missingWords, recordRow, type RecordRow } from '../../words/record-row.ts';
import { EstatePage, NotYet, useEstate } from './frame.tsx';
import { SearchForm } from './record-search.tsx';

/** A record, or what is missing right before it. */
type Shown = { readonly item: RecordItem; readonly row?: RecordRow };

const shownOf = (item: RecordItem): readonly Shown[] => (item.missing > 0 ? [{ item, row: recordRow(item) }, { item }] : [{ item, row: recordRow(item) }]);

const What = ({ item, row }: Shown) => {
  const missing = row === undefined ? missingWords(item) : undefined;
  const how = row?.how ?? missing?.how ?? '';
  // A lock's own line names both already.
  const whose = row === undefined || item.device.kind === 'lock' ? '' : [row.where, row.who].filter((each) => each !== '').join(', ');
  return <div class="what"><i data-mark={row?.mark ?? 'gap'} aria-hidden="true" /><span>{row?.what ?? missing?.what}{whose !== '' && <small class="narrow-only">{whose}</small>}{how !== '' && <small>{how}</small>}</span></div>;
};

const When = ({ item: { at, clock } }: { readonly item: RecordItem }) => (
  <time dateTime={new Date(at).toISOString()}>{clockSeconds(at, zone.value)}<small>{shortDate(at, now.value, zone.value)}{clock === 'lost' && '; its clock was lost, so that the time is not certain'}</small></time>
);

const whereOf = ({ item, row }: Shown) => {
  const at = item.door === null ? undefined : locationOf(locations.value ?? [], item.door.id);
  return row === undefined || row.where === '' ? '' : <>{row.where}{at !== undefined && <small>{at.name}</small>}</>;
};

const COLUMNS: readonly Column<Shown>[] = [
  { head: 'When', cell: ({ item, row }) => (row === undefined ? '' : <When item={item} />), on: 'soft-wide' },
  { head: 'What happened', cell: (shown) => <What {...shown} />, on: 'wide' },
  { head: 'Where', cell: whereOf, on: 'skip' },
  { head: 'Who', cell: ({ row }) => row?.who ?? '', on: 'skip' },
  { head: 'Key', cell: ({ row }) => row?.key ?? '', on: 'skip' },
  { head: 'Written down by', cell: ({ item, row }) => (row === undefined ? '' : <><span class="narrow-only">Written down by </span>{row.told}, no.&nbsp;{item.seq.toLocaleString('en-GB')}</>), on: 'soft-wide' },
];

const MOST_GAPS = 5;

const Gaps = ({ gaps, moreGaps }: Pick<Found, 'gaps' | 'moreGaps'>) =>
  gaps.length === 0 ? null : (
    <section class="panel" aria-labelledby="gaps">
      <h2 id="gaps" class="estate__lock"><i class="diamond" aria-hidden="true" />{gapsTitle(gaps, moreGaps)}</h2>
      <p class="small muted">The hub lost them, or they never came; what stands before and after is signed. What is missing may be of what you search for.</p>
      <Partly list={gaps} step={MOST_GAPS} more="more gaps">
        {(shown) => <ul class="plain small">{shown.map((gap) => <li key={`${gap.device.id} ${gap.first}`}>{gapWords(gap, { now: now.value, zone: zone.value })}</li>)}</ul>}
      </Partly>
    </section>
  );

const List = ({ search, page }: { readonly search: RecordSearch; readonly page: Found }) => (
  <>
    <Gaps gaps={page.gaps} moreGaps={page.moreGaps} />
    {page.items.length === 0 ? <Empty title={isSearch(search) ? 'No record says that' : 'No record has come yet'}><p>{isSearch(search) ? 'Of what the hub has, nothing is of this lock, key, person, location and time together.' : 'Each opening, locking and refusal stands here once a lock or a key has brought it home.'}</p></Empty> : (
      <section class="panel panel--flush" aria-label="Records found">
        <Table caption="Records" columns={COLUMNS} rows={page.items.flatMap(shownOf)} keyOf={({ item, row }) => `${item.cursor}${row === undefined ? ' gap' : ''}`} tone={({ row }) => (row === undefined ? 'gap' : undefined)} />
        {page.next !== null && <button class="btn btn--start" type="button" aria-disabled={searching.value} onClick={() => void olderRecords(search)}>{searching.value ? 'Asking the hub' : 'Show older'}</button>}
      </section>
    )}
  </>
);

const Results = ({ search }: { readonly search: RecordSearch }) => {
  useEffect(() => void searchRecords(search), [recordsPath(search)]);
  const page = foundBy(search);
  const again = (): void => void (page === undefined ? searchRecords(search) : olderRecords(search));
  return (
    <>
      {foundFailure.value !== undefined && <Banner icon="unlinked" actions={<button class="link" type="button" onClick={again}>Try again</button>}><b>The records could not be fetched.</b> {failureSentence(foundFailure.value)}</Banner>}
      {page === undefined ? foundFailure.value === undefined && <Wait>Asking the hub for the records</Wait> : <List search={search} page={page} />}
    </>
  );
};

export const Records = () => {
  const isThere = useEstate('ekeys', 'locations');
  const search = searchOf(query.value);
  return (
    <EstatePage title="Records" note={`Newest arrival first. Times are ${zoneName(zone.value)}`}>
      {isThere ? <><SearchForm given={search} /><Results search={search} /></> : <NotYet what="your locks and keys" wanted={['ekeys', 'locations']} />}
    </EstatePage>
  );
};
