// The key's own question for the time, to whoever updates it: a nonce that only an answer to this question can name.

import { encodeTimeAsk, NONCE_BYTES } from '@mortise/courier/link-body.ts';
import { derive } from '@mortise/crypto/entropy.ts';
import { changed, withUpdate, type Change, type Moment } from './change.ts';
import type { EkeyState } from './state.ts';
import { sayUpdate } from './update-sending.ts';

/** A key of nobody has nobody whose time would count. */
export const askTime = ({ crypto, entropy, now }: Moment, state: EkeyState): Change => {
  if (state.membership.kind === 'factory') return changed(state);
  const nonce = derive(crypto, entropy, 'key time nonce', NONCE_BYTES);
  return sayUpdate(withUpdate(state, { question: { nonce, askedAtMs: now.monotonicMs } }), 'time-ask', encodeTimeAsk(nonce));
};
