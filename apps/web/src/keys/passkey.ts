// Passkeys. The PRF input is set here, not taken from the hub; what PRF yields stays here: it wraps owner keys. A passkey that gives
// nothing at its creation is asked once more by a get(), as some authenticators only answer then.

import { startAuthentication, startRegistration } from '@simplewebauthn/browser';
import { PRF_INPUT, withoutPrfResults } from '@mortise/api/passkey.ts';
import { base64url, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { freshEntropy } from '@mortise/browser/entropy.ts';
import { passkeySentence } from '../words/failures.ts';
import { creationOptions, requestOptions } from './passkey-options.ts';

/** `response` may be sent to the hub; `prf` (32 bytes; undefined without PRF) may not. */
export type Used = { readonly response: object; readonly credentialId: string; readonly prf: Bytes | undefined };

const own = (bytes: Bytes): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);

const extensions = (): { prf: { eval: { first: Uint8Array<ArrayBuffer> } } } => ({ prf: { eval: { first: own(utf8(PRF_INPUT)) } } });

const PRF_BYTES = 32;

const prfOf = (results: object): { readonly enabled: boolean; readonly output: Bytes | undefined } => {
  const prf: unknown = 'prf' in results ? results.prf : undefined;
  if (typeof prf !== 'object' || prf === null) return { enabled: false, output: undefined };
  const inner: unknown = 'results' in prf ? prf.results : undefined;
  const first: unknown = typeof inner === 'object' && inner !== null && 'first' in inner ? inner.first : undefined;
  const bytes = first instanceof ArrayBuffer ? new Uint8Array(first) : first instanceof Uint8Array ? first : undefined;
  return { enabled: 'enabled' in prf && prf.enabled === true, output: bytes?.length === PRF_BYTES ? bytes : undefined };
};

const attempt = async <T>(run: () => Promise<T>): Promise<Result<T, string>> => {
  try {
    return ok(await run());
  } catch (error) {
    return err(passkeySentence(error));
  }
};

const UNREADABLE = 'The hub’s request for a passkey could not be read. Reload the page.';

/** Asks one of the passkeys for its PRF output, for use here only: the challenge is our own, nobody checks the answer. */
export const askPrf = async (credentialIds: readonly string[]): Promise<Result<{ readonly credentialId: string; readonly prf: Bytes | undefined }, string>> => {
  const allowCredentials = credentialIds.map((id) => ({ id, type: 'public-key' as const }));
  const optionsJSON = { challenge: base64url(freshEntropy()), userVerification: 'required' as const, allowCredentials, extensions: extensions() };
  const used = await attempt(() => startAuthentication({ optionsJSON }));
  return used.ok ? ok({ credentialId: used.value.id, prf: prfOf(used.value.clientExtensionResults).output }) : used;
};

/** Makes a passkey by the hub's options. Errors are sentences. */
export const createPasskey = async (options: unknown): Promise<Result<Used, string>> => {
  const parsed = creationOptions.safeParse(options);
  if (!parsed.success) return err(UNREADABLE);
  const made = await attempt(() => startRegistration({ optionsJSON: { ...parsed.data, extensions: extensions() } }));
  if (!made.ok) return made;
  const { enabled, output } = prfOf(made.value.clientExtensionResults);
  const later = output === undefined && enabled ? await askPrf([made.value.id]) : undefined;
  const prf = output ?? (later?.ok === true ? later.value.prf : undefined);
  return ok({ response: withoutPrfResults(made.value), credentialId: made.value.id, prf });
};

/** Uses a passkey to sign in, by the hub's options. Errors are sentences. */
export const usePasskey = async (options: unknown): Promise<Result<Used, string>> => {
  const parsed = requestOptions.safeParse(options);
  if (!parsed.success) return err(UNREADABLE);
  const used = await attempt(() => startAuthentication({ optionsJSON: { ...parsed.data, extensions: extensions() } }));
  if (!used.ok) return used;
  return ok({ response: withoutPrfResults(used.value), credentialId: used.value.id, prf: prfOf(used.value.clientExtensionResults).output });
};
