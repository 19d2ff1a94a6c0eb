// The locks on the link that have no door here yet, and which of them a setup code names.

import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { ago } from '@mortise/words/time.ts';
import { doors, link, now, waiting, zone } from '../model/live.ts';
import { Icon } from '../parts/icon.tsx';
import { Banner, Wait } from '../parts/small.tsx';
import { judgeSetupCode, type Judgement } from '../words/setup-judgement.ts';
import { waitingNote } from '../words/waiting.ts';

/** What the code is worth now: the lock it names, or what is missing. */
export const judge = (text: string): Judgement => judgeSetupCode(nobleCrypto, text, { waiting: waiting.value, doors: doors.value ?? [] });

const NotHeard = () => <Banner icon="unlinked"><b>No connection to the hub.</b> Which locks wait is not known here before it answers.</Banner>;

/** Every lock on the link that has no door here. */
export const WaitingList = () => {
  const list = waiting.value;
  if (list === undefined) return link.value.kind === 'lost' ? <NotHeard /> : <Wait>Asking the hub which locks wait</Wait>;
  if (list.length === 0) return <Banner icon="unlinked"><b>No lock waits to be added.</b> A new lock shows here a few seconds after it has power and reaches the hub.</Banner>;
  return (
    <section class="stack" aria-labelledby="waits"><h2 id="waits">On the link now</h2>
      <ul class="list">
        {list.map((lock) => (
          <li class="row" key={lock.lockId}><Icon name={lock.adopted && !lock.finishing ? 'refused' : 'hub'} />
            <span class="row__body"><span class="row__name">{lock.model ?? 'A lock'}</span><span class="row__note">{waitingNote(lock, ago(lock.heardAt, now.value, zone.value))} <span class="mono">{lock.lockId.slice(0, 8)}</span></span></span></li>
        ))}
      </ul>
    </section>
  );
};
