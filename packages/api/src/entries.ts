// What hands use at a lock, as owners see it: PINs, cards, fingers, keys of codes, and the codes made with them. What counts is sealed in the lock's roster, where the hub
// cannot read it; this is what owners said of it. No digit passes here but those that the hub shall send.

import { hash, identifier, instant, mailAddress, name, phoneNumber, publicKey } from './fields.ts';
import { grantTerms, hoursWindow } from './grants.ts';
import { z } from './schema.ts';

export const MAX_ENTRIES = 4096;
export const MAX_CODES = 4096;

export const entryKind = z.enum(['pin', 'card', 'finger', 'codeKey']);
export type EntryKind = z.infer<typeof entryKind>;

/** Null or empty: no such limit. `second`: one of these of the same person must come with it. */
export const entryTerms = z.object({
  verbs: z.array(z.enum(['unlock', 'lock'])).min(1).max(2),
  from: instant.nullable(),
  until: instant.nullable(),
  hours: z.array(hoursWindow).max(4),
  holidays: grantTerms.shape.holidays,
  second: z.array(z.enum(['phone', 'pin', 'card', 'finger'])).max(4),
});
export type EntryTermsJson = z.infer<typeof entryTerms>;

/** Somebody of this id; where there is nobody, a new person of this name. */
const whose = z.object({ id: identifier, name: name.optional() });

/** What an owner says of an entry that the roster beside it holds for the first time. `id`: SHA-256 of what is sealed. */
export const entryNote = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('pin'), id: hash, person: whose, pseudonym: identifier, label: name, terms: entryTerms }),
  z.object({ kind: z.literal('card'), id: hash, person: whose, pseudonym: identifier, label: name, terms: entryTerms }),
  z.object({ kind: z.literal('finger'), id: hash, person: whose, pseudonym: identifier, label: name, terms: entryTerms, slot: z.number().int().min(0).max(0xffff) }),
  /** `keyId`: by which the lock's records name it; `longest`: index of the sixteen lengths. */
  z.object({ kind: z.literal('codeKey'), id: hash, keyId: identifier, ownerKey: publicKey, generation: z.number().int().min(1).max(65_535), longest: z.number().int().min(0).max(15), until: instant.nullable() }),
]);
export type EntryNote = z.infer<typeof entryNote>;

/** `person`, `label`, `terms`: null of a key of codes. */
export const entry = z.object({
  id: hash,
  kind: entryKind,
  doorId: identifier,
  lockId: identifier,
  person: z.object({ id: identifier, name }).nullable(),
  label: name.nullable(),
  terms: entryTerms.nullable(),
  slot: z.number().int().nullable(),
  codes: z.object({ ownerKey: publicKey, generation: z.number().int(), longest: z.number().int(), until: instant.nullable() }).nullable(),
  createdAt: instant,
  createdBy: identifier,
});
export type Entry = z.infer<typeof entry>;

/** An offline code that was made: `number` as packages/access/offline-code.ts has it, of which nobody without the key knows the digits. */
export const code = z.object({
  id: identifier,
  doorId: identifier,
  lockId: identifier,
  ownerKey: publicKey,
  generation: z.number().int(),
  number: z.number().int().min(0).max(99_999_999),
  person: z.object({ id: identifier, name }),
  kind: z.enum(['window', 'once']),
  from: instant,
  until: instant,
  createdAt: instant,
  /** When it was taken back: the lock hears of it by its next roster. */
  takenBackAt: instant.nullable(),
});
export type Code = z.infer<typeof code>;

export const codeBody = code.pick({ id: true, lockId: true, ownerKey: true, generation: true, number: true }).extend({ person: whose });
export type CodeBody = z.input<typeof codeBody>;

export const entries = z.object({ entries: z.array(entry).max(MAX_ENTRIES), codes: z.array(code).max(MAX_CODES) });
export type Entries = z.infer<typeof entries>;
export const codeAnswer = z.object({ code });

/** To be sent by the hub, which knows the digits until a server has taken the message, and no longer. `about`: a PIN's entry, or a code. */
export const entryMessageBody = z.object({
  about: z.union([z.object({ entry: hash }), z.object({ code: identifier })]),
  digits: z.string().regex(/^[0-9]{6,9}$/, 'must be 6 to 9 digits'),
  sending: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('mail'), address: mailAddress }),
    z.object({ kind: z.literal('sms'), number: phoneNumber }),
  ]),
});
export type EntryMessageBody = z.input<typeof entryMessageBody>;
export const entryMessageAnswer = z.object({ state: z.enum(['queued', 'outbox']) });

