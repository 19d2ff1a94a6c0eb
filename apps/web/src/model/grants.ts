// The site's lent keys as an owner's page knows them, with the groups and calendars that they name. Fetched at sign-in and after a break,
// kept by the stream of events.

import { computed, signal } from '@preact/signals';
import type { Calendar, Grant, Group } from '@mortise/api/grants.ts';
import { ROUTES } from '@mortise/api/routes.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { isOpen } from '../words/grant-state.ts';
import { call, type Failure } from './client.ts';
import { NOTHING_HEARD, withList, withOne, withTold, type Heard } from './told-list.ts';

export const grants = signal<readonly Grant[] | undefined>(undefined);
export const grantsFailure = signal<Failure | undefined>(undefined);
export const groups = signal<readonly Group[]>([]);
export const calendars = signal<readonly Calendar[]>([]);

/** Whether the hub has said which groups and calendars there are. */
export const namesHeard = signal(false);

const heard = signal<Heard>(NOTHING_HEARD);

/** Takes a grant that the hub told, by the stream or as the answer to a change of it. */
export const hearGrant = (grant: Grant): void => {
  heard.value = withTold(heard.value, grant);
  grants.value = withOne(grants.value ?? [], grant);
};

/** Fails when a part of it did not come: what is signed must not go by the rest. */
export const loadGrants = async (): Promise<Result<void, Failure>> => {
  const asked = heard.value;
  const [list, named, days] = await Promise.all([call(ROUTES.grants), call(ROUTES.groups), call(ROUTES.calendars)]);
  grantsFailure.value = list.ok ? undefined : list.error;
  if (list.ok) grants.value = withList(grants.value ?? [], list.value.grants, asked, heard.value);
  if (named.ok) groups.value = named.value.groups;
  if (days.ok) calendars.value = days.value.calendars;
  namesHeard.value ||= named.ok && days.ok;
  const failed = [list, named, days].find(({ ok: came }) => !came);
  return failed === undefined || failed.ok ? ok(undefined) : failed;
};

export const forgetGrants = (): void => {
  grants.value = undefined;
  groups.value = [];
  calendars.value = [];
  namesHeard.value = false;
};

/** Newest first. */
export const newestFirst = computed(() => (grants.value ?? []).toSorted((a, b) => b.createdAt - a.createdAt));

export const calendarName = (id: number): string => calendars.value.find((each) => each.id === id)?.name ?? 'a calendar that is gone';

/** A person who holds a key on a phone already, with the newest that the hub knows of them. Electronic keys are given and filled elsewhere. */
export type KeyHolder = { readonly id: string; readonly name: string; readonly credentialKey: string };

export const keyHolders = computed((): readonly KeyHolder[] => {
  const holders = newestFirst.value.filter(isOpen).flatMap(({ person, credentialKey, ekeyId }) => (credentialKey === null || ekeyId !== null ? [] : [{ ...person, credentialKey }]));
  return [...new Map(holders.toReversed().map((holder) => [holder.id, holder])).values()].toSorted((a, b) => a.name.localeCompare(b.name, 'en'));
});
