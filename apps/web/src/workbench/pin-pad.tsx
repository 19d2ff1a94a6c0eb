// The key’s PIN pad. Digits go to the key’s own process and nowhere else.

import { useSignal } from '@preact/signals';
import type { EkeyAction, EkeyWorkbench } from '@mortise/api/ekey-workbench.ts';
import { pinSentence } from './key-words.ts';

const [MIN_DIGITS, MAX_DIGITS] = [4, 12];
const DIGITS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '0'];

export const PinPad = ({ now: { pin }, send }: { now: EkeyWorkbench; send: (action: EkeyAction) => Promise<void> }) => {
  const digits = useSignal('');
  const isShort = useSignal(false);
  const type = (text: string): void => {
    isShort.value = false;
    digits.value = text.replaceAll(/\D/g, '').slice(0, MAX_DIGITS);
  };
  const give = (action: 'pin' | 'choose-pin'): void => {
    if (!pin.asked || digits.value === '') return;
    isShort.value = action === 'choose-pin' && digits.value.length < MIN_DIGITS;
    if (isShort.value) return;
    void send({ action, digits: digits.value });
    type('');
  };
  const mayChoose = !pin.set || pin.open;
  return (
    <section class="panel" aria-labelledby="pin">
      <h2 id="pin">PIN pad</h2>
      <p class="small muted" role="status">{isShort.value ? `A PIN has ${MIN_DIGITS} to ${MAX_DIGITS} digits.` : pinSentence(pin)}</p>
      <form class="pinpad" onSubmit={(event) => { event.preventDefault(); give(pin.set ? 'pin' : 'choose-pin'); }}>
        <div class="field"><label for="digits">PIN</label>
          <input class="input" id="digits" type="password" inputMode="numeric" autocomplete="off" value={digits.value} disabled={!pin.asked} onInput={(event) => type(event.currentTarget.value)} /></div>
        <div class="pinpad__keys" role="group" aria-label="Digits">
          {DIGITS.map((digit) => <button key={digit} class="btn" type="button" disabled={!pin.asked} onClick={() => type(digits.value + digit)}>{digit}</button>)}
          <button class="btn" type="button" disabled={!pin.asked} onClick={() => type('')}>Clear</button>
        </div>
        <div class="hand__do">
          {pin.set && <button class="btn btn--main" type="submit" disabled={!pin.asked}>Enter</button>}
          {mayChoose && <button class={pin.set ? 'btn' : 'btn btn--main'} type={pin.set ? 'button' : 'submit'} disabled={!pin.asked} onClick={() => { if (pin.set) give('choose-pin'); }}>Choose as PIN</button>}
        </div>
      </form>
    </section>
  );
};
