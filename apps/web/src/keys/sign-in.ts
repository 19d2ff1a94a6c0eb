// Signing in, by passkey or by the recovery kit. The kit's key proves itself over the hub's nonce and this page's own origin.

import { ROUTES } from '@mortise/api/routes.ts';
import type { Me, VaultEntry } from '@mortise/api/owner.ts';
import { base64url, fromBase64url } from '@mortise/base/bytes.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { kitKey, parseKit, type KitError } from '@mortise/wallet/recovery-kit.ts';
import { signInStatement } from '@mortise/wallet/sign-in.ts';
import { call } from '../model/client.ts';
import { failureSentence } from '../words/failures.ts';
import { wrapOwnerKey } from './owner-key.ts';
import { createPasskey, usePasskey } from './passkey.ts';

/** Errors are sentences. */
export const signInWithPasskey = async (): Promise<Result<Me, string>> => {
  const begun = await call(ROUTES.signInOptions);
  if (!begun.ok) return err(failureSentence(begun.error));
  const used = await usePasskey(begun.value.options);
  if (!used.ok) return used;
  const answer = await call(ROUTES.signIn, { body: { ceremony: begun.value.ceremony, authentication: used.value.response } });
  return answer.ok ? ok(answer.value) : err(failureSentence(answer.error));
};

/** The kit's owner key from what was typed. */
export const readKit = (text: string): Result<KeyPair, KitError> => {
  const seed = parseKit(nobleCrypto, text);
  return seed.ok ? ok(kitKey(nobleCrypto, seed.value)) : seed;
};

export const signInWithKit = async (owner: KeyPair): Promise<Result<Me, string>> => {
  const challenge = await call(ROUTES.kitChallenge);
  if (!challenge.ok) return err(failureSentence(challenge.error));
  const nonce = fromBase64url(challenge.value.nonce) ?? new Uint8Array(0);
  const signed = signInStatement(nobleCrypto, owner, { nonce, origin: location.origin });
  const answer = await call(ROUTES.kit, { body: { ceremony: challenge.value.ceremony, signed: base64url(signed) } });
  return answer.ok ? ok(answer.value) : err(failureSentence(answer.error));
};

/** A passkey that was made and that the hub does not know yet. */
export type MadePasskey = { readonly body: { readonly ceremony: string; readonly registration: object; readonly vault: VaultEntry }; readonly credentialId: string; readonly prf: boolean };

/** Makes a passkey that opens the given owner key; `replaces`: in the place of the others, beside which it may lie. Errors are sentences. */
export const makePasskey = async (owner: KeyPair, replaces: boolean): Promise<Result<MadePasskey, string>> => {
  const begun = await call(ROUTES.passkeyOptions, { body: { replaces } });
  if (!begun.ok) return err(failureSentence(begun.error));
  const made = await createPasskey(begun.value.options);
  if (!made.ok) return made;
  const vault = await wrapOwnerKey(owner, made.value.credentialId, made.value.prf);
  return vault.ok ? ok({ body: { ceremony: begun.value.ceremony, registration: made.value.response, vault: vault.value }, credentialId: made.value.credentialId, prf: made.value.prf !== undefined }) : vault;
};

/** Makes a passkey on this device that opens the given owner key. `prf`: on any device that has the passkey. */
export const addPasskey = async (owner: KeyPair): Promise<Result<{ readonly prf: boolean }, string>> => {
  const made = await makePasskey(owner, false);
  if (!made.ok) return made;
  const answer = await call(ROUTES.addPasskey, { body: made.value.body });
  return answer.ok ? ok({ prf: made.value.prf }) : err(failureSentence(answer.error));
};
