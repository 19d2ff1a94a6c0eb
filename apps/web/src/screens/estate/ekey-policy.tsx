// What a key goes by: how long without an update, what it does when its memory is full, whether it asks for a PIN; and what it is called.

import { useSignal } from '@preact/signals';
import type { Ekey, EkeyPatch } from '@mortise/api/ekeys.ts';
import { patchEkey } from '../../model/ekey-page.ts';
import { Check, Select } from '../../parts/choice.tsx';
import { CountField } from '../../parts/count-field.tsx';
import { Failed, useDoing } from '../../parts/failed.tsx';
import { isName, NameField } from '../../parts/name-field.tsx';
import { Facts } from '../../parts/small.tsx';
import { NO_COUNT } from '../../model/count.ts';
import { policyWords } from '../../words/ekey.ts';

const MOST_DAYS = 366;
const PIN_MINUTES: readonly (readonly [string, string])[] = [['1', 'minute'], ['5', '5 minutes'], ['15', '15 minutes'], ['60', 'hour'], ['480', '8 hours'], ['1440', 'day']];
const PLAIN_MINUTES = 60;
const PLAIN_DAYS = 7;

const Form = ({ ekey, onDone }: { readonly ekey: Ekey; readonly onDone: () => void }) => {
  const doing = useDoing();
  const [name, policy] = [useSignal(ekey.name), useSignal(ekey.policy)];
  const put = (over: Partial<Ekey['policy']>): void => { policy.value = { ...policy.value, ...over }; };
  const { revalidateDays, buffer, pin } = policy.value;
  const body: EkeyPatch = { ...(name.value.trim() !== ekey.name && { name: name.value.trim() }), ...(JSON.stringify(policy.value) !== JSON.stringify(ekey.policy) && { policy: policy.value }) };
  const ready = isName(name.value) && revalidateDays !== NO_COUNT && Object.keys(body).length > 0 && doing.busy.value === undefined;
  const save = async (): Promise<void> => {
    if (ready && (await doing.run('Saving', 'The key goes by what it did.', 'Saved: the key has it with its next update.', () => patchEkey(ekey.id, body))) !== undefined) onDone();
  };
  const minutes = pin === null || PIN_MINUTES.some(([each]) => each === String(pin.minutes)) ? PIN_MINUTES : [...PIN_MINUTES, [String(pin.minutes), `${pin.minutes} minutes`] as const];
  return (
    <form class="stack" aria-label="What the key goes by" onSubmit={(event) => { event.preventDefault(); void save(); }}>
      <NameField label="Name of the key" value={name.value} onInput={(text) => { name.value = text; }} note="Such as K-0217." />
      <div class="limit">
        <Check words="Must be updated" note="Past its date it opens nothing, until it is updated. So a lost key dies by itself." on={revalidateDays !== null} onChange={(on) => put({ revalidateDays: on ? PLAIN_DAYS : null })} />
        {revalidateDays !== null && <div class="limit__value"><CountField label="Within so many days" value={revalidateDays} most={MOST_DAYS} onInput={(days) => put({ revalidateDays: days })} /></div>}
      </div>
      <Check words="Stop when its memory is full" note="It then opens nothing before its records have come home. Else what has come home makes room; what has not is never given up." on={buffer === 'stop'} onChange={(on) => put({ buffer: on ? 'stop' : 'overwrite' })} />
      <div class="limit">
        <Check words="Ask for a PIN" note="Its holder chooses one, 4 to 12 digits, on the key." on={pin !== null} onChange={(on) => put({ pin: on ? { minutes: PLAIN_MINUTES } : null })} />
        {pin !== null && <div class="limit__value"><span class="small">Once in a</span><Select label="How long an entered PIN lasts" value={String(pin.minutes)} options={minutes} onChange={(text) => put({ pin: { minutes: Number(text) } })} /></div>}
      </div>
      <Failed doing={doing} />
      <div class="lend__do"><button class="btn" type="button" onClick={onDone}>Leave it</button><button class="btn btn--main" type="submit" aria-disabled={!ready}>{doing.busy.value ?? 'Save'}</button></div>
    </form>
  );
};

export const Policy = ({ ekey }: { readonly ekey: Ekey }) => {
  const [doing, isOpen] = [useDoing(), useSignal(false)];
  const { update, memory, pin } = policyWords(ekey.policy);
  const forget = (): void => void doing.run('Saving', 'The PIN is as it was.', 'The key forgets its PIN with its next update.', () => patchEkey(ekey.id, { forgetPin: true }));
  return (
    <section class="panel" aria-labelledby="policy">
      <div class="head"><h2 id="policy">What it goes by</h2>{!isOpen.value && <button class="link" type="button" onClick={() => { isOpen.value = true; }}>Change</button>}</div>
      {isOpen.value ? <Form ekey={ekey} onDone={() => { isOpen.value = false; }} /> : <Facts rows={[['Update', update], ['Memory', memory], ['PIN', pin]]} />}
      {!isOpen.value && ekey.policy.pin !== null && <><Failed doing={doing} /><button class="btn btn--s btn--start" type="button" aria-disabled={doing.busy.value !== undefined} onClick={forget}>Let its holder choose another PIN</button></>}
    </section>
  );
};
