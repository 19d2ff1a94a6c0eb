// A stream of H4 packets, cut where they end. Core specification Vol 4 Part A §2.

import { concat, EMPTY, type Bytes } from '@mortise/base/bytes.ts';
import { PACKET_TYPE } from './hci.ts';

/** Command, data and event: bytes before the payload, and where its length stands. */
const HEADERS: ReadonlyMap<number, { readonly bytes: number; readonly lengthAt: number; readonly wide: boolean }> = new Map([
  [PACKET_TYPE.command, { bytes: 4, lengthAt: 3, wide: false }],
  [PACKET_TYPE.acl, { bytes: 5, lengthAt: 3, wide: true }],
  [PACKET_TYPE.event, { bytes: 3, lengthAt: 2, wide: false }],
]);

/** The longest packet that is taken: our controllers agree on less. */
export const MAX_FRAME_BYTES = 1029;

/** How long the packet at the start of `bytes` is; undefined while that is not known, `broken` when it is none. */
const lengthOf = (bytes: Bytes): number | undefined | 'broken' => {
  const [type] = bytes;
  if (type === undefined) return undefined;
  const header = HEADERS.get(type);
  if (header === undefined) return 'broken';
  if (bytes.length < header.bytes) return undefined;
  const length = header.bytes + (bytes[header.lengthAt] ?? 0) + (header.wide ? (bytes[header.lengthAt + 1] ?? 0) << 8 : 0);
  return length > MAX_FRAME_BYTES ? 'broken' : length;
};

export class H4Frames {
  #rest: Bytes = EMPTY;

  /** The packets that are whole now; undefined when the stream is none of H4, and nothing more is to be made of it. */
  take(bytes: Bytes): readonly Bytes[] | undefined {
    this.#rest = concat(this.#rest, bytes);
    const frames: Bytes[] = [];
    for (let length = lengthOf(this.#rest); length !== undefined && (length === 'broken' || length <= this.#rest.length); length = lengthOf(this.#rest)) {
      if (length === 'broken') return undefined;
      frames.push(this.#rest.slice(0, length));
      this.#rest = this.#rest.slice(length);
    }
    return frames;
  }
}
