// The setup code of a lock, as on its label.

import { Qr } from '../parts/qr.tsx';

export const SetupPanel = ({ setup, adopted }: { setup: { readonly text: string; readonly qr: string } | null; adopted: boolean }) => (
  <section class="panel" aria-labelledby="setup">
    <h2 id="setup">Setup code</h2>
    {setup === null
      ? <p class="small muted">{adopted ? 'The lock has an owner. Its code was used up; after a reset it has a new one.' : 'The lock shows no code now.'}</p>
      : <>
          <p class="small muted">As on the lock’s label. It proves that you hold the lock; it works once.</p>
          <div class="kit__row"><Qr text={setup.qr} label="The setup code as a QR code" />
            <div><p class="code" id="setup-code">{setup.text.split('-').map((group, index) => <span key={index}>{group}</span>)}</p>
              <button class="btn btn--start" type="button" onClick={() => void navigator.clipboard.writeText(setup.text)}>Copy the code</button></div></div>
        </>}
  </section>
);
