import { signal } from '@preact/signals';
export const heldCredential = signal<string | undefined>(undefined);
export const startKeys = (): (() => void) => () => undefined;
