// A link for the phone of whoever has an electronic key, when that is all they have: by it their browser shows what the key opens, updates it and asks for
// doors. It opens no lock, so that nothing is signed.

import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { parseIdentifier, type SiteId } from '@mortise/base/identifiers.ts';
import { endTime, zoneName } from '@mortise/words/time.ts';
import { Task } from '../../app/shell.tsx';
import { makePhoneLink } from '../../keys/phone-link.ts';
import { me, now, zone } from '../../model/live.ts';
import { PassOn } from '../../parts/pass-on.tsx';
import { Banner, Wait } from '../../parts/small.tsx';
import { failureSentence } from '../../words/failures.ts';

type Made = { readonly address: string; readonly person: string; readonly redeemBy: number };

const made = signal<Made | undefined>(undefined);
const failure = signal<string | undefined>(undefined);

const make = async (ekeyId: string): Promise<void> => {
  [made.value, failure.value] = [undefined, undefined];
  const siteId = parseIdentifier<SiteId>(me.value?.site.id ?? '');
  const link = siteId === undefined ? undefined : await makePhoneLink(siteId, ekeyId);
  if (link?.ok === true) made.value = link.value;
  else failure.value = link?.error ?? failureSentence({ kind: 'unreadable' });
};

export const HolderPhone = ({ ekeyId }: { ekeyId: string }) => {
  useEffect(() => void make(ekeyId), [ekeyId]);
  const link = made.value;
  const again = <button class="btn btn--tall" type="button" onClick={() => void make(ekeyId)}>Try again</button>;
  return (
    <Task
      title={link === undefined ? 'A phone for the key' : `A phone for ${link.person}`} closes={`/estate/keys/${ekeyId}`} bar={failure.value === undefined ? undefined : again}
      say="By this link their browser shows what the key opens, updates it, and asks for doors. It opens no lock. Whoever holds a phone key of this site needs none."
    >
      {failure.value !== undefined && <Banner tone="denied"><b>No link was made.</b> {failure.value}</Banner>}
      {link === undefined && failure.value === undefined && <Wait>Making the link</Wait>}
      {link !== undefined && (
        <>
          <PassOn link={link.address} title="Your electronic key" label={`Link for ${link.person}’s phone`} gets="sees the key’s pages" qrFirst />
          <p class="small muted">It works once, until {endTime(link.redeemBy, now.value, zone.value)}, {zoneName(zone.value)}.</p>
        </>
      )}
    </Task>
  );
};
