// Attacks the judgement of documents with altered ones, from one seed. What is not signed is altered as anybody could; what is signed
// is altered and signed again by the trusted issuer, so that every reader behind the signature is reached. Whatever comes ends in a
// verdict by a code; nobody without the issuer's key gets more than the issuer signed, and what the issuer signed is never read as more
// than it says.

import { assert, required } from '@mortise/base/assert.ts';
import { concat, equalBytes, hex, type Bytes } from '@mortise/base/bytes.ts';
import { Tagged, encodeCbor, field, type Cbor } from '@mortise/base/cbor.ts';
import { decodeForeignCbor } from '@mortise/base/foreign-cbor.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { encodeDeviceResponse } from '../documents/device-response.ts';
import { MAX_RESPONSE_BYTES } from '../documents/document-cbor.ts';
import { DOCUMENT_FAULTS } from '../documents/document-error.ts';
import {
  ACCESS_DRAFT, CREDENTIAL, ISSUER, LEAF, NOW, POLICY, REQUESTS, certificateOf, revocationDraft, signTbs, structureOf, withValidity, type Draft, type Labels,
} from './document.fixture.ts';
import { NO_MEMORIES } from '../judgement/issuer-memory.ts';
import { judgeResponse, type GrantedAccess, type Judgement } from '../judgement/judge.ts';
import { mutateBytes, mutateCbor, oneOf, seededRandom, type Random } from './mutators.conformance.ts';
import { decodeTlvs } from '../protocol/tlv.ts';

/** The last five are signed again. `object`: the mobile security object. `item`, `element`: digested again, too. */
export const DOCUMENT_LAYERS = ['response', 'outer', 'headers', 'object', 'objectBytes', 'item', 'element', 'certificate'] as const;
export type DocumentLayer = (typeof DOCUMENT_LAYERS)[number];

const UNSIGNED: ReadonlySet<DocumentLayer> = new Set(['response', 'outer', 'headers']);

/** `ends`: how the judgements ended, by code or `granted`. `realSignatures`: runs with the curve; the others have a stand-in for it. */
export type DocumentMutationCounts = {
  readonly runs: number;
  readonly seed: number;
  readonly byLayer: Readonly<Record<DocumentLayer, number>>;
  readonly ends: Readonly<Record<string, number>>;
  readonly realSignatures: number;
};

export type DocumentMutationOptions = { readonly runs: number; readonly seed: number; readonly crypto?: Crypto };

/** One run in so many has real signatures: the curve is slow, and the readers behind it do not see it. */
const REAL_EVERY = 256;

// ---- a stand-in for the curve ----------------------------------------------------------------------------------------------------

const tag = (crypto: Crypto, publicKey: Bytes, message: Bytes): Bytes =>
  concat(crypto.sha256(concat(Uint8Array.of(1), publicKey, message)), crypto.sha256(concat(Uint8Array.of(2), publicKey, message)));

const KEYS = [ISSUER, LEAF];

/** Signs for the keys of the fixture by hashes: who knows the public key can sign, which no attack of this file does. */
const standIn = (crypto: Crypto): Crypto => ({
  ...crypto,
  p256: {
    ...crypto.p256,
    sign: (privateKey, message) => tag(crypto, required(KEYS.find((key) => equalBytes(key.privateKey, privateKey)), 'a key of the fixture').publicKey, message),
    verify: (publicKey, signature, message) => equalBytes(signature, tag(crypto, publicKey, message)),
  },
});

// ---- documents -------------------------------------------------------------------------------------------------------------------

/** A document before it is signed: contents of items, object without its tag, TBSCertificate if it goes by one. */
type Parts = { readonly draft: Draft; readonly items: readonly Bytes[]; readonly object: Bytes; readonly tbs?: Bytes };

const spaceOf = ({ docType }: Draft): string => (typeof docType === 'string' ? docType : '');

const embedded = (content: Bytes): Tagged => new Tagged(24, content);

const digestIdOf = (content: Bytes, otherwise: number): number => {
  const id = field(decodeForeignCbor(content, MAX_RESPONSE_BYTES), '1');
  return typeof id === 'number' && id >= 0 ? id : otherwise;
};

const objectOf = (crypto: Crypto, draft: Draft, items: readonly Bytes[]): Labels => {
  const digests = new Map(items.map((content, index) => [digestIdOf(content, index + 1), crypto.sha256(encodeCbor(embedded(content)))]));
  return new Map<string, Cbor>([...draft.object, ['3', new Map([[spaceOf(draft), digests]])]]);
};

const partsOf = (crypto: Crypto, draft: Draft, items: readonly Bytes[] = draft.items.map(encodeCbor)): Parts => ({ draft, items, object: encodeCbor(objectOf(crypto, draft, items)) });

const tbsOf = (certificate: Bytes): Bytes => {
  const outer = decodeTlvs(certificate);
  assert(outer.ok, 'a certificate');
  const inner = decodeTlvs(required(outer.value[0], 'a sequence').value);
  assert(inner.ok, 'its parts');
  return required(outer.value[0], 'a sequence').value.slice(0, required(inner.value[0], 'a TBSCertificate').end);
};

const documentOf = (crypto: Crypto, { draft, items, object, tbs }: Parts, headers: Cbor = draft.headers): Bytes => {
  const payload = encodeCbor(embedded(object));
  const certified = tbs === undefined ? headers : new Map([[33, signTbs(tbs, ISSUER, undefined, crypto)]]);
  const signer = tbs === undefined ? draft.signer : LEAF;
  const auth: Cbor = [draft.protectedHeader, certified, payload, crypto.p256.sign(signer.privateKey, structureOf(draft.protectedHeader, payload))];
  const signed = new Map<string, Cbor>([['1', new Map([[spaceOf(draft), items.map(embedded)]])], ['2', auth]]);
  return encodeCbor(new Map<string, Cbor>([['1', signed], ['5', draft.docType]]));
};

// ---- altering --------------------------------------------------------------------------------------------------------------------

const REVOCATION = revocationDraft({ change: 'append', add: [{ credential: new Uint8Array(32).fill(9), expiryS: 2_000_000_000 }], remove: [{ accessId: new Uint8Array(4) }] });
const DRAFTS: readonly Draft[] = [withValidity(ACCESS_DRAFT, '5', 12), REVOCATION];

const mutateItem = (crypto: Crypto, random: Random, draft: Draft, layer: DocumentLayer): Parts => {
  const items = draft.items.map((item) => {
    if (layer === 'element') return encodeCbor(new Map([...item, ['4', mutateCbor(random, item.get('4') ?? null)]]));
    return random.below(2) === 0 ? encodeCbor(mutateCbor(random, item)) : mutateBytes(random, encodeCbor(item));
  });
  return partsOf(crypto, draft, items);
};

const mutateObject = (crypto: Crypto, random: Random, draft: Draft): Parts => {
  const object = objectOf(crypto, draft, draft.items.map(encodeCbor));
  return { ...partsOf(crypto, draft), object: encodeCbor(mutateCbor(random, object)) };
};

/** The tree of a TBSCertificate with one object in it other. */
const mutateDer = (random: Random, bytes: Bytes): Bytes => {
  const inner = decodeTlvs(bytes);
  if (!inner.ok || inner.value.length === 0 || random.below(4) === 0) return mutateBytes(random, bytes);
  const object = oneOf(random, inner.value);
  const start = object.end - object.value.length;
  const value = mutateDer(random, object.value);
  const length = value.length < 0x80 ? Uint8Array.of(value.length) : Uint8Array.of(0x82, value.length >> 8, value.length & 0xff);
  const head = value.length === object.value.length ? bytes.subarray(0, start) : concat(bytes.subarray(0, start - 1), value.length < 0x100 && value.length >= 0x80 ? Uint8Array.of(0x81, value.length) : length);
  return concat(head, value, bytes.subarray(object.end));
};

/** The altered document of the chosen draft, or the whole response altered. */
const alter = (crypto: Crypto, random: Random, draft: Draft, layer: DocumentLayer): Bytes => {
  const parts = partsOf(crypto, draft);
  switch (layer) {
    case 'object': return documentOf(crypto, mutateObject(crypto, random, draft));
    case 'objectBytes': return documentOf(crypto, { ...parts, object: mutateBytes(random, parts.object) });
    case 'item':
    case 'element': return documentOf(crypto, mutateItem(crypto, random, draft, layer));
    case 'headers': return documentOf(crypto, parts, mutateCbor(random, draft.headers));
    case 'certificate': return documentOf(crypto, { ...parts, tbs: mutateDer(random, TBS) });
    case 'response':
    case 'outer': return documentOf(crypto, parts);
  }
};

const TBS = tbsOf(certificateOf());

const alterResponse = (random: Random, response: Bytes, layer: DocumentLayer): Bytes => {
  if (layer === 'response') return mutateBytes(random, response);
  return layer === 'outer' ? encodeCbor(mutateCbor(random, decodeForeignCbor(response, MAX_RESPONSE_BYTES) ?? null)) : response;
};

// ---- judging ---------------------------------------------------------------------------------------------------------------------

/** What a grant is by, for comparison. */
const summary = ({ element, rule, schedule, data, document }: GrantedAccess): string =>
  JSON.stringify([element, rule, schedule, hex(data.id ?? new Uint8Array(0)), hex(document.issuer), document.validity]);

const judge = (crypto: Crypto, response: Bytes): Judgement => judgeResponse(crypto, response, REQUESTS, CREDENTIAL.publicKey, POLICY, NO_MEMORIES);

const TRUSTED = POLICY.issuers.map(hex);

/** What must hold of any judgement: no stranger is remembered, and a grant is for this credential, now, by a rule that says so. */
const assertSound = ({ memory, verdict }: Judgement): void => {
  assert([...memory.keys()].every((issuer) => TRUSTED.includes(issuer)), 'nothing is remembered of a stranger');
  if (!verdict.ok) {
    assert(DOCUMENT_FAULTS[verdict.error.code] === verdict.error.readerStatus, 'a refusal has a code of the table');
    return;
  }
  const { document, element, rule } = verdict.value;
  const { validFrom, validUntil } = document.validity;
  assert(equalBytes(document.deviceKey ?? new Uint8Array(0), CREDENTIAL.publicKey), 'a grant is for this credential');
  assert(validFrom <= NOW && NOW <= validUntil, 'a grant is for now');
  const value = document.elements.find(({ identifier }) => identifier === element)?.value;
  const capabilities = field(listed(field(value, 2))[rule ?? -1], 0);
  assert(element === 'd.front' || element === 'g.all', 'a grant is for what was asked for');
  assert(typeof capabilities === 'number' && (capabilities & 2) !== 0, 'a grant is by a rule that says so');
};

const listed = (value: Cbor | undefined): readonly Cbor[] => (Array.isArray(value) ? value : []);

/** Where nobody signed again, a grant is the control's, and nothing more is revoked or forgotten than what the issuer signed. */
const assertUnsigned = (judged: Judgement, control: Judgement): void => {
  const allowed = new Map(control.memory);
  for (const [issuer, { credentials, accessIds }] of judged.memory) {
    const known = allowed.get(issuer);
    assert(known !== undefined && [...credentials.keys()].every((key) => known.credentials.has(key)) && accessIds.size === 0, 'nothing is revoked that the issuer did not revoke');
  }
  if (judged.verdict.ok) assert(control.verdict.ok && summary(judged.verdict.value) === summary(control.verdict.value), 'a grant is the one that was signed');
};

/** The unaltered documents, what is made of them, and the cryptography that both go by. */
type Bench = { readonly crypto: Crypto; readonly documents: readonly Bytes[]; readonly control: Judgement };

/** The control: unaltered, the response is granted. */
const benchOf = (crypto: Crypto): Bench => {
  const documents = DRAFTS.map((draft) => documentOf(crypto, partsOf(crypto, draft)));
  const control = judge(crypto, encodeDeviceResponse(documents));
  assert(control.verdict.ok, 'what is not altered is granted');
  return { crypto, documents, control };
};

const attack = ({ crypto, documents, control }: Bench, random: Random, layer: DocumentLayer): string => {
  const which = layer === 'certificate' ? 0 : random.below(DRAFTS.length);
  const altered = documents.with(which, alter(crypto, random, required(DRAFTS[which], 'a draft'), layer));
  const judged = judge(crypto, alterResponse(random, encodeDeviceResponse(altered), layer));
  assertSound(judged);
  if (UNSIGNED.has(layer)) assertUnsigned(judged, control);
  return judged.verdict.ok ? 'granted' : judged.verdict.error.code;
};

/** Runs `runs` attacks; the same seed gives the same attacks. Throws `InvariantError` at the first that gets through. */
export const runDocumentMutations = ({ runs, seed, crypto: real = nobleCrypto }: DocumentMutationOptions): DocumentMutationCounts => {
  const [quick, curve] = [benchOf(standIn(real)), benchOf(real)];
  const random = seededRandom(seed);
  const byLayer: Record<DocumentLayer, number> = { response: 0, outer: 0, headers: 0, object: 0, objectBytes: 0, item: 0, element: 0, certificate: 0 };
  const ends: Record<string, number> = {};
  for (let run = 0; run < runs; run += 1) {
    const layer = oneOf(random, DOCUMENT_LAYERS);
    const end = attack(run % REAL_EVERY === 0 ? curve : quick, random, layer);
    byLayer[layer] += 1;
    ends[end] = (ends[end] ?? 0) + 1;
  }
  return { runs, seed, byLayer, ends, realSignatures: Math.ceil(runs / REAL_EVERY) };
};

/** The control's response, cut at every length and with each byte changed in several ways; answers how many were judged and how many granted. */
export const runDocumentBytes = (real: Crypto): { readonly judged: number; readonly granted: number } => {
  const { crypto, documents, control } = benchOf(standIn(real));
  const whole = encodeDeviceResponse(documents);
  const cut = Array.from(whole, (_, length) => whole.subarray(0, length));
  const changed = [0x01, 0x20, 0x80, 0xff].flatMap((mask) => Array.from(whole, (byte, at) => whole.with(at, byte ^ mask)));
  const ends = [...cut, ...changed].map((response) => {
    const judged = judge(crypto, response);
    assertSound(judged);
    assertUnsigned(judged, control);
    return judged.verdict.ok;
  });
  return { judged: ends.length, granted: ends.filter((granted) => granted).length };
};
