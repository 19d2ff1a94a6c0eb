// The tables, as Kysely sees them. Identifiers and hashes that are looked up are base64url text; keys and documents are bytes;
// instants are milliseconds since 1970 by the hub's clock. Nothing here opens a door: owner keys are wrapped, locks hold their own.

import type { Generated } from 'kysely';
import type { Bytes } from '@mortise/base/bytes.ts';
import type { LockProfile } from '@mortise/documents/lock-profile.ts';
import type { CustodyAction, KeyState } from '@mortise/management/custody.ts';

export type Tables = {
  readonly site: { id: string; name: string; zone: string; created_at: number };
  readonly person: { id: string; name: string; role: 'owner' | 'guest' | 'former'; created_at: number };
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
  /** `credential_hash`: SHA-256 of the credential's key, as journal records name it. `replaced_at`: lost, as its person says. `proof`: an owner's word for it. */
  readonly phone_key: { credential_hash: string; person_id: string; credential_key: Bytes; label: string; added_at: number; replaced_at: number | null; proof: Bytes | null };
  readonly door: { id: string; name: string; created_at: number; location_id: string | null };
  readonly location: { id: string; name: string; created_at: number };
  readonly lock: {
    id: string; door_id: string; identity_key: Bytes; reader_key: Bytes; seal_key: Bytes;
    model: string; firmware: string; statement: Bytes; adopted_at: number;
    /** Null: adopted before locks said it. `certified`: 1, or 0 where the lock’s own certificate counts for its link. */
    profile: LockProfile | null; certified: number;
    /** It is of this site no more. */
    removed_at: number | null;
  };
  /** What an owner was about to offer a lock. */
  readonly draft: { lock_id: string; identity_key: Bytes; roster: Bytes; door_name: string; model: string; firmware: string; certified: number; created_at: number };
  readonly roster: { lock_id: string; version: number; document: Bytes; created_at: number };
  /** What the lock said last about rosters; `refused` is its code. */
  readonly roster_delivery: { lock_id: string; version: number; refused: string | null };
  /**
   * `lock_id`: whose journal it is, a lock's id or an electronic key's; so in the tables after it. `position` is the order of arrival over all of them. Salt,
   * record, and what is read from it (record-facts.ts) are null once erased.
   */
  readonly journal: {
    lock_id: string; seq: number; position: number; leaf: Bytes; salt: Bytes | null; record: Bytes | null; head: Bytes;
    statement: Bytes | null; received_at: number; at: number | null; clock: 'synced' | 'held' | 'lost' | null; about_lock: string | null; credential: string | null;
    transaction_id: string | null;
  };
  /** Records that this hub does not have, between those that it has; `head` is the chain's after the last of them. */
  readonly journal_gap: { lock_id: string; first_seq: number; last_seq: number; head: Bytes };
  readonly journal_head: { lock_id: string; seq: number; head: Bytes };
  /** What did not add up, as it arrived. */
  readonly evidence: {
    id: Generated<number>; lock_id: string; code: 'journal-fork' | 'journal-gap' | 'journal-invalid'; seq: number;
    batch: Bytes; received_at: number;
  };
  /** Sessions of keys, which reach what belongs to the key and nothing of the owners'. */
  readonly key_session: { token_hash: string; credential_hash: string; created_at: number; expires_at: number };
  /**
   * A grant as it is now. `request_hash`: of the request that made it. `terms`: JSON of the API's terms. `access_id`: what its newest document
   * says. `enabled`: 1, or 0 while it is paused. `revision` grows with each change of what owners decide.
   */
  readonly lent_grant: {
    id: string; person_id: string; lent_by: string; request_hash: string; way: 'invitation' | 'confirm' | 'direct' | 'hub';
    signed_by: 'owner' | 'invitation' | 'hub'; terms: string; access_id: string; word: string; credential_hash: string | null; enabled: number;
    taken_back_at: number | null; until_at: number; revision: number; created_at: number; changed_at: number;
  };
  /** Every access document of a grant; one that is retired may still open where nobody has heard that it was taken back. `stamp`: the newest given out. */
  readonly lent_document: {
    access_id: string; grant_id: string; document: Bytes; issuer: string; terms: string; until_at: number; issued_at: number; retired_at: number | null;
    stamp: Bytes | null; stamped_at: number | null; stamped_until: number | null;
  };
  readonly invitation: {
    grant_id: string; invitation_key: string; delegation: Bytes | null; redeem_by: number; handed: number; opened_at: number | null; redeemed_at: number | null;
    asking_name: string | null; tried_again: number; tried_again_at: number | null;
  };
  /** Where an owner wants alarms, at most one of each kind. `plain`: 1, where the first words may say what happened. */
  readonly alarm_address: { person_id: string; kind: 'mail' | 'sms'; address: string; plain: number; created_at: number };
  /** A lock's record of which messages were put into the queue, by the head of the chain after it. `told`: by messages of its own, or by the one that says that there is more. */
  readonly alarm: { record_head: string; lock_id: string; reason: string; told: 'own' | 'more'; received_at: number };
  /** Of a grant's link, or `about` a PIN or code, or `alarm:` and whose address it goes to. Recipient, subject and body are null once they have served. */
  readonly message: {
    id: string; grant_id: string | null; about: string | null; kind: 'mail' | 'sms'; recipient: string | null; subject: string | null; body: string | null;
    state: 'queued' | 'sent' | 'refused' | 'outbox'; answer: string | null; attempts: number; next_at: number; created_at: number;
  };
  readonly introduction: { signer: string; document: Bytes; created_at: number };
  /** `id`: the name by which locks record it. `replaced_at`: since when all that it says stands in a later one of the same issuer. */
  readonly revocation: { id: string; issuer: string; document: Bytes; until_at: number; created_at: number; replaced_at: number | null };
  readonly revocation_entry: { revocation_id: string; access_id: string; until_at: number };
  /** What a lock recorded of a revocation document; `refused`: its code. */
  readonly revocation_word: { revocation_id: string; lock_id: string; at: number; refused: string | null };
  /** What was heard last from a lock, by any way; `linked_at`: when it was on a link of its own. */
  readonly lock_word: { lock_id: string; heard_at: number; linked_at: number | null; owner_sequence: number | null; owner_refused: string | null };
  readonly place_group: { id: string; name: string; created_at: number };
  readonly group_door: { group_id: string; door_id: string };
  /** `days`: JSON array of numbers. */
  readonly calendar: { id: number; name: string; days: string; until_day: number };
  /** `asking`: JSON of who asks, with the passkey and the wrapped key that count once an owner set says so. */
  readonly owner_invitation: {
    id: string; invitation_key: string; name: string; redeem_by: number; invited_by: string; created_at: number; asking: string | null; asked_at: number | null;
    done_at: number | null;
  };
  /** `state`, `person_id`: as the last entry of its custody says; `person_id` of a lost key: who had it last. `certificate`: the owners' of its clock. `hub_certificate`: of this hub's time key. */
  readonly ekey: {
    id: string; identity_key: Bytes; credential_key: Bytes; credential_hash: string; name: string; serial: string; state: KeyState; person_id: string | null;
    certificate: Bytes; enrolment: Bytes; hub_certificate: Bytes; revalidate_days: number | null; buffer: 'stop' | 'overwrite'; pin_minutes: number | null; pin_epoch: number; registered_at: number; due_back: number | null;
  };
  /** Only ever added to. `person_id`: to whom, from whom, or who had it. */
  readonly ekey_custody: { id: Generated<number>; ekey_id: string; at: number; action: CustodyAction; by_person: string; person_id: string | null; note: string; due_back: number | null };
  /** That a key is lost, by whoever has it, until it changes hands. */
  readonly ekey_report: { ekey_id: string; at: number; note: string };
  /** By which one browser becomes that of whoever holds the key. `credential_hash`: of the browser that used it. */
  readonly phone_link: { link_key: string; ekey_id: string; person_id: string; made_by: string; redeem_by: number; created_at: number; credential_hash: string | null };
  /** `orders`: the payload, unsigned. `access_ids`: JSON array, of the documents among its items. Versions before the one that the key holds are dropped. */
  readonly ekey_orders: { ekey_id: string; version: number; orders: Bytes; access_ids: string; left_out: number };
  /** The newest status that the key signed. */
  readonly ekey_word: { ekey_id: string; heard_at: number; status: Bytes };
  /** What owners say of a roster's entry, by the SHA-256 of what is sealed. `terms`: JSON. `key_id` to `until_at`: of a key of codes. */
  readonly entry: {
    id: string; lock_id: string; kind: 'pin' | 'card' | 'finger' | 'codeKey'; person_id: string | null; label: string | null; terms: string | null; slot: number | null;
    key_id: string | null; owner_key: string | null; generation: number | null; longest: number | null; until_at: number | null; created_at: number; created_by: string; removed_at: number | null;
  };
  /** Whom a lock's records mean. */
  readonly pseudonym: { lock_id: string; pseudonym: string; person_id: string };
  /** `word`: how a lock's records name the code. */
  readonly offline_code: {
    id: string; lock_id: string; key_id: string; owner_key: string; generation: number; number: number; person_id: string; word: string; kind: 'window' | 'once';
    from_at: number; until_at: number; created_at: number; created_by: string; taken_back_at: number | null;
  };
  readonly access_request: {
    id: string; person_id: string; ekey_id: string; door_id: string; from_at: number; until_at: number; reason: string; asked_at: number;
    decision: 'approved' | 'refused' | null; decided_at: number | null; decided_by: string | null; answer: string; grant_id: string | null;
  };
  /** The owners' order to the lock to forget them. `refused`: the lock's code. `sent_at`: since when the lock may have one. `withdrawn_at`: it is sent no more, and may be there all the same. */
  readonly lock_reset: {
    lock_id: string; document: Bytes; until_at: number; ordered_at: number; ordered_by: string; refused: string | null; sent_at: number | null; withdrawn_at: number | null;
  };
  readonly hub_key: { name: string; private_key: Bytes; public_key: Bytes; certificate: string | null; created_at: number };
};
