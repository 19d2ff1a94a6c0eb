// What a door's page has for the lock's radio: the press that lets the person choose it, once; and opening on arrival, which is said for each time.

import { signal } from '@preact/signals';
import { reasonSentence } from '@mortise/words/reasons.ts';
import { plainTime } from '@mortise/words/time.ts';
import { askForLock, canAsk, isRadioChosen, type NotChosen } from '../model/bluetooth-port.ts';
import { comingOf, type ComingTarget } from '../model/coming.ts';
import { now } from '../model/live.ts';
import { isByRadio, scanNear } from '../model/near.ts';
import { awayWords, WHY_NONE } from '../words/radio.ts';
import { Icon } from './icon.tsx';

type Search = 'rest' | 'looking' | 'not-here' | NotChosen;
const searches = new Map<string, ReturnType<typeof signal<Search>>>();

const searchOf = (lockId: string) => {
  const known = searches.get(lockId) ?? signal<Search>('rest');
  searches.set(lockId, known);
  return known;
};

const find = async (lockId: string): Promise<void> => {
  const search = searchOf(lockId);
  const asked = await askForLock();
  search.value = asked.ok ? 'looking' : asked.error;
  if (!asked.ok) return;
  await scanNear();
  search.value = isByRadio(lockId) ? 'rest' : 'not-here';
};

const SAYS: Readonly<Record<Search, string>> = {
  ...WHY_NONE, rest: '', looking: 'Listening for the lock.', 'not-here': 'This lock was not heard. Stand at the door, and choose its radio there.',
};

/** `zone`: of the door, for the hour until which an arrival waits. */
export const ByRadio = ({ target, zone }: { target: ComingTarget; zone: string }) => {
  const search = searchOf(target.lockId).value ?? 'rest';
  if (!isRadioChosen.value && !canAsk()) return null;
  return (
    <div class="radio">
      {!isByRadio(target.lockId) && canAsk() && <button class="btn" type="button" disabled={search === 'looking'} onClick={() => void find(target.lockId)}><Icon name="near" />Find the lock by Bluetooth</button>}
      {search !== 'rest' && !isByRadio(target.lockId) && <p class="small" role="status">{SAYS[search]}</p>}
      {isRadioChosen.value && !isByRadio(target.lockId) && <Arriving target={target} zone={zone} />}
    </div>
  );
};

const Arriving = ({ target, zone }: { target: ComingTarget; zone: string }) => {
  const { arrival, failure, say, withdraw } = comingOf(target);
  const state = arrival.value;
  if (state.kind === 'coming') {
    return (
      <div class="radio__coming" role="status">
        <p class="small"><b>Opens once when the lock is heard</b>, until {plainTime(state.until, zone)}. {awayWords(state, now.value)} Keep this page in front. Whoever is with your phone then comes in.</p>
        <button class="btn" type="button" onClick={withdraw}>Stop</button>
      </div>
    );
  }
  return (
    <>
      <button class="btn" type="button" onClick={say}><Icon name="near" />Open when I arrive</button>
      {state.why === 'at-door' && <p class="small" role="status">The lock is near already. Hold to open.</p>}
      {state.why === 'over' && <p class="small" role="status">You did not arrive within a quarter of an hour. Nothing was opened.</p>}
      {failure.value !== undefined && <p class="small" role="status"><b>Not opened.</b> {reasonSentence(failure.value)}</p>}
    </>
  );
};
