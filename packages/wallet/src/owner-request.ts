// The voucher of somebody who asks to become an owner: COSE_Sign1 of type `mortise-owner-request` by the link's key over CBOR {ownerKey,
// phoneKey, name}. The owner who made the link sees by it that these keys are its bearer's, and not ones that a hub put in.

import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import { asBytes, asText, decodeCbor, encodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import { PUBLIC_KEY_BYTES, type Crypto } from '@mortise/crypto/crypto.ts';
import { openSigned, toSign, type ToSign } from '@mortise/documents/cose.ts';

export const OWNER_REQUEST_TYPE = 'mortise-owner-request';
const VERSION = 1;
const MAX_PAYLOAD_BYTES = 1024;
const NAMES = ['ownerKey', 'phoneKey', 'name'] as const;

/** `phoneKey`: the credential key of their phone. Keys of 65 bytes. */
export type OwnerRequest = { readonly ownerKey: Bytes; readonly phoneKey: Bytes; readonly name: string };

/** What the link's key signs. */
export const ownerRequestToSign = (crypto: Crypto, linkKey: Bytes, request: OwnerRequest): ToSign =>
  toSign(OWNER_REQUEST_TYPE, VERSION, linkKey, encodeCbor(new Map<string, Cbor>(NAMES.map((name) => [name, request[name]]))), crypto);

/** Whether the link's key vouches for exactly this. Takes any bytes. */
export const isOwnerRequest = (crypto: Crypto, bytes: Bytes, linkKey: Bytes, request: OwnerRequest): boolean => {
  const opened = openSigned(crypto, bytes, OWNER_REQUEST_TYPE, [linkKey]);
  if (!opened.ok || opened.value.version !== VERSION) return false;
  const map = decodeCbor(opened.value.payload, MAX_PAYLOAD_BYTES);
  if (!(map instanceof Map) || map.size !== NAMES.length) return false;
  const [ownerKey, phoneKey] = [asBytes(map.get('ownerKey'), PUBLIC_KEY_BYTES), asBytes(map.get('phoneKey'), PUBLIC_KEY_BYTES)];
  if (ownerKey === undefined || phoneKey === undefined || asText(map.get('name')) !== request.name) return false;
  return equalBytes(ownerKey, request.ownerKey) && equalBytes(phoneKey, request.phoneKey);
};
