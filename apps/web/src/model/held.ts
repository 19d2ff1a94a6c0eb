// The keys that this browser holds at the site, as its page shows them. They come from disk first and from the hub when it answers, so that
// a page that was loaded once needs no network at the door.

import { computed, signal } from '@preact/signals';
import type { HeldGrant } from '@mortise/api/keys.ts';
import type { StoredDocument } from '@mortise/aliro/device-response.ts';
import { base64url, concat, type Bytes } from '@mortise/base/bytes.ts';
import type { Calendar } from '@mortise/documents/calendar.ts';
import type { SigningKey } from '@mortise/browser/signing-key.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import type { SiteKey } from '@mortise/wallet/site-key.ts';
import { keepOpenings, keepRefusals, type Refusal, type Refusals } from '../keys/guest-key.ts';
import { finalWord, isUsable } from '../words/held.ts';
import { now } from './live.ts';

/** A door of a held key. `identityKey`: proven to be its lock's, under the site's owners; undefined: nothing proves it, and it is not asked. */
export type HeldDoor = { readonly id: string; readonly name: string; readonly zone: string; readonly lockId: string; readonly identityKey: Bytes | undefined; readonly online: boolean; /** Days off, from its roster. */ readonly calendars: readonly Calendar[] };
/** What a key shows a lock: its document, and the word that it was not taken back. */
export type HeldKey = { readonly grant: HeldGrant; readonly doors: readonly HeldDoor[]; readonly documents: readonly StoredDocument[]; /** Until when it is confirmed. */ readonly stampUntil: number | undefined };
export type HeldSite = { readonly siteId: string; readonly siteName: string; readonly personName: string; readonly keys: readonly HeldKey[]; /** When the hub last told. */ readonly at: number };

/** `none`: this browser holds no key here. */
export const heldSite = signal<HeldSite | 'none' | undefined>(undefined);
/** Whether the hub answered last time it was asked. */
export const hubAnswers = signal(true);
/** This browser's key for the site, and how it knows the site's locks. */
export const credential = signal<{ readonly key: SigningKey; readonly site: SiteKey } | undefined>(undefined);
export const chosenDoor = signal<string | undefined>(undefined);
/** Openings by this phone, by grant and door. */
export const openings = signal<Readonly<Record<string, number>>>({});

/** What each door's lock refused for good, to the documents that it was shown. */
export const refusals = signal<Refusals>({});

/** A response holds no more documents. */
const MAX_SHOWN = 8;

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

/** The key as it is shown at this door: with the documents of the grants that open it, those that open now first. */
export const siteKeyFor = ({ id }: HeldDoor): SiteKey | undefined => {
  const own = credential.value;
  return own === undefined ? undefined : { ...own.site, documents: keysOf(id).flatMap(({ documents }) => documents).slice(0, MAX_SHOWN) };
};

/** Counts an opening of the key that opened first; the lock counts for itself. */
export const countOpening = async ({ id }: HeldDoor): Promise<void> => {
  const [first] = keysOf(id);
  if (first === undefined || site.value === undefined) return;
  const name = `${first.grant.id}:${id}`;
  openings.value = { ...openings.value, [name]: (openings.value[name] ?? 0) + 1 };
  await keepOpenings(site.value.siteId, openings.value);
};

// ---- what the lock said ------------------------------------------------------------------------------------------------------

// Stamps come and go; what was refused are the documents.
const shownAt = (doorId: string): string =>
  base64url(nobleCrypto.sha256(concat(...keysOf(doorId).flatMap(({ documents }) => documents.filter(({ docType }) => docType === 'aliro-a').map(({ bytes }) => bytes)))));

const putRefusals = async (next: Refusals): Promise<void> => {
  refusals.value = next;
  if (site.value !== undefined) await keepRefusals(site.value.siteId, next);
};

/** What the lock of this door said for good of the documents that it would be shown now: no network tells it, and none is needed. */
export const refusalAt = ({ id }: Pick<HeldDoor, 'id'>): Refusal | undefined => {
  const refusal = refusals.value[id];
  return refusal?.shown === shownAt(id) ? refusal : undefined;
};

/** Remembers what the lock refused; other codes than those that stay are passed over. */
export const noteRefusal = async ({ id }: HeldDoor, code: string): Promise<void> => {
  if (finalWord(code) !== undefined) await putRefusals({ ...refusals.value, [id]: { code, at: Date.now(), shown: shownAt(id) } });
};

/** The lock opened, or is to be asked once more. */
export const forgetRefusal = async ({ id }: HeldDoor): Promise<void> => {
  if (refusals.value[id] === undefined) return;
  await putRefusals(Object.fromEntries(Object.entries(refusals.value).filter(([door]) => door !== id)));
};
