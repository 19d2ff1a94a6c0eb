// The port of a virtual key, as a field shows it: what somebody typed, else what is remembered. The memory is read while the field is there
// already, and must not take the place of what was typed in the meantime.

import { computed, signal, type ReadonlySignal } from '@preact/signals';
import { DEFAULT_PORT } from './key-wire.ts';

export type KeyPort = {
  readonly shown: ReadonlySignal<string>;
  readonly type: (text: string) => void;
  /** Reads what is remembered; at each visit, for it changes. */
  readonly recall: () => Promise<void>;
};

export const keyPort = (read: () => Promise<string>): KeyPort => {
  const [typed, remembered] = [signal<string | undefined>(undefined), signal(DEFAULT_PORT)];
  return {
    shown: computed(() => typed.value ?? remembered.value),
    type: (text) => { typed.value = text; },
    recall: async () => { remembered.value = await read(); },
  };
};
