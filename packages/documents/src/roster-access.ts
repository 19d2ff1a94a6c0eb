// What a lock needs to judge access documents, as part of its roster: which door it is, what its wall clock shows, the calendars, and
// whom the owners let issue. The first roster, at adoption, is without: the door has no id yet, and the lock opens to no document.

import type { Bytes } from '@mortise/base/bytes.ts';
import { asBytes, type Cbor } from '@mortise/base/cbor.ts';
import { identifierBytes, type DoorId } from '@mortise/base/identifiers.ts';
import { decodeZoneTable, encodeZoneTable, type ZoneTable } from '@mortise/schedule/zone-table.ts';
import { asCalendars, calendarsCbor, type Calendar } from './calendar.ts';
import { asBytesList, asIdentifier, type Fields } from './fields.ts';
import { MAX_DELEGATION_BYTES } from './signed-delegation.ts';

export const MAX_DELEGATIONS = 4;
export const ACCESS_NAMES = ['door', 'zoneTable', 'calendars', 'delegations'] as const;

export type RosterAccess = {
  /** The door that the lock is at; elements of documents name it. */
  readonly door: DoorId;
  /** Of the roster's `zone`. */
  readonly zoneTable: ZoneTable;
  /** At most 8. */
  readonly calendars: readonly Calendar[];
  /** At most 4 standing delegations, as signed (signed-delegation.ts). One that is not by the present owners' threshold is passed over. */
  readonly delegations: readonly Bytes[];
};

/** The fields as they stand in the roster's map. */
export const rosterAccessValues = ({ door, zoneTable, calendars, delegations }: RosterAccess): readonly (readonly [string, Cbor])[] => [
  ['door', identifierBytes(door)],
  ['zoneTable', encodeZoneTable(zoneTable)],
  ['calendars', calendarsCbor(calendars)],
  ['delegations', delegations],
];

export const readRosterAccess = (read: Fields): RosterAccess | undefined => {
  const door = asIdentifier<DoorId>(read('door'));
  const zoneTable = decodeZoneTable(asBytes(read('zoneTable')) ?? new Uint8Array(0));
  const calendars = asCalendars(read('calendars'));
  const delegations = asBytesList(read('delegations'), { maxItems: MAX_DELEGATIONS, minLength: 1, maxLength: MAX_DELEGATION_BYTES });
  if (door === undefined || zoneTable === undefined || calendars === undefined || delegations === undefined) return undefined;
  return { door, zoneTable, calendars, delegations };
};
