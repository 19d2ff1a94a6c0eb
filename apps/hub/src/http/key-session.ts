// Sessions of lent keys: begun by a signature of the key itself, so that nobody needs an account. In a table and a cookie of their own: no
// token of one kind is ever one of the other. What such a session may reach is said by the routes (mount.ts), and there by its grants.

import { base64url } from '@mortise/base/bytes.ts';
import type { Hub } from '../hub.ts';
import { tokenHash, TOKEN_BYTES } from './signed-in.ts';

/** `credentialHash`: SHA-256 of the key, as journals name it. */
export type KeyCaller = { readonly kind: 'key'; readonly personId: string; readonly credentialHash: string; readonly tokenHash: string };

/** The key signs in again by itself. */
export const KEY_SESSION_MS = 24 * 3_600_000;
export const MAX_SESSIONS_PER_KEY = 16;

/** A new session; answers the cookie's token. Expired ones, and those beyond the bound, go. */
export const beginKeySession = async (hub: Hub, credentialHash: string): Promise<string> => {
  const token = base64url(hub.random(TOKEN_BYTES));
  const now = hub.now();
  await hub.database.deleteFrom('key_session').where('expires_at', '<=', now).execute();
  await hub.database.insertInto('key_session')
    .values({ token_hash: tokenHash(hub, token) ?? '', credential_hash: credentialHash, created_at: now, expires_at: now + KEY_SESSION_MS }).execute();
  await dropOldest(hub, credentialHash);
  return token;
};

/** Whose token this is. Takes any text. */
export const keyOf = async (hub: Hub, token: string | undefined): Promise<KeyCaller | undefined> => {
  const hash = token === undefined ? undefined : tokenHash(hub, token);
  if (hash === undefined) return undefined;
  const row = await hub.database.selectFrom('key_session').innerJoin('phone_key', 'phone_key.credential_hash', 'key_session.credential_hash')
    .select(['phone_key.person_id', 'phone_key.credential_hash']).where('key_session.token_hash', '=', hash)
    .where('key_session.expires_at', '>', hub.now()).executeTakeFirst();
  return row === undefined ? undefined : { kind: 'key', personId: row.person_id, credentialHash: row.credential_hash, tokenHash: hash };
};

const dropOldest = async (hub: Hub, credentialHash: string): Promise<void> => {
  const beyond = await hub.database.selectFrom('key_session').select('token_hash').where('credential_hash', '=', credentialHash)
    .orderBy('created_at', 'desc').limit(1000).offset(MAX_SESSIONS_PER_KEY).execute();
  const hashes = beyond.map((row) => row.token_hash);
  if (hashes.length > 0) await hub.database.deleteFrom('key_session').where('token_hash', 'in', hashes).execute();
};
