// Opaque identifiers of 16 bytes (CONTRACTS: identifiers), held as base64url so that they can be map keys and JSON.

import { base64url, fromBase64url, type Bytes } from './bytes.ts';
import type { Brand } from './brand.ts';
import { assert, required } from './assert.ts';

export type Identifier = Brand<string, 'Identifier'>;
/** First 16 bytes of SHA-256 of the first owner set; Aliro's reader group identifier. */
export type SiteId = Identifier & Brand<string, 'SiteId'>;
/** First 16 bytes of SHA-256 of the lock's identity key; Aliro's reader group sub-identifier. */
export type LockId = Identifier & Brand<string, 'LockId'>;
export type DoorId = Identifier & Brand<string, 'DoorId'>;
export type GroupId = Identifier & Brand<string, 'GroupId'>;
export type GrantId = Identifier & Brand<string, 'GrantId'>;
export type PersonId = Identifier & Brand<string, 'PersonId'>;

export const IDENTIFIER_BYTES = 16;

const isIdentifier = <Id extends Identifier>(text: unknown): text is Id =>
  typeof text === 'string' && fromBase64url(text)?.length === IDENTIFIER_BYTES;

/** Parses the written form (22 characters of base64url). */
export const parseIdentifier = <Id extends Identifier>(text: unknown): Id | undefined => (isIdentifier<Id>(text) ? text : undefined);

const isWritten = <Id extends Identifier>(text: string, bytes: Bytes): text is Id => text.length > 0 && bytes.length === IDENTIFIER_BYTES;

/** An identifier from its 16 bytes; other lengths are our bug. */
export const identifierOf = <Id extends Identifier>(bytes: Bytes): Id => {
  const text = base64url(bytes);
  assert(isWritten<Id>(text, bytes), 'an identifier has 16 bytes');
  return text;
};

export const identifierBytes = (id: Identifier): Bytes => required(fromBase64url(id), 'an identifier is base64url');
