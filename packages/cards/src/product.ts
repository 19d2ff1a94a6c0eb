// The two kinds of card, and where each keeps its id. NTAG 424 DNA comes with one application, five keys and a file 03 that key 2
// reads and key 3 writes, enciphered (NT4H2421Gx §8.2.3); a DESFire EV2 or EV3 is given an application of the like.

import type { Bytes } from '@mortise/base/bytes.ts';
import { INS, STATUS, encodeNative, encodeSelectByName } from './native-command.ts';

export type ProductName = 'ntag424' | 'desfire';

export type Product = {
  /** Selects the application; answered by `selected`. */
  readonly select: Bytes;
  readonly selected: number;
  readonly file: number;
  /** Reads the file. */
  readonly cardKey: number;
  /** Writes the file. */
  readonly writeKey: number;
  /** All others but key 0, which is changed last: it opens the session that changes the rest. */
  readonly otherKeys: readonly number[];
  /** What GetFileSettings must answer: standard file, CommMode.Full, rights (RW, Change, R, W), size. */
  readonly settings: Bytes;
};

const NDEF_APPLICATION = Uint8Array.of(0xd2, 0x76, 0x00, 0x00, 0x85, 0x01, 0x01);
/** Ours on a DESFire, as it goes over the wire. */
export const APPLICATION = Uint8Array.of(0x4d, 0x52, 0x54);

export const PRODUCTS: Record<ProductName, Product> = {
  ntag424: {
    select: encodeSelectByName(NDEF_APPLICATION), selected: STATUS.isoDone, file: 3, cardKey: 2, writeKey: 3, otherKeys: [1, 3, 4],
    settings: Uint8Array.of(0x00, 0x03, 0x30, 0x23, 0x80, 0x00, 0x00),
  },
  desfire: {
    select: encodeNative(INS.selectApplication, APPLICATION), selected: STATUS.done, file: 1, cardKey: 1, writeKey: 0, otherKeys: [],
    settings: Uint8Array.of(0x00, 0x03, 0xf0, 0x10, 0x10, 0x00, 0x00),
  },
};
