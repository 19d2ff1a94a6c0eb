// What locks judge lent keys by, as an owner signs it into their rosters: the door's id, its wall clock, groups and days off, and what the hub
// may do. A roster that says it all already is left as it is.

import { ROUTES } from '@mortise/api/routes.ts';
import type { Calendar as CalendarJson, Group, HoursWindow } from '@mortise/api/grants.ts';
import type { Door } from '@mortise/api/locks.ts';
import { capabilitiesOf } from '@mortise/access/grant-document.ts';
import { equalBytes, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { encodeCbor } from '@mortise/base/cbor.ts';
import { identifierOf, parseIdentifier, type DoorId } from '@mortise/base/identifiers.ts';
import { instant } from '@mortise/base/instant.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { freshEntropy } from '@mortise/browser/entropy.ts';
import { zoneTableOf } from '@mortise/browser/zone-table.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { calendarsCbor, type Calendar } from '@mortise/documents/calendar.ts';
import type { IssuePower, StandingDelegation } from '@mortise/documents/delegation.ts';
import { elementOf, placeOf } from '@mortise/documents/place.ts';
import type { OwnerSet } from '@mortise/documents/owner-set.ts';
import type { Roster } from '@mortise/documents/roster.ts';
import { scheduleOf, windowOf } from '@mortise/management/hours-window.ts';
import type { Schedule } from '@mortise/schedule/schedule.ts';
import { openStanding } from '@mortise/documents/signed-delegation.ts';
import { hubDelegationsIn, signHubDelegation } from '@mortise/wallet/hub-delegation.ts';
import { call } from '../model/client.ts';
import { calendars, groups, loadGrants } from '../model/grants.ts';
import { doors } from '../model/live.ts';
import { failureSentence } from '../words/failures.ts';
import { openAuthority, readOwnerSet, type Authority } from './authority.ts';
import { openOwnerKey } from './owner-key.ts';
import type { RosterChange } from '@mortise/wallet/roster-change.ts';
import { changeRoster, readRoster, type Signing } from './roster.ts';

export type RosterWord = { readonly doorId: string; readonly doorName: string; readonly result: Result<'delivered' | 'waiting', string> };

const DAY_MS = 86_400_000;
/** Of the hub's power, and of the wall clock in a roster: signed anew, with whatever else is, once less than a half is left. */
const YEARS = 10;
const POWER_MS = 5 * 365 * DAY_MS;
const RENEW_POWER_MS = POWER_MS / 2;
const RENEW_CLOCK_MS = (YEARS * 365 * DAY_MS) / 2;

/** What there is to know for all locks, read once. */
type Site = { readonly ownerSet: OwnerSet; readonly delegateKey: Bytes; readonly groups: readonly Group[]; readonly calendars: readonly Calendar[] };

/** What the hub shall be let lend by itself. `undefined`: as it is; null: nothing. */
type Wish = HubIssue | null | undefined;

const readSite = async (ownerSet: OwnerSet): Promise<Result<Site, string>> => {
  const [keys, names] = await Promise.all([call(ROUTES.hubKeys), loadGrants()]);
  if (!keys.ok) return err(failureSentence(keys.error));
  if (!names.ok) return err(failureSentence(names.error));
  const delegateKey = fromBase64url(keys.value.delegateKey);
  if (delegateKey === undefined) return err(failureSentence({ kind: 'unreadable' }));
  return ok({ ownerSet, delegateKey, groups: groups.value, calendars: calendars.value.map(({ id, days, untilDay }) => ({ id, days, untilDay })) });
};

const groupsOf = ({ groups: all }: Site, { id }: Door): readonly Bytes[] => all.filter(({ doors: within }) => within.includes(id)).flatMap((group) => fromBase64url(group.id) ?? []);

/** The hub's powers in these documents of a roster. */
const powersIn = ({ ownerSet, delegateKey }: Site, documents: readonly Bytes[]): readonly StandingDelegation[] => hubDelegationsIn(nobleCrypto, documents, ownerSet, delegateKey);

const lending = (site: Site, documents: readonly Bytes[]): StandingDelegation | undefined => powersIn(site, documents).find(({ issue }) => issue !== null);

const sameLists = (a: readonly Bytes[], b: readonly Bytes[]): boolean => a.length === b.length && a.every((each) => b.some((other) => equalBytes(each, other)));
const sameCalendars = (a: readonly Calendar[], b: readonly Calendar[]): boolean => equalBytes(encodeCbor(calendarsCbor(a)), encodeCbor(calendarsCbor(b)));

/** Whether the roster says already all that it should. */
const isReady = (site: Site, door: Door, { access, groups: held }: Roster, wish: Wish): boolean => {
  if (access === undefined || wish !== undefined) return false;
  const now = Date.now();
  const confirms = powersIn(site, access.delegations).some(({ freshness, revocation, until }) => freshness && revocation && until > now + RENEW_POWER_MS);
  const clock = access.zoneTable.untilS * 1000 > now + RENEW_CLOCK_MS;
  return confirms && clock && access.door === parseIdentifier<DoorId>(door.id) && sameCalendars(access.calendars, site.calendars) && sameLists(held, groupsOf(site, door));
};

/** Signs a power of the hub's, once for all locks that are told the same. */
type Sign = (until: number, issue: IssuePower | null) => Bytes;

const signOnce = ({ owner, ownerSet }: Signing, { delegateKey }: Site): Sign => {
  const made = new Map<string, Bytes>();
  return (until, issue) => {
    const name = JSON.stringify([until, issue]);
    const known = made.get(name) ?? signHubDelegation(nobleCrypto, owner, { siteId: ownerSet.siteId, delegateKey, until: instant(until), issue });
    made.set(name, known);
    return known;
  };
};

/** Others' delegations stay; the hub's are the one by which it confirms and takes back, and the one by which it lends, if it does. */
const delegationsFor = (site: Site, held: readonly Bytes[], wish: Wish, sign: Sign, powerUntil: number): readonly Bytes[] => {
  // One that is not by the present owners counts for nothing, and goes.
  const others = held.filter((each) => powersIn(site, [each]).length === 0 && openStanding(nobleCrypto, [each], site.ownerSet).length > 0);
  const lends = wish === undefined ? held.filter((each) => lending(site, [each]) !== undefined).slice(0, 1) : wish === null ? [] : [sign(wish.until, powerWish(wish))];
  return [...others, sign(powerUntil, null), ...lends];
};

type AccessChange = Extract<RosterChange, { readonly kind: 'access' }>;

/** The change that makes the roster say it all. */
const accessChange = (site: Site, door: Door, { zone, access }: Roster, wish: Wish, sign: Sign): Result<AccessChange, string> => {
  const now = Date.now();
  const year = new Date(now).getUTCFullYear();
  const [zoneTable, doorId] = [zoneTableOf(zone, year, year + YEARS), parseIdentifier<DoorId>(door.id)];
  if (!zoneTable.ok || doorId === undefined) return err(`This browser does not know the time zone ${zone}, in which ${door.name} keeps its hours. Update it, or use another one.`);
  const delegations = delegationsFor(site, access?.delegations ?? [], wish, sign, Math.ceil((now + POWER_MS) / 1000) * 1000);
  return ok({ kind: 'access', access: { door: doorId, zoneTable: zoneTable.value, calendars: site.calendars, delegations }, groups: groupsOf(site, door) });
};

const giveAccess = async (signing: Signing, site: Site, list: readonly Door[], wish: Wish, onDoor: (name: string) => void): Promise<Result<readonly RosterWord[], string>> => {
  const sign = signOnce(signing, site);
  const words: RosterWord[] = [];
  for (const door of list) {
    const roster = await readRoster(door, signing);
    if (!roster.ok) return err(`${door.name}: ${roster.error}`);
    if (isReady(site, door, roster.value, wish)) continue;
    onDoor(door.name);
    const change = accessChange(site, door, roster.value, wish, sign);
    if (!change.ok) return change;
    words.push({ doorId: door.id, doorName: door.name, result: await changeRoster(door, signing, change.value) });
  }
  return ok(words);
};

/** Signs rosters for those of these locks that cannot judge lent keys yet, or as they should. Answers what was signed; errors are sentences. */
export const ensureAccess = async (signing: Signing, list: readonly Door[], onDoor: (name: string) => void): Promise<Result<readonly RosterWord[], string>> => {
  const site = await readSite(signing.ownerSet);
  return site.ok ? giveAccess(signing, site.value, list, undefined, onDoor) : site;
};

/**
 * The same for owners who are to be (`next`): what somebody who goes has signed is signed anew, with the bounds that it had. Undefined: the lock
 * judges no lent keys, and need not.
 */
export const accessUnder = async ({ owner, ownerSet, next }: Signing & { readonly next: OwnerSet }, door: Door): Promise<Result<AccessChange | undefined, string>> => {
  const [before, roster] = [await readSite(ownerSet), await readRoster(door, { ownerSet })];
  if (!before.ok) return before;
  if (!roster.ok) return roster;
  if (roster.value.access === undefined) return ok(undefined);
  const site = { ...before.value, ownerSet: next };
  const [held, kept] = [lending(before.value, roster.value.access.delegations), lending(site, roster.value.access.delegations)];
  const wish = kept === undefined && held !== undefined ? (plainIssue(held) ?? undefined) : undefined;
  return accessChange(site, door, roster.value, wish, signOnce({ owner, ownerSet: next }, site));
};

const withOwner = async (work: (authority: Authority) => Promise<Result<readonly RosterWord[], string>>): Promise<Result<readonly RosterWord[], string>> => {
  const owner = await openOwnerKey();
  if (!owner.ok) return owner;
  const authority = await openAuthority(owner.value);
  return authority.ok ? work(authority.value) : authority;
};

// ---- groups and days off -----------------------------------------------------------------------------------------------------

/** `id` undefined: a new one. */
export const putGroup = ({ id, name, doors: within }: { readonly id: string | undefined; readonly name: string; readonly doors: readonly string[] }, onDoor: (name: string) => void): Promise<Result<readonly RosterWord[], string>> =>
  withOwner(async (authority) => {
    const groupId = id ?? identifierOf(freshEntropy().slice(0, 16));
    const put = await call(ROUTES.putGroup, { parameters: { groupId }, body: { name, doors: [...within] } });
    if (!put.ok) return err(failureSentence(put.error));
    return ensureAccess(authority, doors.value ?? [], onDoor);
  });

export const putCalendars = (list: readonly CalendarJson[], onDoor: (name: string) => void): Promise<Result<readonly RosterWord[], string>> =>
  withOwner(async (authority) => {
    const put = await call(ROUTES.putCalendars, { body: { calendars: [...list] } });
    if (!put.ok) return err(failureSentence(put.error));
    return ensureAccess(authority, doors.value ?? [], onDoor);
  });

// ---- what the hub may do -----------------------------------------------------------------------------------------------------

/** Bounds within which the hub lends by itself, in plain values. */
export type HubIssue = { readonly places: readonly string[]; readonly longestS: number; readonly perDay: number; readonly hours: readonly HoursWindow[]; readonly until: number };
/** `behind`: doors whose locks' newest rosters say something else. */
export type HubPower = { readonly issue: HubIssue | null; readonly behind: readonly string[] };

const plainHours = (hours: readonly Schedule[]): readonly HoursWindow[] =>
  hours.flatMap((each) => {
    const window = windowOf(each);
    return window === undefined ? [] : [{ ...window, days: [...window.days] }];
  });

const plainIssue = ({ issue, until }: StandingDelegation): HubIssue | null =>
  issue === null ? null : { places: issue.places.map(elementOf), longestS: issue.longestS, perDay: issue.perDay, hours: plainHours(issue.hours), until };

const powerWish = ({ places, longestS, perDay, hours }: HubIssue): IssuePower => ({
  places: places.flatMap((place) => placeOf(place) ?? []), kinds: ['document'], capabilities: capabilitiesOf(['unlock', 'lock']), hours: hours.flatMap((each) => scheduleOf(each) ?? []), longestS, perDay,
});

/** What the newest rosters let the hub do. Nothing is signed. */
export const readHubPower = async (): Promise<Result<HubPower, string>> => {
  const ownerSet = await readOwnerSet();
  const site = ownerSet.ok ? await readSite(ownerSet.value) : ownerSet;
  if (!site.ok) return site;
  const found: (readonly [string, HubIssue | null])[] = [];
  for (const door of doors.value ?? []) {
    const roster = await readRoster(door, site.value);
    if (!roster.ok) return err(`${door.name}: ${roster.error}`);
    const standing = lending(site.value, roster.value.access?.delegations ?? []);
    found.push([door.name, standing === undefined ? null : plainIssue(standing)]);
  }
  const issue = found.map(([, each]) => each).find((each) => each !== null) ?? null;
  return ok({ issue, behind: issue === null ? [] : found.filter(([, each]) => JSON.stringify(each) !== JSON.stringify(issue)).map(([name]) => name) });
};

/** Lets the hub lend within these bounds; null: no more. */
export const giveHubPower = (issue: HubIssue | null, onDoor: (name: string) => void): Promise<Result<readonly RosterWord[], string>> =>
  withOwner(async (authority) => {
    const site = await readSite(authority.ownerSet);
    return site.ok ? giveAccess(authority, site.value, doors.value ?? [], issue, onDoor) : site;
  });
