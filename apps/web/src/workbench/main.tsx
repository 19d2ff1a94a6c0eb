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
import { RADIO_WHY } from '../words/radio.ts';
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

const BOLT = { thrown: 'Bolt out', withdrawn: 'Bolt back', between: 'Bolt between', unlatched: 'Latch drawn' } as const;
const COIL = { thrown: 'Secured', withdrawn: 'Released', between: 'Between', unlatched: 'Between' } as const;

const isCoil = ({ current }: Body): boolean => current !== null;
const positionWords = (now: Body): string => (isCoil(now) ? COIL : BOLT)[now.position];

const KIND = { deadbolt: 'Deadbolt', mortise: 'Mortise lock', strike: 'Strike', magnet: 'Magnetic lock', gate: 'Gate', hand: 'Cylinder' } as const;
const OPENING = { pulse: 'Releases for a moment', stand: 'Releases until it is locked' } as const;
const WITHOUT_POWER = { 'stays': 'It stays as it is', 'fail-safe': 'It releases (fail-safe)', 'fail-secure': 'It secures (fail-secure)' } as const;
const DOOR_IS = { none: 'Nothing yet', closed: 'Closed', open: 'Open', held: 'Open, and it may be', ajar: 'Open for too long', forced: 'Forced open' } as const;

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

const ExitButton = ({ now }: { now: Body }) => (
  <button class="btn btn--tall" type="button" aria-pressed={now.exit} onClick={() => void send({ action: 'exit', on: !now.exit })}>{now.exit ? 'Let go of the exit button' : 'Press the exit button'}</button>
);

const Hero = ({ now }: { now: Body }) => (
  <section class="bench__hero" aria-label="The body">
    <Section state={stateOf(now)} thrown={now.position === 'thrown' && now.door === 'open'} built={now.mechanism.name} />
    <div class="bench__say">
      <div><p class="door__word">{positionWords(now)}</p><p class="muted">Door {now.door}. The lock says it sensed: {now.bolt}{now.held ? ', held unlocked' : ''}.</p>
        {(now.doorIs === 'ajar' || now.doorIs === 'forced') && <p><Chip tone="open">Alarm</Chip> The lock calls the door {now.doorIs === 'ajar' ? 'open for too long' : 'forced open'}.</p>}</div>
      <div class="bench__do">
        {isCoil(now) ? <ExitButton now={now} /> : <ThumbTurn now={now} />}
        {now.mechanism.name === 'mortise' && <button class="btn btn--tall" type="button" onClick={() => void send({ action: 'handle' })}>Press the handle inside</button>}
        <button class="btn btn--tall" type="button" onClick={() => void send({ action: 'door', open: now.door === 'closed' })}>{now.door === 'closed' ? 'Open the door' : 'Close the door'}</button>
      </div>
    </div>
  </section>
);

const Switch = ({ label, note, on, action }: { label: string; note: string; on: boolean; action: Action }) => (
  <label class="check"><input type="checkbox" checked={on} onChange={() => void send(action)} /><span>{label}<br /><span class="small muted">{note}</span></span></label>
);

const Level = ({ id, label, value, text, bounds, change }: { id: string; label: string; value: number; text: string; bounds: readonly [number, number, number]; change: (value: number) => Action }) => (
  <div class="field"><label for={id}>{label}: {text}</label>
    <input class="range" id={id} type="range" min={bounds[0]} max={bounds[1]} step={bounds[2]} value={value} onChange={(event) => void send(change(event.currentTarget.valueAsNumber))} /></div>
);

const volts = (mv: number): string => `${(mv / 1000).toFixed(1)} V`;

const Travel = ({ now }: { now: Body }) => (
  <>
    <p class="small muted">{now.travel === null ? 'The motor has not learnt its travel: it knows no place and drives nowhere.' : `It has learnt a travel of ${now.travel.degrees}°. To teach it anew, turn the thumb-turn to each end by hand and mark it there.`}</p>
    <div class="bench__do"><button class="btn" type="button" onClick={() => void send({ action: 'mark', end: 'thrown' })}>Mark: locked</button>
      <button class="btn" type="button" onClick={() => void send({ action: 'mark', end: 'withdrawn' })}>Mark: unlocked</button></div>
  </>
);

const Mechanism = ({ now }: { now: Body }) => (
  <section class="panel" aria-labelledby="mechanism">
    <h2 id="mechanism">{KIND[now.mechanism.name]}</h2>
    <Facts rows={[
      ...(now.current === null ? [['Motor', now.motor === 'still' ? 'Still' : `Running: ${now.motor}`] as const] : [['Current', now.current ? 'Flows' : 'None'] as const, ['An opening', OPENING[now.mechanism.opening]] as const]),
      ['Without power', WITHOUT_POWER[now.mechanism.withoutPower]],
      ['Door, as the lock sees it', DOOR_IS[now.doorIs]],
    ]} />
    {now.mechanism.name === 'deadbolt' && <Travel now={now} />}
    {!isCoil(now) && <Switch label="Request to exit" note={now.exit ? 'Pressed. The way out is kept open.' : 'The button inside, if one is wired.'} on={now.exit} action={{ action: 'exit', on: !now.exit }} />}
    <Switch label="Fire release" note={now.fire ? 'On. Nothing locks while it lasts.' : 'Off. It is wired ahead of the lock.'} on={now.fire} action={{ action: 'fire', on: !now.fire }} />
    <Switch label={isCoil(now) ? 'Power of the coil' : 'Power of the motor'} note={now.hasPower ? 'On.' : `Cut off. ${WITHOUT_POWER[now.mechanism.withoutPower]}.`} on={now.hasPower} action={{ action: 'power', on: !now.hasPower }} />
    <Switch label="Housing open" note="Somebody unscrewed it: the tamper contact." on={now.tamper} action={{ action: 'tamper', on: !now.tamper }} />
  </section>
);

const Radio = ({ why }: { why: string }) => (why === 'starting' ? <>Starting</> : <><Chip tone="alarm">Not on the air</Chip> {RADIO_WHY[why] ?? `The adapter says ${why}.`} It is tried again by itself.</>);

const linkNote = ({ up, wanted, told }: Body['link']): string => {
  if (up) return 'Connected.';
  if (!wanted) return 'Pulled out. The lock decides without it.';
  return told ? 'Trying to connect.' : 'It has been told no hub yet.';
};

const Insides = ({ now }: { now: Body }) => (
  <section class="panel" aria-labelledby="insides">
    <h2 id="insides">Power, link, trouble</h2>
    <Level id="battery" label="Battery" value={now.batteryMv} text={volts(now.batteryMv)} bounds={[3000, 9000, 100]} change={(mv) => ({ action: 'battery', mv })} />
    {now.parts.keypad !== undefined && <Level id="keypad-battery" label="Battery of the keypad" value={now.parts.keypad} text={volts(now.parts.keypad)} bounds={[1800, 3300, 50]} change={(mv) => ({ action: 'keypad-battery', mv })} />}
    {now.parts.doorSensor !== undefined && <Level id="door-battery" label="Battery of the door sensor" value={now.parts.doorSensor} text={volts(now.parts.doorSensor)} bounds={[1800, 3300, 50]} change={(mv) => ({ action: 'door-sensor-battery', mv })} />}
    {now.celsius !== null && <Level id="celsius" label="Temperature" value={now.celsius} text={`${now.celsius} °C`} bounds={[-40, 90, 1]} change={(celsius) => ({ action: 'temperature', celsius })} />}
    <Switch label="Link to the hub" note={linkNote(now.link)} on={now.link.wanted} action={{ action: 'link', on: !now.link.wanted }} />
    {now.radio !== null && <Facts rows={[['Bluetooth', now.radio.up ? 'On the air' : <Radio why={now.radio.why ?? ''} />]]} />}
    <Switch label={isCoil(now) ? 'Stick' : 'Jam the bolt'} note={isCoil(now) ? 'It stays where it is, whatever its coil does.' : 'It stops on its way, as with a door that hangs, and the motor stalls.'} on={now.jammed} action={{ action: 'jam', on: !now.jammed }} />
    <Facts rows={[
      ['Owner', now.adopted ? <Chip>Adopted</Chip> : <Chip tone="open">Factory state</Chip>],
      ['Its number', <span class="mono">{now.lockId}</span>],
    ]} />
    <button class="btn btn--alarm btn--start" type="button" aria-disabled={!now.canReset} onClick={() => { if (now.canReset) void send({ action: 'reset' }); }}>Press the reset button inside</button>
    <p class="fine muted">{now.canReset ? 'The lock forgets its owner and makes a new identity and a new code. Nothing moves.' : isCoil(now) ? 'It works only while it is released: press the exit button first.' : 'It works only with the bolt back: withdraw it by the thumb-turn first.'}</p>
  </section>
);

const PoweredLock = ({ now }: { now: Body }) => (
  <>
    {now.mode === 'safe' && <Banner tone="alarm"><b>The lock is in its safe state.</b> {now.fault}</Banner>}
    <Hero now={now} />
    <div class="bench__cols"><Keypad now={now} send={send} /><div class="stack"><FingerPad now={now} send={send} /><CardPad now={now} send={send} /></div></div>
    <div class="bench__cols"><div class="bench__col"><SetupPanel setup={now.setup} adopted={now.adopted} /><Mechanism now={now} /></div><Insides now={now} /></div>
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
