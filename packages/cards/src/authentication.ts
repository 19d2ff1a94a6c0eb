// AuthenticateEV2First with AES-128 (NT4H2421Gx §9.1.5; AN12196 table 14; for DESFire AN12343 table 16): either side shows that it
// holds the key, and both come to session keys, a transaction identifier and a command counter of 0.

import { concat, equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { Secret } from '@mortise/base/secret.ts';
import { BLOCK_BYTES, type Crypto } from '@mortise/crypto/crypto.ts';
import { refuse, type CardFault } from './card-fault.ts';

export const RANDOM_BYTES = 16;
export const KEY_BYTES = 16;
export const TRANSACTION_BYTES = 4;
export const PROOF_BYTES = 32;

const ZERO_IV = new Uint8Array(BLOCK_BYTES);
const ENC_LABEL = Uint8Array.of(0xa5, 0x5a, 0x00, 0x01, 0x00, 0x80);
const MAC_LABEL = Uint8Array.of(0x5a, 0xa5, 0x00, 0x01, 0x00, 0x80);
/** PCDcap2 comes back as it was sent, filled up with zeros; we send none. */
const NO_CAPABILITIES = new Uint8Array(6);

/** What a session is sealed with. `counter`: commands since the authentication, 0 to FFFF. */
export type Channel = { readonly encKey: Secret; readonly macKey: Secret; readonly transaction: Bytes; readonly counter: number };

/** RndA' of RndA: one byte to the left. */
export const rotate = (random: Bytes): Bytes => concat(random.subarray(1), random.subarray(0, 1));

const xor = (a: Bytes, b: Bytes): Bytes => a.map((byte, index) => byte ^ (b[index] ?? 0));

/** SV1 and SV2 (NT4H2421Gx §9.1.7), label first: RndA[15:14] ‖ RndA[13:8] ⊕ RndB[15:10] ‖ RndB[9:0] ‖ RndA[7:0]. */
export const sessionVectors = (rndA: Bytes, rndB: Bytes): readonly [enc: Bytes, mac: Bytes] => {
  const context = concat(rndA.subarray(0, 2), xor(rndA.subarray(2, 8), rndB.subarray(0, 6)), rndB.subarray(6), rndA.subarray(8));
  return [concat(ENC_LABEL, context), concat(MAC_LABEL, context)];
};

/** The session that both sides have once the proofs are exchanged. */
export const openChannel = (crypto: Crypto, key: Secret, rndA: Bytes, rndB: Bytes, transaction: Bytes): Channel => {
  const [enc, mac] = sessionVectors(rndA, rndB).map((vector) => new Secret(crypto.aesCmac(key.reveal(), vector)));
  return { encKey: required(enc, 'two vectors'), macKey: required(mac, 'two vectors'), transaction, counter: 0 };
};

/** Part 1's answer, E(K, RndB), read: RndB. `answer-malformed`: not one block. */
export const readChallenge = (crypto: Crypto, key: Secret, data: Bytes): Result<Bytes, CardFault> =>
  data.length === BLOCK_BYTES ? ok(decipher(crypto, key, data)) : refuse('answer-malformed');

/** Part 2's data: E(K, RndA ‖ RndB'). */
export const encodeReaderProof = (crypto: Crypto, key: Secret, rndA: Bytes, rndB: Bytes): Bytes =>
  crypto.aesCbcEncrypt(key.reveal(), ZERO_IV, concat(rndA, rotate(rndB)));

/**
 * Part 2's answer, E(K, TI ‖ RndA' ‖ PDcap2 ‖ PCDcap2). `answer-malformed`: not two blocks. `card-unproven`: RndA', or our own
 * capabilities, did not come back: who answers does not hold the key, or answers another session.
 */
export const readCardProof = (crypto: Crypto, key: Secret, rndA: Bytes, rndB: Bytes, data: Bytes): Result<Channel, CardFault> => {
  if (data.length !== PROOF_BYTES) return refuse('answer-malformed');
  const proof = decipher(crypto, key, data);
  const expected = concat(rotate(rndA), NO_CAPABILITIES);
  if (!equalBytes(concat(proof.subarray(4, 20), proof.subarray(26)), expected)) return refuse('card-unproven');
  return ok(openChannel(crypto, key, rndA, rndB, proof.slice(0, TRANSACTION_BYTES)));
};

/** Of whole blocks. */
const decipher = (crypto: Crypto, key: Secret, blocks: Bytes): Bytes =>
  required(crypto.aesCbcDecrypt(key.reveal(), ZERO_IV, blocks), 'the length was looked at');

// ---- the card's side -------------------------------------------------------------------------------------------------

export const encodeChallenge = (crypto: Crypto, key: Secret, rndB: Bytes): Bytes => crypto.aesCbcEncrypt(key.reveal(), ZERO_IV, rndB);

/** RndA, when the reader's proof holds RndB'. */
export const readReaderProof = (crypto: Crypto, key: Secret, rndB: Bytes, data: Bytes): Bytes | undefined => {
  if (data.length !== PROOF_BYTES) return undefined;
  const proof = decipher(crypto, key, data);
  return equalBytes(proof.subarray(RANDOM_BYTES), rotate(rndB)) ? proof.slice(0, RANDOM_BYTES) : undefined;
};

export const encodeCardProof = (crypto: Crypto, key: Secret, rndA: Bytes, transaction: Bytes): Bytes =>
  crypto.aesCbcEncrypt(key.reveal(), ZERO_IV, concat(transaction, rotate(rndA), NO_CAPABILITIES, NO_CAPABILITIES));
