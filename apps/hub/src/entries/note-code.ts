// An offline code that an owner's browser made: the hub knows its time and its number, and not its digits. That two browsers do not make the same is seen to here.

import type { Code } from '@mortise/api/entries.ts';
import { codeWord } from '@mortise/access/judge-code.ts';
import { codeFrom, codeOfNumber, codeUntil } from '@mortise/access/offline-code.ts';
import { required } from '@mortise/base/assert.ts';
import { fromBase64url } from '@mortise/base/bytes.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { refuse, type Refusal } from '../http/refusal.ts';
import type { Hub } from '../hub.ts';
import { addPerson, personNamed } from './person-named.ts';
import { addCode, codeById, codeKeyIdOf } from '../store/entry-store.ts';

export type CodeRequest = Pick<Code, 'id' | 'lockId' | 'ownerKey' | 'generation' | 'number'> & { readonly person: { readonly id: string; readonly name?: string | undefined } };

export const noteCode = async (hub: Hub, request: CodeRequest, by: string): Promise<Result<Code, Refusal>> => {
  const keyId = await codeKeyIdOf(hub.database, request.lockId, request.ownerKey, request.generation);
  if (keyId === undefined) return refuse('lock-unknown', 'No roster of this lock holds such a key of codes. Sign one first.');
  const person = await personNamed(hub, request.person);
  if (!person.ok) return person;
  const code = codeOfNumber(request.number);
  const word = codeWord({ keyId: required(fromBase64url(keyId), 'the schema lets base64url through') }, code);
  const at = hub.now();
  const added = await hub.database.transaction().execute(async (transaction) => {
    if (person.value.isNew) await addPerson(transaction, person.value, at);
    return addCode(transaction, { ...request, keyId, word, personId: person.value.id, kind: code.kind, from: codeFrom(code), until: codeUntil(code), at, by });
  });
  if (!added) return refuse('conflict', 'This code was made before. Make another one: each time has four.');
  return ok(required(await codeById(hub.database, request.id), 'the code was stored'));
};
