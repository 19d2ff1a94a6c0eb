// What went wrong between this page and the hub, in a sentence that says what to do.

import type { Failure } from '../model/client.ts';

export const failureSentence = (failure: Failure): string => {
  if (failure.kind === 'refused') return failure.message;
  if (failure.kind === 'unreachable') return 'The hub does not answer. Check that it runs and that this device is on its network, then try again.';
  return 'The hub’s answer could not be read. Hub and page may be of different versions: reload the page.';
};

/** What a passkey ceremony threw, told apart by its name (WebAuthn Level 3 §5.1). */
export const passkeySentence = (error: unknown): string => {
  const name = error instanceof Error ? error.name : '';
  if (name === 'NotAllowedError') return 'The passkey was not used: the request was closed or took too long. Nothing was changed.';
  if (name === 'InvalidStateError') return 'This device already has a passkey for this site. Sign in with it instead.';
  if (name === 'SecurityError') return 'Passkeys need https, or http://localhost. Open the hub under its own name.';
  if (name === 'NotSupportedError') return 'This device cannot make the kind of passkey that Mortise needs.';
  return 'The passkey did not work. Nothing was changed.';
};
