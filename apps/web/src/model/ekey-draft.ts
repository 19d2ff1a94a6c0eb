// Grants to electronic keys in the fields by which keys are lent: for whoever has the key, from a door that was asked for or none yet.

import type { AccessRequest } from '@mortise/api/access-requests.ts';
import type { Ekey } from '@mortise/api/ekeys.ts';
import { wallTime } from '@mortise/words/wall-clock.ts';
import { freshDraft, type LendDraft } from './lend-draft.ts';

/** An electronic key hears from the hub when it is updated, not every day. */
const WORD_FOR_S = 7 * 86_400;

/** For whoever has the key. */
export const ekeyDraft = ({ person, credentialKey }: Pick<Ekey, 'person' | 'credentialKey'>, now: number, zone: string): LendDraft => ({
  ...freshDraft([], now, zone), who: { kind: 'known', id: person?.id ?? '', name: person?.name ?? '', credentialKey }, way: 'app', freshForS: WORD_FOR_S,
});

/** The door and the time that were asked for, from now on where that has begun. `place`: the door's, as documents name it. */
export const requestDraft = ({ person, from, until }: Pick<AccessRequest, 'person' | 'from' | 'until'>, place: string, now: number, zone: string): LendDraft => ({
  ...freshDraft([place], now, zone), who: { kind: 'known', ...person, credentialKey: '' }, way: 'app', freshForS: WORD_FOR_S,
  from: wallTime(Math.max(from, now), zone), until: wallTime(until, zone),
});
