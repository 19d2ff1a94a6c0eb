// From what Aliro's rules find wrong with a document to the lock's reasons, and which of several refusals tells most: the one of the
// document, element and issuer that came furthest.

import type { DocumentErrorCode } from '@mortise/aliro/document-error.ts';
import type { Reason } from '@mortise/base/reasons.ts';

const REASON_OF: { readonly [C in DocumentErrorCode]: Reason } = {
  'request-undecodable': 'document-invalid',
  'request-version': 'document-invalid',
  'request-malformed': 'document-invalid',
  'response-malformed': 'document-invalid',
  'response-version': 'document-invalid',
  'response-status': 'document-missing',
  'document-malformed': 'document-invalid',
  'document-missing': 'document-missing',
  'document-doctype': 'document-invalid',
  'document-namespace': 'document-invalid',
  'issuer-auth-malformed': 'document-invalid',
  'algorithm-unsupported': 'document-invalid',
  'issuer-unnamed': 'issuer-unknown',
  'issuer-unknown': 'issuer-unknown',
  'certificate-malformed': 'document-invalid',
  'certificate-signature': 'issuer-unknown',
  'certificate-usage': 'issuer-unknown',
  'certificate-expired': 'issuer-unknown',
  'issuer-signature': 'document-invalid',
  'elements-missing': 'document-missing',
  'security-object-malformed': 'document-invalid',
  'element-malformed': 'document-invalid',
  'element-repeated': 'document-invalid',
  'digest-mismatch': 'document-invalid',
  'security-object-version': 'document-invalid',
  'digest-algorithm': 'document-invalid',
  'security-object-doctype': 'document-invalid',
  'device-key-mismatch': 'other-credential',
  'not-yet-valid': 'grant-not-yet',
  'expired': 'grant-expired',
  'signed-outside-certificate': 'issuer-unknown',
  'time-verification-required': 'clock-lost',
  'iteration-too-old': 'document-outdated',
  'element-not-requested': 'document-missing',
  'access-data-malformed': 'document-invalid',
  'access-data-version': 'document-invalid',
  'revocation-data-malformed': 'document-invalid',
  'revocation-data-version': 'document-invalid',
  'revocations-full': 'revocations-full',
  'revoked': 'revoked',
  'reader-rule-unknown': 'condition-unknown',
  'extension-unknown': 'condition-unknown',
  'extension-refuses': 'condition-unknown',
  'rules-missing': 'right-missing',
  'capability-missing': 'right-missing',
  'schedule-unsupported': 'outside-hours',
  'schedule-without-time': 'zone-unknown',
  'schedule-missing': 'document-invalid',
  'schedule-denies': 'outside-hours',
  'schedule-inactive': 'outside-hours',
};

export const reasonOfFault = (code: DocumentErrorCode): Reason => REASON_OF[code];

// In the order in which the lock finds them.
const ORDER: readonly Reason[] = [
  'document-missing', 'document-invalid', 'issuer-unknown', 'other-credential', 'grant-not-yet', 'grant-expired', 'document-outdated', 'revoked',
  'condition-unknown', 'right-missing', 'outside-hours', 'zone-unknown', 'clock-lost', 'delegation-over', 'delegation-exceeded',
  'remote-not-allowed', 'holiday', 'verification-missing', 'freshness-lapsed', 'first-use-over', 'uses-unknown', 'uses-spent',
  'delegation-spent', 'invitation-used', 'memory-full',
];

const RANK: ReadonlyMap<string, number> = new Map(ORDER.map((reason, rank) => [reason, rank]));

/** How far a refusal came. */
export const rankOf = (reason: Reason): number => RANK.get(reason) ?? -1;
