// After the key was sent: what became of it, and where the owner passes the link on, the link itself: to share, to scan, to copy.

import type { Grant } from '@mortise/api/grants.ts';
import { Task } from '../../app/shell.tsx';
import { go, grantPath, sendAnewPath } from '../../app/router.ts';
import { grants } from '../../model/grants.ts';
import { now, zone } from '../../model/live.ts';
import { PassOn } from '../../parts/pass-on.tsx';
import { Banner, Chip } from '../../parts/small.tsx';
import { grantMark, grantSentence, isAskedFor, outboxReason, sentTitle } from '../../words/grant-state.ts';
import type { Lent } from '../../keys/lend.ts';

/** What the message came to, where that asks for something. */
const Message = ({ grant: { id, state, invitation, person } }: { grant: Grant }) => {
  if (state !== 'invited' || invitation === null) return null;
  if (invitation.sending === 'outbox') return <Banner icon="mail" actions={<a class="link" href="/outbox">To the outbox</a>}><b>{outboxReason(invitation)}.</b> The message stands in the outbox, with the link to copy.</Banner>;
  if (invitation.sending !== 'refused') return null;
  return <Banner tone="denied" actions={<a class="link" href={sendAnewPath(id)}>Correct the address</a>}><b>{person.name} has not got the link.</b> Correct the address and send the key anew; the link of this message ends then.</Banner>;
};

const Link = ({ lent: { link, way }, grant, siteName }: { lent: Lent; grant: Grant; siteName: string }) =>
  link === undefined || grant.state !== 'invited' ? null : (
    <PassOn link={link} title={`A key to ${siteName}`} label={`QR code with the link for ${grant.person.name}`} gets={isAskedFor(grant) ? 'asks you for the key' : 'gets the key'} qrFirst={way === 'qr'}>
      <p class="small muted">{grant.person.name} scans it with the phone’s camera.</p>
    </PassOn>
  );

export const Sent = ({ lent, siteName }: { lent: Lent; siteName: string }) => {
  const grant = grants.value?.find(({ id }) => id === lent.grant.id) ?? lent.grant;
  const times = { now: now.value, zone: zone.value };
  const mark = grantMark(grant, times);
  return (
    <Task
      title={sentTitle(grant)} block="lend"
      bar={<><button class="btn btn--tall" type="button" onClick={() => go('/lent', 'replace')}>All keys</button><button class="btn btn--main btn--tall" type="button" onClick={() => go(grantPath(grant.id), 'replace')}>See this key</button></>}
    >
      <p role="status"><Chip tone={mark.tone}>{mark.word}</Chip> <span class="muted">{grantSentence(grant, times)}</span></p>
      <Message grant={grant} />
      <Link lent={lent} grant={grant} siteName={siteName} />
      {lent.waiting.length > 0 && <Banner icon="clock"><b>{lent.waiting.join(', ')} must hear of it first.</b> The new roster is signed and on its way; the key opens there once it has arrived.</Banner>}
    </Task>
  );
};
