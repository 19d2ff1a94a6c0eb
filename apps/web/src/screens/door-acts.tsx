// What else a lock can do, side by side: lock, which is one tap; draw the latch and stay unlocked, which open and are held; and ending that, which is one tap again. What its
// mechanism cannot do is not there.

import { useSignal } from '@preact/signals';
import type { Door } from '@mortise/api/locks.ts';
import { canHold, hasLatch } from '@mortise/courier/built.ts';
import type { Held } from '@mortise/courier/status.ts';
import { reasonSentence } from '@mortise/words/reasons.ts';
import { dayTime, inWords, plainTime, zoneName } from '@mortise/words/time.ts';
import { isKeyless } from '../keys/phone-key.ts';
import { actOf, doAct, FAILED, type Act } from '../model/acts.ts';
import { keepOffers, nextTime } from '../model/keep-until.ts';
import { now, saidOf, stateOf, wayToDoor } from '../model/live.ts';
import { Input } from '../parts/choice.tsx';
import { HeldButton, HoldBar } from '../parts/hold-bar.tsx';
import { Icon, LockIcon, UnlatchIcon } from '../parts/icon.tsx';
import { Sheet } from '../parts/sheet.tsx';
import { Banner } from '../parts/small.tsx';

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

const HELD_NOTE = { rest: 'Hold: latch too', armed: 'Tap again', holding: 'Keep holding', asking: 'Asking the lock', refused: 'Hold: latch too' } as const;

const Unlatch = ({ door }: { readonly door: Door }) => {
  const against = hindrance(door, 'unlatch') ?? (stateOf(door) === 'open' ? 'The door is open' : undefined);
  return (
    <HeldButton look="act act--held" tapAgain={`Tap again to draw the latch of ${door.name}.`} off={against !== undefined && against !== 'Asking the lock'} act={() => doAct(door, 'unlatch')}>
      {(phase) => <><UnlatchIcon /><span>Unlatch<small>{against ?? HELD_NOTE[phase]}</small></span></>}
    </HeldButton>
  );
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

type Until = { readonly at: number } | 'other';

const KeepSheet = ({ door, onClose }: { readonly door: Door; readonly onClose: () => void }) => {
  const [first, later] = keepOffers(now.value, door.zone);
  const [until, typed] = [useSignal<Until>({ at: first }), useSignal('')];
  const other = nextTime(typed.value, now.value, door.zone);
  const at = until.value !== 'other' ? until.value.at : other.ok ? other.value : undefined;
  const offer = (each: number) => (
    <label key={each}><input type="radio" name="keep" checked={until.value !== 'other' && until.value.at === each} onChange={() => { until.value = { at: each }; }} /><span>{plainTime(each, door.zone)}<small>{inWords(each, now.value)}</small></span></label>
  );
  const act = async (): Promise<void> => {
    if (at === undefined) return;
    onClose();
    await doAct(door, 'holdUnlocked', Math.floor(at / 1000));
  };
  const words = at === undefined ? '' : dayTime(at, now.value, door.zone);
  return (
    <Sheet title={`Keep ${door.name} unlocked`} say="Anyone can walk in until then. Afterwards it locks by itself as its settings say." onClose={onClose}>
      <fieldset class="choice"><legend class="vh">Until</legend>
        {offer(first)}{offer(later)}
        <label><input type="radio" name="keep" checked={until.value === 'other'} onChange={() => { until.value = 'other'; }} /><span>Other<small>pick a time</small></span></label>
      </fieldset>
      {until.value === 'other' && <Input label="Until" type="time" value={typed.value} onInput={(text) => { typed.value = text; }} note={other.ok ? undefined : other.error} />}
      <p class="small muted">{zoneName(door.zone)}. The lock keeps the time itself, even without network; a restart of the lock ends it.</p>
      <div class="sheet__do">
        {at === undefined ? <button class="btn btn--main btn--tall" type="button" aria-disabled>Pick a time first</button>
          : <HoldBar words={`Hold to keep unlocked until ${words}`} tapAgain={`Tap again to keep it unlocked until ${words}`} busy="Asking the lock" act={act} />}
        <button class="btn btn--bare btn--tall" type="button" onClick={onClose}>Leave it as it is</button>
      </div>
    </Sheet>
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
      {isKeeping.value && <KeepSheet door={door} onClose={() => { isKeeping.value = false; }} />}
      {state.kind === 'failed' && <Banner tone="denied"><b>{FAILED[state.act]}</b> {reasonSentence(state.code)}</Banner>}
    </>
  );
};
