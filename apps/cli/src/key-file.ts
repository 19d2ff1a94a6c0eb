// A file of a key's documents, as the app hands it out (api/keys.ts, `keyDocuments`), and the door in it that is meant.

import { keyDocuments, type KeyDocuments } from '@mortise/api/keys.ts';
import { required } from '@mortise/base/assert.ts';
import { fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { parseIdentifier, type Identifier, type LockId, type SiteId } from '@mortise/base/identifiers.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import type { ShownKey, ShownLock } from '@mortise/wallet/key-opening.ts';
import { parseJson, readBounded, readStandardInput } from './aliro/read-json.ts';
import type { CommandError } from './command.ts';

export type KeyDoor = KeyDocuments['doors'][number];

/** `-`: the standard input. Codes of `readBounded` and `parseJson`, `file-not-key`. */
export const readKeyFile = (path: string): Result<KeyDocuments, CommandError> => {
  const read = path === '-' ? readStandardInput() : readBounded(path);
  if (!read.ok) return read;
  const name = path === '-' ? 'The standard input' : path;
  const json = parseJson(name, read.value.toString('utf8'));
  if (!json.ok) return json;
  const parsed = keyDocuments.safeParse(json.value);
  return parsed.success ? ok(parsed.data) : err(notAKey(name, parsed.error.issues[0]?.path ?? []));
};

const notAKey = (path: string, place: readonly PropertyKey[]): CommandError => ({
  code: 'file-not-key',
  message: `${path} does not hold a key's documents${place.length === 0 ? '' : ` ("${place.map(String).join('.')}" is not in its form)`}. Download them in the app: Keys, the key, "Documents of this key".`,
});

/** By name, or by the id of door or lock. Undefined: the only one. `door-unknown`, `door-needed`. */
export const doorOf = ({ doors, doorsLeftOut }: KeyDocuments, name: string | undefined): Result<KeyDoor, CommandError> => {
  const meant = name === undefined ? doors : doors.filter((door) => [door.name, door.id, door.lockId].includes(name));
  const [only, ...others] = meant;
  if (only !== undefined && others.length === 0) return ok(only);
  const list = [...doors.map((door) => `${door.name} (${door.id})`), ...(doorsLeftOut > 0 ? [`and ${doorsLeftOut} more that the file has no room for`] : [])].join(', ');
  if (only === undefined) return err({ code: 'door-unknown', message: name === undefined ? 'This key names no door that is there any more, so that no lock can be asked.' : `This key has no door "${name}". It has: ${list || 'none'}.` });
  return err({ code: 'door-needed', message: `This key has several doors. Say which with --door: ${list}.` });
};

export const shownKeyOf = ({ siteId, ownerSets, credentialKey, document, stamp, revocations }: KeyDocuments): ShownKey => ({
  siteId: identifierOf<SiteId>(siteId), ownerSets: ownerSets.map(bytesOf), credentialKey: bytesOf(credentialKey),
  documents: [document, ...(stamp === null ? [] : [stamp])].map(bytesOf), revocations: revocations.map(bytesOf),
});

export const shownLockOf = ({ lockId, identityKey, readerKey, sealKey, statement, roster }: KeyDoor): ShownLock => ({
  claimed: { lockId: identifierOf<LockId>(lockId), identityKey: bytesOf(identityKey), readerKey: bytesOf(readerKey), sealKey: bytesOf(sealKey), statement: bytesOf(statement) },
  roster: bytesOf(roster),
});

const bytesOf = (text: string): Bytes => required(fromBase64url(text), 'the schema lets base64url through and nothing else');
const identifierOf = <Id extends Identifier>(text: string): Id => required(parseIdentifier<Id>(text), 'the schema lets identifiers through and nothing else');
