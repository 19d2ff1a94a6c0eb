// After the key was sent: what became of it, and where the owner passes the link on, the link itself: to share, to scan, to copy.

import type { Grant } from '@mortise/api/grants.ts';
import { Task } from '../../app/shell.tsx';
import { go, grantPath } from '../../app/router.ts';
import { grants } from '../../model/grants.ts';
import { now, zone } from '../../model/live.ts';
import { PassOn } from '../../parts/pass-on.tsx';
import { Banner, Chip } from '../../parts/small.tsx';
import { grantMark, grantSentence } from '../../words/grant-state.ts';
import type { Lent } from '../../keys/lend.ts';

const TITLES: Readonly<Record<Grant['state'], string>> = {
  invited: 'is invited', asking: 'asks for the key', live: 'has the key', paused: 'has the key, paused', takenBack: 'has no key any more', ended: 'had the key', lapsed: 'did not fetch the key',
};

export const Sent = ({ lent, siteName }: { lent: Lent; siteName: string }) => {
  const grant = grants.value?.find(({ id }) => id === lent.grant.id) ?? lent.grant;
  const times = { now: now.value, zone: zone.value };
  const mark = grantMark(grant, times);
  const isLinkOpen = lent.link !== undefined && grant.state === 'invited';
  return (
    <Task
      title={`${grant.person.name} ${TITLES[grant.state]}`} block="lend"
      bar={<><button class="btn btn--tall" type="button" onClick={() => go('/lent', 'replace')}>All keys</button><button class="btn btn--main btn--tall" type="button" onClick={() => go(grantPath(grant.id), 'replace')}>See this key</button></>}
    >
      <p role="status"><Chip tone={mark.tone}>{mark.word}</Chip> <span class="muted">{grantSentence(grant, times)}</span></p>
      {grant.invitation?.sending === 'outbox' && <Banner icon="mail" actions={<a class="link" href="/outbox">To the outbox</a>}><b>No mail server is set.</b> The message stands in the outbox, with the link to copy.</Banner>}
      {isLinkOpen && lent.link !== undefined && (
        <PassOn link={lent.link} title={`A key to ${siteName}`} label={`QR code with the link for ${grant.person.name}`} gets="gets the key" qrFirst={lent.way === 'qr'}>
          <p class="small muted">{grant.person.name} scans it with the phone’s camera.</p>
        </PassOn>
      )}
      {lent.waiting.length > 0 && <Banner icon="clock"><b>{lent.waiting.join(', ')} must hear of it first.</b> The new roster is signed and on its way; the key opens there once it has arrived.</Banner>}
    </Task>
  );
};
