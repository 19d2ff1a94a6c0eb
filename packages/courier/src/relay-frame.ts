// One frame of an Aliro transaction carried over the relay interface, between browser and lock: type(1) ‖ body. It is the
// body of a `relay` link message and one binary WebSocket message. Apdus are protected by Aliro, receipts are signed; the
// frame itself protects nothing.

import { assert, unreachable } from '@mortise/base/assert.ts';
import { brief } from '@mortise/base/brief.ts';
import { fromUtf8, utf8, type Bytes } from '@mortise/base/bytes.ts';

/** Readers offer apdus of 4096 bytes (CONTRACTS: interfaces and flow); a receipt has at most 2048. */
export const MAX_RELAY_FRAME_BYTES = 8192;
export const MAX_CLOSED_CODE_LENGTH = 64;

export type RelayFrame =
  /** Phone to lock: begin a transaction. */
  | { readonly kind: 'open' }
  /** Either way; 1 byte or more. */
  | { readonly kind: 'apdu'; readonly apdu: Bytes }
  /** Lock to phone: what was sensed (journal's receipt.ts). */
  | { readonly kind: 'receipt'; readonly receipt: Bytes }
  /** Either way, also from the hub: nothing more comes. A kebab-case code; it is not signed, so it proves nothing. */
  | { readonly kind: 'closed'; readonly code: string };

/** A frame past its bounds, or a code in another form, is our bug. */
export const encodeRelayFrame = (frame: RelayFrame): Bytes => {
  const body = frameBody(frame);
  assert(body.length < MAX_RELAY_FRAME_BYTES && isBody[frame.kind](body), 'a relay frame is bounded and well formed');
  const bytes = brief(1 + body.length);
  bytes[0] = TYPE[frame.kind];
  bytes.set(body, 1);
  return bytes;
};

/** Takes any bytes; undefined when they are no frame. What it holds are views into `bytes`: whoever hands them in does not write to them again. */
export const decodeRelayFrame = (bytes: Bytes): RelayFrame | undefined => {
  if (bytes.length > MAX_RELAY_FRAME_BYTES) return undefined;
  const body = bytes.subarray(1);
  switch (bytes[0]) {
    case TYPE.open:
      return body.length === 0 ? { kind: 'open' } : undefined;
    case TYPE.apdu:
      return body.length > 0 ? { kind: 'apdu', apdu: body } : undefined;
    case TYPE.receipt:
      return body.length > 0 ? { kind: 'receipt', receipt: body } : undefined;
    case TYPE.closed:
      return closedFrame(body);
    default:
      return undefined;
  }
};

const isThere = (body: Bytes): boolean => body.length > 0;

const isBody: { readonly [K in RelayFrame['kind']]: (body: Bytes) => boolean } =
  { open: (body) => body.length === 0, apdu: isThere, receipt: isThere, closed: (body) => closedFrame(body) !== undefined };

const TYPE = { open: 1, apdu: 2, receipt: 3, closed: 4 } as const;

const frameBody = (frame: RelayFrame): Bytes => {
  switch (frame.kind) {
    case 'open':
      return new Uint8Array(0);
    case 'apdu':
      return frame.apdu;
    case 'receipt':
      return frame.receipt;
    case 'closed':
      return utf8(frame.code);
    default:
      return unreachable(frame);
  }
};

const closedFrame = (body: Bytes): RelayFrame | undefined => {
  // Latin letters, digits and dashes only; the check on bytes keeps malformed UTF-8 away from the decoder.
  if (body.length > MAX_CLOSED_CODE_LENGTH || body.some((byte) => byte > 0x7f)) return undefined;
  const code = fromUtf8(body);
  return /^[a-z][a-z0-9-]*$/.test(code) ? { kind: 'closed', code } : undefined;
};
