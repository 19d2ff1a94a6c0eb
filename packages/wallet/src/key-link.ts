// The text behind the # of a link that makes a key, or an owner: base64url of secret(32) ‖ siteId(16) ‖ the first 4 bytes of SHA-256 of both.
// The secret is in the fragment, which no server is sent; a character that is missing or wrong shows before anything is asked; and a link of
// another site is known as such. The link's key is derived from the secret: what it signs, whoever holds the link has signed.

import { assert } from '@mortise/base/assert.ts';
import { base64url, concat, equalBytes, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { identifierBytes, identifierOf, IDENTIFIER_BYTES, type SiteId } from '@mortise/base/identifiers.ts';
import { Secret } from '@mortise/base/secret.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { deriveKeyPair, type KeyPair } from '@mortise/crypto/entropy.ts';

export const LINK_SECRET_BYTES = 32;
const CHECK_BYTES = 4;

export type KeyLink = { readonly secret: Secret; readonly siteId: SiteId };
/** `missing`: there is nothing; `mistyped`: a character is missing or wrong. */
export type KeyLinkError = { readonly code: 'missing' | 'mistyped' };

/** `secret`: 32 fresh bytes. */
export const keyLinkText = (crypto: Crypto, { secret, siteId }: KeyLink): string => {
  assert(secret.reveal().length === LINK_SECRET_BYTES, 'a link’s secret has 32 bytes');
  const content = concat(secret.reveal(), identifierBytes(siteId));
  return base64url(concat(content, checkOf(crypto, content)));
};

/** Takes any text, with or without the # before it. */
export const readKeyLink = (crypto: Crypto, text: string): Result<KeyLink, KeyLinkError> => {
  const written = text.replace(/^#/, '').trim();
  if (written === '') return err({ code: 'missing' });
  const bytes = fromBase64url(written);
  if (bytes?.length !== LINK_SECRET_BYTES + IDENTIFIER_BYTES + CHECK_BYTES) return err({ code: 'mistyped' });
  const content = bytes.slice(0, -CHECK_BYTES);
  if (!equalBytes(bytes.slice(-CHECK_BYTES), checkOf(crypto, content))) return err({ code: 'mistyped' });
  return ok({ secret: new Secret(content.slice(0, LINK_SECRET_BYTES)), siteId: identifierOf<SiteId>(content.slice(LINK_SECRET_BYTES)) });
};

/** The key that a link's secret makes. */
export const linkKeyOf = (crypto: Crypto, secret: Secret): KeyPair => deriveKeyPair(crypto, secret.reveal(), 'invitation-link');

const checkOf = (crypto: Crypto, content: Bytes): Bytes => crypto.sha256(content).slice(0, CHECK_BYTES);
