// The end of a lock at this site: what is erased and what stays, where the bolt is then; the order, signed and held for; how far it has come. Beside it, removing the door of a lock
// that is gone.

import { useRef } from 'preact/hooks';
import type { Door } from '@mortise/api/locks.ts';
import { endTime } from '@mortise/words/time.ts';
import { doorPath } from '../app/router.ts';
import { Page, Task } from '../app/shell.tsx';
import { orderReset, removeDoor, withdrawReset } from '../keys/reset.ts';
import { doors, doorsGone, now, saidOf, stateOf } from '../model/live.ts';
import { Failed, useDoing } from '../parts/failed.tsx';
import { HoldBar } from '../parts/hold-bar.tsx';
import { TaskDrawing } from '../parts/section.tsx';
import { Banner, Chip, Facts, Wait } from '../parts/small.tsx';

const WHAT: readonly (readonly [string, string])[] = [
  ['Erased', 'Its owners, everybody’s phones, PINs, codes, cards and fingers, what it goes by, its keys and its number. Keys lent for this door alone end.'],
  ['Stays', 'What it has written down, here and in Activity. The bolt where it is, and its battery.'],
  ['Afterwards', 'It is nobody’s, shows a new setup code, and can be added again by whoever stands in front of it.'],
];

const REFUSED: Readonly<Record<string, string>> = {
  'clock-lost': 'It has lost its clock and cannot tell whether the order is over. Wait until it has heard the time, then order it again.',
  'expired': 'By its clock the order is over. Order it again.',
  'signer-unknown': 'It does not know you as an owner yet. Wait until it has heard of the last change of owners, then order it again.',
};

const Bolt = ({ door }: { readonly door: Door }) => {
  const [state, last] = [stateOf(door), saidOf(door).said?.bolt];
  const isUnsure = state === 'unknown' && last !== 'unlocked';
  if (state !== 'locked' && !isUnsure) return <p class="small muted">Nothing moves: the bolt stays where it is.</p>;
  return <Banner icon="alarm"><b>{isUnsure ? 'It may be locked, and stays as it is.' : 'It is locked now, and stays locked.'}</b> Afterwards no phone, PIN or card opens it until it is added again. Unlock it first, unless somebody is inside or has its mechanical key. The inside handle always works.</Banner>;
};

type Ordered = NonNullable<Door['lock']['reset']>;

/** How far an order has come, and what its withdrawal can promise. */
const orderWords = ({ until, isSent, isWithdrawn }: Ordered, zone: string): { readonly chip: string; readonly says: string; readonly note?: string } => {
  const end = endTime(until, now.value, zone);
  if (isWithdrawn) return { chip: 'Withdrawn', says: `It is sent to the lock no more. It was sent before: if the lock has it, it may still forget its owners, until ${end}. The door then goes from here all the same.` };
  if (until < now.value) return { chip: 'Over', says: 'The lock was not heard in time. Order it again, or remove the door only.' };
  const says = `The lock gets the order on its link, until ${end}. Once it has said that it forgot its owners, the door goes from here.`;
  return { chip: 'On its way', says, note: isSent ? `It was sent already, so that the lock may have it. Withdrawn, it is sent no more; whether the lock still acts on it is not certain before ${end}.` : 'It was not sent yet. Withdrawn now, it never reaches the lock.' };
};

const Withdraw = ({ door, note }: { readonly door: Door; readonly note: string }) => {
  const doing = useDoing();
  const act = (): void => void doing.run('Withdrawing', 'The order was not withdrawn.', 'The order is withdrawn.', () => withdrawReset(door));
  return (
    <>
      <p class="small muted">{note}</p>
      <Failed doing={doing} />
      <button class="btn btn--start" type="button" aria-disabled={doing.busy.value !== undefined} onClick={act}>{doing.busy.value ?? 'Withdraw the order'}</button>
    </>
  );
};

const Standing = ({ door }: { readonly door: Door }) => {
  const had = useRef(false);
  const { reset } = door.lock;
  if (reset === null) return had.current ? <Banner icon="clock"><b>The order is withdrawn.</b> The lock goes on as it is.</Banner> : null;
  had.current = true;
  if (reset.refused !== null) return <Banner tone="alarm"><b>The lock refused to be reset.</b> {REFUSED[reset.refused] ?? `It said why: ${reset.refused}.`}</Banner>;
  const { chip, says, note } = orderWords(reset, door.zone);
  return (
    <section class="panel" aria-labelledby="ordered">
      <div class="head"><h2 id="ordered">Ordered</h2><Chip tone={note === undefined ? 'unknown' : 'wait'}>{chip}</Chip></div>
      <p class="small">{says}</p>
      {note !== undefined && <Withdraw door={door} note={note} />}
    </section>
  );
};

const Reset = ({ door }: { readonly door: Door }) => {
  const doing = useDoing();
  const act = (): Promise<unknown> => doing.run('Waiting for your device', 'The lock was not reset.', 'The lock is told to forget its owners.', () => orderReset(door));
  const isPassive = door.lock.profile === 'passive';
  return (
    <section class="panel" aria-labelledby="reset">
      <h2 id="reset">Reset the lock</h2>
      <Facts rows={WHAT} />
      {isPassive ? <p class="small">This lock has no link. Reset it by the button inside, with the bolt withdrawn; then remove the door.</p> : (
        <><Bolt door={door} /><Failed doing={doing} />
          <HoldBar tone="alarm" words={`Hold to reset the lock of ${door.name}`} tapAgain={`Tap again to reset the lock of ${door.name}`} busy={doing.busy.value ?? 'Signing the order'} act={act} />
          <p class="fine muted">Signed by you in this browser, for this lock alone. The hub carries the order and cannot make one.</p></>
      )}
    </section>
  );
};

const Only = ({ door }: { readonly door: Door }) => {
  const doing = useDoing();
  const act = (): Promise<unknown> => doing.run('Removing the door', 'The door was not removed.', `${door.name} is removed.`, () => removeDoor(door));
  return (
    <section class="panel" aria-labelledby="only">
      <h2 id="only">Remove the door only</h2>
      <p class="small">For a lock that is gone, broken, or was reset by the button inside. <b>A lock that still works forgets nothing by this</b>: phones of owners, PINs and cards go on opening it.</p>
      <Failed doing={doing} />
      <HoldBar tone="alarm" words={`Hold to remove ${door.name}`} tapAgain={`Tap again to remove ${door.name}`} busy={doing.busy.value ?? 'Removing the door'} act={act} />
    </section>
  );
};

const Gone = ({ name, wasReset }: { readonly name: string; readonly wasReset: boolean }) => (
  <Task
    title={`${name} is removed`} bar={<a class="btn btn--main btn--tall" href="/">To the doors</a>}
    say={wasReset ? 'The lock has said that it forgot its owners. It is nobody’s now, and shows a new setup code.' : 'Keys that were lent for it alone have ended. What it has written down stays in Activity.'}
  ><TaskDrawing /></Task>
);

export const RemoveLock = ({ doorId }: { readonly doorId: string }) => {
  const door = doors.value?.find(({ id }) => id === doorId);
  const last = useRef<Door | undefined>(undefined);
  if (door !== undefined) last.current = door;
  const wasReset = doorsGone.value.get(doorId);
  if (door === undefined && last.current !== undefined && wasReset !== undefined) return <Gone name={last.current.name} wasReset={wasReset} />;
  if (door === undefined) {
    return <Page title="Remove this lock" back="/">{doors.value === undefined ? <Wait>Asking the hub for this door</Wait> : <Banner icon="refused"><b>There is no such door here.</b> It may have been removed. <a href="/">See all doors</a></Banner>}</Page>;
  }
  return (
    <Page title="Remove this lock" note={`${door.name}, ${door.lock.model}`} back={doorPath(door.id)}>
      <div class="narrow"><div class="stack"><Standing door={door} /><Reset door={door} /><Only door={door} /></div></div>
    </Page>
  );
};
