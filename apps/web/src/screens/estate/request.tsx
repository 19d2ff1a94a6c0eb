// One request: who asks for which door and why. The owner approves, with dates and hours of their own choosing, which makes a grant that comes to the
// key with its next update; or refuses, and says why.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { AccessRequest } from '@mortise/api/access-requests.ts';
import { MAX_WORD_CHARACTERS } from '@mortise/api/grants.ts';
import { ago, when, zoneName } from '@mortise/words/time.ts';
import { ekeyPath } from '../../app/estate-place.ts';
import { grantPath } from '../../app/router.ts';
import { approveRequest, refuseRequest } from '../../keys/ekey.ts';
import { requestDraft } from '../../model/ekey-draft.ts';
import { locations, requests } from '../../model/estate.ts';
import { locationOf } from '../../model/estate-view.ts';
import { draft, endLending, lendTerms } from '../../model/lend.ts';
import { doors, now, zone } from '../../model/live.ts';
import { placeOfDoor, zoneOfPlaces } from '../../model/places.ts';
import { Failed, useDoing } from '../../parts/failed.tsx';
import { Banner, Chip, Facts, Field } from '../../parts/small.tsx';
import { requestMark, requestSentence, wantedWords } from '../../words/access-request.ts';
import { capital } from '../../words/record.ts';
import { EstatePage, NotYet, useEstate } from './frame.tsx';
import { KeyTerms, termsFault, TermsPreview } from './terms.tsx';

const Asked = ({ request }: { readonly request: AccessRequest }) => {
  const { person, door, ekey, reason, askedAt, answer, grantId } = request;
  const times = { now: now.value, zone: zone.value };
  const at = locationOf(locations.value ?? [], door.id);
  return (
    <section class="panel" aria-labelledby="asked">
      <div class="head"><h2 id="asked">What is asked for</h2><p>{ago(askedAt, times.now, times.zone)}</p></div>
      <Facts rows={[
        ['Who', person.name],
        ['Door', at === undefined ? door.name : `${door.name}, ${at.name}`],
        ['When', capital(wantedWords(request, times))],
        ['Why', `“${reason}”`],
        ['Key', <a href={ekeyPath(ekey.id)}>{ekey.name}</a>],
        ...(answer === '' ? [] : [['Your answer', `“${answer}”`] as const]),
        ...(grantId === null ? [] : [['Grant', <a href={grantPath(grantId)}>What was approved</a>] as const]),
      ]} />
    </section>
  );
};

const Refuse = ({ request }: { readonly request: AccessRequest }) => {
  const [doing, reason] = [useDoing(), useSignal('')];
  const refuse = (): void => void doing.run('Refusing', 'It was not refused.', `${request.person.name} is refused.`, () => refuseRequest(request, reason.value));
  return (
    <form class="panel" aria-labelledby="refuse" onSubmit={(event) => { event.preventDefault(); refuse(); }}>
      <h2 id="refuse">Or refuse</h2>
      <Field label="Why not" value={reason.value} onInput={(text) => { reason.value = text; }} maxLength={MAX_WORD_CHARACTERS} note={`${request.person.name} reads it.`} />
      <Failed doing={doing} />
      <button class="btn btn--start" type="submit" aria-disabled={doing.busy.value !== undefined}>{doing.busy.value ?? 'Refuse'}</button>
    </form>
  );
};

const Approve = ({ request }: { readonly request: AccessRequest }) => {
  const [doing, word] = [useDoing(), useSignal('')];
  const place = placeOfDoor(request.door.id);
  useEffect(() => {
    draft.value = requestDraft(request, place, now.value, zoneOfPlaces([place]));
    return endLending;
  }, [request.id]);
  const [list, terms] = [draft.value, lendTerms.value];
  if (list === undefined) return null;
  const ready = terms?.ok === true && doing.busy.value === undefined;
  const approve = (): void => {
    if (terms?.ok !== true || !ready) return;
    void doing.run('Waiting for your device', 'It was not approved.', `${request.person.name} gets it.`, () => approveRequest(request, terms.value, word.value, (door) => doing.say(`Telling ${door}`)));
  };
  return (
    <form class="lend__form decide__yes" aria-labelledby="approve" onSubmit={(event) => { event.preventDefault(); approve(); }}>
      <div class="head"><h2 id="approve">Approve it for</h2><p>{zoneName(zoneOfPlaces([place]))}</p></div>
      <KeyTerms draft={list} />
      <TermsPreview />
      <section class="panel" aria-label="Sign">
        <Field label={`A word to ${request.person.name}`} value={word.value} onInput={(text) => { word.value = text; }} maxLength={MAX_WORD_CHARACTERS} note="If there is something to say." />
        <Failed doing={doing} />
        {termsFault() !== undefined && <p class="small muted" role="status">{termsFault()}</p>}
        <button class="btn btn--main btn--tall" type="submit" aria-disabled={!ready}>{doing.busy.value ?? 'Sign and approve'}</button>
        <p class="fine muted">You sign a grant for this door and {request.ekey.name}, and nothing else. It comes to the key with its next update.</p>
      </section>
    </form>
  );
};

const Body = ({ request }: { readonly request: AccessRequest }) => {
  const times = { now: now.value, zone: zone.value };
  const mark = requestMark(request, times);
  const isWaiting = request.state === 'asked' && request.until >= times.now;
  return (
    <EstatePage title={`${request.person.name} asks for ${request.door.name}`} note={request.decidedAt === null ? undefined : `Decided ${when(request.decidedAt, times.now, times.zone)}`} back="/estate/requests">
      <p role="status"><Chip tone={mark.tone}>{mark.word}</Chip> <span class="muted">{requestSentence(request, times)}</span></p>
      <div class="decide"><Asked request={request} />{isWaiting && <><Approve request={request} /><Refuse request={request} /></>}</div>
    </EstatePage>
  );
};

export const RequestScreen = ({ requestId }: { readonly requestId: string }) => {
  const isThere = useEstate('requests', 'locations');
  const request = requests.value?.find(({ id }) => id === requestId);
  if (!isThere || doors.value === undefined) return <EstatePage title="Request" back="/estate/requests"><NotYet what="this request" wanted={['requests', 'locations']} /></EstatePage>;
  if (request === undefined) return <EstatePage title="Request" back="/estate/requests"><Banner icon="refused"><b>There is no such request here.</b> <a href="/estate/requests">See all requests</a></Banner></EstatePage>;
  return <Body key={request.id} request={request} />;
};
