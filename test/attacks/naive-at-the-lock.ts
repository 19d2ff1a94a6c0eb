// Locks that fall to what is tried at the door itself, by keypad, card or radio, each by one mistake that a product was found with.

import { concat, equalBytes, fromUtf8, uint, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { nodeCrypto as crypto } from '@mortise/node/crypto.ts';

/** Deciphers what is long enough to be enciphered, and takes what is shorter as it stands (CVE-2023-7009). */
export class ShortFrameLock {
  opened = 0;
  readonly #key: Bytes;

  constructor(key: Bytes) {
    this.#key = key;
  }

  receive(frame: Bytes): void {
    const said = frame.length < 16 ? frame : crypto.aesGcmOpen(this.#key, new Uint8Array(12), frame);
    if (said !== undefined && fromUtf8(said) === 'unlock') this.opened += 1;
  }
}

/** Asks for challenge + key, with a key of 16 bits, as often as anybody likes (CVE-2023-7006). */
export class SmallKeyLock {
  readonly #key: number;

  constructor(key: number) {
    this.#key = key;
  }

  opensTo(challenge: number, answer: number): boolean {
    return answer === (challenge + this.#key) % 0x10000;
  }
}

/** A keypad and a lock that share one key with all of their make (CVE-2023-7003). */
export class FleetKeyLock {
  /** In every unit, and so in the attacker's own. */
  readonly key: Bytes = crypto.sha256(utf8('of the whole make'));

  opensTo(command: Bytes, tag: Bytes): boolean {
    return equalBytes(tag, crypto.hmacSha256(this.key, command));
  }
}

/** What a card says of itself is enough: its UID (CVE-2023-26941). */
export class UidLock {
  readonly #uid: Bytes;

  constructor(uid: Bytes) {
    this.#uid = uid;
  }

  opensTo(uid: Bytes): boolean {
    return equalBytes(uid, this.#uid);
  }
}

/** Challenges a card with a key of its own, always by the same challenge. */
export class StaleChallengeLock {
  readonly challenge: Bytes = new Uint8Array(16);
  readonly #key: Bytes;

  constructor(key: Bytes) {
    this.#key = key;
  }

  opensTo(answer: Bytes): boolean {
    return equalBytes(answer, crypto.aesCmac(this.#key, this.challenge));
  }
}

/** The card says which door it opens, under a key that follows from its UID by a rule of the whole make (Unsaflok). */
export class AuthorityCardLock {
  static keyOf(uid: Bytes): Bytes {
    return crypto.sha256(concat(utf8('of the whole make'), uid)).subarray(0, 16);
  }

  static cardFor(uid: Bytes, door: number): Bytes {
    return crypto.aesCmac(AuthorityCardLock.keyOf(uid), uint(door, 2));
  }

  readonly #door: number;

  constructor(door: number) {
    this.#door = door;
  }

  opensTo(uid: Bytes, content: Bytes): boolean {
    return equalBytes(content, AuthorityCardLock.cardFor(uid, this.#door));
  }
}

/** Four digits, exactly as they are, and a count of wrong ones that is gone with the power. */
export class ForgetfulKeypad {
  static readonly #TRIES = 5;
  readonly #pin: string;
  #wrong = 0;

  constructor(pin: string) {
    this.#pin = pin;
  }

  cutPower(): void {
    this.#wrong = 0;
  }

  opensTo(typed: string): boolean {
    if (this.#wrong >= ForgetfulKeypad.#TRIES) return false;
    this.#wrong += typed === this.#pin ? 0 : 1;
    return typed === this.#pin;
  }
}

/** Works through all that it is told in turn, each at its cost, and believes a message about its own length (D1000). */
export class PatientLock {
  isDead = false;
  busyMs = 0;

  receive(message: Bytes): void {
    const body = new Uint8Array(message[0] ?? 0);
    this.isDead ||= body.length > message.length;
    this.busyMs += 5;
  }
}

/** Empties its store before it writes it anew. */
export class EmptiedStore {
  kept: string | undefined;

  constructor(kept: string) {
    this.kept = kept;
  }

  /** `isCut`: the power goes between the two. */
  write(next: string, isCut: boolean): void {
    this.kept = undefined;
    if (!isCut) this.kept = next;
  }
}
