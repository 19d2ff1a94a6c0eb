// The key that is being lent on this page: one draft, kept while the page lives, so that nothing that was typed is lost by a look elsewhere.

import { computed, signal } from '@preact/signals';
import { goStep, stepHere } from '../app/router.ts';
import { grants, keyHolders } from './grants.ts';
import { againDraft } from './lend-again.ts';
import { freshDraft, LEND_STEPS, termsOfDraft, type LendDraft, type LendStep } from './lend-draft.ts';
import { doors, now, zone } from './live.ts';
import { placeOfDoor, zoneOfPlaces } from './places.ts';

export const draft = signal<LendDraft | undefined>(undefined);

/** Where lending was begun: another door or person begins anew. */
let begunAt: string | undefined;

const firstPlaces = (doorId: string | undefined): readonly string[] => {
  const only = doors.value?.length === 1 ? doors.value[0]?.id : undefined;
  const id = doorId ?? only;
  return id === undefined ? [] : [placeOfDoor(id)];
};

/** What lending is begun from: a door, a person, a key whose link nobody used. */
export type LendStart = { readonly doorId?: string | undefined; readonly personId?: string | undefined; readonly grantId?: string | undefined };

/** Begins lending, from a door, to a person, or anew; goes on where it was left otherwise. */
export const beginLending = ({ doorId, personId, grantId }: LendStart): void => {
  const from = `${doorId ?? ''}/${personId ?? ''}/${grantId ?? ''}`;
  if (draft.value !== undefined && (begunAt === from || (from === '//' && draft.value.replaces === undefined))) return;
  if (grantId === undefined) beginFresh(from, doorId, personId);
  else beginAgain(from, grantId);
};

const beginAgain = (from: string, grantId: string): void => {
  const grant = grants.value?.find(({ id }) => id === grantId);
  begunAt = from;
  draft.value = grant === undefined ? undefined : againDraft(grant, now.value, zoneOfPlaces(grant.terms.places));
  if (draft.value !== undefined) goLendStep('send');
};

const beginFresh = (from: string, doorId: string | undefined, personId: string | undefined): void => {
  const places = firstPlaces(doorId);
  const holder = keyHolders.value.find(({ id }) => id === personId);
  const fresh = freshDraft(places, now.value, zoneOfPlaces(places));
  begunAt = from;
  draft.value = holder === undefined ? fresh : { ...fresh, who: { kind: 'known', ...holder }, way: 'app' };
};

export const endLending = (): void => {
  draft.value = undefined;
  begunAt = undefined;
};

export const change = (over: Partial<LendDraft>): void => {
  if (draft.value !== undefined) draft.value = { ...draft.value, ...over };
};

const isStep = (step: string | undefined): step is LendStep => LEND_STEPS.some((each) => each === step);

export const lendStep = computed((): LendStep => (isStep(stepHere.value) ? stepHere.value : 'who'));
export const goLendStep = (step: LendStep): void => goStep(step);

/** The zone in which the key's times are said. */
export const lendZone = computed(() => (draft.value === undefined ? zone.value : zoneOfPlaces(draft.value.places)));

// Terms change with the minute, not with every second.
const minute = computed(() => Math.floor(now.value / 60_000) * 60_000);

export const lendTerms = computed(() => (draft.value === undefined ? undefined : termsOfDraft(draft.value, minute.value, lendZone.value)));
