// A link that whoever opens it first can use: shown as a code, shared by the device's own sheet, copied. It is kept nowhere else.

import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { Icon } from './icon.tsx';
import { Qr } from './qr.tsx';

/** False: the page may not use the clipboard. */
export const copyText = async (text: string): Promise<boolean> => {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // told by the caller: the text stands there to be marked
  }
};

type Passed = 'shared' | 'copied' | 'left';

// Where there is no sheet, the link is copied.
const passOn = async (link: string, title: string): Promise<Passed> => {
  if ('share' in navigator && typeof navigator.share === 'function') {
    try {
      await navigator.share({ title, url: link });
      return 'shared';
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') return 'left';
    }
  }
  return (await copyText(link)) ? 'copied' : 'left';
};

const PASSED: Readonly<Record<Passed, string>> = {
  shared: 'Passed on.', copied: 'Copied. Paste it into a message to one person.', left: 'Not passed on yet. You can mark and copy the link below.',
};

export type PassOnProps = { readonly link: string; readonly title: string; readonly label: string; readonly gets: string; readonly qrFirst: boolean; readonly children?: ComponentChildren };

export const PassOn = ({ link, title, label, gets, qrFirst, children }: PassOnProps) => {
  const passed = useSignal<Passed | undefined>(undefined);
  const showQr = useSignal(qrFirst);
  const put = (how: Passed): void => { passed.value = how; };
  return (
    <div class="lend__link">
      {showQr.value && <div class="lend__qr"><Qr text={link} label={label} />{children}</div>}
      <div class="lend__do">
        <button class="btn" type="button" onClick={() => void passOn(link, title).then(put)}><Icon name="share" />Share the link</button>
        <button class="btn" type="button" onClick={() => void copyText(link).then((done) => put(done ? 'copied' : 'left'))}><Icon name="copy" />Copy the link</button>
        {!showQr.value && <button class="btn" type="button" onClick={() => { showQr.value = true; }}>Show as QR code</button>}
      </div>
      {passed.value !== undefined && <p class="small" role="status">{PASSED[passed.value]}</p>}
      <code class="cmd" aria-label="The link">{link}</code>
      <p class="fine muted">Whoever opens it first {gets}: send it to one person. It stands nowhere else; on leaving this page it is gone.</p>
    </div>
  );
};
