// `mortise would-open`: whether a key would open a door at some time, by the lock's own judgement over the documents that the key shows it.

import type { KeyDocuments } from '@mortise/api/keys.ts';
import { instant, type Instant } from '@mortise/base/instant.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { keyOpening, type KeyQuestion, type ShownError } from '@mortise/wallet/key-opening.ts';
import { isZone } from '@mortise/words/time.ts';
import { askedTime } from './asked-time.ts';
import { readArguments, refuse, type CommandError } from './command.ts';
import { doorOf, readKeyFile, shownKeyOf, shownLockOf, type KeyDoor } from './key-file.ts';
import { EXIT, type Terminal } from './terminal.ts';
import { jsonAnswer, textAnswer, type Answer } from './would-open-report.ts';

const OPTIONS = { at: { type: 'string' }, door: { type: 'string' }, 'from-afar': { type: 'boolean' }, offline: { type: 'boolean' }, json: { type: 'boolean' } } as const;

type Asked = { readonly file: string; readonly at: string | undefined; readonly door: string | undefined; readonly remote: boolean; readonly confirmed: boolean; readonly json: boolean };
/** `exit`: what the shell is told. */
type Failure = CommandError & { readonly exit: number };

/** Exit code 0: it would open; 3: it would not; 1: the file does not prove itself; 2: wrong arguments, or it could not be read. */
export const wouldOpen = (args: readonly string[], terminal: Terminal): number => {
  const asked = readAsked(args);
  if (!asked.ok) return refuse(terminal, asked.error, args.includes('--json'));
  const answer = answerOf(asked.value, instant(Math.trunc(terminal.wallClock())));
  if (!answer.ok) {
    refuse(terminal, { code: answer.error.code, message: answer.error.message }, asked.value.json);
    return answer.error.exit;
  }
  terminal.out(asked.value.json ? jsonAnswer(answer.value) : textAnswer(answer.value));
  return answer.value.opening.opens ? EXIT.good : EXIT.denied;
};

const readAsked = (args: readonly string[]): Result<Asked, CommandError> => {
  const read = readArguments('would-open', args, OPTIONS);
  if (!read.ok) return read;
  const { values, positionals: [file, ...others] } = read.value;
  if (file === undefined || others.length > 0) return err({ code: 'arguments-wrong', message: 'Give one FILE: a key\'s documents, downloaded in the app. `mortise help would-open` says how.' });
  return ok({ file, at: values.at, door: values.door, remote: values['from-afar'] === true, confirmed: values.offline !== true, json: values.json === true });
};

const answerOf = (asked: Asked, now: Instant): Result<Answer, Failure> => {
  const key = readKeyFile(asked.file);
  if (!key.ok) return err({ ...key.error, exit: EXIT.refused });
  const door = doorOf(key.value, asked.door);
  if (!door.ok) return err({ ...door.error, exit: EXIT.refused });
  return ask(key.value, door.value, asked, now);
};

// The zone in which the lock itself keeps its hours is in its roster, which must prove itself first: so the question is asked twice where
// it names a time on the door's wall clock.
const ask = (key: KeyDocuments, door: KeyDoor, { at: text, remote, confirmed }: Asked, now: Instant): Result<Answer, Failure> => {
  const opened = openingOf(key, door, { at: now, remote, confirmed });
  if (!opened.ok) return opened;
  const zone = isZone(opened.value.zone) ? opened.value.zone : 'UTC';
  const at = text === undefined ? ok(now) : askedTime(text, zone);
  if (!at.ok) return err({ ...at.error, exit: EXIT.refused });
  const question = { at: at.value, remote, confirmed };
  const answer = openingOf(key, door, question);
  return answer.ok ? ok({ ...answer.value, ...question, zone, key, door }) : answer;
};

const openingOf = (key: KeyDocuments, door: KeyDoor, question: KeyQuestion) => {
  const opening = keyOpening(nodeCrypto, shownKeyOf(key), shownLockOf(door), question);
  return opening.ok ? opening : err({ ...unproven(opening.error, door), exit: EXIT.wrong });
};

const unproven = ({ part, code }: ShownError, { name }: KeyDoor): CommandError => ({
  code: `${part}-unproven`,
  message: `${part === 'site' ? 'The owners in the file are no history of the site that it names' : `The lock of ${name} and its roster are not what itself and an owner signed`} (${code}), so that nothing can be said. Download the file again; if that does not help, its hub shows what no owner has signed.`,
});
