// What is wrong with a document in words: the step of SPEC §9 that a code belongs to, and the values that do not fit together.

import { hex } from '@mortise/base/bytes.ts';
import { field } from '@mortise/base/cbor.ts';
import type { Instant } from '@mortise/base/instant.ts';
import { isoSeconds } from '@mortise/base/written-time.ts';
import { readAccessData, type AccessData } from '../documents/access-data.ts';
import { bitWords, listed } from './described.ts';
import { DOCUMENT_FAULTS, type DocumentErrorCode } from '../documents/document-error.ts';
import type { IssuerAuth } from '../documents/issuer-auth.ts';
import { decodeIssuerCertificate } from '../documents/issuer-certificate.ts';
import { CAPABILITY_BITS } from './names.ts';
import type { VerifiedDocument } from '../judgement/verify-document.ts';

/** The last code of each step, in the order of `DOCUMENT_FAULTS`. */
const LAST_OF_STEP: readonly (readonly [code: DocumentErrorCode, step: number])[] = [
  ['document-namespace', 1], ['certificate-expired', 2], ['issuer-signature', 3], ['elements-missing', 4], ['digest-mismatch', 5],
  ['security-object-doctype', 6], ['device-key-mismatch', 7], ['time-verification-required', 8], ['iteration-too-old', 10], ['revocations-full', 11],
  ['revoked', 12], ['reader-rule-unknown', 13], ['extension-refuses', 14], ['capability-missing', 15], ['schedule-inactive', 16],
];

const ORDER: readonly string[] = Object.keys(DOCUMENT_FAULTS);

/** 1 to 16; 8 stands for 8 and 9, which are the dates with a clock and without. */
export const stepOfCode = (code: DocumentErrorCode): number =>
  LAST_OF_STEP.find(([last]) => ORDER.indexOf(code) <= ORDER.indexOf(last))?.[1] ?? 16;

// ---- dates -------------------------------------------------------------------------------------------------------------------------

const told = (at: Instant | undefined): string => (at === undefined ? 'now' : isoSeconds(at));

const ofDocument = (code: DocumentErrorCode, { validity: { signed, validFrom, validUntil }, certified }: VerifiedDocument, now: Instant | undefined): string | undefined => {
  switch (code) {
    case 'not-yet-valid':
      return `validFrom ${isoSeconds(validFrom)} is after ${told(now)}`;
    case 'expired':
      return `validUntil ${isoSeconds(validUntil)} is before ${told(now)}`;
    case 'signed-outside-certificate':
      return certified && `signed ${isoSeconds(signed)}, the certificate is from ${isoSeconds(certified.notBefore)} to ${isoSeconds(certified.notAfter)}`;
    case 'time-verification-required':
      return 'the document demands a trusted clock, and there is none';
    default:
      return undefined;
  }
};

const ofCertificate = (code: DocumentErrorCode, { keyIdentifier, certificate }: IssuerAuth, now: Instant | undefined): string | undefined => {
  const read = certificate && decodeIssuerCertificate(certificate);
  switch (code) {
    case 'issuer-unknown':
      return keyIdentifier && `key identifier ${hex(keyIdentifier)} is of no trusted issuer`;
    case 'certificate-expired':
      return read?.ok === true ? `${told(now)} is not within ${isoSeconds(read.value.notBefore)} to ${isoSeconds(read.value.notAfter)}` : undefined;
    case 'certificate-signature':
      return 'no trusted issuer signed the certificate';
    case 'issuer-signature':
      return 'the signature over the security object is not the issuer’s';
    default:
      return undefined;
  }
};

/** Undefined: the code says it. */
export const dateText = { document: ofDocument, certificate: ofCertificate } as const;

// ---- the decision ------------------------------------------------------------------------------------------------------------------

const rulesOf = (document: VerifiedDocument): readonly AccessData[] =>
  document.elements.map(({ value }) => readAccessData(value)).flatMap((data) => (data.ok ? [data.value] : []));

const idText = (id: number): string => id.toString(16).toUpperCase().padStart(4, '0');

const TEXTS: { readonly [Code in DocumentErrorCode]?: (data: readonly AccessData[], now: Instant | undefined) => string } = {
  'revoked': () => 'a Revocation Document of this issuer names the credential or the AccessData id',
  'reader-rule-unknown': (data) => `reader rule ${listed(data.flatMap(({ readerRuleIds = [] }) => readerRuleIds.map(idText)))} is not known here`,
  'extension-unknown': (data) => `critical extension ${listed(data.flatMap(({ accessExtensions = [] }) => accessExtensions.filter(({ critical }) => critical).map(({ vendor, id }) => `${id} of vendor ${vendor}`)))} is not known here`,
  'capability-missing': (data) => `no rule allows to unsecure: ${listed(data.flatMap(({ rules = [] }) => rules.map(({ capabilities }) => bitWords(capabilities, CAPABILITY_BITS))))}`,
  'schedule-inactive': (_data, now) => `no schedule that allows is active at ${told(now)}`,
  'schedule-denies': (_data, now) => `a schedule that denies is active at ${told(now)}`,
  'schedule-without-time': () => 'a schedule cannot be told without a trusted clock and zone',
  'element-not-requested': () => 'none of the elements was asked for',
};

const versionText = (document: VerifiedDocument): string => {
  const versions = document.elements.map(({ value }) => field(value, 0)).filter((version) => typeof version === 'number');
  return `version ${listed(versions.map(String))}, not 1`;
};

/** Undefined: the code says it. */
export const decisionText = (code: DocumentErrorCode, document: VerifiedDocument, now: Instant | undefined): string | undefined =>
  code === 'access-data-version' || code === 'revocation-data-version' ? versionText(document) : TEXTS[code]?.(rulesOf(document), now);
