// Grants as an owner sees and makes them: terms, the way to the person, what has come of it, and how far each lock has heard of it.
// The terms that count are those in what was signed (packages/access); the hub reads them out of it and refuses others.

import { bytesOf, identifier, instant, mailAddress, name, phoneNumber, publicKey, signedDocument } from './fields.ts';
import { z } from './schema.ts';

export const MAX_GRANTS = 4096;
export const MAX_WINDOWS = 8;
export const MAX_WORD_CHARACTERS = 280;
/** An access document, a delegation or a revocation of ours. */
export const grantDocument = bytesOf(1, 32_768);

/** A place as documents name it: `d.` or `g.` and the base32 of a door’s or group’s id. */
export const place = z.string().length(28).regex(/^[dg]\.[a-z2-7]{26}$/i, 'must be a place such as d.…, with the base32 of an id');
const clock = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 09:00');
/** On the door’s wall clock. `days`: 1 Monday to 7 Sunday, ascending. `until` not later than `from` is of the next day. */
export const hoursWindow = z.object({ days: z.array(z.number().int().min(1).max(7)).min(1).max(7), from: clock, until: clock });
export type HoursWindow = z.infer<typeof hoursWindow>;

/** Bounds as in `GRANT_BOUNDS` of packages/access; whole seconds. Null: no such limit. */
export const grantTerms = z.object({
  places: z.array(place).min(1).max(32),
  verbs: z.array(z.enum(['unlock', 'lock', 'unlatch', 'hold'])).min(1).max(4),
  from: instant,
  until: instant,
  hours: z.array(hoursWindow).max(MAX_WINDOWS),
  uses: z.number().int().min(1).max(65_535).nullable(),
  minutesAfterFirstUse: z.number().int().min(1).max(525_600).nullable(),
  freshForS: z.number().int().min(60).max(31_622_400).nullable(),
  holidays: z.number().int().min(1).max(255).nullable(),
  remote: z.boolean(),
});
export type GrantTermsJson = z.infer<typeof grantTerms>;

/** How the link reaches the person. `secret` passes the hub only where the hub itself sends it; it is gone once it was taken. */
export const invitationSending = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('mail'), address: mailAddress, secret: bytesOf(32, 32) }),
  z.object({ kind: z.literal('sms'), number: phoneNumber, secret: bytesOf(32, 32) }),
  /** Shared, shown as a QR code, copied: by the owner’s own hand. */
  z.object({ kind: z.literal('handed') }),
]);
export type InvitationSending = z.infer<typeof invitationSending>;

export const grantWay = z.discriminatedUnion('kind', [
  /** The owners signed a delegation to the link’s key: it becomes a key by itself. */
  z.object({ kind: z.literal('invitation'), invitationKey: publicKey, delegation: grantDocument, redeemBy: instant, sending: invitationSending }),
  /** The link asks only; the owner signs once it is seen who asks. */
  z.object({ kind: z.literal('confirm'), invitationKey: publicKey, redeemBy: instant, sending: invitationSending }),
  /** For a credential that is known: the owner signed its document. */
  z.object({ kind: z.literal('direct'), credentialKey: publicKey, document: grantDocument }),
  /** For a credential that is known: the hub signs, within what the owners let it. */
  z.object({ kind: z.literal('hub'), credentialKey: publicKey }),
]);

export const grantBody = z.object({
  id: identifier,
  person: z.union([z.object({ id: identifier }), z.object({ name })]),
  terms: grantTerms,
  way: grantWay,
  /** A word to the person; stands on their page. */
  word: z.string().trim().max(MAX_WORD_CHARACTERS).default(''),
  /** The owner’s word of which key certifies the site’s locks: documents’ introduction.ts. */
  introduction: signedDocument,
});
export type GrantBody = z.input<typeof grantBody>;

/** Only what is named changes. `document`: signed anew, where an owner signs, also without a change; `revocation`: takes the former document back. */
export const grantPatch = z.object({
  changes: grantTerms.omit({ places: true, verbs: true }).partial().extend({ enabled: z.boolean().optional() }),
  /** The access id that the new document says: another than before. */
  accessId: identifier.optional(),
  document: grantDocument.optional(),
  revocation: grantDocument.optional(),
});
export type GrantPatch = z.input<typeof grantPatch>;

/** The owner’s document for whoever asked. */
export const confirmBody = z.object({ document: grantDocument });
/** Null: the hub revokes by the power that the owners gave it. */
export const takeBackBody = z.object({ revocation: grantDocument.nullable() });

/**
 * How far a lock has heard: `wanted`: nobody holds the key yet; `onItsWay`: the lock has yet to hear something; `onTheLock`: the lock said that it
 * holds what is needed; `notHeard`: on its way, and the lock has been silent; `cannotBeChecked`: the lock refused what was sent.
 */
export const lockStanding = z.object({
  doorId: identifier,
  doorName: name,
  lockId: identifier,
  standing: z.enum(['wanted', 'onItsWay', 'onTheLock', 'notHeard', 'cannotBeChecked']),
  /** When the lock was last heard of, by any way; null: not since it was adopted. */
  heardAt: instant.nullable(),
  /** Of a grant that was taken back, paused or narrowed and of which this lock has not heard: the last instant at which the former could open. Null: none. */
  opensUntil: instant.nullable(),
  /** There is no last instant, for the holder’s own key tells the lock the time: `opensUntil` is the last that there is. */
  unbounded: z.boolean(),
});
export type LockStanding = z.infer<typeof lockStanding>;

/** `sending`: `queued` (to be tried, or again), `sent` (taken by the mail server or gateway), `refused` (by it: `answer`), `outbox` (no mail server: read it there), `handed`. */
export const invitationState = z.object({
  sending: z.enum(['queued', 'sent', 'refused', 'outbox', 'handed']),
  answer: z.string().max(300).nullable(),
  /** Address or number, while the link is open. */
  to: z.string().max(254).nullable(),
  redeemBy: instant,
  openedAt: instant.nullable(),
  redeemedAt: instant.nullable(),
  /** Who asks, where the owner confirms. */
  asking: z.object({ credentialKey: publicKey, name }).nullable(),
  /** How often somebody else tried the link after it had served, and when last. */
  triedAgain: z.number().int().min(0),
  triedAgainAt: instant.nullable(),
});
export type InvitationState = z.infer<typeof invitationState>;

export const grant = z.object({
  id: identifier,
  person: z.object({ id: identifier, name }),
  terms: grantTerms,
  signedBy: z.enum(['owner', 'invitation', 'hub']),
  /** `invited`: nobody has redeemed it; `asking`: somebody did, and the owner is to confirm; `live`; `paused`; `takenBack`; `ended`: its time is over; `lapsed`: nobody redeemed it in time. */
  state: z.enum(['invited', 'asking', 'live', 'paused', 'takenBack', 'ended', 'lapsed']),
  invitation: invitationState.nullable(),
  credentialKey: publicKey.nullable(),
  /** The electronic key whose credential that is; null: it is a phone’s. */
  ekeyId: identifier.nullable(),
  /** The id that its document says, which journals name; a grant that was changed has another one than before. */
  accessId: identifier,
  document: grantDocument.nullable(),
  word: z.string().max(MAX_WORD_CHARACTERS),
  createdAt: instant,
  changedAt: instant,
  locks: z.array(lockStanding),
});
export type Grant = z.infer<typeof grant>;
export const grants = z.object({ grants: z.array(grant).max(MAX_GRANTS) });
export const grantAnswer = z.object({ grant });

// ---- groups, calendars, revocations, outbox ----------------------------------------------------------------------------------

/** Locks hear of it by their next roster, which an owner signs. */
export const group = z.object({ id: identifier, name, doors: z.array(identifier).max(1024) });
export type Group = z.infer<typeof group>;
export const groups = z.object({ groups: z.array(group).max(64) });
export const groupBody = group.omit({ id: true });

/** Local dates as days since 1970-01-01; `untilDay`: the first day that it does not reach. */
export const calendar = z.object({ id: z.number().int().min(1).max(255), name, days: z.array(z.number().int().min(0)).max(128), untilDay: z.number().int().min(0) });
export type Calendar = z.infer<typeof calendar>;
export const calendars = z.object({ calendars: z.array(calendar).max(8) });

/** Every revocation document that still counts. */
export const revocations = z.object({ revocations: z.array(grantDocument) });

/** What would have been sent if a mail server or SMS gateway were set. Whoever reads it can redeem it. */
export const outboxMessage = z.object({ id: identifier, kind: z.enum(['mail', 'sms']), to: z.string().max(254), subject: z.string().max(200), text: z.string().max(4000), at: instant });
export type OutboxMessage = z.infer<typeof outboxMessage>;
export const outbox = z.object({ mail: z.boolean(), sms: z.boolean(), messages: z.array(outboxMessage) });
