// An electronic key that comes by itself, or in a station that nobody signed in at: its own signed word is its ticket (ADR 34). A word counts once, when
// it is later than every one that was heard of this key; for it there is a pass, by which the rest of the update comes.

import { equalBytes, hex, type Bytes } from '@mortise/base/bytes.ts';
import { decodeFromKey } from '@mortise/courier/key-message.ts';
import { openKeyStatus } from '@mortise/courier/key-status.ts';
import type { Hub } from '../hub.ts';
import { ekeyWord } from '../store/ekey-orders-store.ts';
import type { StoredEkey } from '../store/ekey-store.ts';
import { isLater, statusIn } from './key-word.ts';

export const PASS_MS = 600_000;
export const MAX_PASSES = 4096;
const PASS_BYTES = 32;

export type Passes = {
  /** Whether this pass was given to this key and still counts. */
  readonly admits: (ekeyId: string, pass: Bytes) => boolean;
  /** A new one, in the place of the key's former. */
  readonly give: (ekeyId: string) => Bytes;
};

/** In memory: an update that a restart of the hub breaks off begins anew, with a new word of the key. */
export const createPasses = ({ random, now, crypto }: Pick<Hub, 'random' | 'now' | 'crypto'>): Passes => {
  const passes = new Map<string, { readonly hash: string; readonly until: number }>();
  const hashOf = (pass: Bytes): string => hex(crypto.sha256(pass));
  return {
    admits: (ekeyId, pass) => {
      const held = passes.get(ekeyId);
      return held !== undefined && now() < held.until && held.hash === hashOf(pass);
    },
    give: (ekeyId) => {
      const pass = random(PASS_BYTES);
      passes.delete(ekeyId);
      passes.set(ekeyId, { hash: hashOf(pass), until: now() + PASS_MS });
      const oldest = passes.size > MAX_PASSES ? passes.keys().next().value : undefined;
      if (oldest !== undefined) passes.delete(oldest);
      return pass;
    },
  };
};

/** Whether these messages begin with a word of this key that is news. One signature is checked, and nothing else. Takes any bytes. */
export const beginsWithNews = async (hub: Hub, ekey: StoredEkey, messages: readonly Bytes[]): Promise<boolean> => {
  const first = messages[0] === undefined ? undefined : decodeFromKey(messages[0]);
  const status = first?.type === 'key-status' ? openKeyStatus(hub.crypto, first.body) : undefined;
  if (status?.ok !== true || status.value.keyId !== ekey.id || !equalBytes(status.value.credentialKey, ekey.credential.key)) return false;
  const last = await ekeyWord(hub.database, ekey.id);
  return last === undefined || isLater(status.value, statusIn(last));
};
