// TLV objects in words, by tables of what stands where (SPEC §2, §3, §7). Any bytes are described: what is no object is shown as it is.

import { fromUint, fromUtf8, hex, utf8, equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import { plain, told, unreadable, type Described, type Meaning } from './described.ts';
import { readOne, type Tlv } from '../protocol/tlv.ts';

export type Form = (value: Bytes) => Meaning;
export type Row = { readonly name: string; readonly form?: Form };
export type TagTable = ReadonlyMap<number, Row>;

/** Objects that one description shows, at most. */
const MAX_SHOWN = 256;

export const tagText = (tag: number): string => tag.toString(16).toUpperCase().padStart(tag > 0xff ? 4 : 2, '0');

const describeObject = ({ tag, value }: Tlv, row: Row | undefined): Described => ({
  tag: tagText(tag),
  name: row?.name ?? 'unknown tag, passed over',
  ...(row?.form ?? plain)(value),
});

/** The objects as far as they can be read, and then the rest. */
export const describeTlvs = (data: Bytes, table: TagTable): readonly Described[] => {
  const shown: Described[] = [];
  for (let at = 0; at < data.length; ) {
    const object = shown.length < MAX_SHOWN ? readOne(data, at) : undefined;
    if (object === undefined) return [...shown, unreadable(data.subarray(at), 'no whole object begins here')];
    shown.push(describeObject(object, table.get(object.tag)));
    at = object.end;
  }
  return shown;
};

// ---- forms -----------------------------------------------------------------------------------------------------------------------

export const nested = (table: TagTable): Form => (value) => (value.length === 0 ? { says: 'empty' } : { parts: describeTlvs(value, table) });

/** A number of the given width, in words. */
export const numbered = (bytes: number, name: (value: number) => string | undefined): Form => (value) =>
  value.length === bytes ? told(value, name(fromUint(value))) : { hex: hex(value), says: `not ${bytes} bytes` };

export const ofLength = (bytes: number): Form => (value) =>
  value.length === bytes ? plain(value) : { hex: hex(value), says: `${value.length} bytes, not ${bytes}` };

/** Printable text in quotes, else bytes. */
export const asText: Form = (value) => {
  const text = fromUtf8(value);
  return equalBytes(utf8(text), value) && !/\p{C}/u.test(text) ? { says: `“${text}”` } : plain(value);
};
