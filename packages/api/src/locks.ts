// Locks and doors: what waits to be adopted, what was adopted, what was last sensed, and whether the roster has arrived.

import { bytesOf, identifier, instant, name, pem, publicKey, signedDocument } from './fields.ts';
import { entryNote } from './entries.ts';
import { z } from './schema.ts';

export const hubKeys = z.object({
  /** Locks seal their records to it: goes into each roster. */
  journalKey: publicKey,
  /** To be certified by an owner as a time key of kind `hub`: goes into each roster. */
  timeKey: publicKey,
  /** To be given a standing delegation: with it the hub confirms grants, takes keys back, and lends where owners let it. */
  delegateKey: publicKey,
  brokerCa: pem,
});
export type HubKeys = z.infer<typeof hubKeys>;

/**
 * A lock on the link that has no door here yet. `adopted`: it has an owner already; then `finishing`: the hub has a draft for it, so
 * this site's owner it is, as far as the hub can know, and the door is made once the lock has said so; else it is another site's.
 */
export const waitingLock = z.object({ lockId: identifier, model: z.string().max(64).nullable(), adopted: z.boolean(), finishing: z.boolean(), heardAt: instant });
export type WaitingLock = z.infer<typeof waitingLock>;
export const waitingLocks = z.object({ locks: z.array(waitingLock) });

export const linkCertificateBody = z.object({ linkKey: publicKey });
/** PEM; both go into the adoption offer. */
export const linkCertificate = z.object({ certificate: pem, brokerCa: pem });
export type LinkCertificate = z.infer<typeof linkCertificate>;

/** What an owner is about to offer, told before the offer goes out: with the lock's own word the hub can finish without the owner. */
export const draftBody = z.object({
  identityKey: publicKey,
  /** The roster that the offer holds. */
  roster: signedDocument,
  doorName: name,
  model: z.string().max(64),
  firmware: z.string().max(64),
  /**
   * False: the offer holds no link certificate, since it was signed with no hub at hand, or the lock has no link; the certificate that the lock
   * signed itself then goes on counting for its link. Left out: it holds one.
   */
  certified: z.boolean().optional(),
});
export type DraftBody = z.infer<typeof draftBody>;

/** COSE `mortise-adoption`, as the lock signed it. */
export const adoptionStatement = bytesOf(1, 1024);

export const adoptedBody = draftBody.extend({ lockId: identifier, statement: adoptionStatement });
export type AdoptedBody = z.infer<typeof adoptedBody>;

/** What the lock sensed, as of `heardAt` (the hub's clock). All but that is in `statement`, and counts as the lock's word by it alone. */
export const lockState = z.object({
  bolt: z.enum(['locked', 'unlocked', 'moving', 'unknown', 'unlatched']),
  door: z.enum(['open', 'closed', 'none']),
  batteryMv: z.number().int().nullable(),
  /** When the bolt came to this, by the lock's clock. */
  since: instant.nullable(),
  /** When the lock will lock by itself, by its clock. */
  relockAt: instant.nullable(),
  /** Which kind of mechanism it is, and whether one opening frees it for a moment (`pulse`) or until it is locked (`stand`). Null: it has not said. */
  built: z.object({ mechanism: z.enum(['deadbolt', 'mortise', 'strike', 'magnet', 'gate', 'hand']), opening: z.enum(['pulse', 'stand']) }).nullable(),
  /** Kept unlocked until then; `until` null: in the hours of its policy. Null: it is not. */
  held: z.object({ until: instant.nullable() }).nullable(),
  /** What is so now and needs somebody. */
  warnings: z.array(z.enum(['ajar', 'forced', 'leftUnlocked', 'tamper', 'fireRelease', 'powerLost'])),
  /** Openings left of the battery's reserve; null: it is not in reserve. */
  reserve: z.number().int().min(0).nullable(),
  /** COSE `mortise-status`, as the lock signed it: courier's status.ts; wallet's lock-status.ts says what it proves. */
  statement: bytesOf(1, 512),
  heardAt: instant,
});
export type LockState = z.infer<typeof lockState>;

/** `delivered`: the lock said that it holds this version. `waiting`: sent, or to be sent when the lock is on the link. */
export const rosterDelivery = z.object({
  version: z.number().int(),
  delivery: z.enum(['delivered', 'waiting', 'refused']),
  /** The lock's code when it refused. */
  code: z.string().max(64).nullable(),
});
export type RosterDelivery = z.infer<typeof rosterDelivery>;

export const doorLock = z.object({
  lockId: identifier,
  identityKey: publicKey,
  readerKey: publicKey,
  sealKey: publicKey,
  /** Proves the three keys to whoever knows the site: wallet's lock-keys.ts. */
  statement: adoptionStatement,
  model: z.string().max(64),
  firmware: z.string().max(64),
  /** As the lock said itself at its adoption: a passive one has no link and no clock of its own. Null: it was adopted before locks said it. */
  profile: z.enum(['powered', 'passive']).nullable(),
  online: z.boolean(),
  /** Null until the lock was heard since the hub started. */
  state: lockState.nullable(),
  roster: rosterDelivery,
  /**
   * The owners' order to forget them, on its way until then; `refused`: the lock's code. `isSent`: the hub has sent it, so that the lock may have it. `isWithdrawn`: it is sent no more, and the
   * lock may act on it all the same until then. Null: there is none.
   */
  reset: z.object({ until: instant, refused: z.string().max(64).nullable(), isSent: z.boolean(), isWithdrawn: z.boolean() }).nullable(),
  /**
   * `entries`: the number of the last record that is stored and verified; `missing`: how many before it the hub does not have; `head`:
   * base64url of the last head.
   */
  journal: z.object({ entries: z.number().int(), missing: z.number().int().min(0), head: bytesOf(32, 32), alerts: z.number().int() }),
});
export type DoorLock = z.infer<typeof doorLock>;

export const door = z.object({ id: identifier, name, zone: z.string().max(64), lock: doorLock });
export type Door = z.infer<typeof door>;
export const doors = z.object({ doors: z.array(door) });
export const doorAnswer = z.object({ door });

/** COSE `mortise-reset`, signed by the owners' threshold: documents' reset-order.ts. */
export const resetBody = z.object({ order: bytesOf(1, 4096) });

/** Only what is named changes. `locationId`: the one that the door is in from now on; null: none. */
export const doorPatch = z.object({ name: name.optional(), locationId: identifier.nullable().optional() });
export type DoorPatch = z.input<typeof doorPatch>;

/** `entries`: what the owner says of entries that this version holds for the first time; `takenBack`: codes that it takes back. */
export const rosterBody = z.object({
  document: signedDocument,
  entries: z.array(entryNote).max(16).default([]),
  takenBack: z.array(identifier).max(32).default([]),
});
export type RosterBody = z.output<typeof rosterBody>;
export const roster = z.object({ document: signedDocument, delivery: rosterDelivery });
