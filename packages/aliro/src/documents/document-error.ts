// Everything that can be wrong with a document, once, in the order in which a reader finds it (SPEC §9), with the reader status
// that it closes with (SPEC §7.1; the low byte is a suggestion there). Codes are ours, the numbers Aliro's.

import { err, type Err } from '@mortise/base/result.ts';

export const DOCUMENT_FAULTS = {
  // A user device's reading of a DeviceRequest.
  'request-undecodable': 0x0006,
  'request-version': 0x0006,
  'request-malformed': 0x0006,
  // Step 1: the response, and what it is about.
  'response-malformed': 0x0006,
  'response-version': 0x0006,
  'response-status': 0x0007,
  'document-malformed': 0x0006,
  'document-missing': 0x0001,
  'document-doctype': 0x0006,
  'document-namespace': 0x0006,
  // Step 2: the trust anchor.
  'issuer-auth-malformed': 0x0006,
  'algorithm-unsupported': 0x0006,
  'issuer-unnamed': 0x0006,
  'issuer-unknown': 0x0003,
  'certificate-malformed': 0x0006,
  'certificate-signature': 0x0003,
  'certificate-usage': 0x0003,
  'certificate-expired': 0x0002,
  // Step 3: the signature.
  'issuer-signature': 0x0004,
  // Steps 4 and 5: the elements and their digests.
  'elements-missing': 0x0007,
  'security-object-malformed': 0x0006,
  'element-malformed': 0x0006,
  'element-repeated': 0x0006,
  'digest-mismatch': 0x0007,
  // Step 6: the mobile security object.
  'security-object-version': 0x0006,
  'digest-algorithm': 0x0006,
  'security-object-doctype': 0x0006,
  // Step 7.
  'device-key-mismatch': 0x0003,
  // Steps 8 and 9: the dates.
  'not-yet-valid': 0x0002,
  'expired': 0x0002,
  'signed-outside-certificate': 0x0002,
  'time-verification-required': 0x0007,
  // Step 10.
  'iteration-too-old': 0x0002,
  // Step 11: the elements' values.
  'element-not-requested': 0x0007,
  'access-data-malformed': 0x0006,
  'access-data-version': 0x0006,
  'revocation-data-malformed': 0x0006,
  'revocation-data-version': 0x0006,
  'revocations-full': 0x0007,
  // Steps 12 to 16: may this credential do this here now.
  'revoked': 0x0003,
  'reader-rule-unknown': 0x0025,
  'extension-unknown': 0x0007,
  'extension-refuses': 0x0025,
  'rules-missing': 0x0025,
  'capability-missing': 0x0025,
  'schedule-unsupported': 0x0025,
  'schedule-without-time': 0x0025,
  'schedule-missing': 0x0025,
  'schedule-denies': 0x0025,
  'schedule-inactive': 0x0025,
} as const satisfies Record<string, number>;

export type DocumentErrorCode = keyof typeof DOCUMENT_FAULTS;

/** `readerStatus`: tag 97 of the reader's closing EXCHANGE, under the step-up keys. */
export type DocumentError = { readonly code: DocumentErrorCode; readonly readerStatus: number };

export const documentError = (code: DocumentErrorCode): DocumentError => ({ code, readerStatus: DOCUMENT_FAULTS[code] });

export const refuseDocument = (code: DocumentErrorCode): Err<DocumentError> => err(documentError(code));

const CODES: readonly string[] = Object.keys(DOCUMENT_FAULTS);
const rankOf = ({ code }: DocumentError): number => CODES.indexOf(code);

/** Which of two refusals tells more: that of what came further in SPEC §9; the first of two alike. */
export const furtherOf = (one: DocumentError, other: DocumentError): DocumentError => (rankOf(other) > rankOf(one) ? other : one);
