// The recovery kit as it is shown and printed: one page, always in ink on paper, with the code in groups and as a QR code; and the proof that it
// was kept, without which nothing goes on.

import { longDate } from '@mortise/words/time.ts';
import { Qr } from './qr.tsx';
import { Icon, Mark } from './icon.tsx';
import { Field } from './small.tsx';

export type KitProps = { readonly code: string; readonly siteName: string; readonly ownerName: string; readonly zone: string };

const Kit = ({ code, siteName, ownerName, zone }: KitProps) => (
  <section class="kit" data-theme="light" aria-labelledby="kit-title">
    <header class="kit__head"><p class="task__mark"><Mark />Mortise</p><h2 id="kit-title">Recovery kit of {siteName}</h2></header>
    <div class="kit__row">
      <Qr text={code} label="The kit’s code as a QR code" />
      <div>
        <p class="code" aria-label="The kit’s code">{code.split('-').map((group, index) => <span key={index}>{group}</span>)}</p>
        <div class="kit__lines">
          <p><b>Whoever has this page owns the site.</b> Keep it where you keep a spare key to the house, not on this device.</p>
          <p>It brings you back when your phone and passkey are gone: open the hub, choose “Use the recovery kit”, type the code.</p>
          <p>Owner: {ownerName}. Address: {location.origin}. Printed on {longDate(Date.now(), zone)}.</p>
        </div>
      </div>
    </div>
  </section>
);

/** Whether the last characters were read off the paper. */
export const isKitKept = (code: string, typed: string): boolean => typed.trim().toUpperCase() === code.slice(-LAST);

const LAST = 4;

/** The kit, to be printed; `typed`: what was read off it. */
export const KeepKit = ({ typed, onTyped, ...kit }: KitProps & { readonly typed: string; readonly onTyped: (text: string) => void }) => (
  <>
    <Kit {...kit} />
    <div class="kit__kept">
      <button class="btn btn--start" type="button" onClick={() => print()}><Icon name="print" />Print this page</button>
      <Field label="The last four characters on your paper" value={typed} onInput={onTyped} maxLength={8} note="So that we both know that it is there." bad={typed.trim().length >= LAST && !isKitKept(kit.code, typed)} />
    </div>
  </>
);
