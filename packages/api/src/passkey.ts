// Passkeys on the wire: WebAuthn Level 3 JSON forms. The PRF output wraps owner keys and must never reach the hub: the hub refuses
// bodies that carry it, and `withoutPrfResults` takes it off.

import { bytesOf, ceremony } from './fields.ts';
import { z } from './schema.ts';

/** The PRF input of every Mortise passkey (UTF-8). One label: the same passkey gives the same wrapping key on any device. */
export const PRF_INPUT = 'mortise owner key 1';

const transport = z.string().max(32);
/** What may be said about PRF: that it is there. `results` is refused. */
const extensionResults = z.object({ prf: z.strictObject({ enabled: z.boolean().optional() }).optional() });
const credential = {
  id: bytesOf(1, 1023),
  rawId: bytesOf(1, 1023),
  type: z.literal('public-key'),
  authenticatorAttachment: z.enum(['platform', 'cross-platform']).optional(),
  clientExtensionResults: extensionResults,
};

/** RegistrationResponseJSON. What browsers take out of the attestation object for convenience may come along; the hub looks into that itself. */
export const registration = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: bytesOf(1, 4096),
    attestationObject: bytesOf(1, 16_384),
    transports: z.array(transport).max(8).optional(),
    authenticatorData: bytesOf(37, 16_384).optional(),
    publicKey: bytesOf(1, 4096).optional(),
    publicKeyAlgorithm: z.number().int().optional(),
  }),
});
export type Registration = z.infer<typeof registration>;

/** AuthenticationResponseJSON. */
export const authentication = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: bytesOf(1, 4096),
    authenticatorData: bytesOf(37, 4096),
    signature: bytesOf(1, 1024),
    userHandle: bytesOf(1, 64).optional(),
  }),
});
export type Authentication = z.infer<typeof authentication>;

/** PublicKeyCredentialCreationOptionsJSON or …RequestOptionsJSON, for @simplewebauthn/browser as it is. `extensions.prf.eval.first` is base64url of `PRF_INPUT`. */
export const passkeyOptions = z.object({ ceremony, options: z.looseObject({ challenge: z.string() }) });
export type PasskeyOptions = z.infer<typeof passkeyOptions>;

const enabledOf = (results: object): boolean | undefined => {
  const prf: unknown = 'prf' in results ? results.prf : undefined;
  return typeof prf === 'object' && prf !== null && 'enabled' in prf && typeof prf.enabled === 'boolean' ? prf.enabled : undefined;
};

/** The response as it may be sent: what PRF yielded is taken off. */
export const withoutPrfResults = <R extends { readonly clientExtensionResults: object }>(
  response: R,
): Omit<R, 'clientExtensionResults'> & Pick<Registration, 'clientExtensionResults'> => {
  const enabled = enabledOf(response.clientExtensionResults);
  return { ...response, clientExtensionResults: enabled === undefined ? {} : { prf: { enabled } } };
};
