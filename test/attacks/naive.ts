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

/** Takes what is shorter than a block as it is, since it cannot be encrypted (CVE-2023-7009). */
export class ShortFramesLock {
  opened = 0;

  receive(frame: Bytes): void {
    if (frame.length < 16 && frame[0] === 0x01) this.opened += 1;
  }
}

/** Counts wrong entries in its working memory, and forgets its five when the power goes. */
export class ForgetfulKeypad {
  opened = 0;
  #wrong = 0;
  readonly #pin: string;

  constructor(pin: string) {
    this.#pin = pin;
  }

  type(digits: string): void {
    if (this.#wrong >= 5) this.restart();
    if (digits === this.#pin) this.opened += 1;
    else this.#wrong += 1;
  }

  restart(): void {
    this.#wrong = 0;
  }
}

/** Opens to the name of its door on a card, which whoever can write one card can write on another (Unsaflok). */
export class CardSaysLock {
  opened = 0;
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  lay({ opens }: { readonly opens: string }): void {
    if (opens === this.#name) this.opened += 1;
  }
}

/** Goes by a card's number (CVE-2023-26941). */
export class UidLock {
  opened = 0;
  readonly #uid: Bytes;

  constructor(uid: Bytes) {
    this.#uid = uid;
  }

  lay(uid: Bytes): void {
    if (equalBytes(uid, this.#uid)) this.opened += 1;
  }
}

/** Works off whatever came, in the order in which it came, one at a turn: who types waits behind a flood (D1000). */
export class WaitsForFloodLock {
  opened = 0;
  readonly #waiting: (() => void)[] = [];

  receive(): void {
    this.#waiting.push(() => undefined);
    this.#turn();
    this.#waiting.push(() => undefined);
  }

  type(_pin: string): void {
    this.#waiting.push(() => { this.opened += 1; });
    this.#turn();
  }

  #turn(): void {
    this.#waiting.shift()?.();
  }
}

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
