// Where locks are and what they are called. Nothing of this is signed: a name and a place give no power.

import type { DoorPatch } from '@mortise/api/locks.ts';
import { ROUTES } from '@mortise/api/routes.ts';
import { identifierOf } from '@mortise/base/identifiers.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { freshEntropy } from '@mortise/browser/entropy.ts';
import { call } from './client.ts';
import { loadLocations, locations } from './estate.ts';
import { failureSentence } from '../words/failures.ts';

type Told = Awaited<ReturnType<typeof call<{ readonly locations: NonNullable<typeof locations.value> }>>>;

const told = (answer: Told): Result<void, string> => {
  if (!answer.ok) return err(failureSentence(answer.error));
  locations.value = answer.value.locations;
  return ok(undefined);
};

export const freshLocationId = (): string => identifierOf(freshEntropy().slice(0, 16));

/** Makes the location, or gives it this name and these doors, which are in no other then. */
export const putLocation = async (locationId: string, name: string, doors: readonly string[]): Promise<Result<void, string>> =>
  told(await call(ROUTES.putLocation, { parameters: { locationId }, body: { name: name.trim(), doors: [...doors] } }));

export const removeLocation = async (locationId: string): Promise<Result<void, string>> => told(await call(ROUTES.removeLocation, { parameters: { locationId } }));

/** Renames a door, or moves it; the stream tells its new name. */
export const changeDoor = async (doorId: string, change: DoorPatch): Promise<Result<void, string>> => {
  const answer = await call(ROUTES.patchDoor, { parameters: { doorId }, body: change });
  if (!answer.ok) return err(failureSentence(answer.error));
  if (change.locationId !== undefined) await loadLocations();
  return ok(undefined);
};
