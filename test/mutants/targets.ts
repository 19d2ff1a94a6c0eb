// What is mutated: the code that decides whether a door opens. Each room by itself, with its own tests: they import it by relative
// paths, which is what reaches the mutated copy; what they import of other rooms is not mutated.

import { globSync } from 'node:fs';

export type Room = {
  /** Its folder; more than one of these may share it, each with tests of its own. */
  readonly name: string;
  /** What these files are about, where the folder's name does not say it. */
  readonly about?: string;
  /** Product files, in the room. */
  readonly files: readonly string[];
  /** Test files of the room that take too long to run for each mutant, play whole transactions, or are about the rest of the room. */
  readonly leftOut: readonly string[];
  /** Killed of those that could be, per cent. */
  readonly leastScore: number;
};

/** In whichever folder of the room they stand. */
const named = (room: string, names: readonly string[]): readonly string[] => names.flatMap((name) => globSync(`packages/${room}/src/**/${name}.ts`)).toSorted();

const ALIRO_VERIFICATION = [
  'access-data', 'access-schedule', 'certificate-time', 'decide-access', 'extension', 'issuer-auth', 'issuer-certificate', 'issuer-memory',
  'issuer-signed-item', 'issuer-trust', 'judge', 'reader-certificate', 'revocation-data', 'security-object', 'verify-document',
];

const ALIRO_LEFT_OUT = [
  'apdu', 'document-mutation', 'exchange', 'fast-phase', 'mailbox', 'mutation', 'persistent-cache', 'reader', 'readme', 'scenario', 'step-up', 'tlv', 'user-device',
  'vectors', 'vendor',
];

const ENTRY_DECISIONS = [
  'code-memory', 'decide-code', 'decide-entry', 'door-place', 'entry-memory-cbor', 'entry-request', 'judge-code', 'judge-entry', 'lockout', 'offline-code', 'pin-book', 'second-factor',
];

/** Of documents, and of a page that is not in the room. */
const ACCESS_LEFT_OUT = [
  'admission-memory', 'clock', 'codes-page', 'decide', 'decide-documents', 'delegated-documents', 'document-memory-cbor', 'grant', 'revocation-document', 'revoked-documents', 'use-memory',
];

/** How a lock moves: the tables, the step over them, and the small policies beside. */
const LOCK_MOVEMENT = ['battery', 'bolt', 'calibration', 'deadbolt', 'door', 'hand-bolt', 'hold', 'mechanism', 'mortise-bolt', 'release', 'relock', 'relocking', 'temperature'];
/** Of these tables and policies alone; all others play a whole lock. */
const LOCK_TESTS = ['body-parts', 'bolt-tables', 'door-table', 'hand-bolt', 'hold', 'relock', 'relocking'];

/** What a PIN, a code, a card or a finger costs and leaves behind. Only a whole lock shows it. */
const LOCK_ENTRIES = ['back-off', 'card-desk', 'entry-desk', 'entry-memory', 'finger-desk', 'noise'];
const LOCK_ENTRY_TESTS = ['back-off', 'entries', 'entry-desks', 'entry-memory', 'finger-desk', 'noise'];

/** What a roster says of PINs, cards, fingers, codes and phones. */
const ROSTER_ENTRIES = ['card-entry', 'code-key-entry', 'entry-terms', 'finger-entry', 'pin-entry', 'roster-credentials', 'sealed-entry', 'trusted-entry'];
/** All others of the room are about documents as a whole. */
const ROSTER_ENTRY_TESTS = ['roster-credentials', 'roster'];

const allBut = (room: string, tests: readonly string[]): readonly string[] =>
  globSync(`packages/${room}/src/*.test.ts`, { exclude: tests.map((name) => `packages/${room}/src/${name}.test.ts`) }).toSorted();

export const MUTATED_ROOMS: readonly Room[] = [
  {
    name: 'schedule',
    files: globSync('packages/schedule/src/*.ts', { exclude: ['**/*.test.ts', '**/*.fixture.ts'] }).toSorted(),
    leftOut: ['packages/schedule/src/every-zone.test.ts'],
    leastScore: 85,
  },
  {
    name: 'aliro',
    files: named('aliro', ALIRO_VERIFICATION),
    leftOut: named('aliro', ALIRO_LEFT_OUT.map((name) => `${name}.test`)),
    leastScore: 85,
  },
  {
    name: 'access',
    files: named('access', ENTRY_DECISIONS),
    leftOut: named('access', ACCESS_LEFT_OUT.map((name) => `${name}.test`)),
    leastScore: 90,
  },
  { name: 'documents', files: named('documents', ROSTER_ENTRIES), leftOut: allBut('documents', ROSTER_ENTRY_TESTS), leastScore: 90 },
  {
    name: 'lock',
    about: 'movement',
    files: named('lock', LOCK_MOVEMENT),
    leftOut: allBut('lock', LOCK_TESTS),
    leastScore: 90,
  },
  {
    name: 'lock',
    about: 'entries',
    files: named('lock', LOCK_ENTRIES),
    leftOut: allBut('lock', LOCK_ENTRY_TESTS),
    leastScore: 90,
  },
  {
    name: 'cards',
    files: globSync('packages/cards/src/*.ts', { exclude: ['**/*.test.ts', '**/*.fixture.ts'] }).toSorted(),
    leftOut: [],
    leastScore: 90,
  },
];
