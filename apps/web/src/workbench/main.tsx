// The Workbench: the virtual lock's body, for hands. It draws where things stand and lends a thumb-turn, a door, a battery and a plug.

import { signal } from '@preact/signals';
import { render } from 'preact';
import type { WorkbenchAction as Action, WorkbenchBody as Body } from '@mortise/api/workbench.ts';
import { Section } from '../parts/section.tsx';
import { Banner, Chip, Facts, Wait } from '../parts/small.tsx';
import { Mark } from '../parts/icon.tsx';
import { Qr } from '../parts/qr.tsx';
import type { DoorState } from '../words/door-state.ts';
import { act, parseBody } from './body.ts';
import { CardPad, FingerPad, Keypad } from './pad.tsx';

const body = signal<Body | undefined>(undefined);
const live = signal(false);
const failure = signal<string | undefined>(undefined);

const send = async (action: Action): Promise<void> => {
  const done = await act(action);
  failure.value = done.ok ? undefined : done.error;
  if (done.ok) body.value = done.value;
};

const listen = (): void => {
  const source = new EventSource('/api/body/events');
  source.addEventListener('open', () => { live.value = true; });
  source.addEventListener('error', () => { live.value = false; });
  source.addEventListener('body', (event) => {
    const next = parseBody(JSON.parse(String(event.data)));
    if (next !== undefined) body.value = next;
  });
};

/** Where the bolt truly stands: the Workbench shows the body, not what the lock makes of it. */
const stateOf = ({ position, door, jammed }: Body): DoorState => {
  if (position === 'between') return jammed ? 'jammed' : 'unknown';
  if (door === 'open') return 'open';
  return position === 'thrown' ? 'locked' : 'unlocked';
};

const POSITION = { thrown: 'Bolt out', withdrawn: 'Bolt back', between: 'Bolt between' } as const;

const ThumbTurn = ({ now }: { now: Body }) => {
  const thrown = now.position === 'thrown';
  const words = thrown ? 'Turn to open' : 'Turn to lock';
  return (
    <button class="turn" type="button" aria-pressed={thrown} aria-label={`${words}: the thumb-turn`} onClick={() => void send({ action: 'thumb-turn', to: thrown ? 'withdrawn' : 'thrown' })}>
      <svg viewBox="0 0 100 100" aria-hidden="true">
        <circle cx="50" cy="50" r="44" fill="none" stroke="currentColor" stroke-width="2" />
        <path class="knob" d="M42 14h16v72H42z" fill="currentColor" />
      </svg>
      {words}
    </button>
  );
};

const Hero = ({ now }: { now: Body }) => (
  <section class="bench__hero" aria-label="The body">
    <Section state={stateOf(now)} thrown={now.position === 'thrown' && now.door === 'open'} />
    <div class="bench__say">
      <div><p class="door__word">{POSITION[now.position]}</p><p class="muted">Door {now.door}. The lock says it sensed: {now.bolt}.</p></div>
      <div class="bench__do">
        <ThumbTurn now={now} />
        <button class="btn btn--tall" type="button" onClick={() => void send({ action: 'door', open: now.door === 'closed' })}>{now.door === 'closed' ? 'Open the door' : 'Close the door'}</button>
      </div>
    </div>
  </section>
);

const Setup = ({ now }: { now: Body }) => (
  <section class="panel" aria-labelledby="setup">
    <h2 id="setup">Setup code</h2>
    {now.setup === null
      ? <p class="small muted">{now.adopted ? 'The lock has an owner. Its code was used up; after a reset it has a new one.' : 'The lock shows no code now.'}</p>
      : <>
          <p class="small muted">As on the lock’s label. It proves that you hold the lock; it works once.</p>
          <div class="kit__row"><Qr text={now.setup.qr} label="The setup code as a QR code" />
            <div><p class="code" id="setup-code">{now.setup.text.split('-').map((group, index) => <span key={index}>{group}</span>)}</p>
              <button class="btn btn--start" type="button" onClick={() => void navigator.clipboard.writeText(now.setup?.text ?? '')}>Copy the code</button></div></div>
        </>}
  </section>
);

const Switch = ({ label, note, on, action }: { label: string; note: string; on: boolean; action: Action }) => (
  <label class="check"><input type="checkbox" checked={on} onChange={() => void send(action)} /><span>{label}<br /><span class="small muted">{note}</span></span></label>
);

const Insides = ({ now }: { now: Body }) => (
  <section class="panel" aria-labelledby="insides">
    <h2 id="insides">Power, link, trouble</h2>
    <div class="field"><label for="battery">Battery: {(now.batteryMv / 1000).toFixed(1)} V</label>
      <input class="range" id="battery" type="range" min="3000" max="9000" step="100" value={now.batteryMv} onChange={(event) => void send({ action: 'battery', mv: event.currentTarget.valueAsNumber })} /></div>
    <Switch label="Link to the hub" note={now.link.up ? 'Connected.' : now.link.wanted ? 'Trying to connect.' : 'Pulled out. The lock decides without it.'} on={now.link.wanted} action={{ action: 'link', on: !now.link.wanted }} />
    <Switch label="Jam the bolt" note="It stops on its way, as with a door that hangs." on={now.jammed} action={{ action: 'jam', on: !now.jammed }} />
    <Facts rows={[
      ['Owner', now.adopted ? <Chip>Adopted</Chip> : <Chip tone="open">Factory state</Chip>],
      ['Its number', <span class="mono">{now.lockId}</span>],
    ]} />
    <button class="btn btn--alarm btn--start" type="button" aria-disabled={!now.canReset} onClick={() => { if (now.canReset) void send({ action: 'reset' }); }}>Press the reset button inside</button>
    <p class="fine muted">{now.canReset ? 'The lock forgets its owner and makes a new identity and a new code. Nothing moves.' : 'It works only with the bolt back: withdraw it by the thumb-turn first.'}</p>
  </section>
);

const Page = () => {
  const now = body.value;
  return (
    <div class="bench">
      <header class="top"><div class="top__title"><h1>{now?.name ?? 'Workbench'}</h1><p>Workbench: the virtual lock’s body. A page for hands, not for keys.</p></div><span class="task__mark wide-only"><Mark />Mortise</span></header>
      <main class="main">
        {!live.value && now !== undefined && <Banner icon="unlinked"><b>The virtual lock does not answer.</b> What stands here is from before. This page tries again by itself.</Banner>}
        {failure.value !== undefined && <Banner tone="denied"><b>Not done.</b> {failure.value}</Banner>}
        {now?.mode === 'safe' && <Banner tone="alarm"><b>The lock is in its safe state.</b> {now.fault}</Banner>}
        {now === undefined ? <Wait>Waiting for the virtual lock</Wait> : <><Hero now={now} /><div class="bench__cols"><Keypad now={now} send={send} /><div class="stack"><FingerPad now={now} send={send} /><CardPad now={now} send={send} /></div></div><div class="bench__cols"><Setup now={now} /><Insides now={now} /></div></>}
      </main>
    </div>
  );
};

listen();
const root = document.getElementById('app');
if (root !== null) render(<Page />, root);
