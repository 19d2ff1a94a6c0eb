// Until when a door is to be kept unlocked: two offers and any other time; then it is held.

import { useSignal } from '@preact/signals';
import { dayTime, inWords, plainTime, zoneName } from '@mortise/words/time.ts';
import { keepOffers, nextTime } from '../model/keep-until.ts';
import { now } from '../model/live.ts';
import { Input } from './choice.tsx';
import { HoldBar } from './hold-bar.tsx';
import { Sheet } from './sheet.tsx';

type Until = { readonly at: number } | 'other';

/** `after`: what follows once the time is over, as a sentence; `latest`: no time after this one can be had (ms); `act`: takes seconds since 1970. */
export type KeepSheetProps = { readonly name: string; readonly zone: string; readonly after: string; readonly latest?: number; readonly onClose: () => void; readonly act: (until: number) => Promise<unknown> };

export const KeepSheet = ({ name, zone, after, latest, onClose, act }: KeepSheetProps) => {
  const offers = keepOffers(now.value, zone, latest);
  const [until, typed] = [useSignal<Until>({ at: offers[0] }), useSignal('')];
  const other = nextTime(typed.value, now.value, zone, latest);
  const at = until.value !== 'other' ? until.value.at : other.ok ? other.value : undefined;
  const offer = (each: number) => (
    <label key={each}><input type="radio" name="keep" checked={until.value !== 'other' && until.value.at === each} onChange={() => { until.value = { at: each }; }} /><span>{plainTime(each, zone)}<small>{inWords(each, now.value)}</small></span></label>
  );
  const keep = async (): Promise<void> => {
    if (at === undefined) return;
    onClose();
    await act(Math.floor(at / 1000));
  };
  const words = at === undefined ? '' : dayTime(at, now.value, zone);
  return (
    <Sheet title={`Keep ${name} unlocked`} say={`Anyone can walk in until then. ${after}`} onClose={onClose}>
      <fieldset class="choice"><legend class="vh">Until</legend>
        {offers.map(offer)}
        <label><input type="radio" name="keep" checked={until.value === 'other'} onChange={() => { until.value = 'other'; }} /><span>Other<small>pick a time</small></span></label>
      </fieldset>
      {until.value === 'other' && <Input label="Until" type="time" value={typed.value} onInput={(text) => { typed.value = text; }} note={other.ok ? undefined : other.error} />}
      <p class="small muted">{zoneName(zone)}. The lock keeps the time itself, even without network; a restart of the lock ends it.</p>
      <div class="sheet__do">
        {at === undefined ? <button class="btn btn--main btn--tall" type="button" aria-disabled>Pick a time first</button>
          : <HoldBar words={`Hold to keep unlocked until ${words}`} tapAgain={`Tap again to keep it unlocked until ${words}`} busy="Asking the lock" act={keep} />}
        <button class="btn btn--bare btn--tall" type="button" onClick={onClose}>Leave it as it is</button>
      </div>
    </Sheet>
  );
};
