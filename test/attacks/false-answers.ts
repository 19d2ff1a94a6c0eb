// Answers to an owner's hello of an adoption that are not the lock's: of a lock that somebody made up, and the true one with another key in it.

import { required } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { deriveKeyPair, type KeyPair } from '@mortise/crypto/entropy.ts';
import { decodeAnswer, decodeAnswerBody, encodeAnswer, encodeAnswerBody } from '@mortise/documents/adoption-message.ts';
import { lockAnswerToSign } from '@mortise/documents/adoption.ts';
import { nodeCrypto as crypto } from '@mortise/node/crypto.ts';
import { freshEntropy } from '@mortise/node/entropy.ts';
import { valueOf } from './real-lock.ts';

const pairOf = (label: string): KeyPair => deriveKeyPair(crypto, freshEntropy(), label);

/** Of a lock that does not exist. */
export const madeUpAnswer = (hello: Bytes): Bytes => {
  const identity = pairOf('identity');
  const [readerKey, linkKey, sealKey] = [pairOf('reader').publicKey, pairOf('link').publicKey, pairOf('seal').publicKey];
  const introduction = { identityKey: identity.publicKey, readerKey, linkKey, sealKey, model: 'lock', firmware: '1', profile: 'powered' } as const;
  const { message, assemble } = valueOf(lockAnswerToSign(crypto, introduction, hello, freshEntropy()));
  return assemble(crypto.p256.sign(identity.privateKey.reveal(), message));
};

/** `key`: which of the lock's is replaced by one of whoever stands between. */
export const withOtherKey = (answer: Bytes, key: 'linkKey' | 'sealKey' | 'readerKey'): Bytes => {
  const { body, signature } = valueOf(decodeAnswer(answer));
  const lock = required(decodeAnswerBody(crypto, body), 'the lock’s answer');
  return encodeAnswer(encodeAnswerBody(crypto, { ...lock, [key]: pairOf(key).publicKey }), signature);
};
