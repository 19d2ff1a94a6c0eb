// A passkey in software: makes WebAuthn registrations and assertions as an authenticator and a browser would, for tests.

import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import type { Authentication, Registration } from '@mortise/api/passkey.ts';
import { base64url, concat, fromBase64url, uint, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import { encodeCbor, type Cbor } from '@mortise/base/cbor.ts';

const FLAGS = { present: 0x01, verified: 0x04, attested: 0x40 } as const;

/** What a test may bend. */
export type Bent = { readonly origin?: string; readonly challenge?: string; readonly unverified?: boolean };

export type SoftPasskey = {
  readonly id: string;
  readonly register: (challenge: string, origin: string, bent?: Bent) => Registration;
  readonly authenticate: (challenge: string, origin: string, userHandle?: string, bent?: Bent) => Authentication;
};

export const createPasskey = (): SoftPasskey => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const rawId = new Uint8Array(randomBytes(16));
  const id = base64url(rawId);
  let counter = 0;
  const data = (origin: string, bent: Bent, flags: number, attested: Bytes): Bytes => {
    counter += 1;
    const said = bent.unverified === true ? flags & ~FLAGS.verified : flags;
    return concat(sha256(utf8(new URL(origin).hostname)), Uint8Array.of(said), uint(counter, 4), attested);
  };
  return {
    id,
    register: (challenge, origin, bent = {}) => {
      const attested = concat(new Uint8Array(16), uint(rawId.length, 2), rawId, coseKey(privateKey));
      const authData = data(origin, bent, FLAGS.present | FLAGS.verified | FLAGS.attested, attested);
      const object = encodeCbor(new Map<string, Cbor>([['fmt', 'none'], ['attStmt', new Map()], ['authData', authData]]));
      const response = { clientDataJSON: clientData('webauthn.create', challenge, origin, bent), attestationObject: base64url(object), transports: ['internal'] };
      return { id, rawId: id, type: 'public-key', clientExtensionResults: { prf: { enabled: true } }, response };
    },
    authenticate: (challenge, origin, userHandle, bent = {}) => {
      const authData = data(origin, bent, FLAGS.present | FLAGS.verified, new Uint8Array(0));
      const client = clientData('webauthn.get', challenge, origin, bent);
      const message = concat(authData, sha256(required(fromBase64url(client), 'it was written here')));
      const signature = base64url(new Uint8Array(sign('sha256', message, privateKey)));
      const response = { clientDataJSON: client, authenticatorData: base64url(authData), signature, ...(userHandle === undefined ? {} : { userHandle }) };
      return { id, rawId: id, type: 'public-key', clientExtensionResults: {}, response };
    },
  };
};

const sha256 = (data: Bytes): Bytes => new Uint8Array(createHash('sha256').update(data).digest());

const clientData = (type: string, challenge: string, origin: string, bent: Bent): string =>
  base64url(utf8(JSON.stringify({ type, challenge: bent.challenge ?? challenge, origin: bent.origin ?? origin, crossOrigin: false })));

const coseKey = (key: KeyObject): Bytes => {
  const { x, y } = key.export({ format: 'jwk' });
  const coordinate = (text: string | undefined): Bytes => required(fromBase64url(text ?? '='), 'a JWK coordinate is base64url');
  return encodeCbor(new Map<number, Cbor>([[1, 2], [3, -7], [-1, 1], [-2, coordinate(x)], [-3, coordinate(y)]]));
};
