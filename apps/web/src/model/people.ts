// Who there is: owners with their phones, guests, who was an owner.

import { signal } from '@preact/signals';
import type { OwnerInvitation } from '@mortise/api/owners.ts';
import type { People } from '@mortise/api/owner.ts';
import { ROUTES } from '@mortise/api/routes.ts';
import { call, SHORT_PATIENCE_MS, type Failure } from './client.ts';

export type Person = People['people'][number];

export const people = signal<readonly Person[] | undefined>(undefined);
export const peopleFailure = signal<Failure | undefined>(undefined);
/** Links by which somebody may become an owner. */
export const ownerInvitations = signal<readonly OwnerInvitation[]>([]);

export const loadPeople = async (): Promise<void> => {
  const patienceMs = people.value === undefined ? undefined : SHORT_PATIENCE_MS;
  const [list, invitations] = await Promise.all([call(ROUTES.people, { patienceMs }), call(ROUTES.ownerInvitations, { patienceMs })]);
  peopleFailure.value = list.ok ? undefined : list.error;
  if (list.ok) people.value = list.value.people;
  if (invitations.ok) ownerInvitations.value = invitations.value.invitations;
};

export const forgetPeople = (): void => {
  people.value = undefined;
  ownerInvitations.value = [];
};
