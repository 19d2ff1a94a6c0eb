// The route table: method, path, body, query, answer. The hub is built from it, the app and the CLI call by it. Paths hold `:lockId` or
// other ids; `pathOf` fills them. Every route under /api but those marked `open` wants a session: an owner’s, or where `key` is true that of a
// lent key (keys.ts), and then an owner’s as well only where `owners` is true; every non-GET an allowed Origin.

import { z } from './schema.ts';
import * as accessRequests from './access-requests.ts';
import * as activity from './activity.ts';
import * as alarms from './alarms.ts';
import * as ekeys from './ekeys.ts';
import * as entries from './entries.ts';
import * as grants from './grants.ts';
import * as keys from './keys.ts';
import * as locations from './locations.ts';
import * as locks from './locks.ts';
import * as owner from './owner.ts';
import * as owners from './owners.ts';
import { passkeyOptions } from './passkey.ts';
import * as phoneLinks from './phone-links.ts';
import * as records from './records.ts';

export const nothing = z.object({});

export const ROUTES = {
  health: { method: 'GET', path: '/api/health', open: true, answer: owner.health },
  claimOptions: { method: 'POST', path: '/api/claim/options', open: true, body: owner.claimOptionsBody, answer: passkeyOptions },
  claim: { method: 'POST', path: '/api/claim', open: true, body: owner.claimBody, answer: owner.me },
  signInOptions: { method: 'POST', path: '/api/sign-in/options', open: true, body: nothing, answer: passkeyOptions },
  signIn: { method: 'POST', path: '/api/sign-in', open: true, body: owner.signInBody, answer: owner.me },
  kitChallenge: { method: 'POST', path: '/api/sign-in/kit/challenge', open: true, body: nothing, answer: owner.kitChallenge },
  kit: { method: 'POST', path: '/api/sign-in/kit', open: true, body: owner.kitBody, answer: owner.me },
  signOut: { method: 'POST', path: '/api/sign-out', open: true, body: nothing, answer: owner.done },
  me: { method: 'GET', path: '/api/me', open: false, answer: owner.me },
  passkeyOptions: { method: 'POST', path: '/api/passkeys/options', open: false, body: owner.passkeyOptionsBody, answer: passkeyOptions },
  addPasskey: { method: 'POST', path: '/api/passkeys', open: false, body: owner.passkeyBody, answer: owner.done },
  vault: { method: 'GET', path: '/api/vault', open: false, answer: owner.vault },
  /** Adds or replaces the entries named by credential id and owner key, and the wraps named by owner key; takes nothing away. */
  putVault: { method: 'PUT', path: '/api/vault', open: false, body: owner.vault, answer: owner.done },
  ownerSets: { method: 'GET', path: '/api/owner-sets', open: false, answer: owner.ownerSets },
  hubKeys: { method: 'GET', path: '/api/hub-keys', open: false, answer: locks.hubKeys },
  waitingLocks: { method: 'GET', path: '/api/locks/waiting', open: false, answer: locks.waitingLocks },
  linkCertificate: { method: 'POST', path: '/api/locks/:lockId/link-certificate', open: false, body: locks.linkCertificateBody, answer: locks.linkCertificate },
  /** Replaces the draft of this lock; the oldest go beyond a bound. */
  putDraft: { method: 'PUT', path: '/api/locks/:lockId/draft', open: false, body: locks.draftBody, answer: owner.done },
  addLock: { method: 'POST', path: '/api/locks', open: false, body: locks.adoptedBody, answer: locks.doorAnswer },
  doors: { method: 'GET', path: '/api/doors', open: false, answer: locks.doors },
  door: { method: 'GET', path: '/api/doors/:doorId', open: false, answer: locks.doorAnswer },
  patchDoor: { method: 'PATCH', path: '/api/doors/:doorId', open: false, body: locks.doorPatch, answer: locks.doorAnswer },
  roster: { method: 'GET', path: '/api/locks/:lockId/roster', open: false, answer: locks.roster },
  putRoster: { method: 'PUT', path: '/api/locks/:lockId/roster', open: false, body: locks.rosterBody, answer: locks.roster },
  /** The lock is told at once or when it is there again; once its record says that it has forgotten its owners, its door is removed. */
  resetLock: { method: 'PUT', path: '/api/locks/:lockId/reset', open: false, body: locks.resetBody, answer: locks.doorAnswer },
  /** Where the lock may have the order already, `lock.reset` says so; then only its end bounds it. */
  withdrawReset: { method: 'POST', path: '/api/locks/:lockId/reset/withdraw', open: false, body: nothing, answer: locks.doorAnswer },
  removeLock: { method: 'POST', path: '/api/locks/:lockId/remove', open: false, body: nothing, answer: owner.done },
  entries: { method: 'GET', path: '/api/entries', open: false, answer: entries.entries },
  addCode: { method: 'POST', path: '/api/codes', open: false, body: entries.codeBody, answer: entries.codeAnswer },
  sendEntry: { method: 'POST', path: '/api/entry-messages', open: false, body: entries.entryMessageBody, answer: entries.entryMessageAnswer },
  people: { method: 'GET', path: '/api/people', open: false, answer: owner.people },
  putPhoneKey: { method: 'PUT', path: '/api/phone-keys', open: false, body: owner.phoneKey, answer: owner.done },
  grants: { method: 'GET', path: '/api/grants', open: false, answer: grants.grants },
  addGrant: { method: 'POST', path: '/api/grants', open: false, body: grants.grantBody, answer: grants.grantAnswer },
  grant: { method: 'GET', path: '/api/grants/:grantId', open: false, answer: grants.grantAnswer },
  /** As a file, for `mortise would-open`. */
  grantDocuments: { method: 'GET', path: '/api/grants/:grantId/documents', open: false, answer: keys.keyDocuments },
  /** Only what is named changes; what is left out stays as it is. */
  patchGrant: { method: 'PATCH', path: '/api/grants/:grantId', open: false, body: grants.grantPatch, answer: grants.grantAnswer },
  confirmGrant: { method: 'POST', path: '/api/grants/:grantId/confirm', open: false, body: grants.confirmBody, answer: grants.grantAnswer },
  takeBack: { method: 'POST', path: '/api/grants/:grantId/take-back', open: false, body: grants.takeBackBody, answer: grants.grantAnswer },
  revocations: { method: 'GET', path: '/api/revocations', open: false, answer: grants.revocations },
  groups: { method: 'GET', path: '/api/groups', open: false, answer: grants.groups },
  putGroup: { method: 'PUT', path: '/api/groups/:groupId', open: false, body: grants.groupBody, answer: grants.groups },
  calendars: { method: 'GET', path: '/api/calendars', open: false, answer: grants.calendars },
  putCalendars: { method: 'PUT', path: '/api/calendars', open: false, body: grants.calendars, answer: grants.calendars },
  outbox: { method: 'GET', path: '/api/outbox', open: false, answer: grants.outbox },
  ownerInvitations: { method: 'GET', path: '/api/owner-invitations', open: false, answer: owners.ownerInvitations },
  inviteOwner: { method: 'POST', path: '/api/owner-invitations', open: false, body: owners.ownerInvitationBody, answer: owners.ownerInvitations },
  joinOptions: { method: 'POST', path: '/api/join/options', open: true, body: owners.joinOptionsBody, answer: passkeyOptions },
  join: { method: 'POST', path: '/api/join', open: true, body: owners.joinBody, answer: owners.joinState },
  joinState: { method: 'POST', path: '/api/join/state', open: true, body: keys.openInvitationBody, answer: owners.joinState },
  putOwnerSet: { method: 'POST', path: '/api/owner-sets', open: false, body: owners.ownerSetBody, answer: owner.ownerSets },
  openInvitation: { method: 'POST', path: '/api/invitations/open', open: true, body: keys.openInvitationBody, answer: keys.invitation },
  redeem: { method: 'POST', path: '/api/invitations/redeem', open: true, body: keys.redeemBody, answer: keys.redeemed },
  keyChallenge: { method: 'POST', path: '/api/keys/challenge', open: true, body: nothing, answer: keys.keyChallenge },
  keySignIn: { method: 'POST', path: '/api/keys/sign-in', open: true, body: keys.keySignInBody, answer: keys.heldKeys },
  heldKeys: { method: 'GET', path: '/api/keys', open: false, key: true, answer: keys.heldKeys },
  courier: { method: 'POST', path: '/api/courier/:lockId', open: false, key: true, owners: true, body: keys.courierBody, answer: keys.courierAnswer },
  nearLinks: { method: 'GET', path: '/api/near-links', open: true, answer: keys.nearLinks },
  locations: { method: 'GET', path: '/api/locations', open: false, answer: locations.locations },
  putLocation: { method: 'PUT', path: '/api/locations/:locationId', open: false, body: locations.locationBody, answer: locations.locations },
  removeLocation: { method: 'POST', path: '/api/locations/:locationId/remove', open: false, body: nothing, answer: locations.locations },
  ekeys: { method: 'GET', path: '/api/ekeys', open: false, answer: ekeys.ekeys },
  addEkey: { method: 'POST', path: '/api/ekeys', open: false, body: ekeys.ekeyBody, answer: ekeys.ekeyAnswer },
  ekeyPapers: { method: 'GET', path: '/api/ekey-papers', open: false, answer: ekeys.allEkeyPapers },
  ekey: { method: 'GET', path: '/api/ekeys/:ekeyId', open: false, answer: ekeys.ekeyAnswer },
  patchEkey: { method: 'PATCH', path: '/api/ekeys/:ekeyId', open: false, body: ekeys.ekeyPatch, answer: ekeys.ekeyAnswer },
  issueEkey: { method: 'POST', path: '/api/ekeys/:ekeyId/issue', open: false, body: ekeys.issueBody, answer: ekeys.ekeyAnswer },
  returnEkey: { method: 'POST', path: '/api/ekeys/:ekeyId/return', open: false, body: ekeys.returnBody, answer: ekeys.ekeyAnswer },
  loseEkey: { method: 'POST', path: '/api/ekeys/:ekeyId/lose', open: false, body: ekeys.loseBody, answer: ekeys.ekeyAnswer },
  ekeyCoverage: { method: 'GET', path: '/api/ekeys/:ekeyId/coverage', open: false, answer: ekeys.ekeyCoverage },
  updateEkey: { method: 'POST', path: '/api/ekeys/:ekeyId/update', open: false, key: true, owners: true, body: ekeys.ekeyUpdateBody, answer: ekeys.ekeyUpdateAnswer },
  makePhoneLink: { method: 'POST', path: '/api/ekeys/:ekeyId/phone-link', open: false, body: phoneLinks.phoneLinkBody, answer: phoneLinks.phoneLink },
  openPhoneLink: { method: 'POST', path: '/api/phone-links/open', open: true, body: phoneLinks.openPhoneLinkBody, answer: phoneLinks.phoneLink },
  redeemPhoneLink: { method: 'POST', path: '/api/phone-links/redeem', open: true, body: phoneLinks.redeemPhoneLinkBody, answer: phoneLinks.phoneLink },
  ownUpdateEkey: { method: 'POST', path: '/api/ekeys/:ekeyId/own-update', open: true, body: ekeys.ownUpdateBody, answer: ekeys.ownUpdateAnswer },
  heldEkeys: { method: 'GET', path: '/api/keys/ekeys', open: false, key: true, answer: ekeys.heldEkeys },
  reportLostEkey: { method: 'POST', path: '/api/keys/ekeys/:ekeyId/lost', open: false, key: true, body: ekeys.reportLostBody, answer: ekeys.heldEkeys },
  askablePlaces: { method: 'GET', path: '/api/keys/places', open: false, key: true, answer: locations.askablePlaces },
  askAccess: { method: 'POST', path: '/api/access-requests', open: false, key: true, owners: true, body: accessRequests.accessRequestBody, answer: accessRequests.accessRequestAnswer },
  accessRequests: { method: 'GET', path: '/api/access-requests', open: false, query: accessRequests.accessRequestsQuery, answer: accessRequests.accessRequests },
  ownAccessRequests: { method: 'GET', path: '/api/keys/access-requests', open: false, key: true, answer: accessRequests.accessRequests },
  decideAccess: { method: 'POST', path: '/api/access-requests/:requestId/decision', open: false, body: accessRequests.decisionBody, answer: accessRequests.accessRequestAnswer },
  records: { method: 'GET', path: '/api/records', open: false, query: records.recordsQuery, answer: records.recordsPage },
  activity: { method: 'GET', path: '/api/activity', open: false, query: activity.activityQuery, answer: activity.activityPage },
  alerts: { method: 'GET', path: '/api/alerts', open: false, answer: activity.alerts },
  /** The caller’s own, and nobody else’s. */
  alarmAddresses: { method: 'GET', path: '/api/alarm-addresses', open: false, answer: alarms.alarmAddresses },
  /** Replaces both: what is null is taken away, with what is on its way there. */
  putAlarmAddresses: { method: 'PUT', path: '/api/alarm-addresses', open: false, body: alarms.alarmAddressesBody, answer: alarms.alarmAddresses },
  testAlarm: { method: 'POST', path: '/api/alarm-addresses/test', open: false, body: alarms.alarmTestBody, answer: alarms.alarmAddresses },
  /** This table and its schemas, as open-api.ts tells them. */
  openApi: { method: 'GET', path: '/api/openapi.json', open: true, answer: z.looseObject({ openapi: z.string() }) },
} as const;

export type RouteName = keyof typeof ROUTES;
export type Answer<N extends RouteName> = z.output<(typeof ROUTES)[N]['answer']>;
export type Body<N extends RouteName> = (typeof ROUTES)[N] extends { readonly body: infer B extends z.ZodType } ? z.input<B> : undefined;

/** What does not answer JSON: JSON Lines, server-sent events, and the two WebSockets (binary frames). */
export const STREAMS = {
  journal: '/api/locks/:lockId/journal',
  ekeyJournal: '/api/ekeys/:ekeyId/journal',
  events: '/api/events',
  /** Frames: one adoption message each, `[step, bytes]` in CBOR as the lock's link message carries it. */
  adopt: '/api/locks/:lockId/adopt',
  /** Frames: relay-frame.ts of courier. */
  relay: '/api/locks/:lockId/relay',
} as const;

/** The largest WebSocket frame, in bytes, either way. */
export const MAX_FRAME_BYTES = 65_000;

/** `pathOf('/api/doors/:doorId', { doorId })`; identifiers are base64url and need no escaping. */
export const pathOf = (path: string, parameters: Readonly<Record<string, string>>): string =>
  path.replace(/:([a-zA-Z]+)/g, (whole, key: string) => parameters[key] ?? whole);
