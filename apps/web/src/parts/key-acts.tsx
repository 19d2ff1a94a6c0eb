// Beside a guest's hold: what else the key may ask of the door. What it may not is not there.

import { useSignal } from '@preact/signals';
import { keyReason } from '@mortise/words/key-reason.ts';
import { dayTime } from '@mortise/words/time.ts';
import { actOf, FAILED } from '../model/acts.ts';
import { calendarOf, type HeldDoor, type HeldKey } from '../model/held.ts';
import { actByKey, keptUntil, keyEnd, keyTarget, mayByKey } from '../model/key-acts.ts';
import { keyDoorState, wayTo } from '../model/key-open.ts';
import { now } from '../model/live.ts';
import { Icon } from './icon.tsx';
import { KeepSheet } from './keep-sheet.tsx';
import { Banner } from './small.tsx';
import { UnlatchButton } from './unlatch-button.tsx';

/** Why it cannot be asked for now; undefined: it can. */
const hindrance = (door: HeldDoor): string | undefined => {
  if (actOf(keyTarget(door)).value.kind === 'asking') return 'Asking the lock';
  return wayTo(door) === 'none' ? 'Go nearer' : undefined;
};

const Unlatch = ({ door }: { readonly door: HeldDoor }) => {
  const against = hindrance(door) ?? (keyDoorState(door) === 'open' ? 'The door is open' : undefined);
  return <UnlatchButton name={door.name} against={against} act={() => actByKey(door, 'unlatch')} />;
};

const Keep = ({ door, onOpen }: { readonly door: HeldDoor; readonly onOpen: () => void }) => {
  const [against, until] = [hindrance(door), keptUntil(door)];
  const act = (): void => {
    if (against === undefined) void (until === undefined ? onOpen() : actByKey(door, 'endHold'));
  };
  return (
    <button class="act" type="button" aria-haspopup={until === undefined ? 'dialog' : undefined} aria-disabled={against !== undefined} onClick={act}>
      <Icon name="keep" /><span>{until === undefined ? 'Keep unlocked' : 'End hold'}<small>{against ?? (until === undefined ? 'Until a time' : `Kept until ${dayTime(until, now.value, door.zone)}`)}</small></span>
    </button>
  );
};

const Failure = ({ door, held }: { readonly door: HeldDoor; readonly held: HeldKey }) => {
  const state = actOf(keyTarget(door)).value;
  if (state.kind !== 'failed') return null;
  const { says } = keyReason(state.code, { terms: held.grant.terms, now: now.value, zone: door.zone, calendarName: calendarOf(held) });
  return <Banner tone="denied"><b>{FAILED[state.act]}</b> {says}</Banner>;
};

export const KeyActs = ({ door, held }: { readonly door: HeldDoor; readonly held: HeldKey }) => {
  const isKeeping = useSignal(false);
  const [unlatches, keeps] = [mayByKey(door, 'unlatch'), mayByKey(door, 'hold')];
  return !unlatches && !keeps ? null : (
    <>
      <div class="acts" role="group" aria-label="What else your key may do">
        {unlatches && <Unlatch door={door} />}
        {keeps && <Keep door={door} onOpen={() => { isKeeping.value = true; }} />}
      </div>
      {isKeeping.value && keeps && <KeepSheet name={door.name} zone={door.zone} after="It ends with your key, and with its hours, at the latest. Afterwards it locks by itself as its settings say." latest={keyEnd(door, 'hold')} onClose={() => { isKeeping.value = false; }} act={(until) => actByKey(door, 'holdUnlocked', until)} />}
      <Failure door={door} held={held} />
    </>
  );
};
