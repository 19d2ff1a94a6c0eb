// The recovery kit as it is shown and printed: one page, always in ink on paper, with the code in groups and as a QR code.

import { longDate } from '@mortise/words/time.ts';
import { Qr } from './qr.tsx';
import { Mark } from './icon.tsx';

export type KitProps = { readonly code: string; readonly siteName: string; readonly ownerName: string; readonly zone: string };

export const Kit = ({ code, siteName, ownerName, zone }: KitProps) => (
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
