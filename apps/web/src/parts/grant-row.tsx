// A lent key as one row of a list: whose, its terms, how it stands.

import type { Grant } from '@mortise/api/grants.ts';
import { grantPath } from '../app/router.ts';
import { calendarName } from '../model/grants.ts';
import { now } from '../model/live.ts';
import { nameOfPlace, zoneOfPlaces } from '../model/places.ts';
import { grantMark } from '../words/grant-state.ts';
import { placesWords, termsLine } from '../words/terms.ts';
import { Chip } from './small.tsx';

export const initials = (name: string): string => name.split(/\s+/).slice(0, 2).map((part) => part.charAt(0).toUpperCase()).join('');

export type GrantRowProps = {
  readonly grant: Grant;
  /** What the row is called: the person among keys, the doors among a person's keys. */
  readonly by: 'person' | 'doors';
};

export const GrantRow = ({ grant, by }: GrantRowProps) => {
  const { person, terms } = grant;
  const zone = zoneOfPlaces(terms.places);
  const mark = grantMark(grant, { now: now.value, zone });
  const places = placesWords(terms.places, nameOfPlace);
  const line = termsLine(terms, { calendarName, now: now.value, zone });
  return (
    <a class={by === 'person' ? 'row' : 'row row--plain'} href={grantPath(grant.id)}>
      {by === 'person' && <span class="face" aria-hidden="true">{initials(person.name)}</span>}
      <span class="row__body"><span class="row__name">{by === 'person' ? person.name : places}</span><span class="row__note">{by === 'person' ? `${places}. ${line}` : line}</span></span>
      <span class="row__end"><Chip tone={mark.tone}>{mark.word}</Chip></span>
    </a>
  );
};
