// What cards need of AES-128, by OpenSSL: CBC without padding, and CMAC.

import { createCipheriv, createDecipheriv, createMac } from 'node:crypto';
import { assert } from '@mortise/base/assert.ts';
import { concat, type Bytes } from '@mortise/base/bytes.ts';
import { assertAes128, assertCbc } from '@mortise/crypto/aes-128.ts';
import { BLOCK_BYTES, type Crypto } from '@mortise/crypto/crypto.ts';
import { plain } from './plain-bytes.ts';

const CBC = 'aes-128-cbc';

const aesCbcEncrypt = (key: Bytes, iv: Bytes, plaintext: Bytes): Bytes => {
  assertCbc(key, iv);
  assert(plaintext.length % BLOCK_BYTES === 0, 'CBC without padding takes whole blocks');
  const cipher = createCipheriv(CBC, key, iv).setAutoPadding(false);
  return concat(cipher.update(plaintext), cipher.final());
};

const aesCbcDecrypt = (key: Bytes, iv: Bytes, ciphertext: Bytes): Bytes | undefined => {
  assertCbc(key, iv);
  if (ciphertext.length % BLOCK_BYTES !== 0) return undefined;
  const decipher = createDecipheriv(CBC, key, iv).setAutoPadding(false);
  return concat(decipher.update(ciphertext), decipher.final());
};

const aesCmac = (key: Bytes, data: Bytes): Bytes => {
  assertAes128(key);
  const mac = createMac('cmac', key, { cipher: CBC });
  mac.update(data);
  return plain(mac.final());
};

export const nodeAes128: Pick<Crypto, 'aesCbcEncrypt' | 'aesCbcDecrypt' | 'aesCmac'> = { aesCbcEncrypt, aesCbcDecrypt, aesCmac };
