// Reading the maps inside documents: a map of a known version has exactly the fields of that version. An unknown or missing
// field is refused, so that nothing is signed by one side and overlooked by the other.

import { asBytes, asList, type Cbor } from '@mortise/base/cbor.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { identifierOf, IDENTIFIER_BYTES, type Identifier } from '@mortise/base/identifiers.ts';
import { isInstant, type Instant } from '@mortise/base/instant.ts';

export type Fields = (name: string) => Cbor | undefined;

/** A reader of a map that has these text keys and no others; undefined for anything else. */
export const exactFields = (value: Cbor | undefined, names: readonly string[]): Fields | undefined => {
  if (!(value instanceof Map) || value.size !== names.length) return undefined;
  if (!names.every((name) => value.has(name))) return undefined;
  return (name) => value.get(name);
};

/** The same of a map that may have one more field, which then must not be left at what its absence says. */
export const exactFieldsAnd = (value: Cbor | undefined, names: readonly string[], extra: string): Fields | undefined =>
  exactFields(value, value instanceof Map && value.has(extra) ? [...names, extra] : names);

export const asIdentifier = <Id extends Identifier>(value: Cbor | undefined): Id | undefined => {
  const bytes = asBytes(value, IDENTIFIER_BYTES);
  return bytes === undefined ? undefined : identifierOf<Id>(bytes);
};

export const asInstant = (value: Cbor | undefined): Instant | undefined => (isInstant(value) ? value : undefined);

/** 32 bytes, or null for the first of a chain; undefined for anything else. */
export const asPredecessor = (value: Cbor | undefined): Bytes | null | undefined => (value === null ? null : asBytes(value, 32));

/** A list of byte strings, each of `minLength` to `maxLength` bytes. */
export const asBytesList = (
  value: Cbor | undefined,
  bounds: { readonly maxItems: number; readonly minLength: number; readonly maxLength: number },
): readonly Bytes[] | undefined => {
  const list = asList(value, 0, bounds.maxItems, (item) => asBytes(item));
  return list?.every(({ length }) => length >= bounds.minLength && length <= bounds.maxLength) === true ? list : undefined;
};
