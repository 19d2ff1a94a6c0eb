// The tables, as Kysely sees them. Identifiers and hashes that are looked up are base64url text; keys and documents are bytes;
// instants are milliseconds since 1970 by the hub's clock. Nothing here opens a door: owner keys are wrapped, locks hold their own.

import type { Generated } from 'kysely';
import type { Bytes } from '@mortise/base/bytes.ts';

export type Tables = {
  readonly site: { id: string; name: string; zone: string; created_at: number };
  readonly person: { id: string; name: string; role: 'owner'; created_at: number };
  readonly passkey: {
    credential_id: string; person_id: string; public_key: Bytes; counter: number;
    /** JSON array of text. */
    transports: string; rp_id: string; created_at: number;
  };
  /** `token_hash`: SHA-256 of the cookie's token. */
  readonly session: { token_hash: string; person_id: string; signed_in_by: 'claim' | 'passkey' | 'kit'; created_at: number; expires_at: number };
  /** One row. `token_hash`: SHA-256 of the claim link's token. */
  readonly claim: { id: number; token_hash: Bytes; created_at: number; claimed_at: number | null };
  readonly owner_set: { sequence: number; document: Bytes; created_at: number };
  readonly owner_key: { key_text: string; person_id: string };
  readonly vault: { credential_id: string; owner_key: string; method: 'prf' | 'browser'; wrapped: Bytes; created_at: number };
  readonly issuer_wrap: { owner_key: string; issuer_key: string; wrapped: Bytes; created_at: number };
  /** `credential_hash`: SHA-256 of the credential's key, as journal records name it. */
  readonly phone_key: { credential_hash: string; person_id: string; credential_key: Bytes; label: string; added_at: number };
  readonly door: { id: string; name: string; created_at: number };
  readonly lock: {
    id: string; door_id: string; identity_key: Bytes; reader_key: Bytes; seal_key: Bytes;
    model: string; firmware: string; statement: Bytes; adopted_at: number;
  };
  /** What an owner was about to offer a lock. */
  readonly draft: { lock_id: string; identity_key: Bytes; roster: Bytes; door_name: string; model: string; firmware: string; created_at: number };
  readonly roster: { lock_id: string; version: number; document: Bytes; created_at: number };
  /** What the lock said last about rosters; `refused` is its code. */
  readonly roster_delivery: { lock_id: string; version: number; refused: string | null };
  /** `position` is the order of arrival over all locks. Salt and record are null once erased. */
  readonly journal: {
    lock_id: string; seq: number; position: number; leaf: Bytes; salt: Bytes | null; record: Bytes | null; head: Bytes;
    statement: Bytes | null; received_at: number;
  };
  /** Records that this hub does not have, between those that it has; `head` is the chain's after the last of them. */
  readonly journal_gap: { lock_id: string; first_seq: number; last_seq: number; head: Bytes };
  readonly journal_head: { lock_id: string; seq: number; head: Bytes };
  /** What did not add up, as it arrived. */
  readonly evidence: {
    id: Generated<number>; lock_id: string; code: 'journal-fork' | 'journal-gap' | 'journal-invalid'; seq: number;
    batch: Bytes; received_at: number;
  };
  readonly hub_key: { name: string; private_key: Bytes; public_key: Bytes; certificate: string | null; created_at: number };
};
