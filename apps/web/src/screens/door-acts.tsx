// What else a lock can do, side by side: lock, which is one tap; draw the latch and stay unlocked, which open and are held; and ending that, which is one tap again. What its
// mechanism cannot do is not there.

import { useSignal } from '@preact/signals';
import type { Door } from '@mortise/api/locks.ts';
import { canHold, hasLatch } from '@mortise/courier/built.ts';
import type { Held } from '@mortise/courier/status.ts';
import { reasonSentence } from '@mortise/words/reasons.ts';
import { dayTime } from '@mortise/words/time.ts';
import { isKeyless } from '../keys/phone-key.ts';
import { actOf, doAct, FAILED, type Act } from '../model/acts.ts';
import { now, saidOf, stateOf, wayToDoor } from '../model/live.ts';
import { Icon, LockIcon } from '../parts/icon.tsx';
import { KeepSheet } from '../parts/keep-sheet.tsx';
import { Banner } from '../parts/small.tsx';
import { UnlatchButton } from '../parts/unlatch-button.tsx';

type Note = { readonly off: boolean; readonly note: string };

/** Why it cannot be asked for now; undefined: it can. */
const hindrance = (door: Door, act: Act): string | undefined => {
  const state = actOf(door).value;
  if (state.kind === 'asking') return state.act === act ? 'Asking the lock' : 'One at a time';
  if (wayToDoor(door) === 'none') return 'No link';
  return isKeyless.value ? 'No key' : undefined;
};

const lockNote = (door: Door): Note => {
  const [state, against] = [stateOf(door), hindrance(door, 'lock')];
  if (against !== undefined && against !== 'No key') return { off: true, note: against };
  if (state === 'locked') return { off: true, note: 'Already locked' };
  if (state === 'open') return { off: true, note: 'Close the door first' };
  return against === undefined ? { off: false, note: 'One tap' } : { off: true, note: against };
};

const Lock = ({ door }: { readonly door: Door }) => {
  const { off, note } = lockNote(door);
  return (
    <button class="act" type="button" aria-disabled={off} onClick={() => { if (!off) void doAct(door, 'lock'); }}>
      <LockIcon /><span>{stateOf(door) === 'jammed' ? 'Try to lock' : 'Lock'}<small>{note}</small></span>
    </button>
  );
};

const Unlatch = ({ door }: { readonly door: Door }) => {
  const against = hindrance(door, 'unlatch') ?? (stateOf(door) === 'open' ? 'The door is open' : undefined);
  return <UnlatchButton name={door.name} against={against} act={() => doAct(door, 'unlatch')} />;
};

const EndHold = ({ door, held }: { readonly door: Door; readonly held: Held }) => {
  const against = hindrance(door, 'endHold');
  const note = held.until === null ? 'Kept unlocked by its hours' : `Kept until ${dayTime(held.until, now.value, door.zone)}`;
  return (
    <button class="act" type="button" aria-disabled={against !== undefined} onClick={() => { if (against === undefined) void doAct(door, 'endHold'); }}>
      <Icon name="keep" /><span>End hold<small>{against ?? note}</small></span>
    </button>
  );
};

const Keep = ({ door, onOpen }: { readonly door: Door; readonly onOpen: () => void }) => {
  const against = hindrance(door, 'holdUnlocked');
  return (
    <button class="act" type="button" aria-haspopup="dialog" aria-disabled={against !== undefined} onClick={() => { if (against === undefined) onOpen(); }}>
      <Icon name="keep" /><span>Keep unlocked<small>{against ?? 'Until a time'}</small></span>
    </button>
  );
};

export const Acts = ({ door }: { readonly door: Door }) => {
  const [state, isKeeping] = [actOf(door).value, useSignal(false)];
  const { said, doubt } = saidOf(door);
  const { built, held } = said ?? {};
  return (
    <>
      <div class="acts" role="group" aria-label="Other controls">
        <Lock door={door} />
        {built !== undefined && hasLatch(built) && <Unlatch door={door} />}
        {built !== undefined && canHold(built) && (held !== undefined && doubt === undefined ? <EndHold door={door} held={held} /> : <Keep door={door} onOpen={() => { isKeeping.value = true; }} />)}
      </div>
      {isKeeping.value && <KeepSheet name={door.name} zone={door.zone} after="Afterwards it locks by itself as its settings say." onClose={() => { isKeeping.value = false; }} act={(until) => doAct(door, 'holdUnlocked', until)} />}
      {state.kind === 'failed' && <Banner tone="denied"><b>{FAILED[state.act]}</b> {reasonSentence(state.code)}</Banner>}
    </>
  );
};
