// The key in the hand: its lamp and display, and what the hand does with it.

import { useSignal } from '@preact/signals';
import { MAX_LIFT_AFTER_BYTES, type EkeyAction, type EkeyWorkbench } from '@mortise/api/ekey-workbench.ts';
import { Chip } from '../parts/small.tsx';
import { kilobytes, signalSentence } from './key-words.ts';

type Send = (action: EkeyAction) => Promise<void>;
type Part = { now: EkeyWorkbench; send: Send };

const Lamp = ({ light }: Pick<EkeyWorkbench['signal'], 'light'>) => <span class="lamp" data-colour={light.colour} data-blinks={light.blinks || undefined} aria-hidden="true" />;

const touchSentence = ({ touch, lastTouchBytes }: EkeyWorkbench): string => {
  if (touch !== null) return touch.liftAfter === null ? `${kilobytes(touch.bytes)} went over.` : `${touch.bytes} of ${touch.liftAfter} bytes went over before the hand slips.`;
  return lastTouchBytes === null ? 'It touches nothing.' : `It touches nothing. The last touch took ${lastTouchBytes} bytes.`;
};

/** A touch that is cut in the middle, by the number of bytes that go over before. */
const Slip = ({ now, send }: Part) => {
  const bytes = useSignal('500');
  const count = /^\d{1,7}$/.test(bytes.value) && Number(bytes.value) <= MAX_LIFT_AFTER_BYTES ? Number(bytes.value) : undefined;
  const may = count !== undefined && now.touch === null && now.lock !== null;
  return (
    <form class="slip" onSubmit={(event) => { event.preventDefault(); if (may) void send({ action: 'touch', liftAfter: count }); }}>
      <div class="field" data-bad={count === undefined || undefined}><label for="slip">Bytes, then the hand slips</label>
        <input class="input" id="slip" inputMode="numeric" autocomplete="off" value={bytes.value} aria-invalid={count === undefined} onInput={(event) => { bytes.value = event.currentTarget.value; }} /></div>
      <button class="btn" type="submit" aria-disabled={!may}>Drop mid-way</button>
    </form>
  );
};

export const KeyHand = ({ now, send }: Part) => (
  <section class="panel hand" aria-labelledby="hand">
    <div class="head"><h2 id="hand">The key</h2>{now.touch === null ? <Chip tone="open">In the hand</Chip> : <Chip>Touching</Chip>}</div>
    <div class="hand__show" role="status"><Lamp light={now.signal.light} /><div><p class="hand__word">{now.signal.display}</p><p class="small muted">{signalSentence(now.signal)}</p></div></div>
    <p class="small muted">{touchSentence(now)}</p>
    <div class="hand__do">
      {now.touch === null
        ? <button class="btn btn--main btn--tall" type="button" aria-disabled={now.lock === null} onClick={() => { if (now.lock !== null) void send({ action: 'touch' }); }}>Touch the lock</button>
        : <button class="btn btn--tall" type="button" onClick={() => void send({ action: 'lift' })}>Lift the key</button>}
    </div>
    <Slip now={now} send={send} />
  </section>
);
