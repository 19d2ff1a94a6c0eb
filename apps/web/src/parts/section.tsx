// The door cut through at the lock, and the same drawing small. Both move only when the lock reported something.

import type { DoorState } from '../words/door-state.ts';

/** `thrown`: the bolt stands out of the leaf of a door that is open. */
export const Section = ({ state, thrown = false, hero = false }: { state: DoorState; thrown?: boolean; hero?: boolean }) => (
  <div class={hero ? 'section section--hero' : 'section'} data-state={state} data-thrown={thrown || undefined} aria-hidden="true">
    <svg viewBox="-70 0 1200 80" preserveAspectRatio="xMidYMid slice">
      <g class="swing">
        <rect class="leaf" x="-200" y="14" width="786" height="52" />
        <path class="case" d="M586 23H428v34h158" />
        <path class="plate" d="M580 14h7v9h-7zM580 57h7v9h-7z" />
      </g>
      <path class="frame" d="M1400 2H614v76h786" />
      <path class="case" d="M614 27h50v26h-50" />
      <path class="plate" d="M613 14h7v13h-7zM613 53h7v13h-7z" />
      <g class="swing"><rect class="bolt" x="508" y="31" width="144" height="18" /></g>
    </svg>
  </div>
);

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
