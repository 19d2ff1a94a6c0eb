// This browser's credential for the site: a signing key that cannot be taken out, and the site's reader issuer key by which it knows
// the site's locks (wallet: site-key.ts). Both were learned from an owner at claim or restore, not from the hub.

import { computed, signal } from '@preact/signals';
import { MAX_NAME_CHARACTERS } from '@mortise/api/fields.ts';
import { identifierBytes, identifierOf, parseIdentifier, type SiteId } from '@mortise/base/identifiers.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { asSigningKey, generateSigningKey, type SigningKey } from '@mortise/browser/signing-key.ts';
import type { StorageError } from '@mortise/browser/storage.ts';
import { PUBLIC_KEY_BYTES } from '@mortise/crypto/crypto.ts';
import type { SiteKey } from '@mortise/wallet/site-key.ts';
import { readStored, storedNames, writeStored } from './store.ts';

// Under the site's id: a claim that fails, or another tab's, never takes the place of a key that is in use.
const keyName = (siteId: string): string => `phone-key:${siteId}`;
const siteName = (siteId: string): string => `site:${siteId}`;

/** Undefined: not read yet, or this browser has none for the site. */
export const phoneKey = signal<SigningKey | undefined>(undefined);
export const siteKey = signal<SiteKey | undefined>(undefined);
export const phoneKeyRead = signal(false);
/** This browser can look, but not open. */
export const isKeyless = computed(() => phoneKeyRead.value && phoneKey.value === undefined);
/** Why nobody knows whether this browser has a key: its storage failed. */
export const phoneKeyFault = signal<StorageError | undefined>(undefined);

const bytesOf = (value: unknown, length: number): Bytes | undefined => (value instanceof Uint8Array && value.length === length ? value : undefined);

const asSite = (value: unknown, credentialKey: Bytes): SiteKey | undefined => {
  if (typeof value !== 'object' || value === null || !('siteId' in value) || !('readerIssuerKey' in value)) return undefined;
  const siteId = parseIdentifier<SiteId>(value.siteId);
  const readerIssuerKey = bytesOf(value.readerIssuerKey, PUBLIC_KEY_BYTES);
  return siteId === undefined || readerIssuerKey === undefined ? undefined : { siteId, readerIssuerKey, credentialKey };
};

/** Reads the key of site `wanted` from this browser's storage. */
export const readPhoneKey = async (wanted: string): Promise<void> => {
  const [stored, about] = await Promise.all([readStored('keys', keyName(wanted)), readStored('values', siteName(wanted))]);
  if (!stored.ok || !about.ok) {
    phoneKeyFault.value = [stored, about].flatMap((each) => (each.ok ? [] : [each.error]))[0];
    return;
  }
  const key = asSigningKey(stored.value);
  const site = key === undefined ? undefined : asSite(about.value, key.publicKey);
  const fits = site !== undefined && site.siteId === wanted;
  phoneKey.value = fits ? key : undefined;
  siteKey.value = fits ? site : undefined;
  phoneKeyFault.value = undefined;
  phoneKeyRead.value = true;
};

/**
 * Whether this browser may take `siteId` from the hub: it has a key of that site, or of none. One that has a key of another site knows
 * better, and a hub could name a site of its own making.
 */
export const isSiteKnown = async (siteId: string): Promise<Result<boolean, StorageError>> => {
  const names = await storedNames('keys');
  if (!names.ok) return names;
  const own = names.value.filter((name) => name.startsWith(keyName('')));
  return ok(own.length === 0 || own.includes(keyName(siteId)));
};

/** A fresh key, not kept yet. */
export const freshPhoneKey = generateSigningKey;

/** Puts the key on disk for the site, without using it yet. */
export const storePhoneKey = (key: SigningKey, siteId: SiteId, readerIssuerKey: Bytes): Promise<Result<void, StorageError>> =>
  writeStored([{ store: 'keys', name: keyName(siteId), value: key }, { store: 'values', name: siteName(siteId), value: { siteId, readerIssuerKey } }]);

/** Keeps the key as this browser's for the site. */
export const keepPhoneKey = async (key: SigningKey, siteId: SiteId, readerIssuerKey: Bytes): Promise<Result<void, StorageError>> => {
  const kept = await storePhoneKey(key, siteId, readerIssuerKey);
  if (kept.ok) {
    phoneKey.value = key;
    siteKey.value = { siteId: identifierOf<SiteId>(identifierBytes(siteId)), readerIssuerKey, credentialKey: key.publicKey };
  }
  return kept;
};

/** What the list of phones calls this one: browser and system, as far as the browser says. */
export const phoneLabel = (name: string): string => {
  const agent = navigator.userAgent;
  const browser = ['Firefox', 'Edg', 'Chrome', 'Safari'].find((each) => agent.includes(each))?.replace('Edg', 'Edge') ?? 'browser';
  const system = ['Android', 'iPhone', 'iPad', 'Windows', 'Macintosh', 'Linux'].find((each) => agent.includes(each))?.replace('Macintosh', 'Mac') ?? '';
  const tail = `’s ${browser}${system === '' ? '' : ` on ${system}`}`;
  // A pair of surrogates that is cut in two is no name.
  return name.slice(0, MAX_NAME_CHARACTERS - tail.length).replace(/[\uD800-\uDBFF]$/, '') + tail;
};
