// It is given: what to do with it now, and whether the lock knows yet.

import type { ComponentChildren } from 'preact';
import type { Door } from '@mortise/api/locks.ts';
import { entriesPath } from '../../app/entries-place.ts';
import { go } from '../../app/router.ts';
import { Task } from '../../app/shell.tsx';
import { doors } from '../../model/live.ts';
import { Banner } from '../../parts/small.tsx';

export const Given = ({ door, title, waiting, children }: { readonly door: Door; readonly title: string; readonly waiting: boolean; readonly children?: ComponentChildren }) => {
  const isOnItsWay = waiting && doors.value?.find(({ id }) => id === door.id)?.lock.roster.delivery !== 'delivered';
  return (
    <Task title={title} block="lend" bar={<button class="btn btn--main btn--tall" type="button" onClick={() => go(entriesPath(door.id), 'replace')}>To the list</button>}>
      {isOnItsWay && <Banner icon="clock"><b>The lock has yet to hear of it.</b> It opens once the new roster has arrived, on the link or by any phone at the door.</Banner>}
      {children}
    </Task>
  );
};
