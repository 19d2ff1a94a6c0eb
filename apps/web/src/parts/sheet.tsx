// What comes up over the page for one decision: from below on a phone, in the middle at a desk. Escape and the way back leave everything as it was.

import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

export type SheetProps = { readonly title: string; readonly say?: string; readonly onClose: () => void; readonly children: ComponentChildren };

export const Sheet = ({ title, say, onClose, children }: SheetProps) => {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => { dialog.current?.showModal(); }, []);
  return (
    <dialog class="sheet" ref={dialog} aria-labelledby={id} onClose={onClose}>
      <div><h2 id={id} class="sheet__title">{title}</h2>{say !== undefined && <p class="muted small">{say}</p>}</div>
      {children}
    </dialog>
  );
};
