// PINs, cards, fingers and codes of the site's locks, as owners noted them. Fetched when a page first asks for them, kept by the stream of events.

import { computed, signal } from '@preact/signals';
import type { Code, Entries, Entry } from '@mortise/api/entries.ts';
import { ROUTES } from '@mortise/api/routes.ts';
import { call, type Failure } from './client.ts';

export const entries = signal<Entries | undefined>(undefined);
export const entriesFailure = signal<Failure | undefined>(undefined);

export const loadEntries = async (): Promise<void> => {
  const answer = await call(ROUTES.entries);
  entriesFailure.value = answer.ok ? undefined : answer.error;
  if (answer.ok) entries.value = answer.value;
};

/** All that the hub tells of one lock takes the place of what was known of it. */
export const hearEntries = ({ lockId, ...told }: Entries & { readonly lockId: string }): void => {
  const known = entries.value;
  if (known === undefined) return;
  entries.value = {
    entries: [...known.entries.filter((entry) => entry.lockId !== lockId), ...told.entries],
    codes: [...known.codes.filter((code) => code.lockId !== lockId), ...told.codes],
  };
};

export const forgetEntries = (): void => {
  entries.value = undefined;
};

/** Of a door: entries by person, then by kind. */
export const entriesAt = (doorId: string): readonly Entry[] =>
  (entries.value?.entries ?? []).filter((entry) => entry.doorId === doorId && entry.kind !== 'codeKey')
    .toSorted((a, b) => (a.person?.name ?? '').localeCompare(b.person?.name ?? '', 'en') || a.kind.localeCompare(b.kind));

/** Of a door: codes that may still open at `now`, those that end first before the others. */
export const codesAt = (doorId: string, now: number): readonly Code[] =>
  (entries.value?.codes ?? []).filter((code) => code.doorId === doorId && code.takenBackAt === null && code.until > now).toSorted((a, b) => a.until - b.until);

/** Codes that may still open at `now` and were made with one of these owner keys. */
export const codesBy = (ownerKeys: readonly string[], now: number): readonly Code[] =>
  (entries.value?.codes ?? []).filter(({ ownerKey, takenBackAt, until }) => ownerKeys.includes(ownerKey) && takenBackAt === null && until > now);

/** Whom entries and codes are for already, by name. */
export const entryPeople = computed(() => {
  const all = [...(entries.value?.entries ?? []), ...(entries.value?.codes ?? [])].flatMap(({ person }) => person ?? []);
  return [...new Map(all.map((person) => [person.id, person])).values()].toSorted((a, b) => a.name.localeCompare(b.name, 'en'));
});
