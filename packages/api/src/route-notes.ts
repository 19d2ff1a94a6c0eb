// What each route and stream is for, in a line, and the refusals that are its own; open-api.ts adds those that follow from the table
// (session, body, path). The types ask for a note when a route, a stream or a code is added.

import type { ErrorCode } from './error.ts';
import type { RouteName, STREAMS } from './routes.ts';

export const AREAS = {
  hub: 'The hub',
  sign: 'Claim and sign in',
  owner: 'Owners and their keys',
  locks: 'Doors and locks',
  grants: 'Grants and invitations',
  keys: 'Keys without an account, and couriers',
  estate: 'Locations, electronic keys and requests',
  activity: 'Activity',
} as const;

export type RouteNote = { readonly area: keyof typeof AREAS; readonly summary: string; readonly refusals?: readonly ErrorCode[] };

export const ROUTE_NOTES: Readonly<Record<RouteName, RouteNote>> = {
  health: { area: 'hub', summary: 'Is the hub there, and has it an owner?' },
  openApi: { area: 'hub', summary: 'This API as an OpenAPI 3.1 document.' },
  claimOptions: { area: 'sign', summary: 'Begins the claim: passkey creation options, for the token of the claim link.', refusals: ['claim-refused', 'already-claimed'] },
  claim: {
    area: 'sign', summary: 'Makes the caller the owner, and signs in. The first claim wins.',
    refusals: ['claim-refused', 'already-claimed', 'ceremony-expired', 'passkey-refused', 'document-refused'],
  },
  signInOptions: { area: 'sign', summary: 'Begins a sign-in by passkey: request options for the browser.', refusals: ['not-claimed'] },
  signIn: { area: 'sign', summary: 'Ends a sign-in by passkey.', refusals: ['ceremony-expired', 'passkey-refused'] },
  kitChallenge: { area: 'sign', summary: 'Begins a sign-in by owner key: a nonce to sign.', refusals: ['not-claimed'] },
  kit: { area: 'sign', summary: 'Ends a sign-in by owner key.', refusals: ['ceremony-expired', 'kit-refused'] },
  signOut: { area: 'sign', summary: 'Ends the session and what it holds open. Without one: nothing to do.' },
  me: { area: 'sign', summary: 'Who is signed in, at which site.' },
  passkeyOptions: { area: 'owner', summary: 'Begins another passkey for the caller: creation options.', refusals: ['conflict'] },
  addPasskey: { area: 'owner', summary: 'Adds the passkey, and the owner key wrapped for it.', refusals: ['ceremony-expired', 'passkey-refused', 'conflict'] },
  vault: { area: 'owner', summary: 'The wrapped owner keys and issuer key. The hub cannot open them.' },
  putVault: { area: 'owner', summary: 'Adds or replaces the entries named by credential id and owner key, and the wraps named by owner key; takes nothing away.', refusals: ['conflict'] },
  ownerSets: { area: 'owner', summary: 'Every owner set, oldest first.' },
  people: { area: 'owner', summary: 'People and their phone keys.' },
  putPhoneKey: { area: 'owner', summary: 'Adds a phone key of the caller, or renames it.', refusals: ['conflict'] },
  hubKeys: { area: 'locks', summary: 'The hub’s public keys, which go into each roster, and the link’s authority.' },
  waitingLocks: { area: 'locks', summary: 'Locks on the link that have no door here yet.' },
  linkCertificate: { area: 'locks', summary: 'Certifies a lock’s link key; the certificate goes into the adoption offer.' },
  putDraft: {
    area: 'locks', summary: 'Says what is about to be offered to a lock, so that its own word can finish the adoption. Replaces the lock’s draft.',
    refusals: ['lock-already-adopted', 'document-refused'],
  },
  addLock: { area: 'locks', summary: 'Makes the door of an adopted lock, by the lock’s statement. The same statement again answers the same door.', refusals: ['lock-already-adopted', 'document-refused'] },
  doors: { area: 'locks', summary: 'Every door: its lock, what was last sensed, whether the roster has arrived.' },
  door: { area: 'locks', summary: 'One door.' },
  patchDoor: { area: 'locks', summary: 'Changes what is named: the door’s name, the location that it is in.', refusals: ['location-unknown'] },
  roster: { area: 'locks', summary: 'The newest roster of a lock, and whether the lock holds it.' },
  putRoster: { area: 'locks', summary: 'Stores the next roster, signed by an owner, and sends it to the lock.', refusals: ['document-refused', 'roster-fork', 'roster-stale', 'roster-gap'] },
  resetLock: { area: 'locks', summary: 'Keeps the owners’ order to a lock to forget them, and sends it. Once the lock’s record says that it did, its door is removed as by the route below.', refusals: ['lock-unknown', 'document-refused'] },
  withdrawReset: { area: 'locks', summary: 'Withdraws the order above: it is sent no more. One that was sent before may still be acted on until its end, and then the door goes all the same.', refusals: ['lock-unknown', 'conflict'] },
  removeLock: { area: 'locks', summary: 'Removes a lock and its door, without a word to the lock. Grants for that door alone end; what was written down stays.', refusals: ['lock-unknown'] },
  ownerInvitations: { area: 'owner', summary: 'Links by which somebody may ask to become an owner, and who asks.' },
  inviteOwner: { area: 'owner', summary: 'Keeps the public half of such a link.', refusals: ['conflict'] },
  joinOptions: { area: 'owner', summary: 'Passkey creation options for the bearer of such a link.', refusals: ['invitation-unknown', 'invitation-used'] },
  join: { area: 'owner', summary: 'Asks to become an owner. The first one to ask by a link does.', refusals: ['invitation-unknown', 'invitation-used', 'ceremony-expired', 'passkey-refused', 'document-refused'] },
  joinState: { area: 'owner', summary: 'What has come of asking.', refusals: ['invitation-unknown'] },
  putOwnerSet: { area: 'owner', summary: 'The next owner set, signed by the threshold of the present one. Goes to every lock; who is no owner any more is signed out. May bring a passkey of the caller’s for a new key, and end what the caller lost.', refusals: ['document-refused', 'conflict', 'ceremony-expired', 'passkey-refused'] },
  grants: { area: 'grants', summary: 'Every grant, newest first, with how far each lock has heard.' },
  addGrant: { area: 'grants', summary: 'Lends a key: by a link, to a key that is known, or by the hub within its delegation. The same id again answers the same grant.', refusals: ['document-refused', 'delegation-missing', 'conflict', 'door-unknown'] },
  grant: { area: 'grants', summary: 'One grant.', refusals: ['grant-unknown'] },
  grantDocuments: { area: 'grants', summary: 'The documents of a key that somebody holds, and what they prove themselves by, as a file for `mortise would-open`. No secret is in it.', refusals: ['grant-unknown', 'conflict'] },
  patchGrant: { area: 'grants', summary: 'Changes what is named and nothing else. What an owner signed wants the new document and the revocation of the former.', refusals: ['grant-unknown', 'document-refused', 'signature-required', 'delegation-missing', 'conflict'] },
  confirmGrant: { area: 'grants', summary: 'The owner’s document for whoever redeemed a link that asks.', refusals: ['grant-unknown', 'document-refused', 'conflict'] },
  takeBack: { area: 'grants', summary: 'Takes a key back, at once where a lock is on the link, else by any courier.', refusals: ['grant-unknown', 'document-refused', 'delegation-missing'] },
  revocations: { area: 'grants', summary: 'Every revocation document that still counts.' },
  groups: { area: 'grants', summary: 'Groups of doors.' },
  putGroup: { area: 'grants', summary: 'Makes a group or changes it. A lock belongs to it once its roster says so.', refusals: ['door-unknown', 'conflict'] },
  calendars: { area: 'grants', summary: 'Holidays, by calendar.' },
  putCalendars: { area: 'grants', summary: 'Replaces the calendars. A lock goes by them once its roster says so.' },
  entries: { area: 'locks', summary: 'PINs, cards, fingers, keys of codes and the codes made with them, as owners noted them; what counts is sealed in the rosters.' },
  addCode: { area: 'locks', summary: 'Notes an offline code that an owner’s browser made. The lock needs no word of it.', refusals: ['lock-unknown', 'conflict'] },
  sendEntry: { area: 'locks', summary: 'Sends a PIN or a code by mail or SMS, or puts it into the outbox. Its digits pass the hub, and are erased once a server took them.', refusals: ['entry-unknown'] },
  outbox: { area: 'grants', summary: 'Without a mail server or SMS gateway: what would have been sent.' },
  openInvitation: { area: 'keys', summary: 'What a link offers, for whoever holds its key.', refusals: ['invitation-unknown'] },
  redeem: { area: 'keys', summary: 'Makes a key of a link. The first one does; the same key again gets the same answer; another is refused and the owners are told.', refusals: ['invitation-unknown', 'invitation-used', 'invitation-lapsed', 'document-refused', 'conflict'] },
  keyChallenge: { area: 'keys', summary: 'Begins a sign-in by a lent key: a nonce to sign.' },
  keySignIn: { area: 'keys', summary: 'Ends a sign-in by a lent key.', refusals: ['ceremony-expired', 'key-refused'] },
  heldKeys: { area: 'keys', summary: 'What belongs to the caller’s key: documents, fresh stamps, doors.' },
  courier: { area: 'keys', summary: 'Carries for a lock: takes what it said, answers what is to be said to it. Nothing in it can be made up or read on the way.', refusals: ['too-many-requests'] },
  nearLinks: { area: 'keys', summary: 'Where near links of virtual locks may be found.' },
  locations: { area: 'estate', summary: 'Locations and their doors.' },
  putLocation: { area: 'estate', summary: 'Makes a location or changes it. A door is in one location.', refusals: ['door-unknown', 'conflict'] },
  removeLocation: { area: 'estate', summary: 'Removes a location; its doors are in none then.', refusals: ['location-unknown'] },
  ekeys: { area: 'estate', summary: 'Every electronic key: who has it, what it shall hold and holds.' },
  ekeyPapers: { area: 'estate', summary: 'What owners signed for each electronic key, for one of them to sign anew before another one goes.' },
  addEkey: { area: 'estate', summary: 'Registers an electronic key by its own status, and enrols it by what an owner signed. The same key again answers itself, with these papers in the place of those by owners who have gone.', refusals: ['document-refused', 'conflict'] },
  ekey: { area: 'estate', summary: 'One electronic key, with its custody log.', refusals: ['ekey-unknown'] },
  patchEkey: { area: 'estate', summary: 'Changes what is named: name, policy, certificates.', refusals: ['ekey-unknown', 'document-refused'] },
  issueEkey: { area: 'estate', summary: 'Gives the key to a person: grants of theirs may be for it from now on.', refusals: ['ekey-unknown', 'conflict'] },
  returnEkey: { area: 'estate', summary: 'The key is back, or was found. It is given no more grants.', refusals: ['ekey-unknown', 'conflict'] },
  loseEkey: { area: 'estate', summary: 'The key is lost: every grant that it holds is taken back, and it is ordered to hold nothing.', refusals: ['ekey-unknown', 'document-refused', 'delegation-missing', 'conflict'] },
  ekeyCoverage: { area: 'estate', summary: 'For each lock: whether it has heard what was taken back from this key, and until when at worst the key would open it.', refusals: ['ekey-unknown'] },
  updateEkey: { area: 'estate', summary: 'Updates a key: takes what it said, answers what is to be said to it. For owners, and for whoever holds it.', refusals: ['ekey-unknown', 'too-many-requests'] },
  makePhoneLink: { area: 'estate', summary: 'A link by which one browser becomes known as that of whoever holds the key. It opens no lock.', refusals: ['ekey-unknown', 'conflict'] },
  openPhoneLink: { area: 'estate', summary: 'What such a link is for, for whoever holds its key.', refusals: ['invitation-unknown'] },
  redeemPhoneLink: { area: 'estate', summary: 'Makes the caller’s key known by such a link. The first one is; the same again gets the same answer.', refusals: ['invitation-unknown', 'invitation-used', 'invitation-lapsed', 'document-refused', 'conflict'] },
  heldEkeys: { area: 'estate', summary: 'The electronic keys that the caller’s person holds or has lost, and what they open.' },
  reportLostEkey: { area: 'estate', summary: 'The caller has lost the key: it is blocked, where the owners let the hub take keys back, and else reported for an owner to block. The same again changes nothing.', refusals: ['ekey-unknown', 'conflict', 'too-many-requests'] },
  ownUpdateEkey: { area: 'estate', summary: 'The same for a key that comes by itself, or in a station: a word of the key that is news begins it, and the pass of each answer goes on.', refusals: ['ekey-unknown', 'key-refused'] },
  askablePlaces: { area: 'estate', summary: 'Doors that somebody with an electronic key may ask for; nothing to whoever holds none.' },
  askAccess: { area: 'estate', summary: 'Asks that a door be put on the caller’s electronic key. The same id again answers the same request.', refusals: ['ekey-unknown', 'door-unknown', 'lock-unknown', 'conflict', 'too-many-requests'] },
  accessRequests: { area: 'estate', summary: 'Requests, newest first; with `waiting` only those that nobody has decided.' },
  ownAccessRequests: { area: 'estate', summary: 'The requests of the caller’s person, newest first.' },
  decideAccess: { area: 'estate', summary: 'Approves a request with a grant to the key, or refuses it.', refusals: ['request-unknown', 'document-refused', 'delegation-missing', 'conflict', 'door-unknown'] },
  records: { area: 'activity', summary: 'Records of locks and electronic keys, searched by lock, location, key, person and time; what is missing is told as missing.' },
  activity: { area: 'activity', summary: 'What happened, newest first, by page.' },
  alerts: { area: 'activity', summary: 'What does not add up in the journals, newest first; at most 200.' },
  alarmAddresses: { area: 'activity', summary: 'Where the caller wants alarms (duress, a forced door, an opened housing, a fire release), and what came of the newest message. Nobody else is shown it.' },
  putAlarmAddresses: { area: 'activity', summary: 'Sets the caller’s addresses for alarms. What is null is taken away, with what is on its way there. One that the hub has no server for is refused.', refusals: ['conflict'] },
  testAlarm: { area: 'activity', summary: 'Sends the caller a test by this way. A few an hour.', refusals: ['conflict', 'too-many-requests'] },
};

export type StreamNote = RouteNote & {
  readonly carries: 'application/jsonl' | 'text/event-stream' | 'websocket';
  readonly description: string;
  /** The words that a socket's close reason may be. */
  readonly closes?: readonly ErrorCode[];
};

const SOCKET_CLOSES = ['lock-offline', 'lock-busy', 'sign-in-required', 'input-invalid', 'too-many-requests'] as const;

export const STREAM_NOTES: Readonly<Record<keyof typeof STREAMS, StreamNote>> = {
  journal: {
    area: 'activity', carries: 'application/jsonl', summary: 'A lock’s whole journal, for `mortise verify`.',
    description: 'JSON Lines: a header that names the lock and its identity key, then one record a line, with what proves it: salt, leaf, head, and the lock’s signature over the last head.',
  },
  ekeyJournal: {
    area: 'estate', carries: 'application/jsonl', summary: 'An electronic key’s whole journal, for `mortise verify`.', refusals: ['ekey-unknown'],
    description: 'The same form as a lock’s journal; the key’s id stands where a lock’s does.',
  },
  events: {
    area: 'activity', carries: 'text/event-stream', summary: 'What happens, as it happens.', refusals: ['too-many-requests'],
    description: 'Server-sent events: `event:` is a name below, `data:` its JSON. Resume with the header `Last-Event-ID`, or the query `after`, at the cursor of the last record seen.',
  },
  adopt: {
    area: 'locks', carries: 'websocket', summary: 'The adoption handshake with a lock that has no door yet.', closes: [...SOCKET_CLOSES, 'lock-already-adopted'],
    description: 'A binary frame is one adoption message: CBOR `[step, bytes]`. The hub passes it on and cannot read what is offered. Both sides as code: `packages/documents/src/adoption.ts`.',
  },
  relay: {
    area: 'locks', carries: 'websocket', summary: 'An Aliro transaction with an adopted lock: for owners, and for lent keys whose grant holds from afar.', closes: [...SOCKET_CLOSES, 'lock-unknown'],
    description: 'A binary frame is a type byte and a body: 1 open (to the lock, empty), 2 apdu (either way), 3 receipt (from the lock), 4 closed (either way, a code). ' +
      'After its AUTH0 the lock waits 5 seconds. The phone’s side as code: `packages/wallet/src/operation.ts`.',
  },
};

/** What a client does about a code. */
export const ERROR_NOTES: Readonly<Record<ErrorCode, string>> = {
  'input-invalid': 'Correct what the message names; the body is JSON with `Content-Type: application/json`.',
  'too-large': 'Send less: see the bound on bodies.',
  'too-many-requests': 'Wait a minute. Signing in and claiming are bounded by address.',
  'not-found': 'Look for the route here.',
  'origin-refused': 'Send the header `Origin` with the hub’s own origin.',
  'host-refused': 'Ask the hub by a name that it answers to (`MORTISE_ORIGIN`).',
  'sign-in-required': 'Sign in: there is no session, or it has ended.',
  'claim-refused': 'Use the claim link that the hub printed when it last started.',
  'already-claimed': 'The hub has an owner. Sign in.',
  'not-claimed': 'The hub has no owner yet. Open its claim link.',
  'ceremony-expired': 'Begin again: a ceremony serves once, for five minutes, from one origin.',
  'passkey-refused': 'Try again, with another passkey or an owner key.',
  'kit-refused': 'The key is no owner’s, or what was signed is not the challenge. Begin again.',
  'document-refused': 'The message says what is wrong with it. Make and sign it again.',
  'door-unknown': 'Read the list of doors.',
  'lock-unknown': 'Read the list of doors.',
  'lock-offline': 'The lock is not on the link. Wait for its event `link`, then try again.',
  'lock-busy': 'Too many are talking with the lock. Try again in a moment.',
  'lock-already-adopted': 'Read the list of doors: the lock has one.',
  'roster-fork': 'Read the newest roster and make yours follow it.',
  'roster-stale': 'Read the newest roster and make yours follow it.',
  'roster-gap': 'Read the newest roster and make yours follow it.',
  'grant-unknown': 'Read the list of grants.',
  'invitation-unknown': 'The link is mistyped, or of another site. Ask who sent it for the whole link.',
  'invitation-used': 'Somebody has used the link. Ask who sent it for another one; they have been told.',
  'invitation-lapsed': 'The link has ended, or was taken back. Ask who sent it for another one.',
  'key-refused': 'The key is not lent by this site, or what was signed is not the challenge.',
  'signature-required': 'An owner signed this grant: send the new document and the revocation of the former with the change.',
  'delegation-missing': 'The owners have not let the hub do this, or not so much. Sign it as an owner.',
  'location-unknown': 'Read the list of locations.',
  'ekey-unknown': 'Read the list of electronic keys.',
  'entry-unknown': 'There is no such PIN or code, or it was taken away.',
  'request-unknown': 'Read the list of requests.',
  'conflict': 'Something else is there already, or there is no room; the message says what.',
  'app-missing': 'Only for the app’s pages: build the app.',
  'internal': 'Try again. If it stays so, look at the hub’s log.',
};
