// DeviceResponse (SPEC §8), both ways: what a user device answers from the documents it stores, and a reader's view of it. The device
// is no judge: it answers what is filed under the kind that is asked for, and leaves out elements that nobody asked for.

import { assert } from '@mortise/base/assert.ts';
import { briefly } from '@mortise/base/brief.ts';
import { concat, type Bytes } from '@mortise/base/bytes.ts';
import { asArray, asList, asMap, asNumber, encodeCbor, field, type Cbor } from '@mortise/base/cbor.ts';
import { decodeForeignCbor, type Spans } from '@mortise/base/foreign-cbor.ts';
import type { Instant } from '@mortise/base/instant.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { MAX_CHAINED_BYTES } from '../protocol/apdu.ts';
import type { ItemsRequest } from './device-request.ts';
import {
  MAX_DOCUMENTS, MAX_ELEMENTS, MAX_RESPONSE_BYTES, MAX_SIGNED_ELEMENTS, MDOC_VERSION, asEmbedded, asLabels, type DocType, type Embedded,
} from './document-cbor.ts';
import { refuseDocument, type DocumentError } from './document-error.ts';
import { readItem } from './issuer-signed-item.ts';

/**
 * `bytes`: one Document, filed under `docType` by whoever stored it; `signed`: when, and `elements`: the identifiers of all that is in it under that
 * name, where who stored it had read that already.
 */
export type StoredDocument = { readonly docType: DocType; readonly bytes: Bytes; readonly signed?: Instant; readonly elements?: readonly string[] };

/** A Document as received, not verified. `items`: of each name space it holds. `bytes`: the whole Document. */
export type ReceivedDocument = {
  readonly docType: string;
  readonly items: ReadonlyMap<string, readonly Embedded[]>;
  readonly issuerAuth: Cbor;
  readonly bytes: Bytes;
};

const OK_STATUS = 0;
const MAX_STATUS = 255;
const MAX_NAME_SPACES = 8;
const DOCUMENT_DEPTH = 2;

/** The tag of the sealing, and the heads of 53 and of SessionData. */
const ENVELOPE_BYTES = 29;
/** The longest answer that a chain of APDUs carries. */
export const MAX_ANSWER_BYTES = MAX_CHAINED_BYTES - ENVELOPE_BYTES;

/** SPEC §8: how a user device says that it could not answer. */
export const RESPONSE_STATUS = { general: 10, undecodable: 11, invalid: 12 } as const;

// ---- the user device ---------------------------------------------------------------------------------------------------------

/** {"1": "1.0", "2": [documents], "3": status}; the documents go in as they are. */
const response = (documents: readonly Bytes[], status: number): Bytes =>
  briefly(BEFORE_DOCUMENTS, Uint8Array.of(0x80 + documents.length), ...documents, AFTER_DOCUMENTS, encodeCbor(status));

const BEFORE_DOCUMENTS = concat(Uint8Array.of(0xa3), encodeCbor('1'), encodeCbor(MDOC_VERSION), encodeCbor('2'));
const AFTER_DOCUMENTS = encodeCbor('3');

/** `documents`: at most 8 whole Documents. */
export const encodeDeviceResponse = (documents: readonly Bytes[]): Bytes => {
  assert(documents.length <= MAX_DOCUMENTS, `a response holds at most ${MAX_DOCUMENTS} documents`);
  return response(documents, OK_STATUS);
};

/** A response without documents that says why: one of `RESPONSE_STATUS`. */
export const encodeFailedResponse = (status: number): Bytes => {
  assert(Number.isInteger(status) && status > OK_STATUS && status <= MAX_STATUS, 'a failure has a status from 1 to 255');
  return response([], status);
};

/** What a request that could not be read is answered with. */
export const failureStatusOf = ({ code }: DocumentError): number =>
  code === 'request-undecodable' ? RESPONSE_STATUS.undecodable : RESPONSE_STATUS.invalid;

type Reduced = { readonly kept: readonly Cbor[]; readonly left: number };

const reduceItems = (items: readonly Cbor[], elements: readonly string[]): Reduced => {
  const kept = items.filter((item) => {
    const embedded = asEmbedded(item);
    return embedded !== undefined && elements.includes(readItem(embedded)?.identifier ?? '');
  });
  return { kept, left: items.length - kept.length };
};

/** The document with fewer items. Its signed parts are byte strings, so writing it anew leaves them as they were. */
const withItems = (document: Cbor, docType: string, kept: readonly Cbor[]): Bytes => {
  const signed = new Map<string, Cbor>([['1', new Map([[docType, kept]])], ['2', field(field(document, '1'), '2') ?? null]]);
  return encodeCbor(new Map<string, Cbor>([['1', signed], ['5', field(document, '5') ?? null]]));
};

/** Undefined: nothing in it was asked for, or it is no Document at all. */
const reduced = ({ docType, bytes, elements: known }: StoredDocument, elements: readonly string[]): Bytes | undefined => {
  if (known !== undefined && known.length > 0 && known.every((element) => elements.includes(element))) return bytes;
  const document = decodeForeignCbor(bytes, MAX_RESPONSE_BYTES);
  const items = asArray(field(field(field(document, '1'), '1'), docType), MAX_SIGNED_ELEMENTS);
  if (document === undefined || items === undefined) return undefined;
  const { kept, left } = reduceItems(items, elements);
  if (kept.length === 0) return undefined;
  return left === 0 ? bytes : withItems(document, docType, kept);
};

/**
 * The DeviceResponse of a user device: of each request the stored documents filed under its docType that hold a requested element,
 * reduced to the requested elements (the stored bytes themselves when nothing is left out), at most 8. `RESPONSE_STATUS.general` when they
 * are longer together than `MAX_ANSWER_BYTES`.
 */
export const answerRequest = (stored: readonly StoredDocument[], requests: readonly ItemsRequest[]): Bytes => {
  const answers: Bytes[] = [];
  for (const { docType, elements } of requests) {
    for (const document of stored) {
      const answer = document.docType === docType ? reduced(document, elements) : undefined;
      if (answer !== undefined && answers.length < MAX_DOCUMENTS) answers.push(answer);
    }
  }
  const whole = encodeDeviceResponse(answers);
  return whole.length <= MAX_ANSWER_BYTES ? whole : encodeFailedResponse(RESPONSE_STATUS.general);
};

// ---- the reader --------------------------------------------------------------------------------------------------------------

const readItems = (value: Cbor): readonly Embedded[] | undefined => asList(value, 0, MAX_ELEMENTS, asEmbedded);

const readSpaces = (value: Cbor | undefined): ReadonlyMap<string, readonly Embedded[]> | undefined => {
  const spaces = asMap(value, MAX_NAME_SPACES);
  const read = new Map<string, readonly Embedded[]>();
  if (spaces === undefined) return undefined;
  for (const [name, items] of spaces) {
    const embedded = readItems(items);
    if (typeof name !== 'string' || embedded === undefined) return undefined;
    read.set(name, embedded);
  }
  return read;
};

const readDocument = (document: Cbor | undefined, bytes: Bytes | undefined): ReceivedDocument | undefined => {
  const docType = asLabels(document)?.get('5');
  const signed = asLabels(field(document, '1'));
  const [items, issuerAuth] = [readSpaces(signed?.get('1')), signed?.get('2')];
  if (typeof docType !== 'string' || items === undefined || issuerAuth === undefined || bytes === undefined) return undefined;
  return { docType, items, issuerAuth, bytes };
};

const readDocuments = (documents: readonly Cbor[], spans: Spans): Result<readonly ReceivedDocument[], DocumentError> => {
  const read = asList(documents, 0, MAX_DOCUMENTS, (document) => readDocument(document, spans.of.get(document)));
  return read === undefined ? refuseDocument('document-malformed') : ok(read);
};

/** Reads one stored Document, as `decodeDeviceResponse` reads those that came; takes any bytes. */
export const decodeDocument = (bytes: Bytes): ReceivedDocument | undefined => readDocument(decodeForeignCbor(bytes, MAX_RESPONSE_BYTES), bytes);

/**
 * Reads any bytes; step 1 of SPEC §9 but for the doc types. `response-malformed`: no CBOR, not a DeviceResponse, more than 8 documents;
 * `response-version`: not "1.0"; `response-status`: not 0; `document-malformed`: a Document out of shape or of more than 32 elements;
 * `document-missing`: none.
 */
export const decodeDeviceResponse = (bytes: Bytes): Result<readonly ReceivedDocument[], DocumentError> => {
  const spans: Spans = { depth: DOCUMENT_DEPTH, of: new Map() };
  const labels = asLabels(decodeForeignCbor(bytes, MAX_RESPONSE_BYTES, spans));
  const [version, status] = [labels?.get('1'), asNumber(labels?.get('3'))];
  if (typeof version !== 'string' || status === undefined) return refuseDocument('response-malformed');
  if (version !== MDOC_VERSION) return refuseDocument('response-version');
  if (status !== OK_STATUS) return refuseDocument('response-status');
  const documents = asArray(labels?.get('2') ?? [], MAX_DOCUMENTS);
  if (documents === undefined) return refuseDocument('response-malformed');
  return documents.length === 0 ? refuseDocument('document-missing') : readDocuments(documents, spans);
};
