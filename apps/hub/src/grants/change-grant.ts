// Changing a grant: what is named changes, nothing else. What opens now is taken back, and what shall open is signed anew under another access
// id, by an owner or, where the hub signed it within its delegation, by the hub. Pausing keeps the terms; going on signs the same ones. What
// is lent is never wider than something that was signed for it. A document without a change signs the same anew, at once with the end of the former.

import type { GrantTermsJson, grantPatch } from '@mortise/api/grants.ts';
import type { z } from '@mortise/api/schema.ts';
import type { GrantTerms } from '@mortise/access/grant.ts';
import { base64url, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { isSamePlain, patchTerms } from '@mortise/management/plain-terms.ts';
import { refuse, type Refusal } from '../http/refusal.ts';
import type { Hub } from '../hub.ts';
import { siteView, type SiteView } from '../site-view.ts';
import { isAccessIdKnown, type GrantChange, type NewDocument, type StoredDocument, type StoredGrant } from '../store/grant-store.ts';
import { checkInvitation, checkOwnersDocument, type CheckedRevocation } from './check-document.ts';
import { stateOf } from './grant-state.ts';
import { issueDocument } from './hub-word.ts';
import { mayLend } from './powers.ts';
import { revocationFor } from './revoking.ts';
import { documentTerms, holidaysFault } from './terms.ts';

type Patch = z.output<typeof grantPatch>;

/** What is to be stored of a change; `revocation`: to be stored and sent to the locks. Undefined: nothing changes. */
export type Planned = { readonly change: GrantChange; readonly revocation: CheckedRevocation | undefined };

type Context = { readonly hub: Hub; readonly view: SiteView; readonly grant: StoredGrant; readonly body: Patch; readonly terms: GrantTermsJson; readonly enabled: boolean };

/** Checks a change and makes what the hub signs for it. */
export const planChange = async (hub: Hub, grant: StoredGrant, body: Patch): Promise<Result<Planned | undefined, Refusal>> => {
  const { enabled = grant.enabled, ...changes } = body.changes;
  const terms = patchTerms(grant.terms, changes);
  if (grant.takenBackAt !== null) return refuse('conflict', 'This grant was taken back, and stays so. Lend a new one.');
  const isChanged = !isSamePlain(terms, grant.terms);
  // What says the present document's id was taken already.
  const isSignedAnew = enabled && grant.documents.length > 0 && body.document !== undefined && body.accessId !== grant.accessId;
  if (!isChanged && enabled === grant.enabled && !isSignedAnew) return ok(undefined);
  if (isChanged && terms.until < hub.now()) return refuse('input-invalid', 'changes.until: this has passed. Take the grant back instead.');
  const unknownDays = await holidaysFault(hub, terms.holidays, grant.terms.holidays);
  if (unknownDays !== undefined) return unknownDays;
  const context: Context = { hub, view: await siteView(hub), grant, body, terms, enabled };
  if (grant.documents.length > 0) return planSigned(context, isChanged);
  if (!enabled) return refuse('conflict', 'Nobody holds this key yet. Take it back instead of pausing it.');
  return stateOf(grant, hub.now()) === 'lapsed' ? refuse('conflict', 'This link has ended. Lend a new one.') : planUnsigned(context);
};

// ---- before anybody holds it ---------------------------------------------------------------------------------------------------

const planUnsigned = async (context: Context): Promise<Result<Planned, Refusal>> => {
  const { grant, terms, body } = context;
  const checked = documentTerms({ id: grant.id, accessId: body.accessId ?? grant.accessId }, terms);
  if (!checked.ok) return checked;
  if (grant.way !== 'invitation') return ok({ change: { terms, retire: false }, revocation: undefined });
  return planInvitation(context, checked.value);
};

/** The owners sign another invitation to the same link, and take the former back. */
const planInvitation = async ({ hub, view, grant, body, terms }: Context, checked: GrantTerms): Promise<Result<Planned, Refusal>> => {
  const { accessId, document, revocation } = body;
  if (accessId === undefined || document === undefined || revocation === undefined) return signatureRequired();
  if (await isAccessIdKnown(hub.database, accessId)) return refuse('conflict', 'accessId: another document has this one. Make a fresh one.');
  const invitation = required(grant.invitation, 'a grant by invitation has one');
  const delegation = bytes(document);
  const invited = checkInvitation(hub.crypto, view, delegation, { terms: checked, linkKey: bytes(invitation.key) });
  if (!invited.ok) return invited;
  const taken = await revocationFor(hub, view, grant, bytes(revocation), [{ accessId: grant.accessId, until: grant.terms.until }]);
  return taken.ok ? ok({ change: { terms, accessId, delegation, retire: false }, revocation: taken.value }) : taken;
};

// ---- what opens -----------------------------------------------------------------------------------------------------------------

const planSigned = async (context: Context, isChanged: boolean): Promise<Result<Planned, Refusal>> => {
  const { hub, view, grant, body, terms, enabled } = context;
  const current = currentDocument(grant);
  const needsDocument = enabled && (isChanged || current === undefined || body.document !== undefined);
  if (!needsDocument && body.document !== undefined) return refuse('input-invalid', 'document: this change wants none.');
  if (!needsDocument) {
    const checked = documentTerms(grant, terms);
    if (!checked.ok) return checked;
  }
  const document = needsDocument ? await nextDocument(context) : ok(undefined);
  if (!document.ok) return document;
  const former = current === undefined || current.terms.until < hub.now() ? [] : [{ accessId: current.accessId, until: current.terms.until }];
  const taken = await revocationFor(hub, view, grant, body.revocation === undefined ? undefined : bytes(body.revocation), former);
  if (!taken.ok) return taken.error.code === 'delegation-missing' && grant.signedBy !== 'hub' ? signatureRequired() : taken;
  const signed = document.value === undefined ? {} : { document: document.value.document, accessId: document.value.document.accessId, signedBy: document.value.signedBy };
  return ok({ change: { terms, enabled, retire: true, ...signed }, revocation: taken.value });
};

/** The document that opens now; undefined while the grant is paused. */
export const currentDocument = ({ documents, accessId }: Pick<StoredGrant, 'documents' | 'accessId'>): StoredDocument | undefined =>
  documents.find((document) => document.accessId === accessId && document.retiredAt === null);

type Next = { readonly document: NewDocument; readonly signedBy: 'owner' | 'hub' };

const nextDocument = async ({ hub, view, grant, body, terms }: Context): Promise<Result<Next, Refusal>> => {
  const credentialKey = required(grant.credential, 'whoever has a document has a key').key;
  const accessId = body.accessId ?? base64url(hub.random(16));
  const checked = documentTerms({ id: grant.id, accessId }, terms);
  if (!checked.ok) return checked;
  if (await isAccessIdKnown(hub.database, accessId)) return refuse('conflict', 'accessId: another document has this one. Make a fresh one.');
  if (body.document !== undefined) return ownersNext(hub, view, { document: bytes(body.document), terms, checked: checked.value, credentialKey, accessId, isNamed: body.accessId !== undefined });
  if (grant.signedBy !== 'hub') return signatureRequired();
  if (!mayLend(view, terms.places, checked.value)) return refuse('delegation-missing', 'The owners have not let the hub lend this, at one of its doors at least. Sign it as an owner.');
  return ok({ document: { accessId, document: issueDocument(hub, checked.value, credentialKey), issuer: hub.keys.delegate.publicKey, terms }, signedBy: 'hub' });
};

type OwnersNext = { readonly document: Bytes; readonly terms: GrantTermsJson; readonly checked: GrantTerms; readonly credentialKey: Bytes; readonly accessId: string; readonly isNamed: boolean };

const ownersNext = (hub: Hub, view: SiteView, { document, terms, checked, credentialKey, accessId, isNamed }: OwnersNext): Result<Next, Refusal> => {
  if (!isNamed) return refuse('input-invalid', 'accessId: say the id that the new document says.');
  const issuer = checkOwnersDocument(hub.crypto, view, document, { terms: checked, credentialKey });
  return issuer.ok ? ok({ document: { accessId, document, issuer: issuer.value, terms }, signedBy: 'owner' }) : issuer;
};

const signatureRequired = () => refuse('signature-required', 'An owner signed this grant. Send the new document with its access id, and the revocation of the former.');

const bytes = (text: string): Bytes => required(fromBase64url(text), 'the schema lets base64url through and nothing else');
