// The estate on paper: where its locks are, in which groups, who works there and with which keys. Drawn from chance; no keys, no documents.

import type { GroupId } from '@mortise/base/identifiers.ts';
import { required } from '@mortise/base/assert.ts';
import type { Chance } from './chance.ts';
import { newDoor, newGroup, type LockPlace } from './site.ts';

export const REGIONS = ['Aare', 'Emme', 'Kander', 'Limmat', 'Reuss', 'Rhein', 'Sihl', 'Töss'] as const;
export const KINDS = ['gate', 'control room', 'transformer', 'cabinet'] as const;
const SITES = ['Substation', 'Pumping station', 'Mast', 'Reservoir', 'Exchange'] as const;
const FIRST = ['Ana', 'Ben', 'Carla', 'Dario', 'Elif', 'Fritz', 'Gina', 'Hugo', 'Ida', 'Jonas', 'Kim', 'Lea', 'Marco', 'Nora', 'Ole', 'Petra', 'Quirin', 'Rosa', 'Sven', 'Tina', 'Urs', 'Vera', 'Willi', 'Xenia', 'Yann'] as const;

export type Region = (typeof REGIONS)[number];
export type Kind = (typeof KINDS)[number];

export type PlannedLock = { readonly name: string; readonly kind: Kind; readonly place: LockPlace };
export type PlannedLocation = { readonly name: string; readonly region: Region; readonly locks: readonly PlannedLock[] };
/** `groups`: where this person's key opens, from when to when of the day on working days. */
export type PlannedPerson = { readonly name: string; readonly region: Region; readonly groups: readonly GroupId[]; readonly from: string; readonly until: string };

export type Plan = {
  readonly groups: ReadonlyMap<string, GroupId>;
  readonly locations: readonly PlannedLocation[];
  readonly people: readonly PlannedPerson[];
};

export type Size = { readonly locations: number; readonly locks: number; readonly people: number; readonly keys: number };
export const WHOLE: Size = { locations: 40, locks: 500, people: 25, keys: 30 };

export const drawPlan = (chance: Chance, { locations, locks, people }: Size): Plan => {
  const groups = new Map(REGIONS.flatMap((region) => KINDS.map((kind) => [groupName(region, kind), newGroup(chance)] as const)));
  return {
    groups,
    locations: Array.from({ length: locations }, (_, index) => drawLocation(chance, groups, index, share(locks, locations, index))),
    people: Array.from({ length: people }, (_, index) => drawPerson(chance, groups, index)),
  };
};

export const groupName = (region: Region, kind: Kind): string => `${region}: ${kind}`;

/** How many of `all` fall to this one of `parts`. */
const share = (all: number, parts: number, index: number): number => Math.floor(((index + 1) * all) / parts) - Math.floor((index * all) / parts);

const drawLocation = (chance: Chance, groups: Plan['groups'], index: number, count: number): PlannedLocation => {
  const region = required(REGIONS[index % REGIONS.length], 'a region');
  const name = `${chance.pick(SITES)} ${region} ${Math.floor(index / REGIONS.length) + 1}`;
  const locks = Array.from({ length: count }, (_, number): PlannedLock => {
    const kind = number === 0 ? 'gate' : chance.pick(KINDS);
    return { name: `${name}, ${kind} ${number + 1}`, kind, place: { door: newDoor(chance), groups: [groupOf(groups, region, kind)] } };
  });
  return { name, region, locks };
};

// Everybody passes the gates of the own region; what else differs.
const drawPerson = (chance: Chance, groups: Plan['groups'], index: number): PlannedPerson => {
  const region = required(REGIONS[index % REGIONS.length], 'a region');
  const kinds: readonly Kind[] = ['gate', ...chance.some(KINDS.slice(1), chance.whole(1, 2))];
  const starts = chance.whole(5, 7);
  return {
    name: required(FIRST[index % FIRST.length], 'a name'), region, groups: kinds.map((kind) => groupOf(groups, region, kind)),
    from: `0${starts}:00`, until: `${starts + chance.whole(10, 13)}:00`,
  };
};

const groupOf = (groups: Plan['groups'], region: Region, kind: Kind): GroupId => required(groups.get(groupName(region, kind)), 'every region has every kind');

