// Places, as documents name them (CONTRACTS: elements): a door or a group of doors. Written as the element identifier of an access
// document, `d.` or `g.` and the base32 of the 16-byte id, so that what is signed in one document can be looked up in another.

import { base32, fromBase32 } from '@mortise/base/bytes.ts';
import { asArray, asText, type Cbor } from '@mortise/base/cbor.ts';
import { identifierBytes, identifierOf, IDENTIFIER_BYTES, type DoorId, type GroupId } from '@mortise/base/identifiers.ts';

export type Place = { readonly kind: 'door'; readonly id: DoorId } | { readonly kind: 'group'; readonly id: GroupId };

/** Elements of one document; wider grants use groups. */
export const MAX_PLACES = 32;

/** 28 characters. */
export const elementOf = ({ kind, id }: Place): string => `${kind === 'door' ? DOOR : GROUP}${base32(identifierBytes(id))}`;

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
  const elements = asArray(value, MAX_PLACES)?.map((item) => asText(item));
  const places = elements?.map((element) => (element === undefined ? undefined : placeOf(element))).filter((place) => place !== undefined) ?? [];
  return places.length > 0 && places.length === elements?.length && new Set(elements).size === places.length ? places : undefined;
};

const DOOR = 'd.';
const GROUP = 'g.';
