// The checks of SPEC §9 one by one, each by the function that a reader uses, so that an inspection shows every one that fails and not only the first.
// What a reader would say is judge.ts's; check-document.test.ts holds the first failure here to it.

import { EMPTY, hex, type Bytes } from '@mortise/base/bytes.ts';
import type { Instant } from '@mortise/base/instant.ts';
import { isoSeconds } from '@mortise/base/written-time.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { UTC } from '@mortise/schedule/zone-table.ts';
import { CAPABILITY } from '../documents/access-schedule.ts';
import type { Check } from './check.ts';
import { decideAccess } from '../judgement/decide-access.ts';
import type { ReceivedDocument } from '../documents/device-response.ts';
import { MDOC_VERSION, isDocType, type DocType, type Embedded } from '../documents/document-cbor.ts';
import { dateText, decisionText, stepOfCode } from './document-fault-text.ts';
import type { DocumentErrorCode } from '../documents/document-error.ts';
import { readIssuerAuth, type IssuerAuth } from '../documents/issuer-auth.ts';
import { applyRevocations, memoryOf, type IssuerMemories } from '../judgement/issuer-memory.ts';
import { readItem } from '../documents/issuer-signed-item.ts';
import { verifySigner, type Signer } from '../judgement/issuer-trust.ts';
import { readRevocationData } from '../documents/revocation-data.ts';
import { DIGEST_ALGORITHM, deviceKeyOf, readSecurityObject, type SecurityObject } from '../documents/security-object.ts';
import { dateFault, passIteration, type VerifiedDocument } from '../judgement/verify-document.ts';

/** What stands beside the document. `issuers`: trusted keys of 65 bytes, none: signatures are left open. `now`: absent for no trusted clock. */
export type DocumentContext = {
  readonly crypto: Crypto;
  readonly issuers: readonly Bytes[];
  /** 65 bytes; absent: the document's own. */
  readonly credentialKey?: Bytes;
  readonly now?: Instant;
  readonly memory: IssuerMemories;
  /** Elements that were asked for, by kind; absent: everything counts as asked for. */
  readonly asked?: ReadonlyMap<string, readonly string[]>;
};

/** `memory`: with what a Revocation Document that passes brings. */
export type DocumentChecks = { readonly checks: readonly Check[]; readonly memory: IssuerMemories };

const NAMES: Readonly<Record<string, string>> = {
  1: 'kind of document', 2: 'trusted issuer', 3: 'issuer’s signature', 4: 'data elements', 5: 'digests', 6: 'security object', 7: 'credential key',
  8: 'dates', 10: 'validity iteration', 11: 'element values', 12: 'revocation', 13: 'reader rules', 14: 'extensions', 15: 'access rules', 16: 'schedules',
};

/** What a reader would look at; a kind that nobody knows is looked at as it calls itself inside. */
const elementsOf = ({ items, docType }: ReceivedDocument): readonly Embedded[] => items.get(docType) ?? [...items.values()][0] ?? [];
const spaceOf = ({ items, docType }: ReceivedDocument): string => (items.has(docType) ? docType : [...items.keys()][0] ?? docType);

const at = (step: number, check: Omit<Check, 'name' | 'step'>): Check => ({ name: NAMES[step] ?? '', step: String(step), ...check });
const passes = (step: number, says?: string): Check => at(step, { result: 'pass', ...(says !== undefined && { says }) });
const fails = (step: number, code: DocumentErrorCode, says?: string): Check => at(step, { result: 'fail', code, ...(says !== undefined && { says }) });
const stays = (step: number, says: string): Check => at(step, { result: 'open', says });

// ---- steps 1 to 3 ------------------------------------------------------------------------------------------------------------------

const checkKind = ({ docType, items }: ReceivedDocument, { asked }: DocumentContext): Check => {
  if (!isDocType(docType) || asked?.has(docType) === false) return fails(1, 'document-doctype', `“${docType.replaceAll(/\p{C}/gu, '?')}” was not asked for`);
  return [...items.keys()].every((space) => space === docType) ? passes(1, docType) : fails(1, 'document-namespace', 'a name space of another kind');
};

const signerText = ({ anchor, certified }: Signer, { keyIdentifier }: IssuerAuth): string => {
  const by = keyIdentifier === undefined ? `key ${hex(anchor.subarray(0, 8))}…` : `key identifier ${hex(keyIdentifier)}`;
  return certified === undefined ? by : `${by}, by a certificate from ${isoSeconds(certified.notBefore)} to ${isoSeconds(certified.notAfter)}`;
};

type Signed = { readonly checks: readonly Check[]; readonly auth?: IssuerAuth; readonly signer?: Signer };

const NO_ISSUER = 'not known here: give it with --key issuer=HEX';

const checkSigner = ({ issuerAuth }: ReceivedDocument, { crypto, issuers, now }: DocumentContext): Signed => {
  const auth = readIssuerAuth(issuerAuth);
  if (!auth.ok) return { checks: [fails(2, auth.error.code), stays(3, 'not reached')] };
  if (issuers.length === 0) return { checks: [stays(2, NO_ISSUER), stays(3, NO_ISSUER)], auth: auth.value };
  const signer = verifySigner(crypto, auth.value, { issuers, ...(now !== undefined && { now }) });
  if (signer.ok) return { checks: [passes(2, signerText(signer.value, auth.value)), passes(3)], auth: auth.value, signer: signer.value };
  const { code } = signer.error;
  const says = dateText.certificate(code, auth.value, now);
  const checks = stepOfCode(code) === 3 ? [passes(2), fails(3, code, says)] : [fails(2, code, says), stays(3, 'not reached')];
  return { checks, auth: auth.value };
};

// ---- steps 4 to 7 ------------------------------------------------------------------------------------------------------------------

const checkDigests = (received: ReceivedDocument, { crypto }: DocumentContext, object: SecurityObject): Check => {
  const digests = object.digests.get(spaceOf(received));
  const seen = new Set<number | string>();
  for (const embedded of elementsOf(received)) {
    const item = readItem(embedded);
    if (item === undefined) return fails(5, 'element-malformed');
    const digest = digests?.get(item.digestId);
    if (digest === undefined || hex(digest) !== hex(crypto.sha256(embedded.encoded))) return fails(5, 'digest-mismatch', `element “${item.identifier}” is not what digest ${item.digestId} is of`);
    if (seen.has(item.digestId) || seen.has(item.identifier)) return fails(5, 'element-repeated', `element “${item.identifier}” stands there twice`);
    seen.add(item.digestId).add(item.identifier);
  }
  return passes(5);
};

const checkObject = ({ docType }: ReceivedDocument, object: SecurityObject): Check => {
  if (object.version !== MDOC_VERSION) return fails(6, 'security-object-version', `version “${object.version}”, not “${MDOC_VERSION}”`);
  if (object.digestAlgorithm !== DIGEST_ALGORITHM) return fails(6, 'digest-algorithm', `“${object.digestAlgorithm}”, not “${DIGEST_ALGORITHM}”`);
  return object.docType === docType ? passes(6) : fails(6, 'security-object-doctype', `“${object.docType}” inside, “${docType}” outside`);
};

const checkKey = ({ docType }: ReceivedDocument, { credentialKey }: DocumentContext, object: SecurityObject): readonly Check[] => {
  if (docType === 'aliro-r') return [];
  const key = deviceKeyOf(object.deviceKeyInfo);
  if (key === undefined) return [fails(7, 'device-key-mismatch', 'no P-256 key in the document')];
  if (credentialKey === undefined) return [stays(7, 'not known here: give it with --key credential=HEX')];
  return [hex(key) === hex(credentialKey) ? passes(7) : fails(7, 'device-key-mismatch', `the document is for ${hex(key.subarray(0, 9))}…, not for ${hex(credentialKey.subarray(0, 9))}…`)];
};

// ---- steps 8 to 10 -----------------------------------------------------------------------------------------------------------------

const checkDates = (document: VerifiedDocument, now: Instant | undefined): Check => {
  const fault = dateFault(document, now);
  if (fault !== undefined) return fails(8, fault.error.code, dateText.document(fault.error.code, document, now));
  const bounds = `${isoSeconds(document.validity.validFrom)} to ${isoSeconds(document.validity.validUntil)}`;
  return passes(8, now === undefined ? 'no trusted clock, and none is demanded' : `${isoSeconds(now)} is within ${bounds}`);
};

const checkIteration = (document: VerifiedDocument, memory: IssuerMemories): { readonly check: Check; readonly memory: IssuerMemories } => {
  const passed = passIteration(document, memory);
  const highest = memoryOf(memory, document.issuer).highestIteration;
  const own = document.validity.validityIteration === undefined ? 'none given' : String(document.validity.validityIteration);
  const says = highest === undefined ? own : `${own}, the highest seen is ${highest}`;
  if (!passed.ok) return { check: fails(10, passed.error.code, `${says}: 8 or more behind`), memory };
  return { check: passes(10, says), memory: passed.value };
};

// ---- steps 11 to 16 ----------------------------------------------------------------------------------------------------------------

const DECISION_STEPS = [11, 12, 13, 14, 15, 16] as const;

/** The steps before the one that refused passed, those after it were not reached. */
const upTo = (code: DocumentErrorCode, steps: readonly number[], says: string | undefined): readonly Check[] => {
  const failed = stepOfCode(code);
  return steps.map((step) => {
    if (step === failed) return fails(step, code, says);
    return step < failed ? passes(step) : stays(step, 'not reached');
  });
};

const checkAccess = (document: VerifiedDocument, context: DocumentContext, memory: IssuerMemories): readonly Check[] => {
  const { crypto, now, asked } = context;
  const credentialKey = context.credentialKey ?? document.deviceKey ?? EMPTY;
  const elements = asked?.get('aliro-a') ?? document.elements.map(({ identifier }) => identifier);
  const policy = { action: CAPABILITY.unsecure, acceptsNoRules: true, supportsSchedules: true, ...(now !== undefined && { now, zone: UTC }) };
  const permission = decideAccess(crypto, { document, credentialKey, memories: memory }, [{ docType: 'aliro-a', elements }], policy);
  if (!permission.ok) return upTo(permission.error.code, DECISION_STEPS, decisionText(permission.error.code, document, now));
  const { element, rule, schedule } = permission.value;
  const by = rule === undefined ? 'no rules, which this reader takes for every right' : `rule ${rule} allows to unsecure`;
  const when = schedule === undefined ? 'no schedule is needed' : `schedule ${schedule} is active`;
  return [passes(11, `element “${element}”`), passes(12), passes(13), passes(14), passes(15, by), passes(16, when)];
};

type Applied = { readonly checks: readonly Check[]; readonly memory: IssuerMemories };

const checkRevocations = (document: VerifiedDocument, { asked, now }: DocumentContext, before: IssuerMemories): Applied => {
  const elements = document.elements.filter(({ identifier }) => asked === undefined || asked.get('aliro-r')?.includes(identifier) === true);
  if (elements.length === 0) return { checks: [fails(11, 'element-not-requested')], memory: before };
  let memory: IssuerMemories | undefined = before;
  for (const { value } of elements) {
    const data = readRevocationData(value);
    if (!data.ok) return { checks: upTo(data.error.code, [11], decisionText(data.error.code, document, now)), memory };
    memory = applyRevocations(memory, document.issuer, data.value, 'spec', now);
    if (memory === undefined) return { checks: [fails(11, 'revocations-full')], memory: before };
  }
  const { credentials, accessIds } = memoryOf(memory, document.issuer);
  return { checks: [passes(11, `${credentials.size + accessIds.size} revoked after it`)], memory };
};

// ---- the whole ---------------------------------------------------------------------------------------------------------------------

const documentOf = (received: ReceivedDocument, docType: DocType, object: SecurityObject, signer: Signer | undefined, context: DocumentContext): VerifiedDocument => {
  const { validity, timeVerificationRequired } = object;
  const deviceKey = deviceKeyOf(object.deviceKeyInfo);
  const items = elementsOf(received).map(readItem).filter((item) => item !== undefined);
  return {
    docType, issuer: signer?.anchor ?? context.issuers[0] ?? EMPTY, validity, timeVerificationRequired,
    ...(signer?.certified && { certified: signer.certified }),
    ...(deviceKey && docType === 'aliro-a' && { deviceKey }),
    elements: items.map(({ identifier, value }) => ({ identifier, value })),
  };
};

const checkContent = (received: ReceivedDocument, object: SecurityObject, signer: Signer | undefined, context: DocumentContext): DocumentChecks => {
  const kind = isDocType(received.docType) ? received.docType : 'aliro-a';
  const document = documentOf(received, kind, object, signer, context);
  const fixed = [checkDigests(received, context, object), checkObject(received, object), ...checkKey(received, context, object), checkDates(document, context.now)];
  const { check, memory } = checkIteration(document, context.memory);
  const rest: Applied = kind === 'aliro-r' ? checkRevocations(document, context, memory) : { checks: checkAccess(document, context, memory), memory };
  const checks = [...fixed, check, ...rest.checks];
  // What did not pass is not remembered (judge.ts).
  return { checks, memory: checks.every(({ result }) => result !== 'fail') ? rest.memory : context.memory };
};

/** All checks of one document, in SPEC §9's order. Takes whatever `decodeDeviceResponse` gives. */
export const checkDocument = (received: ReceivedDocument, context: DocumentContext): DocumentChecks => {
  const { checks: signed, auth, signer } = checkSigner(received, context);
  const count = elementsOf(received).length;
  const first = [checkKind(received, context), ...signed, count === 0 ? fails(4, 'elements-missing') : passes(4, String(count))];
  const object = auth && readSecurityObject(auth.payload);
  if (object === undefined) return { checks: [...first, auth === undefined ? stays(5, 'not reached') : fails(5, 'security-object-malformed')], memory: context.memory };
  const content = checkContent(received, object, signer, context);
  const sound = first.every(({ result }) => result !== 'fail');
  return { checks: [...first, ...content.checks], memory: sound ? content.memory : context.memory };
};
