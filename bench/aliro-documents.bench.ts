// How much CPU a reader spends on judging a typical access document beyond the cryptography that it cannot do without: one ECDSA
// verification and the SHA-256 of the issuer's key and of the element. Both on the same adapter, with the same inputs, in turns, in
// one process.

import { assert } from '@mortise/base/assert.ts';
import { concat, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { encodeCbor } from '@mortise/base/cbor.ts';
import { instant } from '@mortise/base/instant.ts';
import type { AccessData } from '@mortise/aliro/access-data.ts';
import { CAPABILITY } from '@mortise/aliro/access-schedule.ts';
import { completeDocument, prepareAccessDocument, type PreparedDocument } from '@mortise/aliro/build-document.ts';
import { encodeDeviceResponse } from '@mortise/aliro/device-response.ts';
import { keyIdentifierOf } from '@mortise/aliro/issuer-auth.ts';
import { NO_MEMORIES } from '@mortise/aliro/issuer-memory.ts';
import { judgeResponse, type JudgePolicy } from '@mortise/aliro/judge.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import type { Bench, Figure } from './bench.ts';
import { ratioOf } from './ratio.ts';

const GOAL = 1.3;
const ELEMENT = 'd.aaaaaaaaaaaaaaaaaaaaaaaaaa';
const DAY_S = 86_400;
/** Monday, 1 June 2026, noon in UTC. */
const NOW = instant(Date.UTC(2026, 5, 1, 12));
const YEAR = instant(Date.UTC(2026, 0, 1));

const filled = (length: number, seed: number): Bytes => Uint8Array.from({ length }, (_, index) => (index * 31 + seed * 17 + 5) & 0xff);

/** Working days, around the clock on the first floor; a maintenance hour every night in which nobody comes in. */
const data: AccessData = {
  id: filled(16, 1),
  rules: [{ capabilities: 0b11, allow: 0b001, deny: 0b100 }, { capabilities: 0b11_1111, allow: 0b010 }],
  schedules: [
    { startS: YEAR / 1000 + 8 * 3600, recurrence: { durationS: 10 * 3600, mask: 0b1_1111, pattern: 2, interval: 1, ordinal: 0 }, utc: true },
    { startS: YEAR / 1000, endS: YEAR / 1000 + 366 * DAY_S, recurrence: { durationS: DAY_S, mask: 0, pattern: 1, interval: 2, ordinal: 0 }, utc: true },
    { startS: YEAR / 1000 + 3 * 3600, recurrence: { durationS: 3600, mask: 0, pattern: 1, interval: 1, ordinal: 0 }, utc: true },
  ],
};

type Presented = { readonly prepared: PreparedDocument; readonly signature: Bytes; readonly issuerKey: Bytes; readonly credentialKey: Bytes };

const present = (): Presented => {
  const [issuer, credential] = [filled(48, 2), filled(48, 3)].map((seed) => nodeCrypto.p256.privateKeyFromSeed(seed));
  assert(issuer !== undefined && credential !== undefined, 'two keys');
  const [issuerKey, credentialKey] = [nodeCrypto.p256.publicKey(issuer), nodeCrypto.p256.publicKey(credential)];
  const prepared = prepareAccessDocument(nodeCrypto, {
    issuer: { keyIdentifier: keyIdentifierOf(nodeCrypto, issuerKey) },
    deviceKey: credentialKey,
    elements: [{ identifier: ELEMENT, random: filled(16, 4), data }],
    validity: { signed: YEAR, validFrom: YEAR, validUntil: instant(Date.UTC(2027, 0, 1)), validityIteration: 3 },
  });
  return { prepared, signature: nodeCrypto.p256.sign(issuer, prepared.toSign), issuerKey, credentialKey };
};

const judging = ({ prepared, signature, issuerKey, credentialKey }: Presented): (() => void) => {
  const response = encodeDeviceResponse([completeDocument(prepared, signature)]);
  const policy: JudgePolicy = { issuers: [issuerKey], now: NOW, action: CAPABILITY.unsecure, acceptsNoRules: false, supportsSchedules: true, revocation: 'union' };
  const requests = [{ docType: 'aliro-a', elements: [ELEMENT] }, { docType: 'aliro-r', elements: ['site'] }] as const;
  const { memory } = judgeResponse(nodeCrypto, response, requests, credentialKey, policy, NO_MEMORIES);
  return () => {
    const { verdict } = judgeResponse(nodeCrypto, response, requests, credentialKey, policy, memory);
    assert(verdict.ok && verdict.value.schedule === 0, 'every judged document is granted');
  };
};

const primitives = ({ prepared, signature, issuerKey }: Presented): (() => void) => {
  const item = encodeCbor(prepared.items[0] ?? null);
  const identified = concat(utf8('key-identifier'), issuerKey);
  return () => {
    nodeCrypto.sha256(identified);
    nodeCrypto.p256.verify(issuerKey, signature, prepared.toSign);
    nodeCrypto.sha256(item);
  };
};

const run = async (): Promise<Figure> => {
  const presented = present();
  return {
    ...ratioOf(judging(presented), primitives(presented)),
    goal: GOAL,
    better: 'lower',
    unit: 'ratio',
    against: 'one ECDSA P-256 verification and the SHA-256 of the issuer’s key and of the element, on OpenSSL, same run',
  };
};

export const aliroDocuments: Bench = { name: 'aliro.document_verify.cpu_ratio', run };
