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

/** Whether it is in the table, whatever its data: those are looked at by `readConditions`. */
export const isGrantExtension = ({ vendor, id, version }: AccessExtension): boolean =>
  vendor === GRANT_VENDOR && version === VERSION && Object.values(GRANT_EXTENSIONS).some((known) => known.id === id);

/**
 * The conditions that an element's extensions say; those that are not in the table are passed over, since Aliro's own rules refuse the
 * critical ones. Undefined: one is there twice, or its data are not in form. How critical a known one was said to be changes nothing.
 */
export const readConditions = (extensions: readonly AccessExtension[]): GrantConditions | undefined => {
  const known = extensions.filter(isGrantExtension);
  if (new Set(known.map(({ id }) => id)).size !== known.length) return undefined;
  const dataOf = (name: Name): Bytes | undefined => known.find(({ id }) => id === GRANT_EXTENSIONS[name].id)?.data;
  const numbers = NUMBERS.map((name) => ({ name, data: dataOf(name), value: readNumber(name, dataOf(name)) }));
  const countsAs = dataOf('countsAs');
  const inForm = numbers.every(({ data, value }) => (data === undefined) === (value === undefined)) && MARKS.every((name) => (dataOf(name)?.length ?? 0) === 0);
  if (!inForm || (countsAs !== undefined && countsAs.length !== IDENTIFIER_BYTES)) return undefined;
  const given = numbers.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value] as const]));
  const marks = { userVerification: dataOf('userVerification') !== undefined, remote: dataOf('remote') !== undefined };
  return { ...Object.fromEntries(given), ...marks, ...(countsAs && { countsAs: identifierOf<GrantId>(countsAs) }) };
};

const readNumber = (name: (typeof NUMBERS)[number], data: Bytes | undefined): number | undefined => {
  const { min, max } = GRANT_BOUNDS[name];
  return data === undefined ? undefined : asNumber(decodeCbor(data, MAX_NUMBER_BYTES), min, max);
};
