// Making an offline code: for whom, from which hour, how long, once or as often as one likes.

import { useSignal } from '@preact/signals';
import type { Door } from '@mortise/api/locks.ts';
import { CODE_LENGTHS_H } from '@mortise/documents/code-key-entry.ts';
import { zoneName } from '@mortise/words/time.ts';
import { entriesPath } from '../../app/entries-place.ts';
import { Task } from '../../app/shell.tsx';
import { makeCode, type Given as GivenCode } from '../../keys/entries.ts';
import { codeDraftFault, freshCodeDraft, lengthWords, spanOfCode, startOf, wallOf, type CodeDraft } from '../../model/code-draft.ts';
import { now } from '../../model/live.ts';
import { Input, Seg, Select } from '../../parts/choice.tsx';
import { Failed, useDoing } from '../../parts/failed.tsx';
import { codeWords } from '../../words/entry.ts';
import { Given } from './given.tsx';
import { PassDigits } from './pass-digits.tsx';
import { isSomebody, NOBODY, Who } from './who.tsx';

const Time = ({ door, draft, onChange }: { readonly door: Door; readonly draft: CodeDraft; readonly onChange: (draft: CodeDraft) => void }) => {
  const wall = wallOf(draft, door.zone);
  const from = (over: Partial<typeof wall>): void => {
    const startH = startOf({ ...wall, ...over }, door.zone);
    if (startH !== undefined) onChange({ ...draft, startH });
  };
  return (
    <section class="panel" aria-labelledby="time">
      <div class="head"><h2 id="time">When</h2><p>{zoneName(door.zone)}</p></div>
      <div class="lend__when"><Input label="From" type="date" value={wall.day} onInput={(day) => from({ day })} /><Input label="Hour" type="time" value={wall.time} onInput={(time) => from({ time })} note="Codes begin at whole hours." /></div>
      <div class="limit__value"><Select label="How long" value={String(draft.length)} options={CODE_LENGTHS_H.map((_, length) => [String(length), lengthWords(length)])} onChange={(value) => onChange({ ...draft, length: Number(value) })} /></div>
      <Seg legend="How often" options={[['window', 'As often as they like'], ['once', 'Once']]} value={draft.kind} onChange={(kind) => onChange({ ...draft, kind })} />
      <p role="status">{codeWords({ kind: draft.kind, ...spanOfCode(draft) }, now.value, door.zone)}</p>
    </section>
  );
};

export const MakeCode = ({ door }: { readonly door: Door }) => {
  const [doing, who, draft, made] = [useDoing(), useSignal(NOBODY), useSignal(freshCodeDraft(now.value)), useSignal<GivenCode | undefined>(undefined)];
  if (made.value?.digits !== undefined) {
    return (
      <Given door={door} title={`A code for ${who.value.name}`} waiting={made.value.waiting}>
        <p>{codeWords({ kind: draft.value.kind, ...spanOfCode(draft.value) }, now.value, door.zone)}</p>
        <PassDigits about={{ code: made.value.id }} digits={made.value.digits} what="code" name={who.value.name} door={door.name} />
      </Given>
    );
  }
  const lacks = isSomebody(who.value) ? codeDraftFault(draft.value, now.value) : 'Say for whom it is.';
  const ready = lacks === undefined && doing.busy.value === undefined;
  const make = async (): Promise<void> => {
    const code = await doing.run('Waiting for your device', 'No code was made.', 'The code is made.', () => makeCode(door, draft.value, who.value));
    if (code !== undefined) made.value = code.value;
  };
  return (
    <form onSubmit={(event) => { event.preventDefault(); if (ready) void make(); }}>
      <Task
        title="Make a code" say={`For ${door.name}. Nine digits that open for a time; the lock need not hear of them.`} block="lend" inTop closes={entriesPath(door.id)}
        bar={<button class="btn btn--main btn--tall" type="submit" aria-disabled={!ready}>{doing.busy.value ?? 'Make the code'}</button>}
      >
        <div class="lend__form">
          <Failed doing={doing} />
          <Who who={who} />
          <Time door={door} draft={draft.value} onChange={(next) => { draft.value = next; }} />
          {lacks !== undefined && <p class="small muted" role="status">{lacks}</p>}
        </div>
      </Task>
    </form>
  );
};
