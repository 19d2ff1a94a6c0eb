// An update of an electronic key on the screen: where it is met, how far it is, what it brought, why it broke off and how it goes on.

import { useEffect } from 'preact/hooks';
import { listed } from '@mortise/words/lists.ts';
import { ekeyUpdate, forgetUpdate, updateKey, type EkeyUpdate, type Updater } from '../model/ekey-update.ts';
import { now } from '../model/live.ts';
import { cutWords, doneWords, homeWords, MEET_WORDS } from '../words/held-ekey.ts';
import { KeyConnect } from './key-connect.tsx';
import { Banner, Wait } from './small.tsx';

type Running = Extract<EkeyUpdate, { kind: 'running' }>;

const STEPS = ['The key says who it is and what it holds', 'Records come home', 'What is new goes onto the key'] as const;

/** How far it is: records that are to come, what was given and not answered. */
const Progress = ({ met, carried }: { met: Running['key']; carried: Running['carried'] }) => {
  const toCome = Math.max(carried.ownRecords, met.seq - met.acknowledged);
  const isHome = carried.ownRecords >= met.seq - met.acknowledged;
  const notes = ['', toCome === 0 ? '' : `${carried.ownRecords} of ${toCome}`, carried.given === 0 ? '' : `${Math.min(carried.answered, carried.given)} of ${carried.given} taken`];
  const at = carried.given > 0 && isHome ? 2 : carried.given + carried.ownRecords > 0 ? 1 : 0;
  return (
    <>
      <ol class="stepsdone">{STEPS.map((words, index) => <li key={words} data-done={index < at || undefined} aria-current={index === at ? 'step' : undefined}><span>{words}{notes[index] !== '' && <span class="muted tnum"> · {notes[index]}</span>}</span></li>)}</ol>
      <p class="small muted">Its light blinks blue as long as it is updated. Leave it where it is.</p>
    </>
  );
};

const Done = ({ state: { ekey, carried }, zone }: { state: Extract<EkeyUpdate, { kind: 'done' }>; zone: string }) => (
  <div class="stack" role="status">
    <section class="panel" aria-labelledby="brought">
      <h2 id="brought">{ekey.name} is updated</h2>
      <p>{doneWords(ekey, { now: now.value, zone })}</p>
      <p class="small muted">{homeWords(carried)}</p>
      {carried.refused.length > 0 && <p class="small muted">It would not take {carried.refused.length === 1 ? 'one thing' : `${carried.refused.length} things`} ({listed([...new Set(carried.refused.map(({ code }) => code))], 4)}). If that stays so, tell an owner.</p>}
    </section>
  </div>
);

export type KeyUpdateProps = { readonly by: Updater; readonly zone: string };

/** What there is to say about it; nothing before it begins. */
export const UpdateState = ({ zone }: { zone: string }) => {
  const at = ekeyUpdate.value;
  switch (at.kind) {
    case 'idle':
      return null;
    case 'meeting':
      return <Wait>Waiting for the key’s word</Wait>;
    case 'running':
      return <Progress met={at.key} carried={at.carried} />;
    case 'unmet':
      return <Banner tone="denied"><b>{MEET_WORDS[at.fault].bold}</b> {MEET_WORDS[at.fault].says}</Banner>;
    case 'cut':
      return <Banner tone="denied" icon="unlinked"><b>The update broke off.</b> {cutWords(at)}{at.carried.ownRecords + at.carried.lockRecords > 0 && ` ${homeWords(at.carried)}`}</Banner>;
    case 'done':
      return <Done state={at} zone={zone} />;
  }
};

const VERBS: Readonly<Record<EkeyUpdate['kind'], string | undefined>> = { idle: 'Update', meeting: undefined, running: undefined, done: undefined, unmet: 'Update', cut: 'Go on with' };

/** Where the key is met, to begin or to go on; nothing while it is under way. An owner has other keys to update. */
export const UpdateStart = ({ by }: Pick<KeyUpdateProps, 'by'>) => {
  const { kind } = ekeyUpdate.value;
  if (kind === 'done' && by === 'owner') return <button class="btn btn--start" type="button" onClick={forgetUpdate}>Update another key</button>;
  const verb = VERBS[kind];
  return verb === undefined ? null : <KeyConnect verb={verb} busy={false} act={(open) => updateKey(open, by)} />;
};

/** Meets a key and updates it, as often as it takes. */
export const KeyUpdate = ({ by, zone }: KeyUpdateProps) => {
  useEffect(() => forgetUpdate, []);
  return <><UpdateState zone={zone} /><UpdateStart by={by} /></>;
};
