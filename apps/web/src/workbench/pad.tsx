// What hands use at the door: a keypad with its lamp, a finger sensor. Nothing is kept of what was typed once it is confirmed.

import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { WorkbenchAction as Action, WorkbenchBody as Body } from '@mortise/api/workbench.ts';

type Send = (action: Action) => Promise<void>;

const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;
const MOST_DIGITS = 20;
const FINGERS = ['Right thumb', 'Right index finger', 'Left thumb', 'Left index finger'] as const;

const typed = signal('');
/** The signal that stood when this page last looked: only what comes after it is news. */
const since = signal<number | undefined>(undefined);

const put = (key: string): void => { if (typed.value.length < MOST_DIGITS) typed.value += key; };

const confirm = (send: Send, action: 'type' | 'type-to-lock'): void => {
  const digits = typed.value;
  typed.value = '';
  if (digits !== '') void send({ action, digits });
};

const SIGNALS: Readonly<Record<string, readonly [tone: string, words: string]>> = {
  granted: ['ok', '● Green: opened or locked'], refused: ['alarm', '▲ Red: no'], jammed: ['alarm', '▲ Red, twice: the bolt is stuck'], wait: ['wait', '◆ Amber, slow: wait'], another: ['wait', '◆ Amber: now the other one'],
};

const Lamp = ({ now: { signal: last } }: { now: Body }) => {
  useEffect(() => { since.value ??= last?.count ?? 0; }, []);
  const isNew = last !== null && since.value !== undefined && last.count > since.value;
  const [tone, words] = (isNew ? SIGNALS[last.what] : undefined) ?? ['so', 'Dark'];
  return <p class="pad__lamp" data-tone={tone} role="status">{words}</p>;
};

export const Keypad = ({ now, send }: { now: Body; send: Send }) => (
  <section class="panel" aria-labelledby="keypad">
    <div class="head"><h2 id="keypad">Keypad</h2><Lamp now={now} /></div>
    <p class="pad__typed" aria-label="Typed">{typed.value === '' ? 'Type a PIN or a code' : '•'.repeat(typed.value.length)}</p>
    <div class="pad" role="group" aria-label="Keys">
      {KEYS.map((key) => <button key={key} class="btn" type="button" onClick={() => put(key)}>{key}</button>)}
      <button class="btn" type="button" aria-label="Begin anew" onClick={() => { typed.value = ''; }}>✕</button>
      <button class="btn" type="button" onClick={() => put('0')}>0</button>
      <button class="btn btn--main" type="button" aria-label="Confirm: open" onClick={() => confirm(send, 'type')}>✓</button>
    </div>
    <button class="btn btn--start" type="button" onClick={() => confirm(send, 'type-to-lock')}>Confirm: lock</button>
  </section>
);

const CARDS = [['blue', 'Blue card (NTAG 424 DNA)'], ['white', 'White card (DESFire)']] as const;

export const CardPad = ({ now, send }: { now: Body; send: Send }) => (
  <section class="panel" aria-labelledby="cards">
    <div class="head"><h2 id="cards">Card pad</h2><p>{now.pad.card === null ? 'Nothing lies on it' : `The ${now.pad.card} card lies on it`}</p></div>
    <p class="small muted">While the app enrols a card, this pad is its desk reader.</p>
    <div class="pad pad--two" role="group" aria-label="Cards">
      {CARDS.map(([card, words]) => <button key={card} class="btn" type="button" aria-pressed={now.pad.card === card} onClick={() => void send({ action: 'card', card: now.pad.card === card ? null : card })}>{now.pad.card === card ? `Lift the ${card} card` : words}</button>)}
    </div>
  </section>
);

export const FingerPad = ({ now, send }: { now: Body; send: Send }) => (
  <section class="panel" aria-labelledby="fingers">
    <div class="head"><h2 id="fingers">Finger sensor</h2><p>{now.pad.enrolling === null ? `${now.pad.fingers} learnt` : '◆ Waits to learn a finger'}</p></div>
    <div class="pad pad--two" role="group" aria-label="Fingers">
      {FINGERS.map((finger) => <button key={finger} class="btn" type="button" onClick={() => void send({ action: 'finger', finger })}>{finger}</button>)}
    </div>
  </section>
);
