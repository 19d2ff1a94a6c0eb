// NXP's published examples (vectors/cards), byte for byte, on either side.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { required } from '@mortise/base/assert.ts';
import { fromHex, hex, type Bytes } from '@mortise/base/bytes.ts';
import { Secret } from '@mortise/base/secret.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import {
  encodeCardProof, encodeChallenge, encodeReaderProof, openChannel, readCardProof, readChallenge, readReaderProof, sessionVectors, type Channel,
} from './authentication.ts';
import { keyChecksum, otherKeyData, ownKeyData } from './change-key.ts';
import { INS, decodeAnswer, decodeCommand, encodeNative } from './native-command.ts';
import { PRODUCTS } from './product.ts';
import { openAnswer, openCommand, sealAnswer, sealCommand, type CommMode } from './secure-messaging.ts';

type Keys = { transaction: string; encKey: string; macKey: string };
type Authentication = Keys & { table: string; key: string; keyNumber: number; command1: string; answer1: string; rndA: string; rndB: string; command2: string; answer2: string; sv1?: string; sv2?: string };
type Command = Keys & { table: string; counter: number; mode: CommMode; ins: string; header: string; data: string; command: string; answer: string; answerData: string };
type KeyChange = Keys & { table: string; counter: number; keyNumber: number; newKey: string; before?: string; version: number; checksum?: string; command: string; answer: string };
type Vectors = { source: string; select?: { command: string }; authentications: Authentication[]; commands: Command[]; keyChanges: KeyChange[] };

const bytes = (text: string): Bytes => required(fromHex(text), 'hexadecimal');
const load = (name: string): Vectors => JSON.parse(readFileSync(new URL(`../../../vectors/cards/${name}.json`, import.meta.url), 'utf8'));
const dataOf = (apdu: string): Bytes => required(decodeAnswer(bytes(apdu)), 'an answer').data;
const bodyOf = (apdu: string): Bytes => {
  const command = decodeCommand(bytes(apdu));
  assert.ok(command?.kind === 'native');
  return command.data;
};
const channelOf = ({ transaction, encKey, macKey }: Keys, counter = 0): Channel => ({
  transaction: bytes(transaction), encKey: new Secret(bytes(encKey)), macKey: new Secret(bytes(macKey)), counter,
});
const shown = ({ transaction, encKey, macKey, counter }: Channel): readonly unknown[] => [hex(transaction), hex(encKey.reveal()), hex(macKey.reveal()), counter];

for (const [adapter, crypto] of [['noble', nobleCrypto], ['node', nodeCrypto]] as const)
  for (const name of ['an12196', 'an12343']) {
    const { authentications, commands, keyChanges, select } = load(name);

    test(`${name}, ${adapter}: AuthenticateEV2First as the reader and as the card`, (t) => {
      for (const c of authentications) {
        const [key, rndA, rndB] = [new Secret(bytes(c.key)), bytes(c.rndA), bytes(c.rndB)];
        assert.equal(hex(encodeNative(INS.authenticateEv2First, Uint8Array.of(c.keyNumber, 0))), c.command1);
        assert.deepEqual(readChallenge(crypto, key, dataOf(c.answer1)), { ok: true, value: rndB });
        assert.equal(hex(encodeNative(INS.additionalFrame, encodeReaderProof(crypto, key, rndA, rndB))), c.command2);
        const channel = readCardProof(crypto, key, rndA, rndB, dataOf(c.answer2));
        assert.ok(channel.ok, c.table);
        assert.deepEqual(shown(channel.value), [c.transaction, c.encKey, c.macKey, 0]);
        const [sv1, sv2] = sessionVectors(rndA, rndB).map(hex);
        assert.deepEqual([sv1, sv2], [c.sv1 ?? sv1, c.sv2 ?? sv2]);
        assert.deepEqual(encodeChallenge(crypto, key, rndB), dataOf(c.answer1));
        assert.deepEqual(readReaderProof(crypto, key, rndB, bodyOf(c.command2)), rndA);
        assert.deepEqual(encodeCardProof(crypto, key, rndA, bytes(c.transaction)), dataOf(c.answer2));
        assert.deepEqual(shown(openChannel(crypto, key, rndA, rndB, bytes(c.transaction))), [c.transaction, c.encKey, c.macKey, 0]);
      }
      t.diagnostic(`${authentications.length} authentications`);
    });

    test(`${name}, ${adapter}: secure messaging, MACed and enciphered, in both directions`, (t) => {
      for (const c of commands) {
        const [channel, ins, header, data] = [channelOf(c, c.counter), bytes(c.ins)[0] ?? 0, bytes(c.header), bytes(c.data)];
        assert.equal(hex(encodeNative(ins, sealCommand(crypto, channel, c.mode, { ins, header, data }))), c.command, c.table);
        const opened = openAnswer(crypto, channel, c.mode, dataOf(c.answer));
        assert.ok(opened.ok && opened.value.channel.counter === c.counter + 1, c.table);
        assert.equal(hex(opened.value.data), c.answerData);
        assert.deepEqual(openCommand(crypto, channel, c.mode, ins, header.length, bodyOf(c.command)), { ok: true, value: { ins, header, data } });
        assert.deepEqual(sealAnswer(crypto, channel, c.mode, bytes(c.answerData)).data, dataOf(c.answer));
        assert.deepEqual(openAnswer(crypto, { ...channel, counter: c.counter + 1 }, c.mode, dataOf(c.answer)), { ok: false, error: 'mac-wrong' });
      }
      t.diagnostic(`${commands.length} commands with their answers`);
    });

    test(`${name}, ${adapter}: ChangeKey`, (t) => {
      for (const c of keyChanges) {
        const [newKey, header] = [bytes(c.newKey), Uint8Array.of(c.keyNumber)];
        const data = c.before === undefined ? ownKeyData(newKey, c.version) : otherKeyData(newKey, bytes(c.before), c.version);
        if (c.checksum !== undefined) assert.equal(hex(keyChecksum(newKey)), c.checksum);
        assert.equal(hex(encodeNative(INS.changeKey, sealCommand(crypto, channelOf(c, c.counter), 'full', { ins: INS.changeKey, header, data }))), c.command);
        if (c.answer !== '9100') assert.ok(openAnswer(crypto, channelOf(c, c.counter), 'full', dataOf(c.answer)).ok);
      }
      t.diagnostic(`${keyChanges.length} changes of keys`);
    });

    if (select !== undefined) test(`${name}, ${adapter}: the selection`, () => assert.equal(hex(PRODUCTS.ntag424.select), select.command));
  }
