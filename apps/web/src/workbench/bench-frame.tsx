// The frame of every Workbench: its title, and what is wrong.

import type { ComponentChildren } from 'preact';
import { Mark } from '../parts/icon.tsx';
import { Banner } from '../parts/small.tsx';
import type { Device } from './device.ts';

type Watched = Pick<Device<unknown, never>, 'view' | 'live' | 'failure'>;

/** `what`: goes on after “Workbench: ”. */
export const BenchFrame = ({ device, title, what, children }: { device: Watched; title: string; what: string; children: ComponentChildren }) => (
  <div class="bench">
    <header class="top"><div class="top__title"><h1>{title}</h1><p>Workbench: {what}</p></div><span class="task__mark wide-only"><Mark />Mortise</span></header>
    <main class="main">
      {!device.live.value && device.view.value !== undefined && <Banner icon="unlinked"><b>The virtual device does not answer.</b> What stands here is from before. This page tries again by itself.</Banner>}
      {device.failure.value !== undefined && <Banner tone="denied"><b>Not done.</b> {device.failure.value}</Banner>}
      {children}
    </main>
  </div>
);
