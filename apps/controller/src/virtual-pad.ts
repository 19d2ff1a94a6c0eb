// A keypad, a finger pad and a card pad without hardware. A finger is a name; the sensor keeps by slots which fingers it learnt. A card is a virtual one of
// packages/cards, which answers by itself as long as it lies there. One card at a time.

import type { Bytes } from '@mortise/base/bytes.ts';
import { answerCommand, lifted, type VirtualCard } from '@mortise/cards/virtual-card.ts';
import type { EntryVerb } from '@mortise/lock/events.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import type { EntryPad, PadEvent } from './entry-pad.ts';

const CARD_EVENTS: readonly PadEvent['kind'][] = ['cardFound', 'cardAnswer', 'cardGone'];

export class VirtualPad implements EntryPad {
  readonly #listeners = new Set<(event: PadEvent) => void>();
  readonly #entropy: () => Bytes;
  /** By slot. */
  readonly #fingers: Map<number, string>;
  readonly #keep: (fingers: ReadonlyMap<number, string>) => void;
  #enrolling: { readonly slot: number; readonly untilMs: number } | undefined;
  #card: VirtualCard | undefined;
  /** Who has the card pad as a desk reader. */
  #reader: ((event: PadEvent) => void) | undefined;

  /** `entropy`: 32 bytes that nobody has seen, for the card's side; `fingers`: what the sensor had learnt; `keep` is told of each change. */
  constructor(entropy: () => Bytes, fingers: ReadonlyMap<number, string> = new Map(), keep: (fingers: ReadonlyMap<number, string>) => void = () => undefined) {
    this.#entropy = entropy;
    this.#fingers = new Map(fingers);
    this.#keep = keep;
  }

  type(digits: string, verb: EntryVerb): void {
    this.#report({ kind: 'typed', digits, verb });
  }

  /** A finger is laid on the sensor: learnt, if it was told to, else matched. */
  touch(finger: string, verb: EntryVerb): void {
    const enrolling = this.enrolling();
    if (enrolling !== undefined) return this.#learn(enrolling, finger);
    const [slot] = [...this.#fingers].find(([, known]) => known === finger) ?? [];
    this.#report({ kind: 'finger', slot, verb });
  }

  /** The slot that waits for a finger now. */
  enrolling(): number | undefined {
    return this.#enrolling !== undefined && performance.now() < this.#enrolling.untilMs ? this.#enrolling.slot : undefined;
  }

  fingerSlots(): readonly number[] {
    return [...this.#fingers.keys()];
  }

  enrolFinger(slot: number, forMs: number): void {
    this.#enrolling = { slot, untilMs: performance.now() + forMs };
  }

  forgetFinger(slot: number): void {
    if (this.#enrolling?.slot === slot) this.#enrolling = undefined;
    this.#fingers.delete(slot);
    this.#keep(this.#fingers);
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

  /** What is laid there is told to `reader` alone, until the answer is called. What lies there now is told at once. */
  lendReader(reader: (event: PadEvent) => void): () => void {
    this.#reader = reader;
    if (this.#card !== undefined) reader({ kind: 'cardFound', product: this.#card.product, uid: this.#card.uid, verb: 'unlock' });
    return () => { if (this.#reader === reader) this.#reader = undefined; };
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

  #learn(slot: number, finger: string): void {
    this.#enrolling = undefined;
    this.#fingers.set(slot, finger);
    this.#keep(this.#fingers);
    this.#report({ kind: 'fingerSlots', slots: this.fingerSlots() });
  }

  #report(event: PadEvent): void {
    if (this.#reader !== undefined && CARD_EVENTS.includes(event.kind)) return this.#reader(event);
    for (const listener of this.#listeners) listener(event);
  }
}
