// The door cut through at the lock, and the same drawing small. Both move only when the lock reported something.

import type { ComponentChildren } from 'preact';
import type { MechanismName } from '@mortise/courier/built.ts';
import type { DoorState } from '../words/door-state.ts';

/** What the drawing tells apart; a gate is drawn by its bolt. */
type Mechanism = 'bolt' | 'strike' | 'magnet';

const mechanismOf = (name: MechanismName | undefined): Mechanism => (name === 'strike' || name === 'magnet' ? name : 'bolt');

// The bolt is the leaf's own. A strike keeps the leaf's latch by its jaw in the frame, and opens the jaw. A magnet on the frame holds a plate on the leaf.
const ON_LEAF: { readonly [M in Mechanism]: ComponentChildren } = {
  bolt: <><path class="case" d="M586 23H428v34h158" /><path class="plate" d="M580 14h7v9h-7zM580 57h7v9h-7z" /></>,
  strike: <><path class="case" d="M586 27H500v26h86" /><path class="plate" d="M580 14h7v13h-7zM580 53h7v13h-7z" /></>,
  magnet: <path class="plate" d="M574 10h12v60h-12z" />,
};

const ON_FRAME: { readonly [M in Mechanism]: ComponentChildren } = {
  bolt: <><path class="case" d="M614 27h50v26h-50" /><path class="plate" d="M613 14h7v13h-7zM613 53h7v13h-7z" /></>,
  strike: <><path class="case" d="M614 27h50v51h-50" /><path class="plate" d="M613 14h7v13h-7z" /><path class="jaw" d="M616 55h46v16h-46z" /></>,
  magnet: <><path class="magnet" d="M588 8h62v64h-62z" /><path class="coil" d="M600 24h38M600 40h38M600 56h38" /></>,
};

/** What reaches from the leaf into the frame. */
const AT_FRAME: { readonly [M in Mechanism]: ComponentChildren } = { bolt: <rect class="bolt" x="508" y="31" width="144" height="18" />, strike: <path class="latch" d="M520 31h116l16 9v9H520z" />, magnet: null };

/** `thrown`: the bolt stands out of the leaf of a door that is open. `built`: what it is a drawing of; a bolt where nobody has said. */
export const Section = ({ state, thrown = false, hero = false, built }: { state: DoorState; thrown?: boolean; hero?: boolean; built?: MechanismName | undefined }) => {
  const mechanism = mechanismOf(built);
  return (
    <div class={hero ? 'section section--hero' : 'section'} data-state={state} data-thrown={thrown || undefined} data-mechanism={mechanism} aria-hidden="true">
      <svg viewBox="-70 0 1200 80" preserveAspectRatio="xMidYMid slice">
        <g class="swing"><rect class="leaf" x="-200" y="14" width="786" height="52" />{ON_LEAF[mechanism]}</g>
        <path class="frame" d="M1400 2H614v76h786" />
        {ON_FRAME[mechanism]}
        <g class="swing">{AT_FRAME[mechanism]}</g>
      </svg>
    </div>
  );
};

/** The drawing on a page that does one thing: of no door yet, or of the one it is about. */
export const TaskDrawing = ({ state = 'unknown' }: { state?: DoorState }) => <div class="task__hero"><Section state={state} hero /></div>;

const CASES = 'M2 5h28v9M30 26v9H2M62 5H46v9M46 26v9h16';

/** The glyph of a state: case and strike, with the bolt where it was sensed. */
export const StateGlyph = ({ state, thrown = false }: { state: DoorState; thrown?: boolean }) => {
  if (state === 'open') return <><path d="M62 6H46v10m0 8v10h16" /><path d="M4 36L36 8" stroke-width="6" />{thrown && <path d="M35 9l8-7" />}</>;
  if (state === 'unknown') return <><path d={CASES} /><path d="M10 20h8m6 0h8m6 0h8" stroke-width="5" /></>;
  return <><path d={CASES} /><svg x="2" y="0" width="60" height="40" overflow="hidden"><rect class="b" data-at={state} x="12" y="15" width="40" height="10" /></svg></>;
};

export const Sign = ({ state, thrown = false, small = false }: { state: DoorState; thrown?: boolean; small?: boolean }) => (
  <span class={small ? 'sign sign--s' : 'sign'} data-state={state}>
    <svg viewBox="0 0 64 40" aria-hidden="true"><StateGlyph state={state} thrown={thrown} /></svg>
  </span>
);
