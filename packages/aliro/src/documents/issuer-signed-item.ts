// IssuerSignedItem (SPEC §8): one element of a document with the random bytes that keep its digest from telling what it says. What is
// signed is the digest of the item as it was encoded, so the received bytes are kept beside what they say.

import type { Bytes } from '@mortise/base/bytes.ts';
import { asBytes, asNumber, type Cbor, type Tagged } from '@mortise/base/cbor.ts';
import { asIdentifier, asLabels, decodeInner, embed, type Embedded } from './document-cbor.ts';

export const ITEM_RANDOM_BYTES = 16;

export type IssuerSignedItem = {
  readonly digestId: number;
  /** 16 bytes. */
  readonly random: Bytes;
  readonly identifier: string;
  readonly value: Cbor;
};

/** Undefined for anything but `{"1": uint, "2": bstr(16), "3": tstr, "4": any}`; other labels are passed over. */
export const readItem = (embedded: Embedded): IssuerSignedItem | undefined => {
  const item = asLabels(decodeInner(embedded.content));
  const [digestId, random] = [asNumber(item?.get('1')), asBytes(item?.get('2'), ITEM_RANDOM_BYTES)];
  const [identifier, value] = [asIdentifier(item?.get('3')), item?.get('4')];
  if (digestId === undefined || random === undefined || identifier === undefined || value === undefined) return undefined;
  return { digestId, random, identifier, value };
};

export const itemCbor = ({ digestId, random, identifier, value }: IssuerSignedItem): Tagged =>
  embed(new Map<string, Cbor>([['1', digestId], ['2', random], ['3', identifier], ['4', value]]));
