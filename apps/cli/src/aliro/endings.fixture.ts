// How each published transaction ends on the command line, by side. What is not listed is granted with 0101 in the standard phase.

export type Line = { readonly access: 'granted' | 'denied'; readonly readerStatus: string | null; readonly reason: string; readonly phase: string };

export type Endings = { readonly reader: Line; readonly device: Line };

const granted = (phase: string): Endings => {
  const line: Line = { access: 'granted', readerStatus: '0101', reason: 'granted', phase };
  return { reader: line, device: line };
};

const denied = (reader: readonly [status: string | null, reason: string, phase: string], device: readonly [status: string | null, reason: string, phase: string]): Endings => {
  const line = ([readerStatus, reason, phase]: readonly [string | null, string, string]): Line => ({ access: 'denied', readerStatus, reason, phase });
  return { reader: line(reader), device: line(device) };
};

/** The documents that are refused, and the status that says so. */
const DOCUMENTS: Readonly<Record<string, readonly [status: string, reason: string]>> = {
  'allow-schedule-not-active': ['0025', 'schedule-inactive'],
  'deny-schedule-active': ['0025', 'schedule-denies'],
  'device-key-mismatch': ['0003', 'device-key-mismatch'],
  'digest-mismatch': ['0007', 'digest-mismatch'],
  'doctype-document': ['0006', 'document-doctype'],
  'doctype-mso': ['0006', 'security-object-doctype'],
  'element-version': ['0006', 'access-data-version'],
  'expired': ['0002', 'expired'],
  'issuer-cert-expired': ['0002', 'certificate-expired'],
  'issuer-cert-signature': ['0003', 'certificate-signature'],
  'issuer-signature': ['0004', 'issuer-signature'],
  'no-keyid-no-cert': ['0006', 'issuer-unnamed'],
  'no-matching-capability': ['0025', 'capability-missing'],
  'not-yet-valid': ['0002', 'not-yet-valid'],
  'rd-element-version': ['0006', 'revocation-data-version'],
  'revoked': ['0003', 'revoked'],
  'signed-outside-cert': ['0002', 'signed-outside-certificate'],
  'time-verification-required': ['0007', 'time-verification-required'],
  'unknown-critical-extension': ['0007', 'extension-unknown'],
  'unknown-issuer': ['0003', 'issuer-unknown'],
  'unknown-reader-rule': ['0025', 'reader-rule-unknown'],
  'validity-iteration': ['0002', 'iteration-too-old'],
};

const OTHERS: Readonly<Record<string, Endings>> = {
  'fast': granted('fast'),
  'stepup-access-document-issuer-certificate': granted('stepUp'),
  'stepup-access-document-schedules': granted('stepUp'),
  'stepup-revocation-only': granted('stepUp'),
  'stepup-select-access-and-revocation': granted('stepUp'),
  'neg-exchange-bad-tag': denied(['0007', 'status-unexpected', 'standard'], [null, 'channel-refused', 'standard']),
  'neg-exchange-mailbox-out-of-bounds': denied(['0020', 'exchange-refused', 'standard'], [null, 'mailbox-out-of-bounds', 'standard']),
  'neg-loadcert-bad-signature': denied(['0007', 'status-unexpected', 'auth1'], [null, 'certificate-signature', 'auth1']),
  'neg-no-common-version': denied([null, 'no-common-version', 'select'], [null, 'no-common-version', 'select']),
  'neg-reader-signature': denied(['0007', 'status-unexpected', 'auth1'], [null, 'reader-signature-invalid', 'auth1']),
  'neg-unknown-reader-group': denied([null, 'status-unexpected', 'auth0'], [null, 'ended-by-reader', 'auth0']),
  'neg-user-device-signature': denied(['0004', 'device-signature-invalid', 'auth1'], ['0004', 'reader-denied', 'standard']),
};

export const endingsOf = (name: string): Endings => {
  const document = DOCUMENTS[name.replace('neg-ad-', '')];
  if (document === undefined) return OTHERS[name] ?? granted('standard');
  return denied([...document, 'stepUp'], [document[0], 'reader-denied', 'stepUp']);
};

export const exitCodeOf = ({ access }: Line): number => (access === 'granted' ? 0 : 3);
