// The schemas that have a name in the OpenAPI document. Others are named after their route, or stand where they are used.

import { accessRequest } from './access-requests.ts';
import { activityItem, activityPage, alert, alerts } from './activity.ts';
import { alarmAddresses } from './alarms.ts';
import { custodyEntry, ekey, ekeyPolicy } from './ekeys.ts';
import { apiError, errorCode } from './error.ts';
import * as grants from './grants.ts';
import * as keys from './keys.ts';
import { ceremony, hash, identifier, instant, name, pem, publicKey, signedDocument, zone } from './fields.ts';
import { location } from './locations.ts';
import * as locks from './locks.ts';
import * as owner from './owner.ts';
import { authentication, passkeyOptions, registration } from './passkey.ts';
import { recordItem } from './records.ts';
import { nothing } from './routes.ts';
import type { z } from './schema.ts';

/** A schema and, where its fields do not say it, what is to be known of it. */
export type Component = { readonly schema: z.ZodType; readonly description?: string };

export const COMPONENTS: Readonly<Record<string, Component>> = {
  Identifier: { schema: identifier },
  PublicKey: { schema: publicKey, description: 'An uncompressed P-256 point: 65 bytes in base64url.' },
  Hash: { schema: hash, description: 'SHA-256: 32 bytes in base64url.' },
  SignedDocument: { schema: signedDocument, description: 'COSE_Sign1, or an array of them: up to 65536 bytes in base64url.' },
  Ceremony: { schema: ceremony, description: 'Names one begun ceremony: 16 bytes in base64url. Serves once, for five minutes.' },
  Name: { schema: name, description: 'What a person types, without control characters; trimmed.' },
  Zone: { schema: zone, description: 'An IANA time zone such as Europe/Zurich.' },
  Instant: { schema: instant, description: 'Milliseconds since 1970, UTC.' },
  Pem: { schema: pem, description: 'One certificate or several.' },
  ErrorCode: { schema: errorCode },
  ApiError: { schema: apiError },
  Health: { schema: owner.health },
  Nothing: { schema: nothing, description: 'No fields; the body may be left out.' },
  Done: { schema: owner.done },
  PasskeyOptions: { schema: passkeyOptions, description: 'PublicKeyCredentialCreationOptionsJSON or …RequestOptionsJSON of WebAuthn Level 3. It asks for PRF with the input of every Mortise passkey.' },
  Registration: { schema: registration, description: 'RegistrationResponseJSON of WebAuthn Level 3, without PRF results.' },
  Authentication: { schema: authentication, description: 'AuthenticationResponseJSON of WebAuthn Level 3, without PRF results.' },
  Me: { schema: owner.me, description: 'Who is signed in. `signedInBy`: how this session began; after `kit`, offer to register a passkey.' },
  KitChallenge: { schema: owner.kitChallenge },
  VaultEntry: { schema: owner.vaultEntry, description: 'An owner key wrapped for one passkey: by its PRF output, or by an unextractable key of one browser.' },
  IssuerWrap: { schema: owner.issuerWrap, description: 'The reader-issuer’s private key, sealed to one owner key.' },
  Vault: { schema: owner.vault },
  PhoneKey: { schema: owner.phoneKey },
  People: { schema: owner.people, description: '`credentialHash`: SHA-256 of `credentialKey`, as journal records name it.' },
  OwnerSets: { schema: owner.ownerSets },
  HubKeys: { schema: locks.hubKeys, description: '`journalKey`: locks seal their records to it. `timeKey`: for an owner to certify. Both go into each roster.' },
  WaitingLock: { schema: locks.waitingLock, description: 'A lock without a door here. `adopted`: it has an owner; `finishing`: the hub holds a draft for it and finishes once the lock has said that it took it.' },
  LinkCertificate: { schema: locks.linkCertificate, description: 'Both go into the adoption offer.' },
  Door: { schema: locks.door },
  DoorAnswer: { schema: locks.doorAnswer },
  DoorLock: {
    schema: locks.doorLock,
    description: '`statement` proves the three keys to whoever knows the site. `state` is null until the lock was heard since the hub started. `journal.entries`: records stored and verified; `head`: the last one’s.',
  },
  LockState: { schema: locks.lockState, description: 'What was sensed, as of `heardAt` (the hub’s clock); `statement`: the same as the lock signed it (COSE `mortise-status`), which alone proves it. By the lock’s clock: `since`, when the bolt came to this; `relockAt`, when it will lock by itself.' },
  RosterDelivery: { schema: locks.rosterDelivery, description: '`delivered`: the lock holds this version. `waiting`: sent, or to be sent when the lock is there. `refused`: `code` is the lock’s.' },
  HoursWindow: { schema: grants.hoursWindow, description: 'On the door’s wall clock. `days`: 1 Monday to 7 Sunday, ascending. `from`, `until`: such as 09:00; `until` not later than `from` is of the next day.' },
  GrantTerms: { schema: grants.grantTerms, description: 'Whole seconds. `places`: `d.` or `g.` and the base32 of a door’s or group’s id. `holidays`: the number of one of the site’s calendars. Null: no such limit.' },
  InvitationSending: { schema: grants.invitationSending, description: 'How the link reaches the person: sent by the hub, which wants the link’s `secret` for it, or by the owner’s own hand. `number`: such as +41791234567.' },
  GrantWay: {
    schema: grants.grantWay,
    description: '`invitation`: the owners signed a delegation to the link’s key, which becomes a key by itself. `confirm`: the link asks only, and an owner signs once it is seen who asks. ' +
      '`direct`: for a key that is known, the document that an owner signed. `hub`: the hub signs, within what the owners let it.',
  },
  RedeemBody: {
    schema: keys.redeemBody,
    description: '`document`: the access document for `credentialKey`, signed by the link’s key, with the delegation of the invitation; null where the owner confirms. `proof`: a COSE_Sign1 by `credentialKey` in the form of ' +
      '“Host, Origin, and sign-in”, with the type `application/x.mortise-redemption`, `kid` of `credentialKey`, and the payload `{"invitationKey": bytes}`, the 65 bytes of the link’s key. ' +
      'As code: `packages/wallet/src/redemption.ts`, `packages/wallet/src/redeem.ts`.',
  },
  ActivityItem: {
    schema: activityItem,
    description: '`cursor`: place in the hub’s order of arrival; `seq`: place in the lock’s journal. `at` is by the lock’s clock, of quality `clock`. `interface`: 94 NFC, 195 Bluetooth, 240 contact, 241 relay. ' +
      '`actor` is there only for a phone key that the hub knows. `credential`: SHA-256 of the key. `rule`: such as `trusted:3`, an entry of roster version 3. `reason`: see docs/REASONS.md.',
  },
  ActivityPage: { schema: activityPage },
  Alert: { schema: alert, description: 'Something in the journal of a lock or an electronic key (then `lockId` is the key’s id) does not add up from `seq` on. What came is kept as evidence; nothing was overwritten.' },
  AlarmAddresses: { schema: alarmAddresses, description: '`plain`: subject and first words may say what happened. `last`: what came of the newest message: `queued` (to be tried, or again), `sent` (taken by the server or gateway), `refused` (by it: `answer`). `sends`: what this hub is set to send by.' },
  Location: { schema: location },
  Ekey: { schema: ekey, description: '`person`: who has it; of a lost key, who had it last. `orders.held`: the version that the key said it goes by; `isCurrent`: it holds the documents of all live grants and no others.' },
  EkeyPolicy: { schema: ekeyPolicy, description: '`revalidateDays`: without an update for so long the key opens nothing. `buffer`: what it does when it has no room for records. `pin`: asked for, once in so many minutes.' },
  CustodyEntry: { schema: custodyEntry, description: 'The log only grows. `person`: to whom, from whom, or who had it.' },
  AccessRequest: { schema: accessRequest, description: '`lapsed`: nobody decided in time, the key changed hands, or the grant is over. `onTheKey`: the key has said that it holds the grant’s document.' },
  RecordItem: { schema: recordItem, description: 'As an activity item. `device`: whose journal it stands in; `told`: the same transaction in the other one’s journal, where each names the other.' },
  Alerts: { schema: alerts },
};
