// How far locks have come with a roster that was signed here just now.

import type { RosterWord } from '../keys/access.ts';
import { doors } from '../model/live.ts';
import { Chip } from './small.tsx';

const Word = ({ word: { doorId, result } }: { word: RosterWord }) => {
  if (!result.ok) return <Chip tone="alarm">{result.error}</Chip>;
  const delivery = doors.value?.find(({ id }) => id === doorId)?.lock.roster.delivery ?? result.value;
  if (delivery === 'refused') return <Chip tone="alarm">Refused by the lock</Chip>;
  return delivery === 'delivered' ? <Chip tone="ok">On the lock</Chip> : <Chip tone="wait">On its way</Chip>;
};

export const RosterWords = ({ words }: { words: readonly RosterWord[] }) =>
  words.length === 0 ? null : (
    <ul class="list" aria-label="How far the locks have heard">
      {words.map((word) => <li class="row row--plain" key={word.doorId}><span class="row__body"><span class="row__name">{word.doorName}</span></span><span class="row__end"><Word word={word} /></span></li>)}
    </ul>
  );
