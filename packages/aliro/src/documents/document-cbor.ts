// What the parts of a document share (SPEC §8): the doc types, CBOR within CBOR, the labels of the mdoc layer, dates, and key ids' sizes.

import { assert } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { Tagged, asMap, asTagged, asText, encodeBriefly, type Cbor } from '@mortise/base/cbor.ts';
import { decodeForeignCbor } from '@mortise/base/foreign-cbor.ts';
import type { Instant } from '@mortise/base/instant.ts';
import { isoSeconds } from '@mortise/base/written-time.ts';
import { documentTime } from '../protocol/document-time.ts';

/** Access Documents, Revocation Documents, and our freshness stamps (ADR 14); each is also the one name space of its kind. */
export type DocType = 'aliro-a' | 'aliro-r' | 'mortise-f';

export const isDocType = (value: unknown): value is DocType => value === 'aliro-a' || value === 'aliro-r' || value === 'mortise-f';

/** The version of DeviceRequest, DeviceResponse and mobile security object. */
export const MDOC_VERSION = '1.0';

/** What a DeviceRequest or DeviceResponse may hold, and what we read of either. */
export const MAX_RESPONSE_BYTES = 65_536;
export const MAX_REQUEST_BYTES = 8192;
export const MAX_DOCUMENTS = 8;
/** Elements that one request names, one response shows of a document, and one of our own documents has. */
export const MAX_ELEMENTS = 32;
/** Elements that another issuer may have signed in one document: all of their digests come, whichever are shown. */
export const MAX_SIGNED_ELEMENTS = 256;

/** Characters of an element identifier; ours are `d.` or `g.` and 26 characters. */
export const MAX_IDENTIFIER_LENGTH = 64;
/** Other texts: versions, algorithms, doc types. */
export const MAX_TEXT_LENGTH = 64;
/** Labels that one map of the mdoc layer may hold, known or not. */
export const MAX_LABELS = 16;

const DATE_TAG = 0;
const EMBEDDED_TAG = 24;

/** A map of the mdoc layer: text labels. What we do not know is passed over, as mdoc says. */
export const asLabels = (value: Cbor | undefined): ReadonlyMap<number | string, Cbor> | undefined => asMap(value, MAX_LABELS);

export const asIdentifier = (value: Cbor | undefined): string | undefined => {
  const text = asText(value, MAX_IDENTIFIER_LENGTH);
  return text === '' ? undefined : text;
};

export const assertIdentifier = (identifier: string): void =>
  assert(asIdentifier(identifier) !== undefined, `an element identifier has 1 to ${MAX_IDENTIFIER_LENGTH} characters`);

export type Embedded = { readonly encoded: Bytes; readonly content: Bytes };

/** 24(bstr): its content, and the whole as received, tag included. */
export const asEmbedded = (value: Cbor | undefined): Embedded | undefined => {
  const content = asTagged(value, EMBEDDED_TAG);
  const encoded = value instanceof Tagged ? value.encoded : undefined;
  return content instanceof Uint8Array && encoded !== undefined ? { encoded, content } : undefined;
};

/** For what is written out soon: the inner encoding is not kept. */
export const embed = (value: Cbor): Tagged => new Tagged(EMBEDDED_TAG, encodeBriefly(value));

/** CBOR inside a response whose size has been looked at. */
export const decodeInner = (bytes: Bytes): Cbor | undefined => decodeForeignCbor(bytes, MAX_RESPONSE_BYTES);

/** 0(tstr) in the form `YYYY-MM-DDTHH:MM:SSZ` of a day and time that exist, 1970 to 9999. */
export const asDate = (value: Cbor | undefined): Instant | undefined => documentTime(asText(asTagged(value, DATE_TAG), MAX_TEXT_LENGTH) ?? '');

/** Seconds are kept; what is below is cut off. */
export const dateCbor = (at: Instant): Tagged => new Tagged(DATE_TAG, isoSeconds(at));

/** `[key, value]` where there is a value: optional fields of maps. */
export const optional = <K extends number | string>(key: K, value: Cbor | undefined): readonly (readonly [K, Cbor])[] =>
  value === undefined ? [] : [[key, value]];
