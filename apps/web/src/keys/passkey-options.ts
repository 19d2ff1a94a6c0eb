// The hub's passkey options, parsed down to what this page passes on to the browser. Extensions are left out: they are this page's.

import { z } from '@mortise/api/schema.ts';

const transport = z.enum(['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb']);
const descriptor = z.object({ id: z.string(), type: z.literal('public-key'), transports: z.array(transport).exactOptional() });
const verification = z.enum(['required', 'preferred', 'discouraged']);

/** PublicKeyCredentialCreationOptionsJSON (WebAuthn Level 3 §5.1.9). */
export const creationOptions = z.object({
  challenge: z.string(),
  rp: z.object({ name: z.string(), id: z.string().exactOptional() }),
  user: z.object({ id: z.string(), name: z.string(), displayName: z.string() }),
  pubKeyCredParams: z.array(z.object({ alg: z.number(), type: z.literal('public-key') })),
  timeout: z.number().exactOptional(),
  excludeCredentials: z.array(descriptor).exactOptional(),
  authenticatorSelection: z.object({
    residentKey: z.enum(['required', 'preferred', 'discouraged']).exactOptional(),
    requireResidentKey: z.boolean().exactOptional(),
    userVerification: verification.exactOptional(),
  }).exactOptional(),
  attestation: z.enum(['none', 'direct', 'enterprise', 'indirect']).exactOptional(),
});

/** PublicKeyCredentialRequestOptionsJSON (WebAuthn Level 3 §5.1.10). */
export const requestOptions = z.object({
  challenge: z.string(),
  rpId: z.string().exactOptional(),
  timeout: z.number().exactOptional(),
  allowCredentials: z.array(descriptor).exactOptional(),
  userVerification: verification.exactOptional(),
});
