// The access extensions of grants, under our vendor id (docs/GRANTS.md has the table): what narrows is critical, so that a reader
// which does not know it refuses; what widens is not, so that such a reader keeps to the narrower reading. A number is never reused.

import type { AccessExtension } from '@mortise/aliro/extension.ts';
import { VENDOR_ID } from '@mortise/aliro/vendor.ts';
import { EMPTY, fromUint, type Bytes } from '@mortise/base/bytes.ts';
import { asNumber, decodeCbor, encodeCbor } from '@mortise/base/cbor.ts';
import { identifierBytes, identifierOf, IDENTIFIER_BYTES, type GrantId } from '@mortise/base/identifiers.ts';
import { GRANT_BOUNDS, type GrantConditions } from './grant.ts';

export const GRANT_VENDOR = fromUint(VENDOR_ID);
const VERSION = 1;
const MAX_NUMBER_BYTES = 9;

/** `number`: the data are a CBOR number within `GRANT_BOUNDS`; `mark`: there are none, being there says it; `identifier`: 16 bytes. */
export const GRANT_EXTENSIONS = {
  uses: { id: 1, critical: true, form: 'number' },
  minutesAfterFirstUse: { id: 2, critical: true, form: 'number' },
  freshForS: { id: 3, critical: true, form: 'number' },
  holidays: { id: 4, critical: true, form: 'number' },
  userVerification: { id: 5, critical: true, form: 'mark' },
  remote: { id: 6, critical: false, form: 'mark' },
  countsAs: { id: 7, critical: true, form: 'identifier' },
} as const satisfies Readonly<Record<keyof GrantConditions, { id: number; critical: boolean; form: 'number' | 'mark' | 'identifier' }>>;

const NUMBERS = ['uses', 'minutesAfterFirstUse', 'freshForS', 'holidays'] as const;
const MARKS = ['userVerification', 'remote'] as const;
type Name = keyof typeof GRANT_EXTENSIONS;

/** In the order of their numbers; undefined when there are none, as access data want it. */
export const conditionExtensions = (conditions: GrantConditions): readonly AccessExtension[] | undefined => {
  const numbers = NUMBERS.flatMap((name) => {
    const value = conditions[name];
    return value === undefined ? [] : [extensionOf(name, encodeCbor(value))];
  });
  const marks = MARKS.flatMap((name) => (conditions[name] ? [extensionOf(name, EMPTY)] : []));
  const names = conditions.countsAs === undefined ? [] : [extensionOf('countsAs', identifierBytes(conditions.countsAs))];
  const all = [...numbers, ...marks, ...names];
  return all.length === 0 ? undefined : all;
};

const extensionOf = (name: Name, data: Bytes): AccessExtension =>
  ({ vendor: GRANT_VENDOR, id: GRANT_EXTENSIONS[name].id, version: VERSION, data, critical: GRANT_EXTENSIONS[name].critical });

const NAMES: readonly Name[] = [...NUMBERS, ...MARKS, 'countsAs'];
const NAME_OF: ReadonlyMap<number, Name> = new Map(NAMES.map((name) => [GRANT_EXTENSIONS[name].id, name]));

const nameOf = ({ vendor, id, version }: AccessExtension): Name | undefined =>
  vendor === GRANT_VENDOR && version === VERSION ? NAME_OF.get(id) : undefined;

/** Whether it is in the table, whatever its data: those are looked at by `readConditions`. */
export const isGrantExtension = (extension: AccessExtension): boolean => nameOf(extension) !== undefined;

type Read = { -readonly [N in Name]?: NonNullable<GrantConditions[N]> };

/**
 * The conditions that an element's extensions say; those that are not in the table are passed over, since Aliro's own rules refuse the
 * critical ones. Undefined: one is there twice, or its data are not in form. How critical a known one was said to be changes nothing.
 */
export const readConditions = (extensions: readonly AccessExtension[]): GrantConditions | undefined => {
  const read: Read = {};
  for (const extension of extensions) {
    const name = nameOf(extension);
    if (name !== undefined && !readInto(read, name, extension.data)) return undefined;
  }
  return { userVerification: false, remote: false, ...read };
};

const readInto = <N extends Name>(read: Read, name: N, data: Bytes): boolean => {
  const value = read[name] === undefined ? READ[name](data) : undefined;
  if (value !== undefined) read[name] = value;
  return value !== undefined;
};

const number = (name: (typeof NUMBERS)[number]) => (data: Bytes): number | undefined => {
  const { min, max } = GRANT_BOUNDS[name];
  return asNumber(decodeCbor(data, MAX_NUMBER_BYTES), min, max);
};
const mark = (data: Bytes): true | undefined => (data.length === 0 ? true : undefined);
const identifier = (data: Bytes): GrantId | undefined => (data.length === IDENTIFIER_BYTES ? identifierOf<GrantId>(data) : undefined);

const READ: { readonly [N in Name]: (data: Bytes) => Read[N] | undefined } = {
  uses: number('uses'), minutesAfterFirstUse: number('minutesAfterFirstUse'), freshForS: number('freshForS'), holidays: number('holidays'),
  userVerification: mark, remote: mark, countsAs: identifier,
};
