// The locks on the link that have no door here yet, and which of them a setup code names.

import type { WaitingLock } from '@mortise/api/locks.ts';
import { equalBytes } from '@mortise/base/bytes.ts';
import { identifierBytes, parseIdentifier, type LockId } from '@mortise/base/identifiers.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { parseSetupCode, SETUP_CODE_CHARACTERS, type SetupCode } from '@mortise/documents/setup-code.ts';
import { now, waiting, zone } from '../model/live.ts';
import { Icon } from '../parts/icon.tsx';
import { Banner, Wait } from '../parts/small.tsx';
import { setupCodeSentence, typedCharacters } from '../words/codes.ts';
import { ago } from '../words/time.ts';
import { waitingNote, waitingObstacle } from '../words/waiting.ts';

const belongs = (lock: WaitingLock, { lockIdPrefix }: SetupCode): boolean => {
  const id = parseIdentifier<LockId>(lock.lockId);
  return id !== undefined && equalBytes(identifierBytes(id).subarray(0, lockIdPrefix.length), lockIdPrefix);
};

/** What the code is worth now: the lock it names, or what is missing. */
export const judge = (text: string): { readonly note: string; readonly bad: boolean; readonly code?: SetupCode; readonly lock?: WaitingLock } => {
  const parsed = parseSetupCode(nobleCrypto, text);
  const typed = typedCharacters(text);
  if (!parsed.ok) {
    const bad = typed >= SETUP_CODE_CHARACTERS || (parsed.error.code !== 'setup-code-length' && typed > 0);
    return { note: bad ? setupCodeSentence(parsed.error, text) : `40 letters and digits, from the label or the Workbench. ${typed} so far.`, bad };
  }
  const lock = waiting.value?.find((each) => belongs(each, parsed.value));
  const obstacle = waitingObstacle(lock);
  if (lock === undefined || obstacle !== undefined) return { note: obstacle ?? '', bad: true, code: parsed.value };
  return { note: `The code is whole. Its lock is on the link${lock.model === null ? '' : `: ${lock.model}`}.`, bad: false, code: parsed.value, lock };
};

/** Every lock on the link that has no door here. */
export const WaitingList = () => {
  const list = waiting.value;
  if (list === undefined) return <Wait>Asking the hub which locks wait</Wait>;
  if (list.length === 0) return <Banner icon="unlinked"><b>No lock waits to be added.</b> A new lock shows here a few seconds after it has power and reaches the hub.</Banner>;
  return (
    <section class="stack" aria-labelledby="waits"><h2 id="waits">On the link now</h2>
      <ul class="list">
        {list.map((lock) => (
          <li class="row" key={lock.lockId}><Icon name={lock.adopted && !lock.finishing ? 'refused' : 'hub'} />
            <span class="row__body"><span class="row__name">{lock.model ?? 'A lock'}</span><span class="row__note">{waitingNote(lock, ago(lock.heardAt, now.value, zone.value))} <span class="mono">{lock.lockId.slice(0, 8)}</span></span></span></li>
        ))}
      </ul>
    </section>
  );
};
