// The electronic keys of whoever holds this browser's key, and what they asked for: from disk at first, then from the hub as often as somebody looks.

import { computed, signal } from '@preact/signals';
import type { AccessRequest } from '@mortise/api/access-requests.ts';
import type { HeldEkey, HeldEkeys } from '@mortise/api/ekeys.ts';
import { ROUTES } from '@mortise/api/routes.ts';
import { rememberedEkeys, rememberEkeys } from '../keys/guest-key.ts';
import { callByKey } from '../keys/held.ts';
import type { Failure } from './client.ts';

export type ToldEkeys = HeldEkeys & { /** When the hub said so. */ readonly at: number };

/** Undefined: not known yet. */
export const heldEkeys = signal<ToldEkeys | undefined>(undefined);
export const heldEkeysFailure = signal<Failure | undefined>(undefined);
/** Newest first. */
export const ownRequests = signal<readonly AccessRequest[]>([]);

/** Those that are in hand. */
export const inHand = computed(() => (heldEkeys.value?.ekeys ?? []).filter(({ state }) => state === 'issued'));
export const ekeyZone = computed(() => heldEkeys.value?.zone ?? 'UTC');
export const requestsOf = ({ id }: Pick<HeldEkey, 'id'>): readonly AccessRequest[] => ownRequests.value.filter(({ ekey }) => ekey.id === id);

/** A page that is looked at hears within so long what was decided. */
const LOOK_MS = 3000;

export const showEkeys = async (held: HeldEkeys): Promise<void> => {
  const at = Date.now();
  heldEkeys.value = { ...held, at };
  await rememberEkeys({ held, at });
};

const readRemembered = async (): Promise<void> => {
  const remembered = await rememberedEkeys();
  if (remembered !== undefined) heldEkeys.value ??= { ...remembered.held, at: remembered.at };
};

/** Asks the hub once. */
export const loadHeldEkeys = async (): Promise<void> => {
  const [held, requests] = [await callByKey(ROUTES.heldEkeys), await callByKey(ROUTES.ownAccessRequests)];
  heldEkeysFailure.value = held.ok ? undefined : held.error;
  if (held.ok) await showEkeys(held.value);
  if (requests.ok) ownRequests.value = requests.value.requests;
};

/** Keeps them fresh until the returned function is called. */
export const watchHeldEkeys = (): (() => void) => {
  let [timer, isOver]: [ReturnType<typeof setTimeout> | undefined, boolean] = [undefined, false];
  const again = async (): Promise<void> => {
    clearTimeout(timer);
    if (!document.hidden) await loadHeldEkeys();
    if (!isOver) timer = setTimeout(() => void again(), LOOK_MS);
  };
  const ends = new AbortController();
  document.addEventListener('visibilitychange', () => { if (!document.hidden) void again(); }, { signal: ends.signal });
  void readRemembered().then(again);
  return () => {
    isOver = true;
    ends.abort();
    clearTimeout(timer);
  };
};
