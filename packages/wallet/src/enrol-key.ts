// What an owner signs for an electronic key of nobody to become the site's (docs/EKEY.md): that it is of this site and seals its records to this
// hub; how well its own clock runs, by which it tells passive locks the time; and the time key by whose word it goes itself.

import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import type { LockId, SiteId } from '@mortise/base/identifiers.ts';
import { instant, type Instant } from '@mortise/base/instant.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { openKeyStatus } from '@mortise/courier/key-status.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { keyEnrolmentToSign } from '@mortise/documents/key-enrolment.ts';
import { timeKeyPayload, timeKeyToSign, type TimeKey } from '@mortise/documents/time.ts';
import { signedBy } from './owner-signature.ts';

/**
 * What a crystal that is not compensated may run wrong in the heat and cold that a key is carried through: 9 s a day. A clock that errs by more than two
 * minutes counts no more (docs/EKEY.md), so that a key keeps time for 13 days without an update.
 */
export const EKEY_DRIFT_PPM = 100;
/** A computer's own clock, set by its operating system. */
export const HUB_DRIFT_PPM = 200;
/** How long a key's clock and the hub's may attest by this: owners certify them anew before. */
export const KEY_PAPERS_MS = 5 * 365 * 86_400_000;

export type EnrolledBy = { readonly owner: KeyPair; readonly siteId: SiteId };
/** The hub's keys, 65 bytes each: to which records are sealed, and by whose word the key goes. */
export type HubOfKey = { readonly journalKey: Bytes; readonly timeKey: Bytes };
export type KeyPapers = { readonly enrolment: Bytes; readonly certificate: Bytes; readonly hubCertificate: Bytes };

/** `status-refused`: not signed by the key that it names. `other-site`: the key is another site's. `keys-invalid`: it names one key for both, or none. */
export type EnrolError = { readonly code: 'status-refused' | 'other-site' | 'keys-invalid' };

/** The key that a status is of, if an owner of this site may sign for it. Takes any bytes. */
export const enrolable = (crypto: Crypto, status: Bytes, siteId: SiteId): Result<{ readonly keyId: LockId; readonly identityKey: Bytes; readonly credentialKey: Bytes }, EnrolError> => {
  const said = openKeyStatus(crypto, status);
  if (!said.ok) return err({ code: 'status-refused' });
  const { keyId, identityKey, credentialKey } = said.value;
  if (said.value.siteId !== undefined && said.value.siteId !== siteId) return err({ code: 'other-site' });
  return crypto.p256.isPublicKey(credentialKey) && !equalBytes(identityKey, credentialKey) ? ok({ keyId, identityKey, credentialKey }) : err({ code: 'keys-invalid' });
};

/** The three papers, signed. */
export const signKeyPapers = (crypto: Crypto, { owner, siteId }: EnrolledBy, key: { readonly keyId: LockId; readonly identityKey: Bytes }, { journalKey, timeKey }: HubOfKey, now: Instant): KeyPapers => {
  const until = instant(now + KEY_PAPERS_MS);
  const certify = (fields: TimeKey): Bytes => signedBy(crypto, owner, timeKeyToSign(crypto, owner.publicKey, timeKeyPayload(crypto, fields)));
  return {
    enrolment: signedBy(crypto, owner, keyEnrolmentToSign(crypto, owner.publicKey, { siteId, keyId: key.keyId, journalKey })),
    certificate: certify({ key: key.identityKey, kind: 'ekey', driftPpm: EKEY_DRIFT_PPM, until }),
    hubCertificate: certify({ key: timeKey, kind: 'hub', driftPpm: HUB_DRIFT_PPM, until }),
  };
};
