// The inside of the key: power, clock, memory, its ways to the hub, and the reset.

import { useSignal } from '@preact/signals';
import type { EkeyAction, EkeyWorkbench } from '@mortise/api/ekey-workbench.ts';
import { compareCode } from '../keys/compare.ts';
import { Chip, Facts } from '../parts/small.tsx';
import { clockSentence, clockWord, kilobytes, ordersSentence } from './key-words.ts';

type Part = { now: EkeyWorkbench; send: (action: EkeyAction) => Promise<void> };

const HOUR_MS = 3_600_000;

const show = (instant: number): string => new Date(instant).toLocaleString([], { dateStyle: 'medium', timeStyle: 'medium' });

const Clock = ({ now: { clock }, send }: Part) => (
  <div class="inside">
    <div class="head"><h3>Clock</h3><Chip tone={clock.quality === 'lost' ? 'unknown' : 'ok'}>{clockWord(clock)}</Chip></div>
    <p class="small muted">{clockSentence(clock, show)}</p>
    <div class="hand__do">
      <button class="btn btn--s" type="button" onClick={() => void send({ action: 'clock', moveMs: -HOUR_MS })}>Back one hour</button>
      <button class="btn btn--s" type="button" onClick={() => void send({ action: 'clock', moveMs: HOUR_MS })}>Forward one hour</button>
      <button class="btn btn--s" type="button" onClick={() => void send({ action: 'clock-lost' })}>Take its power away</button>
    </div>
  </div>
);

const Fill = ({ label, value, most, words }: { label: string; value: number; most: number; words: string }) => (
  <div class="field"><label>{label}<meter class="fill" min={0} max={most} value={value} aria-label={label}>{words}</meter></label><p class="field__note">{words}</p></div>
);

const Memory = ({ now: { journal, bag, orders } }: Part) => (
  <div class="inside">
    <h3>Memory</h3>
    <p class="small muted">{ordersSentence(orders, show)}</p>
    <Fill label="Records that no hub has yet" value={journal.capacity - journal.free} most={journal.capacity} words={`${journal.capacity - journal.free} of ${journal.capacity}; ${journal.records} written in all`} />
    <Fill label="Carried from locks" value={bag.fromLocks} most={bag.capacity} words={`${kilobytes(bag.fromLocks)} of ${kilobytes(bag.capacity)}`} />
    <Fill label="Carried for locks" value={bag.forLocks} most={bag.capacity} words={`${kilobytes(bag.forLocks)} of ${kilobytes(bag.capacity)}`} />
  </div>
);

const Ways = ({ now: { network, serial, updating, keyId, identityKey, enrolled }, send }: Part) => (
  <div class="inside">
    <h3>Ways to the hub</h3>
    <Facts rows={[
      ['Now', updating ? <Chip tone="wait">Being updated</Chip> : <Chip tone="open">Nobody is there</Chip>],
      ['Site', enrolled ? <Chip>Enrolled</Chip> : <Chip tone="open">Nobody’s</Chip>],
      ['Socket for a page', <span class="mono">ws://{location.host}/update</span>],
      ['Serial line', serial === null ? 'none was given' : <><span class="mono">{serial.path}</span> {serial.open ? '' : '(closed)'}</>],
      ['Network', network === null ? 'no hub was given' : <span class="mono">{network.hub}</span>],
      ['Its number', <span class="mono">{keyId}</span>],
      ['To compare', <span class="compare">{compareCode(identityKey)}</span>],
    ]} />
    {network !== null && <>
      <p class="small muted" role="status">{network.busy ? 'It asks the hub.' : network.said ?? 'It has not asked the hub yet.'}{network.nextAt === null ? '' : ` It asks again at ${show(network.nextAt)}.`}</p>
      <button class="btn btn--start" type="button" aria-disabled={network.busy} onClick={() => { if (!network.busy) void send({ action: 'update' }); }}>Update now</button>
    </>}
  </div>
);

/** Two presses: it erases records that nobody has. */
const Reset = ({ send }: Pick<Part, 'send'>) => {
  const asked = useSignal(false);
  return (
    <div class="inside">
      <button class="btn btn--alarm btn--start" type="button" onClick={() => { if (asked.value) void send({ action: 'reset' }); asked.value = !asked.value; }}>{asked.value ? 'Reset it: everything in it is lost' : 'Reset the key'}</button>
      <p class="fine muted">It forgets its site and its records, and becomes another key.</p>
    </div>
  );
};

export const KeyInsides = ({ now, send }: Part) => (
  <section class="panel" aria-labelledby="insides">
    <h2 id="insides">Inside the key</h2>
    <div class="field"><label for="battery">Battery: {(now.batteryMv / 1000).toFixed(1)} V</label>
      <input class="range" id="battery" type="range" min="2800" max="4200" step="100" value={now.batteryMv} onChange={(event) => void send({ action: 'battery', mv: event.currentTarget.valueAsNumber })} /></div>
    <Clock now={now} send={send} />
    <Memory now={now} send={send} />
    <Ways now={now} send={send} />
    <Reset send={send} />
  </section>
);
