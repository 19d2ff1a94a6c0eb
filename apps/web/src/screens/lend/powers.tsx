// What a key may do besides opening and locking, where one of its doors can: draw the latch, keep it unlocked. Off until it is ticked; said at the lending, and not changed afterwards.

import { canHold, hasLatch, type Built } from '@mortise/courier/built.ts';
import { change } from '../../model/lend.ts';
import type { LendDraft, MoreVerb } from '../../model/lend-draft.ts';
import { saidOf } from '../../model/live.ts';
import { doorsOf } from '../../model/places.ts';
import { Check } from '../../parts/choice.tsx';

type Power = { readonly verb: MoreVerb; readonly can: (built: Built) => boolean; readonly words: string; readonly note: string };

const POWERS: readonly Power[] = [
  { verb: 'unlatch', can: hasLatch, words: 'May draw the latch', note: 'The door springs open without a hand at its handle. Otherwise they push the handle once it is unlocked.' },
  { verb: 'hold', can: canHold, words: 'May keep it unlocked', note: 'Until a time that they choose, at most a day and no longer than their key: anybody can walk in meanwhile.' },
];

const isOffered = ({ verb, can }: Power, { more, places }: LendDraft): boolean =>
  more.includes(verb) || doorsOf(places).some((door) => {
    const built = saidOf(door).said?.built;
    return built !== undefined && can(built);
  });

export const Powers = ({ draft }: { readonly draft: LendDraft }) => {
  const offered = POWERS.filter((power) => isOffered(power, draft));
  const put = (verb: MoreVerb, on: boolean): void => change({ more: on ? [...draft.more, verb] : draft.more.filter((each) => each !== verb) });
  return offered.length === 0 ? null : (
    <section class="panel" aria-labelledby="powers">
      <h2 id="powers">Besides opening and locking</h2>
      {offered.map(({ verb, words, note }) => <div class="limit" key={verb}><Check words={words} note={note} on={draft.more.includes(verb)} onChange={(on) => put(verb, on)} /></div>)}
    </section>
  );
};
