// Both commands against each other over TCP in all eight scenarios: with the values of a vector, and with fresh ones where the file gives only
// what both sides must share.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { hex, type Bytes } from '@mortise/base/bytes.ts';
import { instant } from '@mortise/base/instant.ts';
import { completeDocument, prepareAccessDocument } from '@mortise/aliro/build-document.ts';
import { keyIdentifierOf } from '@mortise/aliro/issuer-auth.ts';
import { SCENARIOS, type Scenario } from '@mortise/aliro/scenario.ts';
import { deriveKeyPair, type KeyPair } from '@mortise/crypto/entropy.ts';
import { nodeCrypto as crypto } from '@mortise/node/crypto.ts';
import type { Line } from './endings.fixture.ts';
import { readRoleConfig } from './scenario-config.ts';
import { runReader, startDevice, vectorFile, type Ended } from './tcp.fixture.ts';

const directory = mkdtempSync(join(tmpdir(), 'mortise-aliro-'));
test.after(() => rmSync(directory, { recursive: true }));

let files = 0;
const written = (content: object): string => {
  files += 1;
  const path = join(directory, `config-${files}.json`);
  writeFileSync(path, JSON.stringify(content));
  return path;
};

const both = async (deviceConfig: string, readerConfig: string = deviceConfig): Promise<{ readonly device: Ended; readonly reader: Ended }> => {
  const started = startDevice(deviceConfig);
  const reader = await runReader(readerConfig, await started.port);
  return { reader, device: await started.ended };
};

const line = (access: Line['access'], readerStatus: string | null, reason: string, phase: string): Line => ({ access, readerStatus, reason, phase });

// ---- with the values of a vector -------------------------------------------------------------------------------------------------

const VECTOR_OF: Readonly<Record<Scenario, string>> = {
  standard: 'standard',
  keySlot: 'standard-keyslot',
  fast: 'fast',
  loadCert: 'standard-loadcert-default',
  certInAuth1: 'standard-cert-in-auth1-long-chained',
  mailbox: 'exchange-mailbox',
  stepUp: 'stepup-access-document-schedules',
  stepUpSelect: 'stepup-select-access-and-revocation',
};

const PHASE_OF: Readonly<Partial<Record<Scenario, string>>> = { fast: 'fast', stepUp: 'stepUp', stepUpSelect: 'stepUp' };

for (const scenario of SCENARIOS) {
  test(`both roles, values of ${VECTOR_OF[scenario]}: ${scenario}`, async () => {
    const { reader, device } = await both(vectorFile(VECTOR_OF[scenario]));
    const expected = line('granted', '0101', 'granted', PHASE_OF[scenario] ?? 'standard');
    assert.deepEqual([reader.line, device.line], [expected, expected]);
    assert.deepEqual([reader.code, device.code, reader.err], [0, 0, '']);
    assert.match(device.err, /^listening on 127\.0\.0\.1:\d+\n$/);
  });
}

// ---- with fresh values -----------------------------------------------------------------------------------------------------------

const seed = (text: string): Bytes => crypto.sha256(new TextEncoder().encode(text));
const pair = (name: string): KeyPair => deriveKeyPair(crypto, seed('scenarios.test'), name);
const [readerKey, credentialKey, issuerKey, systemKey] = [pair('reader'), pair('credential'), pair('issuer'), pair('system issuer')];

const whole = ({ privateKey, publicKey }: KeyPair) => ({ privateKey: hex(privateKey.reveal()), publicKey: hex(publicKey) });
const onlyPublic = ({ publicKey }: KeyPair) => ({ publicKey: hex(publicKey) });

const accessDocument = (element: string): string => {
  const prepared = prepareAccessDocument(crypto, {
    issuer: { keyIdentifier: keyIdentifierOf(crypto, issuerKey.publicKey) },
    validity: { signed: instant(0), validFrom: instant(0), validUntil: instant(253_402_300_799_000) },
    deviceKey: credentialKey.publicKey,
    elements: [{ identifier: element, random: seed('random').subarray(0, 16), data: { rules: [{ capabilities: 2 }] } }],
  });
  return hex(completeDocument(prepared, crypto.p256.sign(issuerKey.privateKey.reveal(), prepared.toSign)));
};

/** Each side with its own private key and the other's public one; nothing else but what the scenario cannot do without. */
const fresh = (scenario: Scenario, shared: object = {}): readonly [device: string, reader: string] => {
  const common = { readerGroupIdentifier: hex(seed('group').subarray(0, 16)), scenario, ...shared };
  return [
    written({ inputs: { ...common, readerKey: onlyPublic(readerKey), accessCredentialKey: whole(credentialKey) } }),
    written({ inputs: { ...common, readerKey: whole(readerKey), accessCredentialKey: onlyPublic(credentialKey) } }),
  ];
};

const SHARED: Readonly<Partial<Record<Scenario, object>>> = {
  fast: { kpersistent: hex(seed('persistent')), readerGroupSubIdentifier: hex(seed('sub').subarray(0, 16)) },
  loadCert: { readerSystemIssuerKey: whole(systemKey) },
  certInAuth1: { readerSystemIssuerKey: whole(systemKey) },
  mailbox: { mailboxSize: 64 },
  stepUp: { credentialIssuerKey: onlyPublic(issuerKey), accessDocument: accessDocument('floor1') },
  stepUpSelect: { credentialIssuerKey: onlyPublic(issuerKey), accessDocument: accessDocument('d.front'), element: 'd.front' },
};

for (const scenario of SCENARIOS) {
  test(`both roles, fresh values: ${scenario}`, async () => {
    const { reader, device } = await both(...fresh(scenario, SHARED[scenario]));
    const expected = line('granted', '0101', 'granted', PHASE_OF[scenario] ?? 'standard');
    assert.deepEqual([reader.line, device.line, reader.code, device.code], [expected, expected, 0, 0]);
  });
}

test('the element is the one of the document that the file holds, unless another is named', async () => {
  const shared = { ...SHARED.stepUp, accessDocument: accessDocument('d.front') };
  assert.equal((await both(...fresh('stepUp', shared))).reader.code, 0);
  assert.deepEqual((await both(...fresh('stepUp', { ...shared, element: 'd.back' }))).reader.line, line('denied', '0001', 'document-missing', 'stepUp'));
});

test('a scenario at the top of the file counts, and wins over the recording', async () => {
  const { reader } = await both(vectorFile('standard'), written({ ...JSON.parse(JSON.stringify({ inputs: {}, scenario: 'keySlot' })) }));
  assert.deepEqual(reader.line, line('denied', null, 'status-unexpected', 'auth0'), 'nothing is shared: the group is unknown');
});

test('a device says that its step-up application wants SELECT, whether or not it knows the issuer', () => {
  const config = (inputs: object): string | undefined => {
    const read = readRoleConfig(written({ inputs: { accessDocument: accessDocument('floor1'), ...inputs } }), 'device');
    return read.ok ? read.value.setting.scenario : read.error.message;
  };
  assert.equal(config({ stepUpAidRequired: true }), 'stepUpSelect');
  assert.equal(config({ stepUpAidRequired: true, credentialIssuerKey: onlyPublic(issuerKey) }), 'stepUpSelect');
  assert.equal(config({ stepUpAidRequired: false, credentialIssuerKey: onlyPublic(issuerKey) }), 'stepUp');
});

test('a credential that the reader does not know is denied, and the device is told', async () => {
  const [device] = fresh('standard');
  const reader = written({ inputs: { readerGroupIdentifier: hex(seed('group').subarray(0, 16)), readerKey: whole(readerKey) } });
  const ended = await both(device, reader);
  assert.deepEqual(ended.reader.line, line('denied', '0001', 'credential-unknown', 'standard'));
  assert.deepEqual(ended.device.line, line('denied', '0001', 'reader-denied', 'standard'));
  assert.deepEqual([ended.reader.code, ended.device.code], [3, 3]);
});

test('verifyTime is the trusted clock; null is none; readerHasTime false is none', async () => {
  const [device] = fresh('stepUp', SHARED.stepUp);
  const at = (clock: object): string => fresh('stepUp', { ...SHARED.stepUp, ...clock })[1];
  const demanding = line('denied', '0007', 'time-verification-required', 'stepUp');
  assert.deepEqual((await both(device, at({ verifyTime: null }))).reader.line, demanding);
  assert.deepEqual((await both(device, at({ verifyTime: '2030-01-01T00:00:00Z', readerHasTime: false }))).reader.line, demanding);
  assert.deepEqual((await both(device, at({ verifyTime: '2030-01-01T02:00:00.000+02:00' }))).reader.code, 0);
});
