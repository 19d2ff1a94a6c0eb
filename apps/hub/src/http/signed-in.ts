// Sessions of owners: a random token in a cookie that scripts cannot read, its SHA-256 in the store. Whoever reads the store cannot
// sign in with it. What a session holds open (events, relays) ends with it. Those of lent keys: key-session.ts.

import { base64url, fromBase64url } from '@mortise/base/bytes.ts';
import type { Me } from '@mortise/api/owner.ts';
import type { Hub } from '../hub.ts';

export type OwnerCaller = { readonly kind: 'owner'; readonly personId: string; readonly signedInBy: Me['signedInBy']; readonly tokenHash: string };

export const TOKEN_BYTES = 32;
export const SESSION_MS = 30 * 24 * 3_600_000;
export const MAX_SESSIONS_PER_PERSON = 64;

/** A new session; answers the cookie's token. Expired ones, and those beyond the bound, go. */
export const beginSession = async (hub: Hub, personId: string, signedInBy: Me['signedInBy']): Promise<string> => {
  const token = base64url(hub.random(TOKEN_BYTES));
  const now = hub.now();
  await hub.database.deleteFrom('session').where('expires_at', '<=', now).execute();
  await hub.database
    .insertInto('session')
    .values({ token_hash: tokenHash(hub, token) ?? '', person_id: personId, signed_in_by: signedInBy, created_at: now, expires_at: now + SESSION_MS })
    .execute();
  await dropOldest(hub, personId);
  return token;
};

/** Whose token this is: somebody's who is an owner now. Takes any text. */
export const ownerOf = async (hub: Hub, token: string | undefined): Promise<OwnerCaller | undefined> => {
  const hash = token === undefined ? undefined : tokenHash(hub, token);
  if (hash === undefined) return undefined;
  const row = await hub.database.selectFrom('session').innerJoin('person', 'person.id', 'session.person_id').select(['session.person_id', 'session.signed_in_by'])
    .where('session.token_hash', '=', hash).where('session.expires_at', '>', hub.now()).where('person.role', '=', 'owner').executeTakeFirst();
  return row === undefined ? undefined : { kind: 'owner', personId: row.person_id, signedInBy: row.signed_in_by, tokenHash: hash };
};

export const endSession = async (hub: Hub, caller: OwnerCaller): Promise<void> => {
  await hub.database.deleteFrom('session').where('token_hash', '=', caller.tokenHash).execute();
};

/** What the store keeps of a token; undefined for what is none. The token is random, so looking its hash up tells nothing by its timing. */
export const tokenHash = (hub: Hub, token: string): string | undefined => {
  const bytes = fromBase64url(token);
  return bytes?.length === TOKEN_BYTES ? base64url(hub.crypto.sha256(bytes)) : undefined;
};

const dropOldest = async (hub: Hub, personId: string): Promise<void> => {
  const beyond = await hub.database.selectFrom('session').select('token_hash').where('person_id', '=', personId)
    .orderBy('created_at', 'desc').limit(1000).offset(MAX_SESSIONS_PER_PERSON).execute();
  const hashes = beyond.map((row) => row.token_hash);
  if (hashes.length > 0) await hub.database.deleteFrom('session').where('token_hash', 'in', hashes).execute();
};

/** What to end when a session ends. */
export type SessionHolds = { readonly hold: (tokenHash: string, end: () => void) => () => void; readonly release: (tokenHash: string) => void };

export const createHolds = (): SessionHolds => {
  const held = new Map<string, Set<() => void>>();
  return {
    hold: (tokenHash_, end) => {
      const ends = held.get(tokenHash_) ?? new Set();
      held.set(tokenHash_, ends.add(end));
      return () => {
        ends.delete(end);
        if (ends.size === 0) held.delete(tokenHash_);
      };
    },
    release: (tokenHash_) => {
      for (const end of held.get(tokenHash_) ?? []) end();
    },
  };
};
