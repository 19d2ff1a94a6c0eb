// A keypad, a finger pad and a card pad without hardware. A finger is the slot that a sensor would have matched; a card is a virtual one of
// packages/cards, which answers by itself as long as it lies there. One card at a time.

import type { Bytes } from '@mortise/base/bytes.ts';
import { answerCommand, lifted, type VirtualCard } from '@mortise/cards/virtual-card.ts';
import type { EntryVerb } from '@mortise/lock/events.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import type { EntryPad, PadEvent } from './entry-pad.ts';

export class VirtualPad implements EntryPad {
  readonly #listeners = new Set<(event: PadEvent) => void>();
  readonly #entropy: () => Bytes;
  #card: VirtualCard | undefined;

  /** `entropy`: 32 bytes that nobody has seen, for the card's side. */
  constructor(entropy: () => Bytes) {
    this.#entropy = entropy;
  }

  type(digits: string, verb: EntryVerb): void {
    this.#report({ kind: 'typed', digits, verb });
  }

  /** `slot` undefined: a finger that the sensor does not know. */
  touch(slot: number | undefined, verb: EntryVerb): void {
    this.#report({ kind: 'finger', slot, verb });
  }

  /** In the place of one that lies there. */
  lay(card: VirtualCard, verb: EntryVerb): void {
    this.lift();
    this.#card = card;
    this.#report({ kind: 'cardFound', product: card.product, uid: card.uid, verb });
  }

  lift(): void {
    if (this.#card === undefined) return;
    this.#card = undefined;
    this.#report({ kind: 'cardGone' });
  }

  /** What lies there, as it would be if it were lifted now. */
  card(): VirtualCard | undefined {
    return this.#card && lifted(this.#card);
  }

  // The answer comes on a turn of its own, as a reader's would.
  sendToCard(apdu: Bytes): void {
    const asked = this.#card;
    if (asked === undefined) return;
    const { card, answer } = answerCommand(nodeCrypto, asked, apdu, this.#entropy());
    this.#card = card;
    setImmediate(() => {
      if (this.#card === card) this.#report({ kind: 'cardAnswer', apdu: answer });
    });
  }

  listen(listener: (event: PadEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #report(event: PadEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
