// `mortise verify`: checks stored journals with no hub, from exported files or from the hub's database.

import { parseIdentifier, type LockId } from '@mortise/base/identifiers.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { verifyJournalFile } from '@mortise/journal/journal-file.ts';
import { verifyStoredJournal } from '@mortise/journal/stored-journal.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { readArguments, refuse, type CommandError } from './command.ts';
import { hubError, openHubJournals, type HubJournal } from './hub-journals.ts';
import { fileError, openJournalLines } from './journal-lines.ts';
import { startProgress } from './progress.ts';
import { printable, type Terminal } from './terminal.ts';
import { exitCodeOf, jsonReport, textReport, type Checked } from './verify-report.ts';

const OPTIONS = { data: { type: 'string' }, lock: { type: 'string' }, json: { type: 'boolean' } } as const;
const DEFAULT_DATA = './data';

/** Exit code 0: all good; 1: a journal is wrong, or a file none; 2: wrong arguments, or something could not be read; 4: a journal has a gap. */
export const verify = (args: readonly string[], terminal: Terminal): Promise<number> => Promise.resolve(verifyNow(args, terminal));

const verifyNow = (args: readonly string[], terminal: Terminal): number => {
  const request = readRequest(args, terminal.env);
  if (!request.ok) return refuse(terminal, request.error, args.includes('--json'));
  const { files, data, lockId, json } = request.value;
  const checked = files.length > 0 ? ok(files.map((file) => checkFile(file, lockId, terminal))) : checkHub(data, lockId, terminal);
  if (!checked.ok) return refuse(terminal, checked.error, json);
  terminal.out(json ? jsonReport(checked.value) : textReport(checked.value));
  return exitCodeOf(checked.value);
};

type Request = { readonly files: readonly string[]; readonly data: string; readonly lockId: LockId | undefined; readonly json: boolean };

const readRequest = (args: readonly string[], env: Terminal['env']): Result<Request, CommandError> => {
  const read = readArguments('verify', args, OPTIONS);
  if (!read.ok) return read;
  const { values, positionals: files } = read.value;
  if (values.data !== undefined && files.length > 0) {
    return err({ code: 'arguments-wrong', message: 'Give either FILEs or --data, not both.' });
  }
  const lockId = parseIdentifier<LockId>(values.lock);
  if (values.lock !== undefined && lockId === undefined) {
    return err({ code: 'arguments-wrong', message: `"${values.lock}" is not a lock's ID: it has 22 letters, digits, - and _. \`mortise verify --json\` shows them.` });
  }
  // An empty variable is as good as none.
  return ok({ files, data: values.data ?? (env['MORTISE_DATA'] || DEFAULT_DATA), lockId, json: values.json === true });
};

const checkFile = (path: string, lockId: LockId | undefined, terminal: Terminal): Checked => {
  const name = path === '-' ? 'standard input' : path;
  const opened = openJournalLines(path);
  if (!opened.ok) return { name, kind: 'unreadable', error: opened.error };
  try {
    const result = verifyJournalFile(nodeCrypto, watched(opened.value.lines, name, terminal), lockId);
    if (result.ok) return { name, lockId: result.value.lockId, kind: 'good', summary: result.value };
    return { name, kind: result.error.code === 'not-a-journal' ? 'none' : 'wrong', fault: result.error };
  } catch (error) {
    return { name, kind: 'unreadable', error: fileError(path, error) };
  } finally {
    opened.value.close();
  }
};

const checkHub = (data: string, lockId: LockId | undefined, terminal: Terminal): Result<readonly Checked[], CommandError> => {
  const opened = openHubJournals(data);
  if (!opened.ok) return opened;
  const { journals, close } = opened.value;
  try {
    const chosen = lockId === undefined ? journals : journals.filter((journal) => journal.lockId === lockId);
    if (lockId !== undefined && chosen.length === 0) return err(unknownLock(data, lockId, journals));
    return ok(chosen.map((journal) => checkJournal(journal, terminal)));
  } catch (error) {
    return err(hubError(data, error));
  } finally {
    close();
  }
};

const checkJournal = (journal: HubJournal, terminal: Terminal): Checked => {
  const { lockId, identityKey, end } = journal;
  const named = { name: journal.door ?? journal.id, lockId: journal.id };
  if (lockId === undefined || identityKey === undefined) {
    return { ...named, kind: 'wrong', fault: { seq: 0, code: 'not-a-journal', says: 'The database holds records, but no lock with a key that they belong to.' } };
  }
  const lock = end === undefined ? { lockId, identityKey } : { lockId, identityKey, end };
  const result = verifyStoredJournal(nodeCrypto, lock, watched(journal.items(), named.name, terminal));
  return result.ok ? { ...named, kind: 'good', summary: result.value } : { ...named, kind: 'wrong', fault: result.error };
};

const unknownLock = (data: string, lockId: LockId, journals: readonly HubJournal[]): CommandError => ({
  code: 'lock-unknown',
  message: `${data} has no journal of lock ${lockId}. It has: ${journals.map(({ id, door }) => (door === undefined ? id : `${id} (${door})`)).join(', ') || 'none'}.`,
});

/** The same items, with progress. */
function* watched<T>(items: Iterable<T>, name: string, terminal: Terminal): Generator<T> {
  const progress = startProgress(terminal, (done) => `Checking ${shortened(name)}: ${done.toLocaleString('en-US')} records`);
  try {
    for (const item of items) {
      yield item;
      progress.step();
    }
  } finally {
    progress.end();
  }
}

const LONGEST_NAME = 40;

const shortened = (name: string): string => printable(name.length > LONGEST_NAME ? `…${name.slice(1 - LONGEST_NAME)}` : name);
