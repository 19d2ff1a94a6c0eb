// The proof that whoever redeems a link holds the key that is to open: COSE_Sign1 of type `mortise-redemption` by the credential's key over
// CBOR {invitationKey}. Without it somebody could have a key of another person's put into a grant.

import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import { asBytes, decodeCbor, encodeCbor } from '@mortise/base/cbor.ts';
import { PUBLIC_KEY_BYTES, type Crypto } from '@mortise/crypto/crypto.ts';
import { openSigned, toSign, type ToSign } from '@mortise/documents/cose.ts';

export const REDEMPTION_TYPE = 'mortise-redemption';
const VERSION = 1;
const MAX_PAYLOAD_BYTES = 128;

/** Keys of 65 bytes. */
export type Redemption = { readonly credentialKey: Bytes; readonly invitationKey: Bytes };

/** What the credential's key signs. */
export const redemptionToSign = (crypto: Crypto, { credentialKey, invitationKey }: Redemption): ToSign =>
  toSign(REDEMPTION_TYPE, VERSION, credentialKey, encodeCbor(new Map([['invitationKey', invitationKey]])), crypto);

/** Whether the credential's key said that it redeems this link. Takes any bytes. */
export const isRedemption = (crypto: Crypto, bytes: Bytes, { credentialKey, invitationKey }: Redemption): boolean => {
  const opened = openSigned(crypto, bytes, REDEMPTION_TYPE, [credentialKey]);
  if (!opened.ok || opened.value.version !== VERSION) return false;
  const map = decodeCbor(opened.value.payload, MAX_PAYLOAD_BYTES);
  const said = map instanceof Map && map.size === 1 ? asBytes(map.get('invitationKey'), PUBLIC_KEY_BYTES) : undefined;
  return said !== undefined && equalBytes(said, invitationKey);
};
