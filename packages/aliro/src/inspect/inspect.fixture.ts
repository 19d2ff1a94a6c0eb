// Recorded transactions as an inspection takes them, for the tests beside.

import { readFileSync, readdirSync } from 'node:fs';
import { fromHex, type Bytes } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import { instant } from '@mortise/base/instant.ts';
import { Secret } from '@mortise/base/secret.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import type { Described } from './described.ts';
import type { Circumstances } from './inspect-transaction.ts';
import type { RecordedStep } from './trace.ts';
import type { Vector } from '../conformance/vector.conformance.ts';

const DIRECTORY = new URL('../../../../vectors/aliro/', import.meta.url);
const NO_STEPS = 'revocation-sequence.json';

export const vectorNames = readdirSync(DIRECTORY).filter((file) => file.endsWith('.json') && file !== NO_STEPS).map((file) => file.slice(0, -5)).toSorted();
export const readVector = (name: string): Vector => JSON.parse(readFileSync(new URL(`${name}.json`, DIRECTORY), 'utf8'));
export const bytesOf = (text: string): Bytes => required(fromHex(text), 'a vector is in hex');

export const stepsOf = ({ steps }: Vector): readonly RecordedStep[] => steps.map(({ from, apdu }) => ({ from, apdu: bytesOf(apdu) }));

/** The machine's clock of these tests, for vectors without one. */
const NOW = Date.parse('2026-06-01T12:00:00Z');

export const circumstancesOf = ({ inputs }: Vector): Circumstances => {
  const persistent = inputs.kpersistent ?? inputs.kpersistentOnReaderOnly;
  return {
    crypto: nobleCrypto,
    interfaceByte: 0x5e,
    groupIdentifierKey: bytesOf(inputs.readerGroupIdentifierKey),
    credentialKey: bytesOf(inputs.accessCredentialKey.publicKey),
    readerEphemeral: new Secret(bytesOf(inputs.readerEphemeralKey.privateKey)),
    ...(persistent !== undefined && { persistentKey: new Secret(bytesOf(persistent)) }),
    recorded: {},
    issuers: inputs.credentialIssuerKey ? [bytesOf(inputs.credentialIssuerKey.publicKey)] : [],
    ...(inputs.readerHasTime !== false && { now: instant(inputs.verifyTime === undefined ? NOW : Date.parse(inputs.verifyTime)) }),
    ...(inputs.readerHighestValidityIteration !== undefined && { highestIteration: inputs.readerHighestValidityIteration }),
  };
};

/** Everything in a tree, the parents first. */
export const flatten = (nodes: readonly Described[]): readonly Described[] => nodes.flatMap((node) => [node, ...flatten(node.parts ?? [])]);
