// A delegation between data and CBOR: a map with text keys, exactly those of its kind. Schedules and access data are written as they
// are in access documents.

import { accessDataCbor, readAccessData, type AccessData } from '@mortise/aliro/access-data.ts';
import { readSchedule, scheduleCbor } from '@mortise/aliro/access-schedule.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { asArray, asBoolean, asBytes, asList, asNumber, decodeCbor, encodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import { identifierBytes, type SiteId } from '@mortise/base/identifiers.ts';
import { PUBLIC_KEY_BYTES, type Crypto } from '@mortise/crypto/crypto.ts';
import type { Schedule } from '@mortise/schedule/schedule.ts';
import {
  ALL_CAPABILITIES, CREDENTIAL_KINDS, LONGEST_BOUNDS_S, MAX_HOURS, MAX_PER_DAY, type CredentialKind, type Delegation, type Invitation, type IssuePower,
  type StandingDelegation,
} from './delegation.ts';
import { asIdentifier, asInstant, exactFields, type Fields } from './fields.ts';
import { asPlaces, elementOf, type Place } from './place.ts';

/** The longest payload; the signatures come on top. */
export const MAX_PAYLOAD_BYTES = 4096;
const STANDING = ['kind', 'siteId', 'delegate', 'until', 'issue', 'freshness', 'revocation'] as const;
const ISSUE = ['places', 'kinds', 'capabilities', 'hours', 'longestS', 'perDay'] as const;
const INVITATION = ['kind', 'siteId', 'delegate', 'until', 'from', 'places', 'template'] as const;

export const encodeDelegation = (delegation: Delegation): Bytes =>
  encodeCbor(delegation.kind === 'standing' ? standingCbor(delegation) : invitationCbor(delegation));

/** Takes any bytes. */
export const decodeDelegation = (crypto: Crypto, payload: Bytes): Delegation | undefined => {
  const value = decodeCbor(payload, MAX_PAYLOAD_BYTES);
  const kind = value instanceof Map ? value.get('kind') : undefined;
  if (kind === 'standing') return readStanding(crypto, exactFields(value, STANDING));
  return kind === 'invitation' ? readInvitation(crypto, exactFields(value, INVITATION)) : undefined;
};

const placesCbor = (places: readonly Place[]): Cbor => places.map(elementOf);

const standingCbor = ({ siteId, issue, ...rest }: StandingDelegation): Cbor =>
  map(STANDING, { ...rest, siteId: identifierBytes(siteId), issue: issue && issueCbor(issue) });

const issueCbor = ({ places, hours, ...rest }: IssuePower): Cbor =>
  map(ISSUE, { ...rest, places: placesCbor(places), hours: hours.map(scheduleCbor) });

const invitationCbor = ({ siteId, places, template, ...rest }: Invitation): Cbor =>
  map(INVITATION, { ...rest, siteId: identifierBytes(siteId), places: placesCbor(places), template: accessDataCbor(template) });

const map = <Name extends string>(names: readonly Name[], values: Readonly<Record<Name, Cbor>>): Cbor =>
  new Map(names.map((name) => [name, values[name]]));

type Common = Pick<Delegation, 'siteId' | 'delegate' | 'until'>;

const readCommon = (crypto: Crypto, read: Fields): Common | undefined => {
  const siteId = asIdentifier<SiteId>(read('siteId'));
  const delegate = asBytes(read('delegate'), PUBLIC_KEY_BYTES);
  const until = asInstant(read('until'));
  if (siteId === undefined || delegate === undefined || until === undefined) return undefined;
  return crypto.p256.isPublicKey(delegate) ? { siteId, delegate, until } : undefined;
};

const readStanding = (crypto: Crypto, read: Fields | undefined): StandingDelegation | undefined => {
  const common = read && readCommon(crypto, read);
  const issue = read?.('issue') === null ? null : readIssue(exactFields(read?.('issue'), ISSUE));
  const [freshness, revocation] = [asBoolean(read?.('freshness')), asBoolean(read?.('revocation'))];
  if (common === undefined || issue === undefined || freshness === undefined || revocation === undefined) return undefined;
  return { kind: 'standing', ...common, issue, freshness, revocation };
};

const readIssue = (read: Fields | undefined): IssuePower | undefined => {
  const [places, kinds, hours] = [asPlaces(read?.('places')), asKinds(read?.('kinds')), asHours(read?.('hours'))];
  const capabilities = asNumber(read?.('capabilities'), 1, ALL_CAPABILITIES);
  const longestS = asNumber(read?.('longestS'), LONGEST_BOUNDS_S.min, LONGEST_BOUNDS_S.max);
  const perDay = asNumber(read?.('perDay'), 1, MAX_PER_DAY);
  if (places === undefined || kinds === undefined || hours === undefined) return undefined;
  if (capabilities === undefined || longestS === undefined || perDay === undefined) return undefined;
  return { places, kinds, capabilities, hours, longestS, perDay };
};

const readInvitation = (crypto: Crypto, read: Fields | undefined): Invitation | undefined => {
  const common = read && readCommon(crypto, read);
  const [from, places, template] = [asInstant(read?.('from')), asPlaces(read?.('places')), asTemplate(read?.('template'))];
  if (common === undefined || from === undefined || places === undefined || template === undefined) return undefined;
  return from < common.until ? { kind: 'invitation', ...common, from, places, template } : undefined;
};

const asKinds = (value: Cbor | undefined): readonly CredentialKind[] | undefined => {
  const items = asArray(value, CREDENTIAL_KINDS.length) ?? [];
  const kinds = CREDENTIAL_KINDS.filter((kind) => items.includes(kind));
  return kinds.length > 0 && kinds.length === items.length && kinds.every((kind, index) => kind === items[index]) ? kinds : undefined;
};

const asHours = (value: Cbor | undefined): readonly Schedule[] | undefined => asList(value, 0, MAX_HOURS, readSchedule);

const asTemplate = (value: Cbor | undefined): AccessData | undefined => {
  const read = value === undefined ? undefined : readAccessData(value);
  return read?.ok === true && read.value.id !== undefined ? read.value : undefined;
};
