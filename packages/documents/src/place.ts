// Places, as documents name them (CONTRACTS: elements): a door or a group of doors. Written as the element identifier of an access
// document, `d.` or `g.` and the base32 of the 16-byte id, so that what is signed in one document can be looked up in another.

import { base32, fromBase32, type Bytes } from '@mortise/base/bytes.ts';
import { asList, asText, type Cbor } from '@mortise/base/cbor.ts';
import { identifierBytes, identifierOf, IDENTIFIER_BYTES, type DoorId, type GroupId } from '@mortise/base/identifiers.ts';

export type Place = { readonly kind: 'door'; readonly id: DoorId } | { readonly kind: 'group'; readonly id: GroupId };

/** Elements of one document; wider grants use groups. */
export const MAX_PLACES = 32;

/** 28 characters. */
export const elementOf = ({ kind, id }: Place): string => elementOfBytes(kind, identifierBytes(id));

/** The same by the 16 bytes of the identifier. */
export const elementOfBytes = (kind: Place['kind'], id: Bytes): string => `${kind === 'door' ? DOOR : GROUP}${base32(id)}`;

/** Takes any text; undefined unless it is exactly what `elementOf` writes. */
export const placeOf = (element: string): Place | undefined => {
  const bytes = fromBase32(element.slice(DOOR.length));
  if (bytes?.length !== IDENTIFIER_BYTES) return undefined;
  const prefix = element.slice(0, DOOR.length);
  const place: Place = prefix === DOOR ? { kind: 'door', id: identifierOf(bytes) } : { kind: 'group', id: identifierOf(bytes) };
  return elementOf(place) === element ? place : undefined;
};

/** 1 to 32 places, each once. */
export const asPlaces = (value: Cbor | undefined): readonly Place[] | undefined => {
  const places = asList(value, 1, MAX_PLACES, (item) => placeOf(asText(item) ?? ''));
  return new Set(places?.map(elementOf)).size === places?.length ? places : undefined;
};

const DOOR = 'd.';
const GROUP = 'g.';
