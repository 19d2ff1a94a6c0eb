// What a fob holds, as one file for its owner's eyes: its key, whose hub gave it what, and what the hub last told of its doors. Whoever has the file has the
// key; a real fob would keep it in a secure element.

import { heldKeys, type HeldKeys } from '@mortise/api/keys.ts';
import { bytesOf as base64urlOf, identifier } from '@mortise/api/fields.ts';
import { z } from '@mortise/api/schema.ts';
import { required } from '@mortise/base/assert.ts';
import { base64url, fromBase64url, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { Secret } from '@mortise/base/secret.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { writeDurably } from '@mortise/node/durable-file.ts';
import { parseJson, readBounded } from '../aliro/read-json.ts';
import type { CommandError } from '../command.ts';

const PRIVATE_KEY_BYTES = 32;

const fobFile = z.object({ kind: z.literal('mortise-fob'), hub: z.url(), siteId: identifier, privateKey: base64urlOf(PRIVATE_KEY_BYTES, PRIVATE_KEY_BYTES), keys: heldKeys.nullable() });

export type Fob = { readonly hub: string; readonly siteId: string; readonly key: KeyPair; /** Null: the hub has told nothing yet. */ readonly keys: HeldKeys | null };

export const keyPairOf = (privateKey: Bytes): KeyPair => ({ privateKey: new Secret(privateKey), publicKey: nodeCrypto.p256.publicKey(privateKey) });

export const writeFob = (path: string, { hub, siteId, key, keys }: Fob): Result<undefined, CommandError> => {
  const file: z.input<typeof fobFile> = { kind: 'mortise-fob', hub, siteId, privateKey: base64url(key.privateKey.reveal()), keys };
  const written = writeDurably(path, utf8(JSON.stringify(file)));
  return written.ok ? written : err({ code: 'file-unwritable', message: `${path} cannot be written. Give another --file.` });
};

// What is there already is never written over: another file is to be given.
const notFob = (path: string): Result<never, CommandError> => err({ code: 'file-not-fob', message: `${path} is no fob. Give the --file that \`mortise fob LINK\` made.` });

const unread = (path: string, error: CommandError): Result<never, CommandError> => {
  if (error.code === 'file-is-directory') return notFob(path);
  return err(error.code === 'file-missing' ? { code: error.code, message: `There is no file ${path}. \`mortise fob LINK\` makes one of a link that you were sent.` } : error);
};

/** `file-missing`: no link was redeemed yet; `file-not-fob`: it is something else. */
export const readFob = (path: string): Result<Fob, CommandError> => {
  const read = readBounded(path);
  if (!read.ok) return unread(path, read.error);
  const json = parseJson(path, read.value.toString('utf8'));
  if (!json.ok) return json;
  const parsed = fobFile.safeParse(json.value);
  if (!parsed.success) return notFob(path);
  const { hub, siteId, privateKey, keys } = parsed.data;
  return ok({ hub, siteId, key: keyPairOf(required(fromBase64url(privateKey), 'the schema lets base64url through')), keys });
};
