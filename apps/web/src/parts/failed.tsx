// Doing one thing at a time on a screen, and why what somebody wanted was not done.

import { useMemo } from 'preact/hooks';
import { createDoing, type Doing } from '../model/doing.ts';
import { Banner } from './small.tsx';

/** For as long as the part of the screen is shown. */
export const useDoing = (): Doing => useMemo(createDoing, []);

export const Failed = ({ doing }: { readonly doing: Doing }) =>
  doing.failed.value === undefined ? null : <Banner tone="denied"><b>{doing.failed.value.title}</b> {doing.failed.value.says}</Banner>;
