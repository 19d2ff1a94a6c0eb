// Fans live events out to whoever watches. Nothing is kept here: what must not be missed is in the store and is read from there.

import type { LiveEvent } from '@mortise/api/activity.ts';

export type Live = {
  readonly publish: (event: LiveEvent) => void;
  /** Answers how to stop. */
  readonly subscribe: (listener: (event: LiveEvent) => void) => () => void;
};

export const createLive = (): Live => {
  const listeners = new Set<(event: LiveEvent) => void>();
  return {
    publish: (event) => {
      for (const listener of listeners) listener(event);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => { listeners.delete(listener); };
    },
  };
};
