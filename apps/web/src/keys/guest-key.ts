// This browser's key as a guest of a site: a signing key that cannot be taken out, one for each site, and what it holds by it. A guest's key
// is not an owner's phone key, even in one browser.

import { heldEkeys, type HeldEkeys } from '@mortise/api/ekeys.ts';
import { heldKeys, type HeldKeys } from '@mortise/api/keys.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { asSigningKey, generateSigningKey, type SigningKey } from '@mortise/browser/signing-key.ts';
import type { StorageError } from '@mortise/browser/storage.ts';
import { readStored, storedNames, writeStored } from './store.ts';

const KEY = 'guest-key:';
const keyName = (siteId: string): string => `${KEY}${siteId}`;
const heldName = (siteId: string): string => `held:${siteId}`;
const openingsName = (siteId: string): string => `openings:${siteId}`;
const refusalsName = (siteId: string): string => `refusals:${siteId}`;
const LINKS = 'redeemed-links';

/** The sites at which this browser holds a key. */
export const guestSites = async (): Promise<Result<readonly string[], StorageError>> => {
  const names = await storedNames('keys');
  return names.ok ? ok(names.value.filter((name) => name.startsWith(KEY)).map((name) => name.slice(KEY.length))) : names;
};

export const readGuestKey = async (siteId: string): Promise<Result<SigningKey | undefined, StorageError>> => {
  const stored = await readStored('keys', keyName(siteId));
  return stored.ok ? ok(asSigningKey(stored.value)) : stored;
};

/** The key of this browser for the site; made and kept when there is none. */
export const guestKey = async (siteId: string): Promise<Result<SigningKey, StorageError>> => {
  const known = await readGuestKey(siteId);
  if (!known.ok) return known;
  if (known.value !== undefined) return ok(known.value);
  const made = await generateSigningKey();
  const kept = await writeStored([{ store: 'keys', name: keyName(siteId), value: made }]);
  return kept.ok ? ok(made) : kept;
};

/** What the hub told of the keys, as it told it, and when. */
export type Remembered = { readonly keys: HeldKeys; readonly at: number };

export const rememberHeld = (siteId: string, { keys, at }: Remembered): Promise<Result<void, StorageError>> =>
  writeStored([{ store: 'values', name: heldName(siteId), value: { keys, at } }]);

export const rememberedHeld = async (siteId: string): Promise<Remembered | undefined> => {
  const stored = await readStored('values', heldName(siteId));
  const value = stored.ok ? stored.value : undefined;
  if (typeof value !== 'object' || value === null || !('keys' in value) || !('at' in value) || typeof value.at !== 'number') return undefined;
  const keys = heldKeys.safeParse(value.keys);
  return keys.success ? { keys: keys.data, at: value.at } : undefined;
};

const EKEYS = 'held-ekeys';

/** What the hub told of the electronic keys of whoever this browser's key is, and when. */
export type RememberedEkeys = { readonly held: HeldEkeys; readonly at: number };

export const rememberEkeys = ({ held, at }: RememberedEkeys): Promise<Result<void, StorageError>> => writeStored([{ store: 'values', name: EKEYS, value: { held, at } }]);

export const rememberedEkeys = async (): Promise<RememberedEkeys | undefined> => {
  const stored = await readStored('values', EKEYS);
  const value = stored.ok ? stored.value : undefined;
  if (typeof value !== 'object' || value === null || !('held' in value) || !('at' in value) || typeof value.at !== 'number') return undefined;
  const held = heldEkeys.safeParse(value.held);
  return held.success ? { held: held.data, at: value.at } : undefined;
};

const asCounts = (value: unknown): Readonly<Record<string, number>> =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).filter(([, count]) => Number.isSafeInteger(count))) : {};

/** Openings by this browser, by grant and door. */
export const readOpenings = async (siteId: string): Promise<Readonly<Record<string, number>>> => {
  const stored = await readStored('values', openingsName(siteId));
  return stored.ok ? asCounts(stored.value) : {};
};

export const keepOpenings = (siteId: string, counts: Readonly<Record<string, number>>): Promise<Result<void, StorageError>> =>
  writeStored([{ store: 'values', name: openingsName(siteId), value: { ...counts } }]);

/** What a lock refused for good: the reason's code, when, and which documents it was shown (their hash). */
export type Refusal = { readonly code: string; readonly at: number; readonly shown: string };
export type Refusals = Readonly<Record<string, Refusal>>;

const isRefusal = (value: unknown): value is Refusal =>
  typeof value === 'object' && value !== null && 'code' in value && typeof value.code === 'string' && 'at' in value && typeof value.at === 'number' && 'shown' in value && typeof value.shown === 'string';

/** The refusals that this browser was told, by door. */
export const readRefusals = async (siteId: string): Promise<Refusals> => {
  const stored = await readStored('values', refusalsName(siteId));
  const value = stored.ok ? stored.value : undefined;
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).flatMap(([door, refusal]) => (isRefusal(refusal) ? [[door, refusal] as const] : [])));
};

export const keepRefusals = (siteId: string, refusals: Refusals): Promise<Result<void, StorageError>> =>
  writeStored([{ store: 'values', name: refusalsName(siteId), value: { ...refusals } }]);

const asLinks = (value: unknown): readonly string[] => (Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []);

/** Whether this browser has used the link of this key before. */
export const hasRedeemed = async (invitationKey: string): Promise<boolean> => {
  const stored = await readStored('values', LINKS);
  return stored.ok && asLinks(stored.value).includes(invitationKey);
};

const MAX_LINKS = 64;

export const rememberLink = async (invitationKey: string): Promise<void> => {
  const stored = await readStored('values', LINKS);
  const links = stored.ok ? asLinks(stored.value) : [];
  await writeStored([{ store: 'values', name: LINKS, value: [...new Set([...links, invitationKey])].slice(-MAX_LINKS) }]);
};
