// What the tabs of this browser tell each other: that somebody signed out. The hub tells it too, but not while it is silent. Told by a value of
// localStorage, whose changes the others hear.

import { keep } from './settings.ts';

const LEFT = 'mortise.left';

/** Every time another value: only a change is heard. */
export const tellOthersLeft = (): void => void keep(LEFT, String(Date.now()));

/** Calls back whenever another tab has signed out. */
export const hearLeaving = (then: () => void): void => addEventListener('storage', ({ key }) => { if (key === LEFT) then(); });
