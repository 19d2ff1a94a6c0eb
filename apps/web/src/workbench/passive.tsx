// A passive lock at its own Workbench: its bolt, its label, and what its memory holds. A key opens it from the key’s page.

import type { PassiveAction, PassiveBody } from '@mortise/api/passive-workbench.ts';
import { Section } from '../parts/section.tsx';
import { Banner, Chip, Facts } from '../parts/small.tsx';
import { SetupPanel } from './setup-panel.tsx';

type Send = (action: PassiveAction) => Promise<void>;
export type Standing = Pick<PassiveBody, 'position' | 'free' | 'contact' | 'bolt'>;

const BOLT = { thrown: 'Bolt out', withdrawn: 'Bolt back', between: 'Bolt between' } as const;

/** Where its bolt stands, in two words. */
export const boltWord = ({ position }: Standing): string => BOLT[position];

export const boltState = ({ position }: Standing): 'locked' | 'unlocked' | 'unknown' => (position === 'thrown' ? 'locked' : position === 'withdrawn' ? 'unlocked' : 'unknown');

/** Whether a hand could turn it, and why not. */
export const HandChip = ({ now }: { now: Standing }) => {
  if (now.free) return <Chip tone="open">Freed: turn now</Chip>;
  return now.position === 'thrown' ? <Chip>Blocked</Chip> : <Chip tone="open">Turns back by hand</Chip>;
};

export const powerSentence = ({ contact, bolt }: Standing): string => (contact === null ? 'No key touches it, so it has no power and senses nothing.' : `A key gives it power. It says it sensed: ${bolt ?? 'nothing'}.`);

/** The hand at its bolt. A bolt that is thrown and not freed is tried in vain, and the page says so. */
export const TurnButton = ({ now, turn }: { now: Standing; turn: (to: 'thrown' | 'withdrawn') => void }) => {
  const isThrown = now.position === 'thrown';
  return <button class={now.free ? 'btn btn--main btn--tall' : 'btn btn--tall'} type="button" onClick={() => turn(isThrown ? 'withdrawn' : 'thrown')}>{isThrown ? 'Turn to withdraw' : 'Turn back'}</button>;
};

const Memory = ({ now, send }: { now: PassiveBody; send: Send }) => (
  <section class="panel" aria-labelledby="memory">
    <h2 id="memory">Memory</h2>
    <Facts rows={[
      ['Owner', now.adopted ? <Chip>Adopted</Chip> : <Chip tone="open">Factory state</Chip>],
      ['Roster', now.rosterVersion === 0 ? 'none' : `version ${now.rosterVersion}`],
      ['Records', `${now.journal.records}, of which ${now.journal.acknowledged} are known to be at the hub`],
      ['Its number', <span class="mono">{now.lockId}</span>],
    ]} />
    <button class="btn btn--alarm btn--start" type="button" aria-disabled={!now.canReset} onClick={() => { if (now.canReset) void send({ action: 'reset' }); }}>Press the reset button inside</button>
    <p class="fine muted">{now.canReset ? 'The lock forgets its owner and makes a new identity and a new code. Nothing moves.' : 'It works only with the bolt back and no key at the lock.'}</p>
  </section>
);

export const PassiveLock = ({ now, send }: { now: PassiveBody; send: Send }) => (
  <>
    {now.fault !== null && <Banner tone="alarm"><b>No contact comes about.</b> {now.fault}</Banner>}
    <section class="bench__hero" aria-label="The body">
      <Section state={boltState(now)} />
      <div class="bench__say">
        <div><p class="door__word">{boltWord(now)}</p><p><HandChip now={now} /></p><p class="muted">{powerSentence(now)}</p></div>
        <div class="bench__do"><TurnButton now={now} turn={(to) => void send({ action: 'turn', to })} /></div>
      </div>
    </section>
    <div class="bench__cols"><SetupPanel setup={now.setup} adopted={now.adopted} /><Memory now={now} send={send} /></div>
  </>
);
