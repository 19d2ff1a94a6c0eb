// One message of a near link, between lock and phone at the door: type(1) ‖ body. The first four are relay frames as they stand, an Aliro
// transaction; the others carry what couriers carry. Nothing in a frame is believed for having come over this link.

import { assert } from '@mortise/base/assert.ts';
import { briefly } from '@mortise/base/brief.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { asNumber, decodeCbor, encodeCbor } from '@mortise/base/cbor.ts';
import { identifierBytes, IDENTIFIER_BYTES, identifierOf, type LockId, type SiteId } from '@mortise/base/identifiers.ts';
import { MAX_LINK_MESSAGE_BYTES } from './link-message.ts';
import { decodeRelayFrame, encodeRelayFrame, type RelayFrame } from './relay-frame.ts';

export const SITE_PREFIX_BYTES = 8;

export type NearFrame =
  | RelayFrame
  /** Either way, once a credential was allowed: a link message (link-message.ts), not read here; 1 byte or more. */
  | { readonly kind: 'carry'; readonly message: Bytes }
  /** Lock to phone, first of all, in the place of an advertisement: nobody's proof. `sitePrefix`: 8 bytes; undefined: nobody owns it. */
  | { readonly kind: 'hello'; readonly lockId: LockId; readonly sitePrefix: Bytes | undefined }
  /** Phone to lock: it holds the link message of this number, and the lock may say more. */
  | { readonly kind: 'took'; readonly seq: number };

/** The first bytes of a site's id, by which a phone finds its own locks. */
export const sitePrefixOf = (siteId: SiteId): Bytes => identifierBytes(siteId).slice(0, SITE_PREFIX_BYTES);

/** A frame past its bounds is our bug. */
export const encodeNearFrame = (frame: NearFrame): Bytes => {
  switch (frame.kind) {
    case 'carry':
      assert(frame.message.length > 0 && frame.message.length <= MAX_LINK_MESSAGE_BYTES, 'a carried message is bounded and not empty');
      return briefly(CARRY, frame.message);
    case 'hello':
      return briefly(HELLO, identifierBytes(frame.lockId), frame.sitePrefix ?? NOBODY);
    case 'took':
      return briefly(TOOK, encodeCbor(frame.seq));
    default:
      return encodeRelayFrame(frame);
  }
};

/** Takes any bytes; undefined when they are no frame. What it holds are views into `bytes`: whoever hands them in does not write to them again. */
export const decodeNearFrame = (bytes: Bytes): NearFrame | undefined => {
  switch (bytes[0]) {
    case TYPE.carry:
      return bytes.length > 1 && bytes.length <= 1 + MAX_LINK_MESSAGE_BYTES ? { kind: 'carry', message: bytes.subarray(1) } : undefined;
    case TYPE.hello:
      return helloFrame(bytes.subarray(1));
    case TYPE.took:
      return tookFrame(bytes.subarray(1));
    default:
      return decodeRelayFrame(bytes);
  }
};

const TYPE = { carry: 5, hello: 6, took: 7 } as const;
const [CARRY, HELLO, TOOK] = [Uint8Array.of(TYPE.carry), Uint8Array.of(TYPE.hello), Uint8Array.of(TYPE.took)];
const NOBODY: Bytes = new Uint8Array(SITE_PREFIX_BYTES);

const helloFrame = (body: Bytes): NearFrame | undefined => {
  if (body.length !== IDENTIFIER_BYTES + SITE_PREFIX_BYTES) return undefined;
  const [lock, prefix] = [body.subarray(0, IDENTIFIER_BYTES), body.subarray(IDENTIFIER_BYTES)];
  return { kind: 'hello', lockId: identifierOf<LockId>(lock), sitePrefix: prefix.every((byte) => byte === 0) ? undefined : prefix };
};

const tookFrame = (body: Bytes): NearFrame | undefined => {
  const seq = asNumber(decodeCbor(body, 16));
  return seq === undefined ? undefined : { kind: 'took', seq };
};
