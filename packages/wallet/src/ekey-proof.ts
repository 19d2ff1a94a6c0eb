// An electronic key's credential, proven. An owner signs a grant to it, and the hub is who says which credential that is: a hub that named its own
// would hold the grant. So the key's own status is asked for, signed by the identity key that the key's id is the hash of, which names the
// credential; and the enrolment, by which an owner of the site took this key.

import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import type { LockId, SiteId } from '@mortise/base/identifiers.ts';
import { err, ok, type Err, type Result } from '@mortise/base/result.ts';
import { openKeyStatus } from '@mortise/courier/key-status.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { openKeyEnrolment } from '@mortise/documents/key-enrolment.ts';

/** What somebody says of a key: its credential's public key (65 bytes), COSE `mortise-key-status` and `mortise-key-enrolment`. */
export type ClaimedEkey = { readonly keyId: LockId; readonly credentialKey: Bytes; readonly status: Bytes; readonly enrolment: Bytes };

/** The site, and its present owners: whose enrolments count. */
export type EkeySite = { readonly siteId: SiteId; readonly ownerKeys: readonly Bytes[] };

export type EkeyProofError = {
  readonly code:
    /** The status is another key's, or not signed by the key that it names. */
    | 'status-refused'
    /** The key named another credential than is claimed. */
    | 'credential-differs'
    /** No present owner of this site has enrolled this key. */
    | 'enrolment-refused';
};

/** The key's credential, to be named by a grant of this site. Takes any bytes. */
export const proveEkey = (crypto: Crypto, { siteId, ownerKeys }: EkeySite, { keyId, credentialKey, status, enrolment }: ClaimedEkey): Result<Bytes, EkeyProofError> => {
  const said = openKeyStatus(crypto, status);
  if (!said.ok || said.value.keyId !== keyId) return refuse('status-refused');
  if (!equalBytes(said.value.credentialKey, credentialKey) || !crypto.p256.isPublicKey(credentialKey)) return refuse('credential-differs');
  return openKeyEnrolment(crypto, enrolment, { siteId, ownerKeys, keyId }).ok ? ok(credentialKey) : refuse('enrolment-refused');
};

const refuse = (code: EkeyProofError['code']): Err<EkeyProofError> => err({ code });
