// Electronic keys: which there are, who has them and had them, what they shall hold and say that they do; and the exchange by which a station or
// a phone updates one. The key's documents are grants as any other's (grants.ts), to its credential, for the person who holds it.

import { bytesOf, hash, identifier, instant, name, publicKey, signedDocument, zone } from './fields.ts';
import { grantDocument, grantTerms, lockStanding, MAX_WORD_CHARACTERS } from './grants.ts';
import { z } from './schema.ts';

export const MAX_EKEYS = 4096;
/** Entries of its log that an answer tells, the newest. */
export const MAX_CUSTODY_TOLD = 200;
export const MAX_NOTE_CHARACTERS = 280;

const note = z.string().trim().max(MAX_NOTE_CHARACTERS).default('');
/** Whatever is printed on it. */
const serial = z.string().trim().max(64).regex(/^[\p{L}\p{N} ._/#-]*$/u, 'must be letters, digits and . _ / # -');

/** `revalidateDays`: without an update for so long it opens nothing; null: never. `pin`: asked for, once in so many minutes. */
export const ekeyPolicy = z.object({
  revalidateDays: z.number().int().min(1).max(366).nullable(),
  buffer: z.enum(['stop', 'overwrite']),
  pin: z.object({ minutes: z.number().int().min(1).max(1440) }).nullable(),
});
export type EkeyPolicy = z.infer<typeof ekeyPolicy>;

/** COSE `mortise-time-key` by an owner: documents’ time.ts. */
const timeKey = bytesOf(1, 512);

export const ekeyBody = z.object({
  /** COSE `mortise-key-status`, as the key itself signed it: names both of its keys. */
  status: bytesOf(1, 8192),
  name,
  serial: serial.default(''),
  /** Of its own clock: kind `ekey`. */
  certificate: timeKey,
  /** COSE `mortise-key-enrolment` by an owner: that the key is this site’s, and to which journal key it seals. */
  enrolment: bytesOf(1, 512),
  /** Of this hub’s time key, by whose word the key goes: kind `hub`. */
  hubCertificate: timeKey,
  introduction: signedDocument,
});
export type EkeyBody = z.input<typeof ekeyBody>;

/** Only what is named changes. `forgetPin`: its holder chooses another one. */
export const ekeyPatch = z.object({
  name: name.optional(), serial: serial.optional(), policy: ekeyPolicy.optional(), certificate: timeKey.optional(), hubCertificate: timeKey.optional(), enrolment: bytesOf(1, 512).optional(),
  forgetPin: z.literal(true).optional(),
});
export type EkeyPatch = z.input<typeof ekeyPatch>;

/** What owners signed for each key, for one who signs it anew before another owner goes: wallet’s ekey-resign.ts. */
export const ekeyPapers = z.object({ id: identifier, name, state: z.enum(['inStock', 'issued', 'returned', 'lost']), enrolment: bytesOf(1, 512), certificate: timeKey, hubCertificate: timeKey });
export type EkeyPapers = z.infer<typeof ekeyPapers>;
export const allEkeyPapers = z.object({ papers: z.array(ekeyPapers).max(MAX_EKEYS) });

/** `dueBack`: when it is to be given back; null: nobody said. Nothing follows from it by itself. */
export const issueBody = z.object({ person: z.union([z.object({ id: identifier }), z.object({ name })]), note, dueBack: instant.nullable().default(null) });
export type IssueBody = z.input<typeof issueBody>;
export const returnBody = z.object({ note });
/** `revocation`: of all that the key’s answer lists as `takingBack`; null: the hub’s own, by the power that the owners gave it. */
export const loseBody = z.object({ revocation: grantDocument.nullable(), note });
export type LoseBody = z.input<typeof loseBody>;
/** By whoever has the key. */
export const reportLostBody = z.object({ note });
export type ReportLostBody = z.input<typeof reportLostBody>;

const personNamed = z.object({ id: identifier, name });

/** What the key said of itself last; `heardAt` by the hub’s clock, `at` by the key’s. */
export const ekeyStatus = z.object({
  heardAt: instant, at: instant, clock: z.enum(['synced', 'held', 'lost']), errorMs: z.number().int().min(0), batteryMv: z.number().int().nullable(),
  records: z.number().int().min(0), acknowledged: z.number().int().min(0), free: z.number().int().min(0),
  forLocksBytes: z.number().int().min(0), fromLocksBytes: z.number().int().min(0),
});

export const lostReport = z.object({ at: instant, note: z.string().max(MAX_NOTE_CHARACTERS) });

export const ekey = z.object({
  id: identifier,
  name,
  serial: z.string().max(64),
  identityKey: publicKey,
  credentialKey: publicKey,
  credential: hash,
  state: z.enum(['inStock', 'issued', 'returned', 'lost']),
  /** Who has it; of a lost one, who had it last. */
  person: personNamed.nullable(),
  /** When whoever has it, or had it last, was to give it back; null: nobody said, or it is back. */
  dueBack: instant.nullable(),
  /** That it is lost, by whoever has it, where the hub has not the power to block it: an owner is to declare it lost. Null: nobody says so. */
  lostReport: lostReport.nullable(),
  /** The owners’ certificate of its clock; null: none by a present owner. */
  clock: z.object({ driftPpm: z.number().int().min(0), until: instant }).nullable(),
  policy: ekeyPolicy,
  /**
   * `version`: the newest that were made, at the last update or change; 0: none. `held`: those that the key said it goes by. `isCurrent`: it holds the
   * documents of all live grants and no others. `leftOut`: grants without room or stamp.
   */
  orders: z.object({ version: z.number().int().min(0), held: z.number().int().min(0), isCurrent: z.boolean(), grants: z.number().int().min(0), leftOut: z.number().int().min(0), revalidateBy: instant.nullable() }),
  status: ekeyStatus.nullable(),
  journal: z.object({ entries: z.number().int().min(0), missing: z.number().int().min(0), head: hash, alerts: z.number().int().min(0) }),
  registeredAt: instant,
});
export type Ekey = z.infer<typeof ekey>;
export const ekeys = z.object({ ekeys: z.array(ekey).max(MAX_EKEYS) });

/** `by`: the owner who did it. `person`: to whom, from whom, or who had it. */
export const custodyEntry = z.object({ at: instant, action: z.enum(['registered', 'issued', 'returned', 'lost']), by: personNamed, person: personNamed.nullable(), note: z.string().max(MAX_NOTE_CHARACTERS), dueBack: instant.nullable() });
export type CustodyEntryJson = z.infer<typeof custodyEntry>;

/**
 * `custody`: newest first. `takingBack`: what a revocation must name, and until when, for the key to be declared lost. `proof`: by which whoever signs a grant to
 * the key sees that its credential is what an owner enrolled: wallet’s ekey-proof.ts.
 */
export const ekeyAnswer = z.object({
  ekey, custody: z.array(custodyEntry).max(MAX_CUSTODY_TOLD), takingBack: z.array(z.object({ accessId: identifier, until: instant })),
  proof: z.object({ status: bytesOf(1, 8192), enrolment: bytesOf(1, 512) }),
});
export type EkeyAnswer = z.infer<typeof ekeyAnswer>;

/** Every lock that the key’s documents were ever for. `hasHeard`: it has said that it took back what the key held, and nothing that it has not taken back could open it. */
export const ekeyCoverage = z.object({ locks: z.array(lockStanding.omit({ standing: true }).extend({ hasHeard: z.boolean() })) });
export type EkeyCoverage = z.infer<typeof ekeyCoverage>;

// ---- updating ----------------------------------------------------------------------------------------------------------------

/** A key answers each message that it was given. */
export const MAX_KEY_MESSAGES = 512;
export const MAX_KEY_ANSWERS = 512;
/** Messages of courier’s key-message.ts, each as bytes: what the key said. */
export const ekeyUpdateBody = z.object({ messages: z.array(bytesOf(1, 65_536)).max(MAX_KEY_MESSAGES) });
/** What is to be said to it. `more`: there was no room for all; ask again with a fresh status of the key. */
export const ekeyUpdateAnswer = z.object({ messages: z.array(bytesOf(1, 65_536)).max(MAX_KEY_ANSWERS), more: z.boolean() });

/** Of a held key: what it opens, or waits for. `isOnKey`: it has said that it goes by this. `doors`: those that the site has now. */
export const heldKeyGrant = z.object({
  id: identifier,
  state: z.enum(['live', 'paused', 'takenBack', 'ended']),
  from: name,
  word: z.string().max(MAX_WORD_CHARACTERS),
  terms: grantTerms,
  isOnKey: z.boolean(),
  doors: z.array(z.object({ id: identifier, name, zone, lockId: identifier, location: personNamed.nullable() })),
});
export type HeldKeyGrant = z.infer<typeof heldKeyGrant>;

/**
 * The caller’s electronic keys, as whoever holds them sees them; lost ones that they had last among them. `issued`: since when, and by whom. `grants`:
 * those that may open yet, and those that are over and still on the key.
 */
export const heldEkey = ekey.pick({ id: true, name: true, serial: true, state: true, orders: true, status: true, identityKey: true, policy: true, dueBack: true, lostReport: true }).extend({
  issued: z.object({ at: instant, by: name }),
  grants: z.array(heldKeyGrant),
});
export type HeldEkey = z.infer<typeof heldEkey>;
/** `zone`: the site’s, in which its times are told. */
export const heldEkeys = z.object({ zone, ekeys: z.array(heldEkey) });
/**
 * A key that comes by itself, without a session: `pass` is that of the answer before, valid for ten minutes. Null: the first message is a status of the
 * key that is later than all that the hub has heard of it.
 */
export const ownUpdateBody = ekeyUpdateBody.extend({ pass: bytesOf(32, 32).nullable() });
export const ownUpdateAnswer = ekeyUpdateAnswer.extend({ pass: bytesOf(32, 32) });
export type HeldEkeys = z.infer<typeof heldEkeys>;
