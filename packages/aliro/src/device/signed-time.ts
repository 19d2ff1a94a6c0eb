// When a user device's documents were signed (SPEC §3.3, tags 91 and 92), told from the documents it stores, whatever else is in them.

import { asArray, asBytes, field } from '@mortise/base/cbor.ts';
import { decodeForeignCbor } from '@mortise/base/foreign-cbor.ts';
import type { Instant } from '@mortise/base/instant.ts';
import type { StoredDocument } from '../documents/device-response.ts';
import { MAX_RESPONSE_BYTES, type DocType } from '../documents/document-cbor.ts';
import { readSecurityObject } from '../documents/security-object.ts';

const ISSUER_AUTH_PARTS = 4;
const PAYLOAD = 2;

/** Undefined: the bytes are no document. Nothing is verified: a user device is no judge of what it carries. */
export const signedTimeOf = ({ bytes, signed }: StoredDocument): Instant | undefined => {
  if (signed !== undefined) return signed;
  const issuerAuth = field(field(decodeForeignCbor(bytes, MAX_RESPONSE_BYTES), '1'), '2');
  const payload = asBytes(asArray(issuerAuth, ISSUER_AUTH_PARTS)?.[PAYLOAD]);
  return payload && readSecurityObject(payload)?.validity.signed;
};

/** Of the newest document of a kind. */
export const newestSigned = (stored: readonly StoredDocument[], docType: DocType): Instant | undefined => {
  let newest: Instant | undefined;
  for (const document of stored) {
    const at = document.docType === docType ? signedTimeOf(document) : undefined;
    if (at !== undefined && (newest === undefined || at > newest)) newest = at;
  }
  return newest;
};
