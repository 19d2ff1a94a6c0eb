// Vendor extensions of an element (SPEC §8.3, §8.4): lists under a vendor id. Those of no consequence for access are read for their
// form only; access extensions say whether a reader that does not know them must refuse.

import { asArray, asBytes, asMap, asNumber, type Cbor } from '@mortise/base/cbor.ts';

/** `vendor`: 24 bits. `id`, `version`: 32 bits. `data`: at most 4096 bytes. */
export type Extension = { readonly vendor: number; readonly id: number; readonly version: number; readonly data: Uint8Array };

/** `critical`: a reader that does not know it refuses (bit 0 of the written criticality is 0: SPEC's inverted reading). */
export type AccessExtension = Extension & { readonly critical: boolean };

export const MAX_VENDORS = 8;
export const MAX_EXTENSIONS = 8;
/** Of another issuer's extensions we only pass over: wide enough for what it may carry, a certificate say. */
export const MAX_EXTENSION_BYTES = 4096;

const MAX_VENDOR = 0xff_ffff;
const MAX_UINT32 = 0xffff_ffff;
const MAX_CRITICALITY = 0xff;
const NOT_CRITICAL = 1;

type Read<T> = (vendor: number, parts: readonly Cbor[]) => T | undefined;

const readPlain: Read<Extension> = (vendor, [id, version, data, ...more]) => {
  const [number, of, bytes] = [asNumber(id, 0, MAX_UINT32), asNumber(version, 0, MAX_UINT32), asBytes(data)];
  if (number === undefined || of === undefined || bytes === undefined || bytes.length > MAX_EXTENSION_BYTES || more.length > 0) return undefined;
  return { vendor, id: number, version: of, data: bytes };
};

const readCritical: Read<AccessExtension> = (vendor, [criticality, ...rest]) => {
  const [flags, extension] = [asNumber(criticality, 0, MAX_CRITICALITY), readPlain(vendor, rest)];
  return flags === undefined || extension === undefined ? undefined : { ...extension, critical: (flags & NOT_CRITICAL) === 0 };
};

const readAll = <T>(value: Cbor | undefined, leastVendor: number, read: Read<T>): readonly T[] | undefined => {
  const extensions: T[] = [];
  const vendors = asMap(value, MAX_VENDORS);
  for (const [key, list] of vendors ?? []) {
    const [vendor, items] = [asNumber(key, leastVendor, MAX_VENDOR), asArray(list, MAX_EXTENSIONS)];
    if (vendor === undefined || items === undefined) return undefined;
    for (const item of items) {
      const extension = read(vendor, asArray(item) ?? []);
      if (extension === undefined) return undefined;
      extensions.push(extension);
    }
  }
  return vendors && extensions;
};

/** {vendor (not 0): [[id, version, data]]} */
export const readExtensions = (value: Cbor | undefined): readonly Extension[] | undefined => readAll(value, 1, readPlain);

/** {vendor: [[criticality, id, version, data]]} */
export const readAccessExtensions = (value: Cbor | undefined): readonly AccessExtension[] | undefined => readAll(value, 0, readCritical);

const byVendor = <T extends Extension>(extensions: readonly T[], write: (extension: T) => Cbor): Cbor => {
  const vendors = new Map<number, readonly Cbor[]>();
  for (const extension of extensions) vendors.set(extension.vendor, [...(vendors.get(extension.vendor) ?? []), write(extension)]);
  return vendors;
};

export const extensionsCbor = (extensions: readonly Extension[]): Cbor => byVendor(extensions, ({ id, version, data }) => [id, version, data]);

export const accessExtensionsCbor = (extensions: readonly AccessExtension[]): Cbor =>
  byVendor(extensions, ({ critical, id, version, data }) => [critical ? 0 : NOT_CRITICAL, id, version, data]);
