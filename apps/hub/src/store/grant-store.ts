// Grants as they stand: terms, the way to the person, the documents that were signed for them, and what has come of their links. What a
// grant means is decided elsewhere (grants/); here each change is one transaction, and races are decided by rows that change once.

import { grantTerms, type GrantTermsJson } from '@mortise/api/grants.ts';
import { base64url, type Bytes } from '@mortise/base/bytes.ts';
import { eraseMessages } from './message-store.ts';
import type { Database } from './open-store.ts';
import type { Tables } from './tables.ts';

type GrantRow = Tables['lent_grant'];
export type GrantWay = GrantRow['way'];
export type SignedBy = GrantRow['signed_by'];

/** `recipient` is gone once the link is over. */
export type StoredInvitation = {
  readonly key: string; readonly delegation: Bytes | null; readonly redeemBy: number; readonly handed: boolean; readonly openedAt: number | null; readonly redeemedAt: number | null;
  readonly askingName: string | null; readonly triedAgain: number; readonly triedAgainAt: number | null;
  readonly message: { readonly state: Tables['message']['state']; readonly answer: string | null; readonly recipient: string | null } | undefined;
};

/** `terms`: what it says. `retiredAt`: since when it shall not open any more. `stampedUntil`: until when it was confirmed at the latest. */
export type StoredDocument = {
  readonly accessId: string; readonly document: Bytes; readonly issuer: string; readonly terms: GrantTermsJson; readonly retiredAt: number | null;
  readonly stamp: Bytes | null; readonly stampedAt: number | null; readonly stampedUntil: number | null;
};

export type StoredGrant = {
  readonly id: string; readonly person: { readonly id: string; readonly name: string }; readonly lentBy: string; readonly requestHash: string;
  readonly way: GrantWay; readonly signedBy: SignedBy; readonly terms: GrantTermsJson; readonly accessId: string; readonly word: string;
  readonly credential: { readonly hash: string; readonly key: Bytes } | undefined;
  readonly enabled: boolean; readonly takenBackAt: number | null; readonly revision: number; readonly createdAt: number; readonly changedAt: number;
  readonly invitation: StoredInvitation | undefined;
  /** Oldest first. */
  readonly documents: readonly StoredDocument[];
};

// ---- reading -----------------------------------------------------------------------------------------------------------------

const query = (database: Database) =>
  database.selectFrom('lent_grant')
    .innerJoin('person', 'person.id', 'lent_grant.person_id')
    .innerJoin('person as lender', 'lender.id', 'lent_grant.lent_by')
    .leftJoin('phone_key', 'phone_key.credential_hash', 'lent_grant.credential_hash')
    .leftJoin('invitation', 'invitation.grant_id', 'lent_grant.id')
    .leftJoin('message', 'message.grant_id', 'lent_grant.id')
    .selectAll('lent_grant')
    .select([
      'person.name as person_name', 'lender.name as lender_name', 'phone_key.credential_key',
      'invitation.invitation_key', 'invitation.delegation', 'invitation.redeem_by', 'invitation.handed', 'invitation.opened_at', 'invitation.redeemed_at',
      'invitation.asking_name', 'invitation.tried_again', 'invitation.tried_again_at',
      'message.state', 'message.answer', 'message.recipient',
    ])
    .orderBy('lent_grant.created_at', 'desc')
    .orderBy('lent_grant.id');

type Row = Awaited<ReturnType<ReturnType<typeof query>['execute']>>[number];

/** Newest first. */
export const allGrants = async (database: Database): Promise<readonly StoredGrant[]> =>
  withDocuments(await query(database).execute(), await database.selectFrom('lent_document').selectAll().orderBy('issued_at').orderBy('access_id').execute());

export const grantById = async (database: Database, id: string): Promise<StoredGrant | undefined> => {
  const row = await query(database).where('lent_grant.id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : withDocuments([row], await documentsOf(database, [id]))[0];
};

export const grantByLink = async (database: Database, invitationKey: string): Promise<StoredGrant | undefined> => {
  const row = await query(database).where('invitation.invitation_key', '=', invitationKey).executeTakeFirst();
  return row === undefined ? undefined : withDocuments([row], await documentsOf(database, [row.id]))[0];
};

/** Of the credential with this hash, newest first. */
export const grantsOfCredential = (database: Database, hash: string): Promise<readonly StoredGrant[]> => grantsOfCredentials(database, [hash]);

/** Of any of these credentials, newest first. */
export const grantsOfCredentials = async (database: Database, hashes: readonly string[]): Promise<readonly StoredGrant[]> => {
  if (hashes.length === 0) return [];
  const rows = await query(database).where('lent_grant.credential_hash', 'in', hashes).execute();
  return withDocuments(rows, await documentsOf(database, rows.map(({ id }) => id)));
};

const documentsOf = (database: Database, ids: readonly string[]): Promise<readonly Tables['lent_document'][]> =>
  ids.length === 0 ? Promise.resolve([])
    : database.selectFrom('lent_document').selectAll().where('grant_id', 'in', ids).orderBy('issued_at').orderBy('access_id').execute();

const withDocuments = (rows: readonly Row[], documents: readonly Tables['lent_document'][]): readonly StoredGrant[] => {
  const byGrant = Map.groupBy(documents, (document) => document.grant_id);
  return rows.map((row) => grantOf(row, byGrant.get(row.id) ?? []));
};

const grantOf = (row: Row, documents: readonly Tables['lent_document'][]): StoredGrant => ({
  id: row.id, person: { id: row.person_id, name: row.person_name }, lentBy: row.lender_name, requestHash: row.request_hash,
  way: row.way, signedBy: row.signed_by, terms: termsIn(row.terms), accessId: row.access_id, word: row.word,
  credential: row.credential_hash === null || row.credential_key === null ? undefined : { hash: row.credential_hash, key: row.credential_key },
  enabled: row.enabled === 1, takenBackAt: row.taken_back_at, revision: row.revision, createdAt: row.created_at, changedAt: row.changed_at,
  invitation: invitationOf(row),
  documents: documents.map(documentOf),
});

const invitationOf = (row: Row): StoredInvitation | undefined =>
  row.invitation_key === null || row.redeem_by === null ? undefined : {
    key: row.invitation_key, delegation: row.delegation, redeemBy: row.redeem_by, handed: row.handed === 1, openedAt: row.opened_at, redeemedAt: row.redeemed_at,
    askingName: row.asking_name, triedAgain: row.tried_again ?? 0, triedAgainAt: row.tried_again_at,
    message: row.state === null ? undefined : { state: row.state, answer: row.answer, recipient: row.recipient },
  };

const documentOf = (row: Tables['lent_document']): StoredDocument => ({
  accessId: row.access_id, document: row.document, issuer: row.issuer, terms: termsIn(row.terms), retiredAt: row.retired_at,
  stamp: row.stamp, stampedAt: row.stamped_at, stampedUntil: row.stamped_until,
});

const termsIn = (text: string): GrantTermsJson => grantTerms.parse(JSON.parse(text));

// ---- making ------------------------------------------------------------------------------------------------------------------

export type NewDocument = { readonly accessId: string; readonly document: Bytes; readonly issuer: Bytes; readonly terms: GrantTermsJson };

export type NewGrant = {
  readonly id: string; readonly personId: string; readonly lentBy: string; readonly requestHash: string; readonly way: GrantWay; readonly signedBy: SignedBy;
  readonly terms: GrantTermsJson; readonly word: string; readonly credentialHash: string | null; readonly at: number;
  readonly invitation?: { readonly key: string; readonly delegation: Bytes | null; readonly redeemBy: number; readonly handed: boolean };
  readonly document?: NewDocument;
};

/** Within a transaction of the caller’s. Neither the id nor the link’s key is there yet. */
export const insertGrant = async (database: Database, grant: NewGrant): Promise<void> => {
  const { id, invitation, document, at } = grant;
  await database.insertInto('lent_grant').values({
    id, person_id: grant.personId, lent_by: grant.lentBy, request_hash: grant.requestHash, way: grant.way, signed_by: grant.signedBy,
    terms: JSON.stringify(grant.terms), access_id: id, word: grant.word, credential_hash: grant.credentialHash, enabled: 1, taken_back_at: null,
    until_at: grant.terms.until, revision: 1, created_at: at, changed_at: at,
  }).execute();
  if (invitation !== undefined) {
    await database.insertInto('invitation').values({
      grant_id: id, invitation_key: invitation.key, delegation: invitation.delegation, redeem_by: invitation.redeemBy, handed: invitation.handed ? 1 : 0,
      opened_at: null, redeemed_at: null, asking_name: null, tried_again: 0, tried_again_at: null,
    }).execute();
  }
  if (document !== undefined) await insertDocument(database, id, document, at);
};

const insertDocument = async (database: Database, grantId: string, { accessId, document, issuer, terms }: NewDocument, at: number): Promise<void> => {
  await database.insertInto('lent_document').values({
    access_id: accessId, grant_id: grantId, document, issuer: base64url(issuer), terms: JSON.stringify(terms), until_at: terms.until, issued_at: at, retired_at: null,
    stamp: null, stamped_at: null, stamped_until: null,
  }).execute();
};

/** Grants that are over and open nothing any more make room, the oldest first, those of a lost key last: who has it may hold its clock. False: there is none. */
export const makeRoom = async (database: Database, most: number, now: number): Promise<boolean> => {
  const counted = await database.selectFrom('lent_grant').select(({ fn }) => fn.countAll().as('count')).executeTakeFirst();
  if (Number(counted?.count ?? 0) < most) return true;
  const opening = database.selectFrom('lent_document').select('grant_id').where('until_at', '>=', now);
  const over = await database.selectFrom('lent_grant').leftJoin('invitation', 'invitation.grant_id', 'lent_grant.id').select('lent_grant.id')
    .where('lent_grant.id', 'not in', opening)
    .where((where) => where.or([
      where('lent_grant.until_at', '<', now), where('lent_grant.taken_back_at', 'is not', null),
      where.and([where('invitation.redeemed_at', 'is', null), where('invitation.redeem_by', '<', now)]),
    ]))
    .orderBy((grant) => grant.exists(grant.selectFrom('ekey').select('ekey.id').whereRef('ekey.credential_hash', '=', 'lent_grant.credential_hash').where('ekey.state', '=', 'lost')))
    .orderBy('lent_grant.created_at').limit(1).executeTakeFirst();
  if (over === undefined) return false;
  for (const table of ['message', 'invitation', 'lent_document'] as const) await database.deleteFrom(table).where('grant_id', '=', over.id).execute();
  await database.deleteFrom('lent_grant').where('id', '=', over.id).execute();
  return true;
};

// ---- changing ----------------------------------------------------------------------------------------------------------------

/** `retire`: what was signed before shall not open any more. */
export type GrantChange = {
  readonly terms?: GrantTermsJson; readonly enabled?: boolean; readonly signedBy?: SignedBy; readonly takenBack?: true; readonly accessId?: string;
  readonly delegation?: Bytes; readonly retire: boolean; readonly document?: NewDocument;
};

/** Within a transaction of the caller’s. False: somebody has changed the grant since `revision` was read. */
export const changeGrant = async (database: Database, { id, revision }: Pick<StoredGrant, 'id' | 'revision'>, change: GrantChange, at: number): Promise<boolean> => {
  const { terms, enabled, signedBy, takenBack, accessId, delegation, retire, document } = change;
  const changed = await database.updateTable('lent_grant').set({
    revision: revision + 1, changed_at: at,
    ...(terms && { terms: JSON.stringify(terms), until_at: terms.until }), ...(enabled !== undefined && { enabled: enabled ? 1 : 0 }),
    ...(signedBy && { signed_by: signedBy }), ...(takenBack && { taken_back_at: at }), ...(accessId !== undefined && { access_id: accessId }),
  }).where('id', '=', id).where('revision', '=', revision).executeTakeFirst();
  if (changed.numUpdatedRows !== 1n) return false;
  if (delegation !== undefined) await database.updateTable('invitation').set({ delegation }).where('grant_id', '=', id).execute();
  if (retire) await database.updateTable('lent_document').set({ retired_at: at }).where('grant_id', '=', id).where('retired_at', 'is', null).execute();
  if (document !== undefined) await insertDocument(database, id, document, at);
  return true;
};

export const isAccessIdKnown = async (database: Database, accessId: string): Promise<boolean> => {
  const named = await database.selectFrom('lent_grant').select('id').where((where) => where.or([where('id', '=', accessId), where('access_id', '=', accessId)])).executeTakeFirst();
  const signed = await database.selectFrom('lent_document').select('access_id').where('access_id', '=', accessId).executeTakeFirst();
  return named !== undefined || signed !== undefined;
};

/** Keeps the stamp that was given out last. */
export const keepStamp = async (database: Database, accessId: string, stamp: Bytes, at: number, until: number): Promise<void> => {
  await database.updateTable('lent_document').set({ stamp, stamped_at: at, stamped_until: until }).where('access_id', '=', accessId).execute();
};

// ---- links -------------------------------------------------------------------------------------------------------------------

/** Notes when a link was opened first. True: this was it. */
export const noteOpened = async (database: Database, grantId: string, at: number): Promise<boolean> => {
  const noted = await database.updateTable('invitation').set({ opened_at: at }).where('grant_id', '=', grantId).where('opened_at', 'is', null).executeTakeFirst();
  return noted.numUpdatedRows === 1n;
};

/** `revision`: of the grant as it was looked at. */
export type Redeeming = {
  readonly grantId: string; readonly revision: number; readonly personId: string; readonly credential: { readonly hash: string; readonly key: Bytes; readonly label: string };
  readonly document: NewDocument | undefined; readonly askingName: string | null; readonly at: number;
};

/**
 * The first one makes the key, all in one transaction; false: somebody was first, or has changed the grant or taken it back since, and nothing changed
 * here. A credential that is known here keeps its
 * person, who has one key more: the name by which the link was made was a name for somebody whom nobody knew yet.
 */
export const redeemLink = (database: Database, { grantId, revision, personId, credential, document, askingName, at }: Redeeming): Promise<boolean> =>
  database.transaction().execute(async (transaction) => {
    const same = await transaction.selectFrom('lent_grant').select('id').where('id', '=', grantId).where('revision', '=', revision).executeTakeFirst();
    if (same === undefined) return false;
    const won = await transaction.updateTable('invitation').set({ redeemed_at: at, asking_name: askingName }).where('grant_id', '=', grantId).where('redeemed_at', 'is', null).executeTakeFirst();
    if (won.numUpdatedRows !== 1n) return false;
    const known = await transaction.selectFrom('phone_key').select('person_id').where('credential_hash', '=', credential.hash).executeTakeFirst();
    if (known === undefined) {
      await transaction.insertInto('phone_key')
        .values({ credential_hash: credential.hash, person_id: personId, credential_key: credential.key, label: credential.label, added_at: at }).execute();
    }
    await transaction.updateTable('lent_grant').set((grant) => ({ credential_hash: credential.hash, person_id: known?.person_id ?? personId, changed_at: at, revision: grant('revision', '+', 1) }))
      .where('id', '=', grantId).execute();
    if (known !== undefined && known.person_id !== personId) await dropNobody(transaction, personId);
    if (document !== undefined) await insertDocument(transaction, grantId, document, at);
    await eraseMessages(transaction, grantId);
    return true;
  });

/** A guest who has neither grant nor key, and never had one in hand, is nobody. */
const dropNobody = async (database: Database, personId: string): Promise<void> => {
  const lent = await database.selectFrom('lent_grant').select('id').where((where) => where.or([where('person_id', '=', personId), where('lent_by', '=', personId)])).executeTakeFirst();
  const key = await database.selectFrom('phone_key').select('person_id').where('person_id', '=', personId).executeTakeFirst();
  const handed = await database.selectFrom('ekey_custody').select('id').where('person_id', '=', personId).executeTakeFirst();
  if (lent === undefined && key === undefined && handed === undefined) await database.deleteFrom('person').where('id', '=', personId).where('role', '=', 'guest').execute();
};

/** Somebody tried a link that had served. */
export const noteTriedAgain = async (database: Database, grantId: string, at: number): Promise<void> => {
  await database.updateTable('invitation').set((row) => ({ tried_again: row('tried_again', '+', 1), tried_again_at: at })).where('grant_id', '=', grantId).execute();
};
