// The keys that this browser holds at the site, as its page shows them. They come from disk first and from the hub when it answers, so that
// a page that was loaded once needs no network at the door.

import { computed, signal } from '@preact/signals';
import type { HeldGrant } from '@mortise/api/keys.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { isUsable } from '../words/held.ts';
import { now } from './live.ts';

/** A door of a held key. `identityKey`: proven to be its lock's, under the site's owners; undefined: nothing proves it, and it is not asked. */
export type HeldDoor = { readonly id: string; readonly name: string; readonly zone: string; readonly lockId: string; readonly identityKey: Bytes | undefined; readonly online: boolean };
export type HeldKey = { readonly grant: HeldGrant; readonly doors: readonly HeldDoor[]; /** Until when it is confirmed. */ readonly stampUntil: number | undefined };
export type HeldSite = { readonly siteId: string; readonly siteName: string; readonly personName: string; readonly keys: readonly HeldKey[]; /** When the hub last told. */ readonly at: number };

/** `none`: this browser holds no key here. */
export const heldSite = signal<HeldSite | 'none' | undefined>(undefined);
/** Whether the hub answered last time it was asked. */
export const hubAnswers = signal(true);
export const chosenDoor = signal<string | undefined>(undefined);
/** Openings by this phone, by grant and door. */
export const openings = signal<Readonly<Record<string, number>>>({});

const site = computed(() => (heldSite.value === 'none' ? undefined : heldSite.value));

// What opens now first, then what waits, then what is over.
const rank = ({ grant }: HeldKey, at: number): number => (isUsable(grant, at) ? (grant.terms.from <= at ? 0 : 1) : grant.state === 'asking' ? 2 : 3);

/** The keys, the ones that open first. */
export const heldKeys = computed(() => (site.value?.keys ?? []).toSorted((a, b) => rank(a, now.value) - rank(b, now.value) || b.grant.terms.until - a.grant.terms.until));

/** The doors of all keys, each once, those that open first. */
export const heldDoors = computed(() => [...new Map(heldKeys.value.flatMap(({ doors }) => doors).toReversed().map((door) => [door.id, door])).values()].toReversed());

export const keysOf = (doorId: string): readonly HeldKey[] => heldKeys.value.filter(({ doors }) => doors.some(({ id }) => id === doorId));

/** What the days are called on which a key does not open: names of calendars stay with the owners. */
export const calendarOf = ({ grant }: HeldKey): string => (grant.terms.holidays === null ? 'the holidays' : 'the site’s holidays');
