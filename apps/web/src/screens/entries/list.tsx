// Who has what at a door. What is taken away goes with the lock's next roster; how far that has come is said on top.

import { useSignal } from '@preact/signals';
import type { Code, Entry } from '@mortise/api/entries.ts';
import type { Door } from '@mortise/api/locks.ts';
import { zoneName } from '@mortise/words/time.ts';
import { entriesPath } from '../../app/entries-place.ts';
import { doorPath } from '../../app/router.ts';
import { Page } from '../../app/shell.tsx';
import { takeAway, takeBackCode } from '../../keys/entries.ts';
import { codesAt, entriesAt } from '../../model/entries.ts';
import type { Doing } from '../../model/doing.ts';
import { now } from '../../model/live.ts';
import { Failed, useDoing } from '../../parts/failed.tsx';
import { HoldBar } from '../../parts/hold-bar.tsx';
import { Banner, Chip, Empty } from '../../parts/small.tsx';
import { codeWords, entryTermsWords, KIND_WORDS } from '../../words/entry.ts';
import { pairOf } from '../../words/entry-pair.ts';

const Delivery = ({ door }: { readonly door: Door }) => {
  const { delivery } = door.lock.roster;
  if (delivery === 'delivered') return null;
  return delivery === 'waiting'
    ? <Banner icon="clock"><b>The lock has yet to hear of the last change.</b> Until then it opens by what it knew before. It hears of it on the link, or from any phone at the door.</Banner>
    : <Banner tone="alarm"><b>The lock refused the last change.</b> What you see here may not be what it goes by.</Banner>;
};

const Give = ({ door }: { readonly door: Door }) => (
  <div class="acts acts--give" role="group" aria-label="Give">
    <a class="btn" href={entriesPath(door.id, 'pin')}>Give a PIN</a>
    <a class="btn" href={entriesPath(door.id, 'code')}>Make a code</a>
    <a class="btn" href={entriesPath(door.id, 'finger')}>Add a finger</a>
    <a class="btn" href={entriesPath(door.id, 'card')}>Add a card</a>
  </div>
);

type RowProps = { readonly name: string; readonly note: string; readonly kind: string; readonly words: string; readonly again: string; readonly doing: Doing; readonly away: () => Promise<unknown> };

const Row = ({ name, note, kind, words, again, doing, away }: RowProps) => {
  const asked = useSignal(false);
  return (
    <li class="row row--plain">
      <span class="row__body"><span class="row__name">{name} <Chip>{kind}</Chip></span><span class="row__note">{note}</span></span>
      <span class="row__end"><button class="link" type="button" aria-expanded={asked.value} onClick={() => { asked.value = !asked.value; }}>{asked.value ? 'Keep it' : 'Take away'}</button></span>
      {asked.value && <HoldBar words={words} tapAgain={again} busy={doing.busy.value ?? 'Signing the roster'} tone="alarm" act={away} />}
    </li>
  );
};

const EntryRow = ({ door, entry, doing }: { readonly door: Door; readonly entry: Entry; readonly doing: Doing }) => {
  const [name, kind] = [entry.person?.name ?? 'Somebody', KIND_WORDS[entry.kind]];
  return (
    <Row
      name={name} kind={entry.kind === 'finger' ? (entry.label ?? kind) : kind} note={[entryTermsWords(entry, now.value, door.zone), pairOf(entry, entriesAt(door.id))].filter((part) => part !== undefined).join(' ')} doing={doing}
      words={`Hold to take away ${name}’s ${kind}`} again={`Tap again to take away ${name}’s ${kind}`}
      away={() => doing.run('Signing the roster', 'It was not taken away.', 'It is taken away.', () => takeAway(door, entry))}
    />
  );
};

const CodeRow = ({ door, code, doing }: { readonly door: Door; readonly code: Code; readonly doing: Doing }) => (
  <Row
    name={code.person.name} kind="Code" note={codeWords(code, now.value, door.zone)} doing={doing} words={`Hold to take back ${code.person.name}’s code`} again={`Tap again to take back ${code.person.name}’s code`}
    away={() => doing.run('Signing the roster', 'The code was not taken back.', 'The code is taken back.', () => takeBackCode(door, code))}
  />
);

export const EntryList = ({ door }: { readonly door: Door }) => {
  const doing = useDoing();
  const [list, codes] = [entriesAt(door.id), codesAt(door.id, now.value)];
  return (
    <Page title="At the lock" note={`${door.name}, ${zoneName(door.zone)}`} back={doorPath(door.id)}>
      <Delivery door={door} />
      <Failed doing={doing} />
      <Give door={door} />
      <section class="panel" aria-labelledby="who-has">
        <h2 id="who-has">PINs, cards and fingers</h2>
        {list.length === 0 ? <Empty title="Nobody has one yet"><p>A PIN opens at the keypad, without a phone. Its digits are sealed for this lock in this browser.</p></Empty>
          : <ul class="list">{list.map((entry) => <EntryRow key={entry.id} door={door} entry={entry} doing={doing} />)}</ul>}
      </section>
      <section class="panel" aria-labelledby="codes">
        <h2 id="codes">Codes</h2>
        {codes.length === 0 ? <p class="small muted">A code opens for a time, also where the lock has no network: nine digits, to read out or to send.</p>
          : <ul class="list">{codes.map((code) => <CodeRow key={code.id} door={door} code={code} doing={doing} />)}</ul>}
      </section>
    </Page>
  );
};
