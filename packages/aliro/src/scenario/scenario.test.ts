// Scenarios told by their inputs, both roles of ours against each other: what is fresh, what is told, and what the host decides.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hex, type Bytes } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import { instant } from '@mortise/base/instant.ts';
import { Secret } from '@mortise/base/secret.ts';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import { deriveKeyPair } from '@mortise/crypto/entropy.ts';
import { ACCESS_DRAFT, CREDENTIAL, DOOR, ISSUER, NOW, OTHER_ISSUER, issue, item, revocationDraft, withObject } from '../conformance/document.fixture.ts';
import { certificateTbs, compressCertificate } from '../protocol/reader-certificate.ts';
import { stepReader, type ReaderInput, type ReaderOutcome } from '../reader/reader.ts';
import { recordedPlan, recordedScenario, wholeCommands } from './recording.ts';
import { SCENARIOS, scenarioDevice, scenarioHost, scenarioOf, scenarioReader, settingOf, stepHost, type Scenario, type ScenarioInputs } from './scenario.ts';
import { revocationDataCbor } from '../documents/revocation-data.ts';
import { filled } from '../conformance/transaction.conformance.ts';
import { stepUserDevice, type DeviceInput } from '../device/user-device.ts';
import { INTERFACES } from '../protocol/vendor.ts';

const NFC = { interfaceByte: INTERFACES.nfc };
const ENTROPY = filled(32, 1);
const credential = { privateKey: new Secret(CREDENTIAL.privateKey), publicKey: CREDENTIAL.publicKey };

type Played = { readonly commands: string; readonly apdus: readonly Bytes[]; readonly access: string; readonly code: string; readonly outcome: ReaderOutcome | undefined };

/** `device`: inputs of the user device where they differ from the reader's. */
const play = (inputs: ScenarioInputs, device: Partial<ScenarioInputs> = {}): Played => {
  const setting = settingOf(crypto, inputs, ENTROPY);
  const theirs = { ...setting, ...device };
  let [reader, user, host] = [scenarioReader(crypto, setting), scenarioDevice(theirs), scenarioHost(setting)];
  let outcome: ReaderOutcome | undefined;
  const apdus: Bytes[] = [];
  const turns: ({ readonly to: 'reader'; readonly input: ReaderInput } | { readonly to: 'device'; readonly input: DeviceInput })[] = [{ to: 'reader', input: { kind: 'start' } }];
  for (let turn = turns.shift(); turn !== undefined; turn = turns.shift()) {
    if (turn.to === 'device') {
      const stepped = stepUserDevice(crypto, user, turn.input);
      user = stepped.session;
      for (const effect of stepped.effects) {
        if (effect.kind === 'respond') turns.push({ to: 'reader', input: { kind: 'response', apdu: effect.apdu } });
        if (effect.kind === 'sign') turns.push({ to: 'device', input: { kind: 'signed', signature: crypto.p256.sign(theirs.accessCredentialKey.privateKey.reveal(), effect.message) } });
      }
      continue;
    }
    const stepped = stepReader(crypto, reader, turn.input);
    reader = stepped.session;
    for (const effect of stepped.effects) {
      if (effect.kind === 'transmit') {
        apdus.push(effect.apdu);
        turns.push({ to: 'device', input: { kind: 'command', apdu: effect.apdu } });
      } else if (effect.kind === 'sign') turns.push({ to: 'reader', input: { kind: 'signed', signature: crypto.p256.sign(setting.readerKey.privateKey.reveal(), effect.message) } });
      else if (effect.kind === 'finished') outcome = effect.outcome;
      else {
        const next = stepHost(crypto, host, effect);
        host = next.host;
        turns.push({ to: 'reader', input: next.input });
      }
    }
  }
  const { access = 'none', code = 'none' } = host.verdict ?? {};
  return { commands: wholeCommands(apdus).map(({ header }) => hex(Uint8Array.of(header[1]))).join(' '), apdus, access, code, outcome };
};

const issuerKey = deriveKeyPair(crypto, ENTROPY, 'reader issuer');
const readerKey = deriveKeyPair(crypto, ENTROPY, 'reader key');
const certificate = compressCertificate({ publicKey: readerKey.publicKey, subject: 'a door' },
  crypto.p256.sign(issuerKey.privateKey.reveal(), certificateTbs({ publicKey: readerKey.publicKey, subject: 'a door' }, issuerKey.publicKey, crypto)));
const certified: ScenarioInputs = { ...NFC, readerKey, groupIdentifierKey: issuerKey.publicKey, readerCertificate: certificate };
const access = issue(ACCESS_DRAFT);
const revoking = (entry: { readonly credential: Bytes }): Bytes => issue({ ...revocationDraft({ change: 'append' }), items: [item(DOOR, revocationDataCbor({ change: 'append', add: [entry] }))] });
const documented: ScenarioInputs = { ...NFC, accessCredentialKey: credential, credentialIssuer: ISSUER.publicKey, accessDocument: access, clock: NOW, element: DOOR };

const WHOLE: { readonly [S in Scenario]: readonly [ScenarioInputs, string] } = {
  standard: [NFC, 'a4 80 81 c9'],
  keySlot: [{ ...NFC, scenario: 'keySlot' }, 'a4 80 81 c9'],
  fast: [{ ...NFC, persistentKey: new Secret(filled(32, 2)) }, 'a4 80 c9'],
  loadCert: [{ ...certified, scenario: 'loadCert' }, 'a4 80 d1 81 c9'],
  certInAuth1: [certified, 'a4 80 81 c9'],
  mailbox: [{ ...NFC, mailboxSize: 32 }, 'a4 80 81 c9 c9 c9 c9 c9 c9 c9 c9'],
  stepUp: [documented, 'a4 80 81 c3 c9'],
  stepUpSelect: [{ ...documented, stepUpSelect: true }, 'a4 80 81 a4 c3 c9'],
};

for (const scenario of SCENARIOS) {
  test(`scenario ${scenario}`, () => {
    const [inputs, commands] = WHOLE[scenario];
    assert.equal(scenarioOf(inputs), scenario);
    const played = play(inputs);
    assert.deepEqual([played.commands.replaceAll(' c0', ''), played.access, played.code, played.outcome?.kind], [commands, 'granted', 'granted', 'completed']);
    const told = recordedScenario(played.apdus);
    assert.equal(told, scenario === 'keySlot' || scenario === 'loadCert' ? scenario : undefined, 'what only a recording tells');
  });
}

test('what the host refuses', () => {
  const stranger = deriveKeyPair(crypto, ENTROPY, 'a stranger');
  const ends = (inputs: ScenarioInputs, device: Partial<ScenarioInputs> = {}): string => {
    const { access: given, code, outcome } = play(inputs, device);
    return `${given} ${code} ${outcome?.kind === 'completed' ? outcome.status.toString(16) : outcome?.error.code}`;
  };
  assert.equal(ends(NFC, { accessCredentialKey: stranger }), 'denied credential-unknown 1');
  assert.equal(ends({ ...documented, credentialIssuer: OTHER_ISSUER.publicKey }), 'denied issuer-unknown 3');
  assert.equal(ends({ ...documented, clock: instant(NOW + 3_700_000) }), 'denied schedule-inactive 25');
  assert.equal(ends({ ...documented, highestIteration: 9, accessDocument: issue(withObject(ACCESS_DRAFT, '7', false)) }), 'granted granted 101', 'a document without an iteration');
  const { clock: _clock, ...timeless } = documented;
  assert.equal(ends(timeless), 'denied time-verification-required 7');
  const { accessDocument: _document, ...bare } = documented;
  assert.equal(ends({ ...bare, scenario: 'stepUp' }), 'denied credential-unknown 1', 'nothing to be fetched');
});

test('a Revocation Document alone: the reader’s own list decides, unless the document names the credential', () => {
  const { accessDocument: _document, ...bare } = documented;
  const other = { ...bare, revocationDocument: revoking({ credential: filled(32, 7) }) };
  const ends = ({ access: given, code }: Played): string => `${given} ${code}`;
  assert.equal(ends(play(other)), 'granted granted');
  assert.equal(ends(play({ ...bare, revocationDocument: revoking({ credential: crypto.sha256(CREDENTIAL.publicKey) }) })), 'denied revoked');
  assert.equal(ends(play(other, { accessCredentialKey: deriveKeyPair(crypto, ENTROPY, 'a stranger') })), 'denied credential-unknown');
  assert.equal(ends(play({ ...other, credentialIssuer: OTHER_ISSUER.publicKey })), 'denied issuer-unknown');
  assert.equal(ends(play({ ...documented, revocationDocument: revoking({ credential: crypto.sha256(CREDENTIAL.publicKey) }) })), 'denied revoked');
});

test('a reader’s key that the user device lacks falls back', () => {
  const played = play({ ...NFC, readerPersistentKey: new Secret(filled(32, 2)) });
  assert.deepEqual([played.commands, played.access], ['a4 80 81 c9', 'granted']);
});

test('fresh values differ by entropy, told ones do not', () => {
  const [one, other] = [settingOf(crypto, NFC, ENTROPY), settingOf(crypto, NFC, filled(32, 2))];
  assert.notEqual(hex(one.transactionIdentifier), hex(other.transactionIdentifier));
  assert.notEqual(hex(one.readerEphemeralKey.publicKey), hex(one.userDeviceEphemeralKey.publicKey));
  assert.equal(hex(one.groupIdentifierKey), hex(one.readerKey.publicKey));
  assert.equal(hex(settingOf(crypto, { ...NFC, transactionIdentifier: filled(16, 3) }, ENTROPY).transactionIdentifier), hex(filled(16, 3)));
});

test('the element asked for: the one named, else what the documents hold, else floor1', () => {
  const elementOf = (inputs: Partial<ScenarioInputs>): string => settingOf(crypto, { ...NFC, ...inputs }, ENTROPY).element;
  const revocation = issue(revocationDraft({ change: 'append' }));
  const unreadable = issue({ ...ACCESS_DRAFT, items: [] });
  assert.deepEqual([elementOf({}), elementOf({ accessDocument: filled(9, 1) }), elementOf({ accessDocument: unreadable })], ['floor1', 'floor1', 'floor1']);
  assert.deepEqual([elementOf({ accessDocument: access }), elementOf({ accessDocument: access, element: 'd.other' })], [DOOR, 'd.other']);
  assert.deepEqual([elementOf({ revocationDocument: revocation }), elementOf({ accessDocument: unreadable, revocationDocument: revocation })], ['site', 'site']);
});

test('a recording of anything is read', () => {
  assert.equal(recordedScenario([]), undefined);
  assert.equal(recordedScenario([filled(3, 1), filled(300, 1), required(play(NFC).apdus[0], 'a command')]), undefined);
  assert.equal(recordedScenario([Uint8Array.of(0x80, 0x81, 0, 0, 1, 0x41)]), undefined, 'an AUTH1 out of form');
  assert.equal(recordedPlan([Uint8Array.of(0x97, 2, 1, 1)]), undefined);
  assert.deepEqual(recordedPlan([Uint8Array.of(0xba, 1), Uint8Array.of(0x97, 2, 1, 1), Uint8Array.of(0xae, 0)]), [Uint8Array.of(0xba, 1), Uint8Array.of(0xae, 0)]);
});
