// Documents for tests, built below the level of build-document.ts: every part can be made wrong before the issuer signs, as an issuer
// with faults or ill will could, or after, as anybody could.

import { assert, required } from '@mortise/base/assert.ts';
import { concat, uint, type Bytes } from '@mortise/base/bytes.ts';
import { Tagged, encodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import { instant } from '@mortise/base/instant.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { accessDataCbor, type AccessData } from '../documents/access-data.ts';
import { CAPABILITY } from '../documents/access-schedule.ts';
import { bitString, der, signatureToDer, unsignedInteger, type DerType } from '../protocol/der.ts';
import { encodeDeviceResponse } from '../documents/device-response.ts';
import type { ItemsRequest } from '../documents/device-request.ts';
import { dateCbor, embed } from '../documents/document-cbor.ts';
import { keyIdentifierOf } from '../documents/issuer-auth.ts';
import { NO_MEMORIES, type IssuerMemories } from '../judgement/issuer-memory.ts';
import { judgeResponse, type JudgePolicy, type Judgement } from '../judgement/judge.ts';
import { revocationDataCbor, type RevocationData } from '../documents/revocation-data.ts';
import { deviceKeyInfo } from '../documents/security-object.ts';
import { encodeTlv } from '../protocol/tlv.ts';

export type KeyPair = { readonly privateKey: Bytes; readonly publicKey: Bytes };

const keyPair = (seed: number): KeyPair => {
  const privateKey = nobleCrypto.p256.privateKeyFromSeed(new Uint8Array(48).fill(seed));
  return { privateKey, publicKey: nobleCrypto.p256.publicKey(privateKey) };
};

export const ISSUER = keyPair(1);
export const OTHER_ISSUER = keyPair(2);
export const STRANGER = keyPair(3);
export const CREDENTIAL = keyPair(4);
export const LEAF = keyPair(5);

export const filled = (length: number, value: number): Bytes => new Uint8Array(length).fill(value);

/** Monday, 1 June 2026, noon in UTC. */
export const NOW = instant(Date.UTC(2026, 5, 1, 12));
export const FROM = instant(Date.UTC(2026, 0, 1));
export const UNTIL = instant(Date.UTC(2027, 0, 1));

export const DOOR = 'd.front';
export const ACCESS_ID = filled(16, 0xad);
export const REQUESTS: readonly ItemsRequest[] = [{ docType: 'aliro-a', elements: [DOOR, 'g.all'] }, { docType: 'aliro-r', elements: ['site'] }];

export const DAILY = { durationS: 3600, mask: 0, pattern: 1, interval: 1, ordinal: 0 } as const;
const HOUR_S = 3600;
/** Daily for an hour from this hour of the day in UTC. */
export const dailyFrom = (hour: number, utc = true) => ({ startS: FROM / 1000 + hour * HOUR_S, recurrence: DAILY, utc });

export const ACCESS: AccessData = {
  id: ACCESS_ID,
  rules: [{ capabilities: 0b11, allow: 0b001, deny: 0b010 }],
  schedules: [dailyFrom(12), dailyFrom(3)],
};

export const POLICY: JudgePolicy = {
  issuers: [OTHER_ISSUER.publicKey, ISSUER.publicKey],
  now: NOW,
  action: CAPABILITY.unsecure,
  acceptsNoRules: false,
  supportsSchedules: true,
  revocation: 'spec',
};

// ---- drafts ----------------------------------------------------------------------------------------------------------------------

export type Labels = ReadonlyMap<string, Cbor>;

/** `object` without "3": the digests are those of `items`, unless `digests` says otherwise. */
export type Draft = {
  readonly docType: Cbor;
  readonly space: Cbor;
  readonly items: readonly Labels[];
  readonly object: Labels;
  readonly digests?: Cbor;
  readonly headers: ReadonlyMap<number, Cbor>;
  readonly protectedHeader: Bytes;
  readonly signer: KeyPair;
  /** After signing. */
  readonly damage?: (signature: Bytes) => Bytes;
};

export const item = (identifier: Cbor, value: Cbor, id = 1): Labels => new Map<string, Cbor>([['1', id], ['2', filled(16, id)], ['3', identifier], ['4', value]]);

const validity = new Map<string, Cbor>([['1', dateCbor(FROM)], ['2', dateCbor(FROM)], ['3', dateCbor(UNTIL)]]);

const byKeyIdentifier = (key: Bytes): ReadonlyMap<number, Cbor> => new Map([[4, keyIdentifierOf(nobleCrypto, key)]]);

const object = (docType: string, key: Cbor | undefined): Labels => new Map<string, Cbor>([
  ['1', '1.0'], ['2', 'SHA-256'], ...(key === undefined ? [] : [['4', key] as const]), ['5', docType], ['6', validity], ['7', true],
]);

const draftOf = (docType: string, items: readonly Labels[], key?: Cbor): Draft => ({
  docType, space: docType, items, object: object(docType, key), headers: byKeyIdentifier(ISSUER.publicKey), protectedHeader: Uint8Array.of(0xa1, 0x01, 0x26), signer: ISSUER,
});

export const ACCESS_DRAFT: Draft = draftOf('aliro-a', [item(DOOR, accessDataCbor(ACCESS))], deviceKeyInfo(CREDENTIAL.publicKey));

export const accessDraft = (data: AccessData): Draft => ({ ...ACCESS_DRAFT, items: [item(DOOR, accessDataCbor(data))] });

export const revocationDraft = (data: RevocationData): Draft => draftOf('aliro-r', [item('site', revocationDataCbor(data))]);

export const withObject = (draft: Draft, label: string, value: Cbor | undefined): Draft => {
  const next = new Map(draft.object);
  if (value === undefined) next.delete(label);
  else next.set(label, value);
  return { ...draft, object: next };
};

export const withValidity = (draft: Draft, label: string, value: Cbor): Draft => withObject(draft, '6', new Map([...validity, [label, value]]));

/** Certificate instead of key identifier, signed for by the leaf. */
export const certified = (draft: Draft, certificate: Bytes): Draft => ({ ...draft, headers: new Map([[33, certificate]]), signer: LEAF });

// ---- signing ---------------------------------------------------------------------------------------------------------------------

const digestsOf = (crypto: Crypto, items: readonly Labels[]): Cbor =>
  new Map(items.map((one) => [typeof one.get('1') === 'number' ? Number(one.get('1')) : 1, crypto.sha256(encodeCbor(embed(one)))]));

export const structureOf = (protectedHeader: Bytes, payload: Bytes): Bytes => encodeCbor(['Signature1', protectedHeader, new Uint8Array(0), payload]);

/** The Document as the draft has it. */
export const issue = (draft: Draft, crypto: Crypto = nobleCrypto): Bytes => {
  const digests = draft.digests ?? new Map<string, Cbor>([[typeof draft.space === 'string' ? draft.space : '', digestsOf(crypto, draft.items)]]);
  const payload = encodeCbor(embed(new Map([...draft.object, ['3', digests]])));
  const signature = crypto.p256.sign(draft.signer.privateKey, structureOf(draft.protectedHeader, payload));
  const auth: Cbor = [draft.protectedHeader, draft.headers, payload, draft.damage?.(signature) ?? signature];
  return documentOf(draft, auth);
};

const documentOf = ({ docType, space, items }: Draft, auth: Cbor): Bytes => {
  const spaces = space instanceof Map ? space : new Map([[typeof space === 'string' ? space : '', items.map(embed)]]);
  return encodeCbor(new Map<string, Cbor>([['1', new Map<string, Cbor>([['1', spaces], ['2', auth]])], ['5', docType]]));
};

/** Judges what has been issued from these drafts in one response. */
export const judgeDrafts = (
  drafts: readonly Draft[], policy: JudgePolicy = POLICY, memory: IssuerMemories = NO_MEMORIES, crypto: Crypto = nobleCrypto,
): Judgement => judgeResponse(crypto, encodeDeviceResponse(drafts.map((draft) => issue(draft, crypto))), REQUESTS, CREDENTIAL.publicKey, policy, memory);

/** `granted`, or the code. */
export const endOf = ({ verdict }: Pick<Judgement, 'verdict'>): string => (verdict.ok ? 'granted' : verdict.error.code);

export const judge = (draft: Draft, policy: JudgePolicy = POLICY, memory: IssuerMemories = NO_MEMORIES, crypto: Crypto = nobleCrypto): string =>
  endOf(judgeDrafts([draft], policy, memory, crypto));

// ---- certificates ------------------------------------------------------------------------------------------------------------------

const hexBytes = (text: string): Bytes => Uint8Array.fromHex(text);
const ECDSA = hexBytes('06082a8648ce3d040302');
const P256_KEY = hexBytes('06072a8648ce3d020106082a8648ce3d030107');
const NAME = der('sequence', der('set', der('sequence', hexBytes('0603550403'), der('utf8String', uint(0x4341, 2)))));

export const extension = (identifier: string, critical: boolean | Bytes, value: Bytes): Bytes =>
  der('sequence', der('objectIdentifier', hexBytes(identifier)), typeof critical === 'boolean' ? mark(critical) : critical, der('octetString', value));

const mark = (critical: boolean): Bytes => (critical ? der('boolean', Uint8Array.of(0xff)) : new Uint8Array(0));

export const time = (text: string, type: DerType = text.length === 13 ? 'utcTime' : 'generalizedTime'): Bytes => der(type, new TextEncoder().encode(text));

/** Encoded parts of a TBSCertificate, each to be made wrong. */
export const CERTIFICATE = {
  version: encodeTlv(0xa0, der('integer', Uint8Array.of(2))),
  serial: unsignedInteger(Uint8Array.of(7)),
  algorithm: der('sequence', ECDSA),
  issuer: NAME,
  dates: der('sequence', time('250101000000Z'), time('20350101000000Z')),
  subject: NAME,
  key: der('sequence', der('sequence', P256_KEY), bitString(LEAF.publicKey)),
  extensions: encodeTlv(0xa3, der('sequence', extension('551d13', true, hexBytes('3000')), extension('551d0f', true, hexBytes('03020780')), extension('551d23', false, hexBytes('3000')))),
} as const;

export type CertificateParts = { readonly [Part in keyof typeof CERTIFICATE]: Bytes };

/** `outer`: the algorithm outside of what is signed. */
export const certificateOf = (parts: CertificateParts = CERTIFICATE, issuer: KeyPair = ISSUER, outer: Bytes = CERTIFICATE.algorithm, crypto: Crypto = nobleCrypto): Bytes => {
  const { version, serial, algorithm, issuer: name, dates, subject, key, extensions } = parts;
  return signTbs(der('sequence', concat(version, serial, algorithm, name, dates, subject, key, extensions)), issuer, outer, crypto);
};

export const signTbs = (tbs: Bytes, issuer: KeyPair = ISSUER, outer: Bytes = CERTIFICATE.algorithm, crypto: Crypto = nobleCrypto): Bytes =>
  der('sequence', tbs, outer, bitString(signatureToDer(crypto.p256.sign(issuer.privateKey, tbs))));

/** One byte of it other. */
export const flipped = (bytes: Bytes, at: number): Bytes => {
  assert(at < bytes.length, 'a byte of it');
  return bytes.with(at, required(bytes[at], 'a byte') ^ 1);
};

/** A tag of another number around the same. */
export const retagged = (value: Cbor, tag: number): Tagged => new Tagged(tag, value instanceof Tagged ? value.value : value);

// ---- variants that several tests start from ------------------------------------------------------------------------------------------

const { now: _now, ...untimedPolicy } = POLICY;
/** No trusted clock. */
export const WITHOUT_TIME: JudgePolicy = untimedPolicy;

export const untimed = (draft: Draft): Draft => withObject(draft, '7', false);
export const noSchedules = accessDraft({ ...ACCESS, rules: [{ capabilities: 2 }] });
export const elementOf = (draft: Draft): Cbor => draft.items[0]?.get('4') ?? null;
export const REVOKE_NOBODY = revocationDraft({ change: 'overwrite', add: [{ credential: filled(32, 9) }] });

/** Valid from and until, as UTCTime or GeneralizedTime. */
export const certificateFrom = (first: string, last: string): Bytes => certificateOf({ ...CERTIFICATE, dates: der('sequence', time(first), time(last)) });
export const CERTIFIED = certified(ACCESS_DRAFT, certificateOf());
export const EXPIRED_CERTIFICATE = certificateFrom('250101000000Z', '260201000000Z');
