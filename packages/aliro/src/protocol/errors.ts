// Everything that a peer can make go wrong, once, with what goes back over the wire: the status word that a user device
// answers (SPEC §3.8) and the reader status that a reader closes with (SPEC §7.1). Codes are ours, the numbers Aliro's.

import { err, type Err } from '@mortise/base/result.ts';

/** `statusWord`: the user device's answer. `readerStatus`: tag 97 of the reader's closing EXCHANGE, once keys exist. */
export type AliroFault = { readonly statusWord: number; readonly readerStatus: number };

export const ALIRO_FAULTS = {
  // Frames and encodings.
  'apdu-malformed': { statusWord: 0x6701, readerStatus: 0x0006 },
  'apdu-too-long': { statusWord: 0x6701, readerStatus: 0x0006 },
  'chain-broken': { statusWord: 0x6701, readerStatus: 0x0006 },
  'tlv-malformed': { statusWord: 0x6701, readerStatus: 0x0007 },
  'field-missing': { statusWord: 0x6701, readerStatus: 0x0006 },
  'field-repeated': { statusWord: 0x6701, readerStatus: 0x0006 },
  'field-unexpected': { statusWord: 0x6701, readerStatus: 0x0006 },
  'field-length': { statusWord: 0x6701, readerStatus: 0x0006 },
  'field-value': { statusWord: 0x6701, readerStatus: 0x0007 },
  'point-invalid': { statusWord: 0x6701, readerStatus: 0x0006 },
  // Commands that do not fit.
  'class-unsupported': { statusWord: 0x6800, readerStatus: 0x0020 },
  'instruction-unexpected': { statusWord: 0x6d00, readerStatus: 0x0020 },
  'parameters-unsupported': { statusWord: 0x6a86, readerStatus: 0x0020 },
  'application-unknown': { statusWord: 0x6a82, readerStatus: 0x0020 },
  'version-unsupported': { statusWord: 0x6985, readerStatus: 0x0007 },
  'group-unknown': { statusWord: 0x6701, readerStatus: 0x0007 },
  // Certificates.
  'certificate-malformed': { statusWord: 0x6400, readerStatus: 0x0006 },
  'certificate-signature': { statusWord: 0x6982, readerStatus: 0x0003 },
  'certificate-expired': { statusWord: 0x6982, readerStatus: 0x0002 },
  'certificate-subject': { statusWord: 0x6982, readerStatus: 0x0003 },
  'certificate-missing': { statusWord: 0x6982, readerStatus: 0x0003 },
  // Authentication and the secure channel.
  'reader-signature-invalid': { statusWord: 0x6982, readerStatus: 0x0007 },
  'device-signature-invalid': { statusWord: 0x6982, readerStatus: 0x0004 },
  'credential-unknown': { statusWord: 0x6982, readerStatus: 0x0001 },
  'key-slot-missing': { statusWord: 0x6701, readerStatus: 0x0021 },
  'public-key-missing': { statusWord: 0x6701, readerStatus: 0x0022 },
  'signature-missing': { statusWord: 0x6701, readerStatus: 0x0023 },
  'channel-refused': { statusWord: 0x6982, readerStatus: 0x0007 },
  'channel-exhausted': { statusWord: 0x6d00, readerStatus: 0x0007 },
  'signer-failed': { statusWord: 0x6985, readerStatus: 0x0026 },
  // What the peer said.
  'status-unexpected': { statusWord: 0x6701, readerStatus: 0x0007 },
  'exchange-refused': { statusWord: 0x6701, readerStatus: 0x0020 },
  'operation-unsupported': { statusWord: 0x9000, readerStatus: 0x0020 },
  'mailbox-out-of-bounds': { statusWord: 0x9000, readerStatus: 0x0020 },
  'atomic-session-broken': { statusWord: 0x6900, readerStatus: 0x0020 },
  'no-common-version': { statusWord: 0x6985, readerStatus: 0x0007 },
  'ended-by-reader': { statusWord: 0x9000, readerStatus: 0x0007 },
} as const satisfies Record<string, AliroFault>;

export type AliroErrorCode = keyof typeof ALIRO_FAULTS;
export type AliroError = AliroFault & { readonly code: AliroErrorCode };

export const aliroError = (code: AliroErrorCode): AliroError => ({ code, ...ALIRO_FAULTS[code] });

/** A refusal, for decoders. */
export const refuse = (code: AliroErrorCode): Err<AliroError> => err(aliroError(code));
