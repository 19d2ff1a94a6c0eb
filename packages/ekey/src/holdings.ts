// What the orders' items say, read once when orders change: access documents by the places that they name, the stamps about them, certificates
// and delegations. And what of it a lock is shown. Nothing here is verified that the lock will verify: an item that is wrong opens nothing.

import type { ItemsRequest } from '@mortise/aliro/device-request.ts';
import { decodeDocument, MAX_ANSWER_BYTES, type ReceivedDocument, type StoredDocument } from '@mortise/aliro/device-response.ts';
import { MAX_DOCUMENTS, type DocType } from '@mortise/aliro/document-cbor.ts';
import { readIssuerAuth } from '@mortise/aliro/issuer-auth.ts';
import { readItem } from '@mortise/aliro/issuer-signed-item.ts';
import { readSecurityObject } from '@mortise/aliro/security-object.ts';
import { digestOfAuth, STAMP_ELEMENT } from '@mortise/access/freshness.ts';
import { equalBytes, hex, type Bytes } from '@mortise/base/bytes.ts';
import { asBytes } from '@mortise/base/cbor.ts';
import type { Instant } from '@mortise/base/instant.ts';
import { decodeKeyItem, type ItemKind, type KeyOrders } from '@mortise/courier/key-orders.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { openTimeKeys } from '@mortise/documents/time.ts';
import type { EkeyKeys, EkeyState, HeldGrant, HeldRevocation, Holdings, Membership } from './state.ts';

/** Shown of one lock's documents: any one suffices, and a lock looks at few. */
export const MAX_SHOWN_GRANTS = 2;
/** Room that stays free in an answer for what stands around its documents. */
const ANSWER_ROOM_BYTES = 1024;

export const NO_HOLDINGS: Holdings = { grants: [], hubTimeKeys: [], own: undefined, delegations: [] };

/** What the items of `orders` say to a key of this membership. */
export const holdingsOf = (crypto: Crypto, keys: EkeyKeys, membership: Membership, orders: KeyOrders | undefined, items: ReadonlyMap<string, Bytes>): Holdings => {
  if (membership.kind === 'factory' || orders === undefined) return NO_HOLDINGS;
  const held = orders.items.map((digest) => items.get(hex(digest))).map((bytes) => bytes && decodeKeyItem(bytes)).filter((item) => item !== undefined);
  const of = (kind: ItemKind): readonly Bytes[] => held.filter((item) => item.kind === kind).map(({ bytes }) => bytes);
  const ownerKeys = membership.ownerSet.keys;
  const certificates = of('time-key');
  return {
    grants: grantsOf(crypto, of('access'), of('stamp')),
    hubTimeKeys: certificates.filter((certificate) => openTimeKeys(crypto, { ownerKeys, certificates: [certificate] })[0]?.kind === 'hub'),
    own: ownCertificate(crypto, keys, ownerKeys, certificates),
    delegations: of('delegation'),
  };
};

const ownCertificate = (crypto: Crypto, { identityKey }: EkeyKeys, ownerKeys: readonly Bytes[], certificates: readonly Bytes[]): Holdings['own'] => {
  const all = certificates.flatMap((certificate) => openTimeKeys(crypto, { ownerKeys, certificates: [certificate] }).map((timeKey) => ({ certificate, timeKey })));
  const own = all.filter(({ timeKey }) => timeKey.kind === 'ekey' && equalBytes(timeKey.key, identityKey)).toSorted((a, b) => b.timeKey.until - a.timeKey.until)[0];
  return own && { certificate: own.certificate, driftPpm: own.timeKey.driftPpm, until: own.timeKey.until };
};

// ---- documents ---------------------------------------------------------------------------------------------------------------

type ReadDocument = { readonly received: ReceivedDocument; readonly document: StoredDocument };

const grantsOf = (crypto: Crypto, access: readonly Bytes[], stamps: readonly Bytes[]): readonly HeldGrant[] => {
  const about = Map.groupBy(stamps.flatMap((bytes) => read('mortise-f', bytes)), ({ received }) => subjectOf(received));
  return access.flatMap((bytes) => read('aliro-a', bytes)).map(({ received, document }) => {
    const digest = digestOfAuth(crypto, received.issuerAuth);
    const own = digest === undefined ? [] : (about.get(hex(digest)) ?? []);
    return { document, places: new Set(document.elements), stamps: own.map((stamp) => stamp.document) };
  });
};

const read = (docType: DocType, bytes: Bytes): readonly ReadDocument[] => {
  const received = decodeDocument(bytes);
  if (received?.docType !== docType) return [];
  const [signed, elements] = [signedOf(received), elementsOf(received, docType)];
  return [{ received, document: { docType, bytes, elements, ...(signed !== undefined && { signed }) } }];
};

/** When a document says that it was signed; nothing is verified. */
export const signedOf = ({ issuerAuth }: ReceivedDocument): Instant | undefined => {
  const auth = readIssuerAuth(issuerAuth);
  return auth.ok ? readSecurityObject(auth.value.payload)?.validity.signed : undefined;
};

// One that cannot be read goes by no name that a lock could ask for.
const elementsOf = ({ items }: ReceivedDocument, docType: DocType): readonly string[] => (items.get(docType) ?? []).map((item) => readItem(item)?.identifier ?? '');

const subjectOf = ({ items }: ReceivedDocument): string => {
  const said = [...(items.get('mortise-f') ?? [])].map(readItem).find((item) => item?.identifier === STAMP_ELEMENT);
  return hex(asBytes(said?.value) ?? new Uint8Array(0));
};

// ---- what a lock is shown ----------------------------------------------------------------------------------------------------

/** All that the credential could show, for what it says of itself in AUTH1. `hasTime`: a clock that is invalid shows no grant, for each is limited in time. */
export const shelf = ({ holdings, revocations }: EkeyState, hasTime: boolean): readonly StoredDocument[] =>
  [...(hasTime ? holdings.grants.map(({ document }) => document) : []), ...revocations.map(revocationDocument)];

/** What it shows to a lock that asks for these: grants for its places, stamps about them, and revocations as far as there is room. */
export const chooseDocuments = (state: EkeyState, hasTime: boolean, requests: readonly ItemsRequest[]): readonly StoredDocument[] => {
  const fitting = hasTime ? state.holdings.grants.filter(({ places }) => isAskedFor(places, requests)).slice(0, MAX_SHOWN_GRANTS) : [];
  const shown: StoredDocument[] = [];
  for (const { document, stamps } of fitting) {
    const stamp = stamps.at(-1);
    shown.push(document);
    if (stamp !== undefined) shown.push(stamp);
  }
  return withinAnswer([...shown, ...state.revocations.map(revocationDocument)]);
};

const isAskedFor = (places: ReadonlySet<string>, requests: readonly ItemsRequest[]): boolean =>
  requests.some(({ docType, elements }) => docType === 'aliro-a' && elements.some((element) => places.has(element)));

const revocationDocument = ({ bytes, signed }: HeldRevocation): StoredDocument => ({ docType: 'aliro-r', bytes, signed });

const withinAnswer = (documents: readonly StoredDocument[]): readonly StoredDocument[] => {
  let left = MAX_ANSWER_BYTES - ANSWER_ROOM_BYTES;
  const fits = documents.filter(({ bytes }) => {
    const does = bytes.length <= left;
    if (does) left -= bytes.length;
    return does;
  });
  return fits.slice(0, MAX_DOCUMENTS);
};
