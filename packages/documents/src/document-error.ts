// Why a signed document was refused. A refused document changes nothing; the code says which of our rules it broke.

import { err, type Err } from '@mortise/base/result.ts';

export type DocumentErrorCode =
  /** Not the deterministic CBOR of this kind of document, or a field out of its range. */
  | 'malformed'
  /** Longer than the bound of its kind; refused before decoding. */
  | 'too-long'
  /** Signed as another type of document. */
  | 'type-wrong'
  /** Of a version of the format that this code does not know. */
  | 'version-unknown'
  /** By a key that has no power here. */
  | 'signer-unknown'
  | 'signature-invalid'
  /** Fewer distinct signers than the owner set asks for. */
  | 'threshold-not-met'
  /** Rightly signed, but it contradicts a document that is already held: somebody wrote two histories. */
  | 'fork'
  /** Not newer than what is held. */
  | 'stale'
  /** A predecessor is missing. */
  | 'gap'
  | 'other-lock'
  | 'other-site'
  /** An entry that this lock's seal key does not open. */
  | 'entry-unreadable'
  /** A time answer to another question than the lock's own. */
  | 'nonce-wrong'
  /** Past the `until` of the key that signed. */
  | 'expired';

export type DocumentError = { readonly code: DocumentErrorCode };

export const refuseDocument = (code: DocumentErrorCode): Err<DocumentError> => err({ code });
