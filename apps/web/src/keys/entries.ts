// Giving PINs, fingers and codes: sealed to the lock in this browser, with the next roster; taken away the same way. Codes are made with a key of this owner's own that the lock's roster holds;
// once it does, making one more needs no word to the lock.

import type { Code, Entry } from '@mortise/api/entries.ts';
import type { Door } from '@mortise/api/locks.ts';
import { ROUTES, type Body } from '@mortise/api/routes.ts';
import { codeNumber, encodeCode, type OfflineCode } from '@mortise/access/offline-code.ts';
import { base64url, fromBase64url } from '@mortise/base/bytes.ts';
import { identifierOf, parseIdentifier, type LockId } from '@mortise/base/identifiers.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { freshEntropy } from '@mortise/browser/entropy.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { MAX_REVOKED_CODES, type CodeKeyEntry } from '@mortise/documents/code-key-entry.ts';
import type { SealedEntry } from '@mortise/documents/roster.ts';
import { codeKeyAt, entryId, pseudonymAt, type NewEntry } from '@mortise/wallet/entries.ts';
import type { RosterChange } from '@mortise/wallet/roster-change.ts';
import { call } from '../model/client.ts';
import { freeCode, type CodeDraft } from '../model/code-draft.ts';
import { entries, loadEntries } from '../model/entries.ts';
import { loadPeople } from '../model/people.ts';
import { drawPin, entryTermsOf, sealedTermsOf, type EntryDraft, type EntryWho } from '../model/entry-draft.ts';
import { failureSentence } from '../words/failures.ts';
import { ensureAccess } from './access.ts';
import { openAuthority, type Authority } from './authority.ts';
import { openOwnerKey } from './owner-key.ts';
import { changeRoster } from './roster.ts';

/** `waiting`: the lock has yet to take the roster that holds it. */
export type Given = { readonly id: string; readonly digits: string | undefined; readonly waiting: boolean };
type Note = NonNullable<Body<'putRoster'>['entries']>[number];

export const newPersonId = (): string => identifierOf(freshEntropy().slice(0, 16));
export const freshPin = (): string => drawPin(() => freshEntropy().slice(0, 4));

// Somebody new may be among the people now.
const loadAnew = async (): Promise<void> => {
  await Promise.all([loadEntries(), loadPeople()]);
};

const authorityNow = async (): Promise<Result<Authority, string>> => {
  const owner = await openOwnerKey();
  return owner.ok ? openAuthority(owner.value) : owner;
};

const lockIdOf = ({ lock }: Door): Result<LockId, string> => {
  const id = parseIdentifier<LockId>(lock.lockId);
  return id === undefined ? err('The hub tells a lock without a number. Load the page anew.') : ok(id);
};

export const whose = ({ id, name, isNew }: EntryWho): { id: string; name?: string } => (isNew ? { id, name: name.trim() } : { id });
const idOf = (entry: SealedEntry): string => base64url(entryId(nobleCrypto, entry));

// Hours and days off need the door's wall clock in the roster.
const withClock = async (door: Door, authority: Authority, draft: EntryDraft): Promise<Result<undefined, string>> => {
  if (draft.hours.length === 0 && draft.holidays === null) return ok(undefined);
  const words = await ensureAccess(authority, [door], () => undefined);
  if (!words.ok) return words;
  const [word] = words.value;
  return word === undefined || word.result.ok ? ok(undefined) : err(word.result.error);
};

type Making = { readonly lockId: LockId; readonly authority: Authority };
type Made = { readonly entry: NewEntry; readonly note: (id: string) => Note; readonly digits: string | undefined };

/** Makes the entry, has the lock's next roster hold it, and tells the hub whose it is. */
export const give = async (door: Door, draft: EntryDraft, make: (making: Making, draft: EntryDraft) => Result<Made, string>): Promise<Result<Given, string>> => {
  const [lockId, authority] = [lockIdOf(door), await authorityNow()];
  if (!lockId.ok) return lockId;
  if (!authority.ok) return authority;
  await loadEntries();
  const made = make({ lockId: lockId.value, authority: authority.value }, draft);
  if (!made.ok) return made;
  const clocked = await withClock(door, authority.value, draft);
  if (!clocked.ok) return clocked;
  let id = '';
  const put = await changeRoster(door, authority.value, { kind: 'addEntry', entry: made.value.entry }, ([added]) => {
    id = added === undefined ? '' : idOf(added);
    return { entries: [made.value.note(id)] };
  });
  if (!put.ok) return put;
  await loadAnew();
  return ok({ id, digits: made.value.digits, waiting: put.value === 'waiting' });
};

/** A PIN of these digits for one person at one door. Errors are sentences; nothing was given then. */
export const givePin = (door: Door, list: EntryDraft): Promise<Result<Given, string>> =>
  give(door, list, ({ lockId, authority }, draft) => {
    const terms = entryTermsOf(draft, Date.now(), door.zone);
    if (!terms.ok) return terms;
    const pseudonym = pseudonymAt(nobleCrypto, authority.issuer, lockId, draft.who.id);
    const common = { person: whose(draft.who), pseudonym: base64url(pseudonym), terms: terms.value, label: 'PIN' };
    return ok({ entry: { kind: 'pin', pin: draft.digits, terms: sealedTermsOf(terms.value, pseudonym, draft.duress) }, note: (id) => ({ kind: 'pin', id, ...common }), digits: draft.digits });
  });

/** The lowest slot of the door's sensor that no finger has. */
const freeSlot = (door: Door): number => {
  const taken = new Set((entries.value?.entries ?? []).filter(({ lockId }) => lockId === door.lock.lockId).map(({ slot }) => slot));
  return Array.from({ length: taken.size + 1 }, (_, slot) => slot).find((slot) => !taken.has(slot)) ?? taken.size;
};

/** A finger: the sensor learns it at the door, in the minute after the person's PIN or an owner's phone there. */
export const giveFinger = (door: Door, list: EntryDraft, label: string): Promise<Result<Given, string>> =>
  give(door, list, ({ lockId, authority }, draft) => {
    const terms = entryTermsOf(draft, Date.now(), door.zone);
    if (!terms.ok) return terms;
    const [pseudonym, slot] = [pseudonymAt(nobleCrypto, authority.issuer, lockId, draft.who.id), freeSlot(door)];
    const common = { person: whose(draft.who), pseudonym: base64url(pseudonym), terms: terms.value, label };
    return ok({ entry: { kind: 'finger', entry: { ...sealedTermsOf(terms.value, pseudonym, draft.duress), slot } }, note: (id) => ({ kind: 'finger', id, ...common, slot }), digits: undefined });
  });

/** Takes an entry out of the lock's roster. Errors are sentences. */
export const takeAway = async (door: Door, entry: Entry): Promise<Result<'delivered' | 'waiting', string>> => {
  const [authority, id] = [await authorityNow(), fromBase64url(entry.id)];
  if (!authority.ok) return authority;
  if (id === undefined) return err('The hub tells an entry without an id. Load the page anew.');
  const put = await changeRoster(door, authority.value, { kind: 'dropEntries', ids: [id] });
  await loadEntries();
  return put;
};

// ---- codes -------------------------------------------------------------------------------------------------------------------

type KeyInUse = { readonly entry: Entry | undefined; readonly generation: number };

/** This owner's key of codes in the door's roster, as it was noted. */
const keyInUse = (door: Door, { owner }: Authority): KeyInUse => {
  const ownerKey = base64url(owner.publicKey);
  const entry = (entries.value?.entries ?? []).find(({ lockId, codes }) => lockId === door.lock.lockId && codes?.ownerKey === ownerKey);
  const used = (entries.value?.codes ?? []).filter((code) => code.lockId === door.lock.lockId && code.ownerKey === ownerKey).map(({ generation }) => generation);
  return { entry, generation: entry?.codes?.generation ?? Math.max(0, ...used) + 1 };
};

const LONGEST = 15;
const codeKeyEntry = (authority: Authority, lockId: LockId, generation: number, revoked: readonly number[]): CodeKeyEntry =>
  ({ ...codeKeyAt(nobleCrypto, authority.owner, lockId, generation), rights: 3, kinds: ['window', 'once'], longest: LONGEST, until: null, revoked });

/** The next roster with this key of codes, in the place of `former`. */
const putCodeKey = (door: Door, authority: Authority, entry: CodeKeyEntry, former: Entry | undefined, generation: number, takenBack: readonly string[]): ReturnType<typeof changeRoster> => {
  const formerId = former === undefined ? undefined : fromBase64url(former.id);
  const changes: readonly RosterChange[] = [...(formerId === undefined ? [] : [{ kind: 'dropEntries', ids: [formerId] } as const]), { kind: 'addEntry', entry: { kind: 'codeKey', entry } }];
  return changeRoster(door, authority, { kind: 'several', changes }, (added) => ({
    entries: added.map((each) => ({ kind: 'codeKey', id: idOf(each), keyId: base64url(entry.keyId), ownerKey: base64url(authority.owner.publicKey), generation, longest: entry.longest, until: null })),
    takenBack: [...takenBack],
  }));
};

/** A code for one person at one door; the lock hears nothing of it, once it has this owner's key of codes. Errors are sentences. */
export const makeCode = async (door: Door, draft: CodeDraft, who: EntryWho): Promise<Result<Given, string>> => {
  const [lockId, authority] = [lockIdOf(door), await authorityNow()];
  if (!lockId.ok) return lockId;
  if (!authority.ok) return authority;
  await loadEntries();
  const { entry, generation } = keyInUse(door, authority.value);
  const key = codeKeyEntry(authority.value, lockId.value, generation, []);
  const put = entry === undefined ? await putCodeKey(door, authority.value, key, undefined, generation, []) : ok(door.lock.roster.delivery === 'delivered' ? 'delivered' as const : 'waiting' as const);
  if (!put.ok) return put;
  const code = freeCode(draft, (entries.value?.codes ?? []).filter((each) => isOf(each, door, authority.value, generation)));
  if (code === undefined) return err('Four codes of just this time were made. Begin or end an hour away.');
  const noted = await noteCode(door, authority.value, generation, code, who);
  if (!noted.ok) return noted;
  await loadAnew();
  return ok({ id: noted.value, digits: encodeCode(key, lockId.value, code), waiting: put.value === 'waiting' });
};

const isOf = (code: Code, door: Door, { owner }: Authority, generation: number): boolean =>
  code.lockId === door.lock.lockId && code.ownerKey === base64url(owner.publicKey) && code.generation === generation;

const noteCode = async (door: Door, { owner }: Authority, generation: number, code: OfflineCode, who: EntryWho): Promise<Result<string, string>> => {
  const id = newPersonId();
  const answer = await call(ROUTES.addCode, { body: { id, lockId: door.lock.lockId, ownerKey: base64url(owner.publicKey), generation, number: codeNumber(code), person: whose(who) } });
  return answer.ok ? ok(id) : err(failureSentence(answer.error));
};

/** Takes a code back: the lock's next roster says so. Beyond what a key can tell of at once, the owner gets another key, and its codes end with it. */
export const takeBackCode = async (door: Door, code: Code): Promise<Result<'delivered' | 'waiting', string>> => {
  const [lockId, authority] = [lockIdOf(door), await authorityNow()];
  if (!lockId.ok) return lockId;
  if (!authority.ok) return authority;
  await loadEntries();
  const { entry, generation } = keyInUse(door, authority.value);
  if (entry === undefined || !isOf(code, door, authority.value, generation)) return err('This code was made with another owner’s key. Only they can take it back, or you remove them as an owner.');
  const revoked = (entries.value?.codes ?? []).filter((each) => isOf(each, door, authority.value, generation) && (each.id === code.id || each.takenBackAt !== null) && each.until > Date.now()).map(({ number }) => number);
  const isFull = revoked.length > MAX_REVOKED_CODES;
  const next = isFull ? generation + 1 : generation;
  const put = await putCodeKey(door, authority.value, codeKeyEntry(authority.value, lockId.value, next, isFull ? [] : revoked), entry, next, [code.id]);
  await loadEntries();
  return put;
};

// ---- passing on ----------------------------------------------------------------------------------------------------------------

export type DigitsWay = { readonly kind: 'mail'; readonly address: string } | { readonly kind: 'sms'; readonly number: string };

/** Has the hub send the digits. Errors are sentences. */
export const sendDigits = async (about: Body<'sendEntry'>['about'], digits: string, sending: DigitsWay): Promise<Result<'queued' | 'outbox', string>> => {
  const answer = await call(ROUTES.sendEntry, { body: { about, digits, sending } });
  return answer.ok ? ok(answer.value.state) : err(failureSentence(answer.error));
};
