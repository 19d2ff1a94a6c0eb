// DeviceRequest (SPEC §8): what a reader asks a user device for in the step-up phase. One DocRequest per kind of document, each naming
// the elements that the reader would use; nothing else that comes back is used.

import { assert } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { asBoolean, asList, asMap, encodeBriefly, field, type Cbor } from '@mortise/base/cbor.ts';
import { decodeForeignCbor } from '@mortise/base/foreign-cbor.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import {
  MAX_DOCUMENTS, MAX_ELEMENTS, MAX_REQUEST_BYTES, MDOC_VERSION, asEmbedded, asIdentifier, asLabels, assertIdentifier, decodeInner, embed,
  isDocType, type DocType,
} from './document-cbor.ts';
import { refuseDocument, type DocumentError } from './document-error.ts';

/** `elements`: 1 to 32 identifiers of 1 to 64 characters, each once. */
export type ItemsRequest = { readonly docType: DocType; readonly elements: readonly string[] };

/** Whether an element was asked for under this name; nothing else that comes back is used. */
export const isAsked = (requests: readonly ItemsRequest[], docType: string, element: string): boolean =>
  requests.some((request) => request.docType === docType && request.elements.includes(element));

/** Every element is asked for with the intent to retain it, as the peer does: a reader caches what the fast phase decides from. */
const retained = (elements: readonly string[]): Cbor => {
  assert(elements.length > 0 && elements.length <= MAX_ELEMENTS, `a request names 1 to ${MAX_ELEMENTS} elements`);
  const map = new Map<string, Cbor>();
  for (const element of elements) {
    assertIdentifier(element);
    map.set(element, true);
  }
  assert(map.size === elements.length, 'a request names an element once');
  return map;
};

const docRequest = ({ docType, elements }: ItemsRequest): Cbor => {
  const items = new Map<string, Cbor>([['1', new Map([[docType, retained(elements)]])], ['5', docType]]);
  return new Map([['1', embed(items)]]);
};

/** Asserts 1 to 8 requests within their bounds: they are ours. */
export const encodeDeviceRequest = (requests: readonly ItemsRequest[]): Bytes => {
  assert(requests.length > 0 && requests.length <= MAX_DOCUMENTS, `a reader asks for 1 to ${MAX_DOCUMENTS} kinds`);
  return encodeBriefly(new Map<string, Cbor>([['1', MDOC_VERSION], ['2', requests.map(docRequest)]]));
};

/** The identifiers of `{ elementId: bool }`. */
const readElements = (value: Cbor | undefined): readonly string[] | undefined => {
  const elements: string[] = [];
  for (const [key, retain] of asMap(value, MAX_ELEMENTS) ?? []) {
    const element = asIdentifier(key);
    if (element === undefined || asBoolean(retain) === undefined) return undefined;
    elements.push(element);
  }
  return elements.length > 0 ? elements : undefined;
};

type AnyItemsRequest = Pick<ItemsRequest, 'elements'> & { readonly docType: string };

const readDocRequest = (value: Cbor): AnyItemsRequest | undefined => {
  const items = asLabels(decodeInner(asEmbedded(field(value, '1'))?.content ?? new Uint8Array(0)));
  const docType = asIdentifier(items?.get('5'));
  const spaces = asMap(items?.get('1'), 1);
  const elements = readElements(spaces?.get(docType ?? ''));
  return docType === undefined || elements === undefined ? undefined : { docType, elements };
};

/** A kind that we do not know is no fault: nothing of it is stored. */
const isOurs = (request: AnyItemsRequest): request is ItemsRequest => isDocType(request.docType);

/**
 * Reads any bytes. `request-undecodable`: no CBOR; `request-version`: not "1.0"; `request-malformed`: not a DeviceRequest, more than 8
 * DocRequests, or one of none or more than 32 elements. Requests for kinds other than ours are left out.
 */
export const decodeDeviceRequest = (bytes: Bytes): Result<readonly ItemsRequest[], DocumentError> => {
  const request = decodeForeignCbor(bytes, MAX_REQUEST_BYTES);
  if (request === undefined) return refuseDocument('request-undecodable');
  const version = field(request, '1');
  if (typeof version === 'string' && version !== MDOC_VERSION) return refuseDocument('request-version');
  const requests = asList(field(request, '2'), 1, MAX_DOCUMENTS, readDocRequest);
  const whole = version === MDOC_VERSION && asLabels(request) !== undefined;
  return whole && requests !== undefined ? ok(requests.filter(isOurs)) : refuseDocument('request-malformed');
};
