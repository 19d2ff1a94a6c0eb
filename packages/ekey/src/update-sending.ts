// What the key says to whoever updates it. When nobody is there nothing is queued: it is said anew next time.

import type { Bytes } from '@mortise/base/bytes.ts';
import { encodeFromKey, encodeKeyAnswer, type FromKeyType, type ToKeyType } from '@mortise/courier/key-message.ts';
import { NO_SESSION } from '@mortise/courier/link-message.ts';
import { changed, withUpdate, type Change } from './change.ts';
import type { EkeyState } from './state.ts';

export const sayUpdate = (state: EkeyState, type: FromKeyType, body: Bytes): Change => {
  if (state.update === undefined) return changed(state);
  const { seq } = state.update;
  const message = encodeFromKey({ type, session: NO_SESSION, seq, expires: 0, body });
  return changed(withUpdate(state, { seq: seq + 1 }), { kind: 'updateSend', message });
};

/** What came of a message: `accepted` or why not. */
export const answerUpdate = (state: EkeyState, to: ToKeyType, code: string): Change =>
  // Who gave too much at once hears what the key holds once all of that is durable, and gives the rest.
  sayUpdate(code === 'busy' ? withUpdate(state, { isStatusWanted: true }) : state, 'answer', encodeKeyAnswer({ to, code }));
