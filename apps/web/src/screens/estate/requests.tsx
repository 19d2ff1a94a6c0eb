// Requests of technicians, live: those that wait for an answer first, then what has come of the others.

import { signal } from '@preact/signals';
import type { AccessRequest } from '@mortise/api/access-requests.ts';
import { zoneName } from '@mortise/words/time.ts';
import { requestPath } from '../../app/estate-place.ts';
import { requests, waitingRequests } from '../../model/estate.ts';
import { isFound } from '../../model/find.ts';
import { now, zone } from '../../model/live.ts';
import { FindField, Partly } from '../../parts/find.tsx';
import { initials } from '../../parts/grant-row.tsx';
import { Chip, Empty } from '../../parts/small.tsx';
import { requestMark, wantedWords } from '../../words/access-request.ts';
import { capital } from '../../words/record.ts';
import { EstatePage, NotYet, useEstate } from './frame.tsx';

const typed = signal('');
const MANY = 12;

const Row = ({ request }: { readonly request: AccessRequest }) => {
  const times = { now: now.value, zone: zone.value };
  const mark = requestMark(request, times);
  return (
    <a class="row row--key" href={requestPath(request.id)}>
      <span class="face" aria-hidden="true">{initials(request.person.name)}</span>
      <span class="row__name">{request.person.name}, {request.door.name}</span>
      <span class="row__end"><Chip tone={mark.tone}>{mark.word}</Chip></span>
      <span class="row__note">{capital(wantedWords(request, times))}. “{request.reason}”</span>
    </a>
  );
};

const List = () => {
  const all = requests.value ?? [];
  const waiting = waitingRequests.value;
  const others = all.filter(({ id }) => !waiting.some((each) => each.id === id)).filter(({ person, door, ekey, reason }) => isFound(typed.value, person.name, door.name, ekey.name, reason));
  if (all.length === 0 && waiting.length === 0) {
    return <Empty title="Nobody has asked for a door"><p>Whoever holds an electronic key can ask for a door from their own phone, at the lock or before. What they ask for stands here at once, and you say yes or no.</p></Empty>;
  }
  return (
    <>
      {waiting.length === 0 ? <p class="small muted" role="status">Nobody waits for an answer.</p> : (
        <section class="stack" aria-labelledby="waiting"><h2 id="waiting">Wait for your answer</h2><div class="list">{waiting.map((each) => <Row key={each.id} request={each} />)}</div></section>
      )}
      {all.length > waiting.length && (
        <section class="stack" aria-labelledby="others">
          <h2 id="others">Answered, or over</h2>
          {all.length > MANY && <FindField label="Find a request, by person, door or key" value={typed.value} onInput={(value) => { typed.value = value; }} />}
          <Partly key={typed.value} list={others} more="more requests">{(shown) => <div class="list">{shown.map((each) => <Row key={each.id} request={each} />)}</div>}</Partly>
        </section>
      )}
    </>
  );
};

export const Requests = () => {
  const isThere = useEstate('requests');
  return (
    <EstatePage title="Requests" note={`Times are ${zoneName(zone.value)}`}>
      <div class="narrow"><div class="stack">{isThere ? <List /> : <NotYet what="the requests" wanted={['requests']} />}</div></div>
    </EstatePage>
  );
};
