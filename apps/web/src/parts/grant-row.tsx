// A lent key as one row of a list: whose, its terms, how it stands.

import type { Grant } from '@mortise/api/grants.ts';
import { placesWords, termsLine } from '@mortise/words/terms.ts';
import { grantPath } from '../app/router.ts';
import { calendarName } from '../model/grants.ts';
import { now } from '../model/live.ts';
import { nameOfPlace, zoneOfPlaces } from '../model/places.ts';
import { grantMark } from '../words/grant-state.ts';
import { Chip } from './small.tsx';

export const initials = (name: string): string => name.split(/\s+/).slice(0, 2).map((part) => part.charAt(0).toUpperCase()).join('');

export type GrantRowProps = {
  readonly grant: Grant;
  /** What the row is called: the person among keys, the doors among a person's keys, the person at a door. */
  readonly by: 'person' | 'doors' | 'here';
};

export const GrantRow = ({ grant, by }: GrantRowProps) => {
  const { person, terms, ekeyId } = grant;
  const zone = zoneOfPlaces(terms.places);
  const mark = grantMark(grant, { now: now.value, zone });
  const places = placesWords(terms.places, nameOfPlace);
  const line = termsLine(terms, { calendarName, now: now.value, zone });
  return (
    <a class={by === 'doors' ? 'row row--key row--plain' : 'row row--key'} href={grantPath(grant.id)}>
      {by !== 'doors' && <span class="face" aria-hidden="true">{initials(person.name)}</span>}
      <span class="row__name">{by === 'doors' ? places : person.name}</span>
      <span class="row__end"><Chip tone={mark.tone}>{mark.word}</Chip></span>
      <span class="row__note">{by === 'person' ? `${places}. ${line}` : line}{ekeyId !== null && by !== 'doors' && ' On an electronic key.'}</span>
    </a>
  );
};
