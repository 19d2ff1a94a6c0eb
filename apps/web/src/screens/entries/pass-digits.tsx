// The digits, shown once, and on their way: sent by the hub, shared by the device's own sheet, copied, read out.

import { useSignal } from '@preact/signals';
import type { Body } from '@mortise/api/routes.ts';
import { groupedDigits } from '@mortise/words/digits.ts';
import { sendDigits } from '../../keys/entries.ts';
import { plainNumber } from '../../model/lend-draft.ts';
import { Input, Seg } from '../../parts/choice.tsx';
import { Failed, useDoing } from '../../parts/failed.tsx';
import { copyText } from '../../parts/pass-on.tsx';

export type PassDigitsProps = { readonly about: Body<'sendEntry'>['about']; readonly digits: string; readonly what: 'PIN' | 'code'; readonly name: string; readonly door: string };

const NOT_COPIED = 'Not copied. Mark it and copy it.';

// Where there is no sheet, it is copied.
const share = async (text: string): Promise<string> => {
  try {
    await navigator.share({ text });
    return 'Passed on.';
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return 'Not passed on yet.';
    return (await copyText(text)) ? 'Copied. Paste it into a message to one person.' : NOT_COPIED;
  }
};

const SENT = { queued: 'The hub hands it to the mail or message server now.', outbox: 'No server is set up: it lies in the outbox, to be passed on by hand.' } as const;

export const PassDigits = ({ about, digits, what, name, door }: PassDigitsProps) => {
  const [doing, way, to, said] = [useDoing(), useSignal<'mail' | 'sms'>('mail'), useSignal(''), useSignal<string | undefined>(undefined)];
  const send = async (): Promise<void> => {
    const sending = way.value === 'mail' ? { kind: 'mail', address: to.value.trim() } as const : { kind: 'sms', number: plainNumber(to.value) } as const;
    const sent = await doing.run('Handing it to the hub', 'It was not sent.', 'It is on its way.', () => sendDigits(about, digits, sending));
    if (sent !== undefined) said.value = SENT[sent.value];
  };
  return (
    <>
      <p class="digits" aria-label={`The ${what}`}>{groupedDigits(digits)}</p>
      <p class="small muted">Shown here once. The hub does not know it, unless you have it sent.</p>
      <div class="lend__do">
        <button class="btn" type="button" onClick={() => void share(`The ${what} for ${door}: ${digits}`).then((words) => { said.value = words; })}>Share it</button>
        <button class="btn" type="button" onClick={() => void copyText(digits).then((done) => { said.value = done ? 'Copied.' : NOT_COPIED; })}>Copy it</button>
      </div>
      <form class="panel" aria-labelledby="send" onSubmit={(event) => { event.preventDefault(); void send(); }}>
        <h2 id="send">Have it sent to {name}</h2>
        <Seg legend="Way to send" options={[['mail', 'E-mail'], ['sms', 'SMS']]} value={way.value} onChange={(value) => { way.value = value; }} />
        <Input label={way.value === 'mail' ? 'E-mail' : 'Mobile number'} type={way.value === 'mail' ? 'email' : 'tel'} value={to.value} onInput={(text) => { to.value = text; }} note="The digits pass the hub and whoever carries the message." />
        <Failed doing={doing} />
        <button class="btn btn--start" type="submit" aria-disabled={to.value.trim() === '' || doing.busy.value !== undefined}>{doing.busy.value ?? 'Send it'}</button>
      </form>
      {said.value !== undefined && <p class="small" role="status">{said.value}</p>}
    </>
  );
};
