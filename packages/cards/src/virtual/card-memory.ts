// What a virtual card holds: applications with their keys and files, and which rights a file gives to whom.

import type { Bytes } from '@mortise/base/bytes.ts';
import { FACTORY_KEY } from '../card-keys.ts';
import type { Secret } from '@mortise/base/secret.ts';
import type { ProductName } from '../product.ts';

/** `settings`: as GetFileSettings answers: type, communication mode, rights (RW, Change, R, W), size of three bytes. */
export type CardFile = { readonly settings: Bytes; readonly content: Bytes };
export type CardApplication = { readonly keys: readonly Secret[]; readonly files: ReadonlyMap<number, CardFile> };

export type Right = 'read' | 'write';

export const MAX_APPLICATIONS = 28;
export const MAX_FILES = 32;
export const MAX_FILE_BYTES = 1024;
const FREE = 0xe;

const newFile = (settings: readonly number[]): CardFile => {
  const bytes = Uint8Array.from(settings);
  return { settings: bytes, content: new Uint8Array(sizeOf(bytes)) };
};

export const sizeOf = (settings: Bytes): number => (settings[4] ?? 0) + (settings[5] ?? 0) * 0x100 + (settings[6] ?? 0) * 0x10000;

export const createFile = (settings: Bytes): CardFile => newFile([...settings]);

export const createApplication = (keyCount: number): CardApplication => ({ keys: Array.from({ length: keyCount }, () => FACTORY_KEY), files: new Map() });

/** Under the name by which it is selected, in hexadecimal. As NT4H2421Gx §8.2.3 has it from the factory: CC, NDEF, proprietary. */
const FACTORY: Record<ProductName, ReadonlyMap<string, CardApplication>> = {
  ntag424: new Map([['d2760000850101', {
    keys: createApplication(5).keys,
    files: new Map([
      [1, newFile([0x00, 0x00, 0x00, 0xe0, 0x20, 0x00, 0x00])],
      [2, newFile([0x00, 0x00, 0xe0, 0xee, 0x00, 0x01, 0x00])],
      [3, newFile([0x00, 0x03, 0x30, 0x23, 0x80, 0x00, 0x00])],
    ]),
  }]]),
  desfire: new Map(),
};

export const factoryApplications = (product: ProductName): ReadonlyMap<string, CardApplication> => FACTORY[product];

const nibbles = (settings: Bytes): Record<Right, readonly number[]> => {
  const [rights, readWrite] = [settings[3] ?? 0xff, (settings[2] ?? 0xff) >> 4];
  return { read: [rights >> 4, readWrite], write: [rights & 0xf, readWrite] };
};

/** How the right is exercised: under the key of the session, in the clear by anybody, or not at all. */
export const accessTo = ({ settings }: CardFile, right: Right, keyNumber: number | undefined): 'key' | 'free' | 'none' => {
  const holders = nibbles(settings)[right];
  if (keyNumber !== undefined && holders.includes(keyNumber)) return 'key';
  return holders.includes(FREE) ? 'free' : 'none';
};
