// Systems that fall to what this folder tries, each by one mistake that real products made. They stand beside the lock so that an
// attack which harms nobody is not taken for a lock that is safe.

import type { Bytes } from '@mortise/base/bytes.ts';
import { equalBytes } from '@mortise/base/bytes.ts';
import { nodeCrypto as crypto } from '@mortise/node/crypto.ts';

export type NaiveRequest = { readonly signature: Bytes; readonly verb: 'unlock' | 'lock' };

/** Checks who asks, by a fresh challenge, and takes what is asked from beside the signature. */
export class PlaintextVerbLock {
  position: 'thrown' | 'withdrawn' = 'thrown';
  readonly challenge: Bytes;
  readonly #phone: Bytes;

  constructor(phone: Bytes, challenge: Bytes) {
    [this.#phone, this.challenge] = [phone, challenge];
  }

  receive({ signature, verb }: NaiveRequest): void {
    if (crypto.p256.verify(this.#phone, signature, this.challenge)) this.position = verb === 'unlock' ? 'withdrawn' : 'thrown';
  }
}

/** Gives one token for a whole session, and opens whenever it hears it (CVE-2022-46480). */
export class SessionTokenLock {
  opened = 0;
  readonly #token: Bytes;

  constructor(token: Bytes) {
    this.#token = token;
  }

  receive(token: Bytes): void {
    if (equalBytes(token, this.#token)) this.opened += 1;
  }
}

/** A phone that believes whoever carries its frames. */
export const credulousPhone = (said: { readonly kind: string; readonly code?: string }): 'opened' | 'unknown' =>
  said.kind === 'closed' && said.code === 'done' ? 'opened' : 'unknown';

/** A journal without a chain: a list of numbered texts. */
export const unchained = (records: readonly { readonly seq: number; readonly text: string }[]): boolean =>
  records.every(({ seq }, index) => index === 0 || seq > (records[index - 1]?.seq ?? 0));

/** A phone that pairs with the first key that answers, and seals its secrets to it. */
export const firstKeyPhone = (answers: readonly Bytes[]): Bytes | undefined => answers[0];

/** Puts packets together in a buffer of a fixed length without looking where it ends; behind it lies who speaks (CVE-2022-32502). */
export class OverflowingLock {
  readonly #memory = new Uint8Array(1024);
  #filled = 0;

  get isOwner(): boolean {
    return this.#memory[BUFFER_BYTES] === 1;
  }

  receive(packet: Bytes): void {
    this.#memory.set(packet.subarray(1), this.#filled);
    this.#filled += packet.length - 1;
  }
}
const BUFFER_BYTES = 512;
