// A secret that cannot be printed by accident: string conversion and JSON redact it.

import type { Bytes } from './bytes.ts';

export class Secret {
  readonly #bytes: Bytes;
  constructor(bytes: Bytes) {
    this.#bytes = bytes;
  }
  /** The bytes themselves. Every call site is a place to review. */
  reveal(): Bytes {
    return this.#bytes;
  }
  toString(): string {
    return '[secret]';
  }
  toJSON(): string {
    return '[secret]';
  }
}
