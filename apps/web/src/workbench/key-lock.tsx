// The lock beside the key: its bolt as it stands, the hand that turns it, and which lock it is.

import { useSignal } from '@preact/signals';
import type { EkeyAction, EkeyWorkbench } from '@mortise/api/ekey-workbench.ts';
import type { PassiveBody } from '@mortise/api/passive-workbench.ts';
import { Section } from '../parts/section.tsx';
import { Chip, Facts, Field } from '../parts/small.tsx';
import { boltState, boltWord, HandChip, powerSentence, TurnButton } from './passive.tsx';

type Send = (action: EkeyAction) => Promise<void>;

const Body = ({ body, send }: { body: PassiveBody; send: Send }) => (
  <>
    <Section state={boltState(body)} />
    <div class="lockside__say"><p class="hand__word">{boltWord(body)}</p><HandChip now={body} /></div>
    <p class="small muted">{powerSentence(body)}</p>
    <div class="hand__do"><TurnButton now={body} turn={(to) => void send({ action: 'turn', to })} /></div>
    <Facts rows={[
      ['Owner', body.adopted ? <Chip>Adopted</Chip> : <Chip tone="open">Factory state</Chip>],
      ['Its records', `${body.journal.records}, of which ${body.journal.acknowledged} are known to be at the hub`],
    ]} />
  </>
);

const Which = ({ lock, send }: { lock: EkeyWorkbench['lock']; send: Send }) => {
  const address = useSignal(lock?.address ?? 'http://localhost:8402/');
  return (
    <form class="slip" onSubmit={(event) => { event.preventDefault(); void send({ action: 'lock', address: address.value.trim() }); }}>
      <Field label="Address of the lock’s Workbench" value={address.value} onInput={(value) => { address.value = value; }} maxLength={64} />
      <button class="btn" type="submit">Put it beside</button>
    </form>
  );
};

export const LockSide = ({ now: { lock }, send }: { now: EkeyWorkbench; send: Send }) => (
  <section class="panel lockside" aria-labelledby="lockside">
    <div class="head"><h2 id="lockside">{lock?.body?.name ?? 'The lock'}</h2>{lock?.body?.contact && <Chip>Has power</Chip>}</div>
    {lock === null && <p class="small muted">No lock stands beside the key. Start one with <code>mortise lock --passive</code> and give its address.</p>}
    {lock !== null && lock.body === null && <p class="small muted" role="status">{lock.trouble}</p>}
    {lock?.body && <Body body={lock.body} send={send} />}
    <Which key={lock?.address} lock={lock} send={send} />
  </section>
);
