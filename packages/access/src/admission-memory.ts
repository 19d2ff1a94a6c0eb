// Which credentials this lock has seen under each delegation (CONTRACTS: delegation): so many new ones in 24 hours of a standing one, one
// in all of an invitation. An entry may be forgotten once its document and its delegation have ended; a standing delegate's credential then
// counts as new again, and an ended invitation opens nothing. Pure: the lock stores what comes out before the bolt moves.

import { hex, type Bytes } from '@mortise/base/bytes.ts';
import { instant, type Instant } from '@mortise/base/instant.ts';
import type { Reason } from '@mortise/base/reasons.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';

/** `at`: when it was first seen. `until`: the last instant at which it could open. */
export type Admission = { readonly at: Instant; readonly until: Instant };

/** By delegate and credential. At most `MAX_ADMISSIONS`, at most `MAX_ADMISSIONS_OF_DELEGATE` of one delegate. */
export type AdmissionMemory = ReadonlyMap<string, Admission>;

export const MAX_ADMISSIONS = 4096;
export const MAX_ADMISSIONS_OF_DELEGATE = 768;
export const DAY_MS = 86_400_000;
export const NO_ADMISSIONS: AdmissionMemory = new Map();

/** `delegate`: key of 65 bytes. `credential`: SHA-256 of the credential's key. `perDay`: of a standing delegation; absent: an invitation. */
export type Admitted = { readonly delegate: Bytes; readonly credential: Bytes; readonly perDay?: number; readonly until: Instant };

/**
 * Lets a credential in that is known, or for which there is still place. `invitation-used`: another came first; `delegation-spent`: so many
 * new ones came in the last 24 hours, or at a time still to come (the clock was set back); `memory-full`: there is no room.
 */
export const admit = (memory: AdmissionMemory, admitted: Admitted, now: Instant): Result<AdmissionMemory, Reason> => {
  const prefix = `${hex(admitted.delegate)}:`;
  const key = prefix + hex(admitted.credential);
  const known = memory.get(key);
  if (known !== undefined) return ok(known.until >= admitted.until ? memory : new Map([...memory, [key, { ...known, until: admitted.until }]]));
  const refusal = placeRefusal([...memory].flatMap(([other, admission]) => (other.startsWith(prefix) ? [admission] : [])), admitted, now);
  if (refusal !== undefined) return err(refusal);
  const room = withRoom(memory, prefix, now);
  return room === undefined ? err('memory-full') : ok(new Map([...room, [key, { at: now, until: admitted.until }]]));
};

const placeRefusal = (others: readonly Admission[], { perDay }: Admitted, now: Instant): Reason | undefined => {
  if (perDay === undefined) return others.length > 0 ? 'invitation-used' : undefined;
  const since = instant(Math.max(0, now - DAY_MS));
  return others.filter(({ at }) => at > since).length >= perDay ? 'delegation-spent' : undefined;
};

const withRoom = (memory: AdmissionMemory, prefix: string, now: Instant): AdmissionMemory | undefined => {
  const own = [...memory.keys()].filter((key) => key.startsWith(prefix)).length;
  if (own >= MAX_ADMISSIONS_OF_DELEGATE) return forgetOne(memory, now, (key) => key.startsWith(prefix));
  return memory.size < MAX_ADMISSIONS ? memory : forgetOne(memory, now, () => true);
};

/** Forgets what ended first and is older than a day, which still counts. */
const forgetOne = (memory: AdmissionMemory, now: Instant, may: (key: string) => boolean): AdmissionMemory | undefined => {
  const ended = [...memory].filter(([key, { at, until }]) => may(key) && until < now && at <= now - DAY_MS);
  const [gone] = ended.toSorted(([, one], [, other]) => one.until - other.until)[0] ?? [];
  return gone === undefined ? undefined : new Map([...memory].filter(([key]) => key !== gone));
};
