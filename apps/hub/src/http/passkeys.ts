// WebAuthn as Mortise uses it: discoverable passkeys with user verification, and the PRF extension asked for with one input
// (@mortise/api/passkey.ts). The PRF's output stays in the browser. The relying party is the host name of the origin that was used.

import { PRF_INPUT, type Authentication, type Registration } from '@mortise/api/passkey.ts';
import { base64url, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import { CEREMONY_MS } from './ceremonies.ts';
import { relyingPartyOf } from './origins.ts';

export type NewPasskey = { readonly id: string; readonly publicKey: Bytes; readonly counter: number; readonly transports: readonly string[] };
export type KnownPasskey = { readonly id: string; readonly publicKey: Bytes; readonly counter: number };
export type PasskeyError = { readonly code: 'passkey-refused' };

// Slow to load, and needed by ceremonies only.
const webauthn = () => import('@simplewebauthn/server');

// COSE: ES256, EdDSA, RS256. What every authenticator has; asking for less common ones would say so in each hub's log.
const ALGORITHMS = [-7, -8, -257] as const;

const PRF = { prf: { eval: { first: base64url(utf8(PRF_INPUT)) } } };

export type Registering = { readonly origin: string; readonly challenge: Bytes; readonly personId: Bytes; readonly name: string; readonly known: readonly string[] };

export const registrationOptions = async ({ origin, challenge, personId, name, known }: Registering) => {
  const { generateRegistrationOptions } = await webauthn();
  const options = await generateRegistrationOptions({
    rpName: 'Mortise', rpID: relyingPartyOf(origin), userName: name, userDisplayName: name, userID: new Uint8Array(personId),
    challenge: new Uint8Array(challenge), timeout: CEREMONY_MS, attestationType: 'none', excludeCredentials: known.map((id) => ({ id })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' }, supportedAlgorithmIDs: [...ALGORITHMS],
  });
  return { ...options, extensions: { ...options.extensions, ...PRF } };
};

export const authenticationOptions = async (origin: string, challenge: Bytes) => {
  const { generateAuthenticationOptions } = await webauthn();
  const options = await generateAuthenticationOptions({
    rpID: relyingPartyOf(origin), challenge: new Uint8Array(challenge), timeout: CEREMONY_MS, userVerification: 'required',
  });
  return { ...options, extensions: { ...options.extensions, ...PRF } };
};

/** Checks a registration against its ceremony. */
export const verifyRegistration = async (response: Registration, begun: { readonly origin: string; readonly challenge: string }): Promise<Result<NewPasskey, PasskeyError>> => {
  const { verifyRegistrationResponse } = await webauthn();
  try {
    const verified = await verifyRegistrationResponse({
      response: registrationJson(response), expectedChallenge: begun.challenge, expectedOrigin: begun.origin,
      expectedRPID: relyingPartyOf(begun.origin), requireUserVerification: true, supportedAlgorithmIDs: [...ALGORITHMS],
    });
    if (!verified.verified) return err({ code: 'passkey-refused' });
    const { id, publicKey, counter } = verified.registrationInfo.credential;
    return ok({ id, publicKey, counter, transports: response.response.transports ?? [] });
  } catch (error) {
    return refused(error);
  }
};

/** Checks a sign-in against its ceremony and the known passkey; answers the new counter. */
export const verifyAuthentication = async (
  response: Authentication, begun: { readonly origin: string; readonly challenge: string }, known: KnownPasskey,
): Promise<Result<number, PasskeyError>> => {
  const { verifyAuthenticationResponse } = await webauthn();
  try {
    const verified = await verifyAuthenticationResponse({
      response: authenticationJson(response), expectedChallenge: begun.challenge, expectedOrigin: begun.origin,
      expectedRPID: relyingPartyOf(begun.origin), requireUserVerification: true,
      credential: { id: known.id, publicKey: new Uint8Array(known.publicKey), counter: known.counter },
    });
    return verified.verified ? ok(verified.authenticationInfo.newCounter) : err({ code: 'passkey-refused' });
  } catch (error) {
    return refused(error);
  }
};

// The library reports every response that does not fit by throwing; a person can only try again.
const refused = (_error: unknown): Result<never, PasskeyError> => err({ code: 'passkey-refused' });

const TRANSPORTS = ['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'] as const;

const registrationJson = ({ id, rawId, type, response }: Registration): RegistrationResponseJSON => ({
  id, rawId, type, clientExtensionResults: {},
  response: {
    clientDataJSON: response.clientDataJSON, attestationObject: response.attestationObject,
    transports: TRANSPORTS.filter((transport) => response.transports?.includes(transport) === true),
  },
});

const authenticationJson = ({ id, rawId, type, response }: Authentication): AuthenticationResponseJSON => ({
  id, rawId, type, clientExtensionResults: {},
  response: {
    clientDataJSON: response.clientDataJSON, authenticatorData: response.authenticatorData, signature: response.signature,
    ...(response.userHandle === undefined ? {} : { userHandle: response.userHandle }),
  },
});
