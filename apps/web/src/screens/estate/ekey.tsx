// One electronic key: in whose hands, what it shall open and says that it holds, what it last said of itself, its policy, its log; and what an owner
// does with it: issues it, takes it back, gives it grants, reports it lost.

import { useEffect } from 'preact/hooks';
import type { Ekey, EkeyAnswer } from '@mortise/api/ekeys.ts';
import { pathOf, STREAMS } from '@mortise/api/routes.ts';
import { counted } from '@mortise/words/lists.ts';
import { when, zoneName } from '@mortise/words/time.ts';
import { ekeyCoveragePath, ekeyGrantPath } from '../../app/estate-place.ts';
import { ekeyFailure, ekeyShown, loadEkey } from '../../model/ekey-page.ts';
import { ekeys } from '../../model/estate.ts';
import { newestFirst } from '../../model/grants.ts';
import { now, zone } from '../../model/live.ts';
import { recordsPath } from '../../model/record-search.ts';
import { GrantRow } from '../../parts/grant-row.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Banner, Chip, Facts, Wait } from '../../parts/small.tsx';
import { volts } from '../../words/battery.ts';
import { bufferWords, custodyLine, custodyNote, ekeyClockWords, ekeyMark, ekeySentence } from '../../words/ekey.ts';
import { failureSentence } from '../../words/failures.ts';
import { isOpen } from '../../words/grant-state.ts';
import { capital } from '../../words/record.ts';
import { Hands, Lost } from './ekey-hands.tsx';
import { Policy } from './ekey-policy.tsx';
import { EstatePage, useEstate } from './frame.tsx';
import { FromHolder } from './from-holder.tsx';

const Grants = ({ ekey }: { readonly ekey: Ekey }) => {
  const all = newestFirst.value.filter(({ ekeyId }) => ekeyId === ekey.id);
  const [open, over] = [all.filter(isOpen), all.filter((grant) => !isOpen(grant))];
  return (
    <section class="panel panel--flush" aria-labelledby="grants">
      <div class="head"><h2 id="grants">What it opens</h2>{ekey.state === 'issued' && open.length > 0 && <a class="link" href={ekeyGrantPath(ekey.id)}>Add doors</a>}</div>
      {open.length === 0 && <p class="small muted">{ekey.state === 'issued' ? `Nothing yet. Say which doors ${ekey.person?.name ?? 'its holder'} may open with it, from when to when.` : 'Nothing. It gets grants for a person once that person has it.'}</p>}
      {open.length === 0 && ekey.state === 'issued' && <a class="btn btn--main btn--start" href={ekeyGrantPath(ekey.id)}>Set doors, dates and hours</a>}
      {open.length > 0 && <div>{open.map((grant) => <GrantRow key={grant.id} grant={grant} by="doors" />)}</div>}
      {ekey.orders.leftOut > 0 && <Banner tone="alarm"><b>{counted(ekey.orders.leftOut, 'grant')} did not fit on the key.</b> Group doors, so that fewer grants say the same.</Banner>}
      {over.length > 0 && <details class="estate__over"><summary>{counted(over.length, 'grant that is over', 'grants that are over')}</summary>{over.map((grant) => <GrantRow key={grant.id} grant={grant} by="doors" />)}</details>}
    </section>
  );
};

const Said = ({ ekey: { status, orders, clock, journal, serial } }: { readonly ekey: Ekey }) => (
  <section class="panel" aria-labelledby="said">
    <div class="head"><h2 id="said">What it said last</h2>{status !== null && <p>{capital(when(status.heardAt, now.value, zone.value).replace(/^(?:at|on) /, ''))}</p>}</div>
    {status === null ? <p class="small muted">Nothing since it was registered. Update it at a station, or by its holder’s phone.</p> : (
      <Facts rows={[
        ['Clock', ekeyClockWords(status)],
        ['Records', bufferWords(status)],
        ['Carries', `${Math.ceil(status.fromLocksBytes / 1024).toLocaleString('en-GB')} KiB from locks, ${Math.ceil(status.forLocksBytes / 1024).toLocaleString('en-GB')} KiB for them`],
        ['Orders', orders.version === 0 ? 'None were made yet' : `Goes by version ${orders.held.toLocaleString('en-GB')}; the newest is ${orders.version.toLocaleString('en-GB')}`],
        ...(status.batteryMv === null ? [] : [['Battery', volts(status.batteryMv)] as const]),
        ...(serial === '' ? [] : [['Printed on it', serial] as const]),
        ['Came home', `${counted(journal.entries - journal.missing, 'record')}${journal.missing > 0 ? `; ${counted(journal.missing, 'is', 'are')} missing` : ''}`],
      ]} />
    )}
    {clock === null && <Banner tone="alarm"><b>No present owner vouches for its clock.</b> Passive locks take no time from it, and grants that are limited in time do not open. Register it again at a station.</Banner>}
    {journal.alerts > 0 && <Banner tone="alarm"><b>Its journal does not add up.</b> What came is kept as evidence, and nothing was overwritten.</Banner>}
  </section>
);

const Log = ({ custody }: Pick<EkeyAnswer, 'custody'>) => (
  <section class="panel" aria-labelledby="log">
    <div class="head"><h2 id="log">Whose hands it was in</h2><p>{zoneName(zone.value)}</p></div>
    <ol class="log">
      {custody.map((entry, index) => (
        <li key={custody.length - index}><span><b>{custodyLine(entry)}</b> <span class="muted">{custodyNote(entry, { now: now.value, zone: zone.value })}</span></span>{entry.note !== '' && <span class="muted">“{entry.note}”</span>}</li>
      ))}
    </ol>
  </section>
);

const Body = ({ answer: { ekey, custody } }: { readonly answer: EkeyAnswer }) => {
  const times = { now: now.value, zone: zone.value };
  const mark = ekeyMark(ekey, times);
  return (
    <EstatePage title={ekey.name} note="Electronic key" back="/estate/keys" action={<a class="btn" href={recordsPath({ key: ekey.id })}>Records</a>}>
      <p role="status"><Chip tone={mark.tone}>{mark.word}</Chip> <span class="muted">{ekeySentence(ekey, times)}</span></p>
      <FromHolder ekey={ekey} />
      {ekey.state === 'lost' && <p><a class="btn btn--main" href={ekeyCoveragePath(ekey.id)}>See which locks have heard</a></p>}
      <div class="door__rest">
        <div class="stack">{ekey.state === 'issued' ? <><Grants ekey={ekey} /><Hands ekey={ekey} /></> : <><Hands ekey={ekey} /><Grants ekey={ekey} /></>}<Lost ekey={ekey} /></div>
        <div class="stack">
          <Said ekey={ekey} /><Policy key={JSON.stringify(ekey.policy)} ekey={ekey} /><Log custody={custody} />
          <div class="act__export"><a class="btn btn--s" href={pathOf(STREAMS.ekeyJournal, { ekeyId: ekey.id })} download={`${ekey.name}.journal.jsonl`}><Icon name="download" />Journal of {ekey.name}</a></div>
        </div>
      </div>
    </EstatePage>
  );
};

const Missing = () => (
  <EstatePage title="Electronic key" back="/estate/keys">
    {ekeyFailure.value === undefined ? <Wait>Asking the hub for this key</Wait> : <Banner icon="refused"><b>The hub does not show this key.</b> {failureSentence(ekeyFailure.value)} <a href="/estate/keys">See all keys</a></Banner>}
  </EstatePage>
);

export const EkeyScreen = ({ ekeyId }: { readonly ekeyId: string }) => {
  useEstate('ekeys');
  const told = ekeys.value?.find(({ id }) => id === ekeyId);
  useEffect(() => void loadEkey(ekeyId), [ekeyId, told?.state, told?.person?.id]);
  const answer = ekeyShown.value?.ekey.id === ekeyId ? ekeyShown.value : undefined;
  return answer === undefined ? <Missing /> : <Body answer={told === undefined ? answer : { ...answer, ekey: told }} />;
};
