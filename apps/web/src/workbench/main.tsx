// The Workbench of a lock: its body, for hands. It draws where things stand and lends a thumb-turn, a door, a battery and a plug. A passive lock has
// none of these but its bolt (passive.tsx).

import { render } from 'preact';
import { passiveBody, type PassiveAction } from '@mortise/api/passive-workbench.ts';
import { z } from '@mortise/api/schema.ts';
import { workbenchBody, type WorkbenchAction, type WorkbenchBody as Body } from '@mortise/api/workbench.ts';
import { Section } from '../parts/section.tsx';
import { Chip, Facts, Wait, Banner } from '../parts/small.tsx';
import type { DoorState } from '../words/door-state.ts';
import { BenchFrame } from './bench-frame.tsx';
import { followDevice } from './device.ts';
import { CardPad, FingerPad, Keypad } from './pad.tsx';
import { PassiveLock } from './passive.tsx';
import { SetupPanel } from './setup-panel.tsx';

type Action = WorkbenchAction;

const device = followDevice<Body | z.infer<typeof passiveBody>, Action | PassiveAction>(z.union([passiveBody, workbenchBody]));
const { send } = device;

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

const PoweredLock = ({ now }: { now: Body }) => (
  <>
    {now.mode === 'safe' && <Banner tone="alarm"><b>The lock is in its safe state.</b> {now.fault}</Banner>}
    <Hero now={now} />
    <div class="bench__cols"><Keypad now={now} send={send} /><div class="stack"><FingerPad now={now} send={send} /><CardPad now={now} send={send} /></div></div>
    <div class="bench__cols"><SetupPanel setup={now.setup} adopted={now.adopted} /><Insides now={now} /></div>
  </>
);

const Page = () => {
  const now = device.view.value;
  return (
    <BenchFrame device={device} title={now?.name ?? 'Workbench'} what="the virtual lock’s body. A page for hands, not for keys.">
      {now === undefined ? <Wait>Waiting for the virtual lock</Wait> : 'kind' in now ? <PassiveLock now={now} send={send} /> : <PoweredLock now={now} />}
    </BenchFrame>
  );
};

const root = document.getElementById('app');
if (root !== null) render(<Page />, root);
