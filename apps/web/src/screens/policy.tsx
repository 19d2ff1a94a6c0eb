// What a door goes by: when it locks by itself, what of it is an alarm, when it is kept unlocked. What the owners want is signed here, with the lock's next roster; how far that
// has come is said as it is of keys.

import { useSignal, type Signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Door } from '@mortise/api/locks.ts';
import type { Built } from '@mortise/courier/built.ts';
import { MAX_HOLD_HOURS } from '@mortise/documents/door-policy.ts';
import { zoneName } from '@mortise/words/time.ts';
import { doorPath } from '../app/router.ts';
import { Page } from '../app/shell.tsx';
import { readPolicy, signPolicy, type SeenPolicy } from '../keys/policy.ts';
import { doors, saidOf } from '../model/live.ts';
import { BOUNDS, draftOfPolicy, hasPolicy, measuresOf, policyOfDraft, type Measure, type PolicyDraft, type PolicyFault } from '../model/policy-draft.ts';
import { Check, Input } from '../parts/choice.tsx';
import { DurationField } from '../parts/duration-field.tsx';
import { Failed, useDoing } from '../parts/failed.tsx';
import { HoursFields } from '../parts/hours-fields.tsx';
import { Banner, Chip, Facts, Wait } from '../parts/small.tsx';
import { policyRows } from '../words/policy.ts';

type FormProps = { readonly door: Door; readonly built: Built | undefined; readonly seen: SeenPolicy; readonly onDone: (signed: boolean) => void };
type Editing = { readonly draft: PolicyDraft; readonly put: (over: Partial<PolicyDraft>) => void; readonly has: (measure: Measure) => boolean };

type LimitProps = { readonly editing: Editing; readonly measure: 'relock' | 'night' | 'ajar' | 'left'; readonly words: string; readonly note?: string; readonly label: string };

/** Whether, and after how long. */
const Limit = ({ editing: { draft, put }, measure, words, note, label }: LimitProps) => (
  <div class="limit">
    <Check words={words} note={note} on={draft.on[measure]} onChange={(on) => put({ on: { ...draft.on, [measure]: on } })} />
    {draft.on[measure] && <div class="limit__value"><Span editing={{ draft, put }} measure={measure} label={label} /></div>}
  </div>
);

const Span = ({ editing: { draft, put }, measure, label }: { readonly editing: Pick<Editing, 'draft' | 'put'>; readonly measure: Measure; readonly label: string }) => (
  <DurationField label={label} value={draft.durations[measure]} bounds={BOUNDS[measure]} onInput={(value) => put({ durations: { ...draft.durations, [measure]: value } })} />
);

const Locking = ({ editing, zone }: { readonly editing: Editing; readonly zone: string }) => {
  const { draft, put } = editing;
  return (
    <section class="panel" aria-labelledby="locking">
      <h2 id="locking">Locking by itself</h2>
      <Limit editing={editing} measure="relock" words="Lock after a time" note="It runs once the door is unlocked and closed, and never while it stands open." label="Lock after" />
      <Limit editing={editing} measure="night" words="Another time at night" note={`On the door’s clock, ${zoneName(zone)}.`} label="At night, lock after" />
      {draft.on.night && (
        <div class="limit__times">
          <Input label="Night begins" type="time" value={draft.nightFrom} onInput={(nightFrom) => put({ nightFrom })} />
          <Input label="Night ends" type="time" value={draft.nightUntil} onInput={(nightUntil) => put({ nightUntil })} />
        </div>
      )}
      {(draft.on.relock || draft.on.night) && <Check words="Lock at once when the door is closed" note="Needs the door’s sensor. It locks once an open door closes, without the time above." on={draft.relockOnClose} onChange={(relockOnClose) => put({ relockOnClose })} />}
    </section>
  );
};

const Alarms = ({ editing }: { readonly editing: Editing }) => (
  <section class="panel" aria-labelledby="alarms">
    <h2 id="alarms">Alarms</h2>
    <Limit editing={editing} measure="ajar" words="The door stands open for too long" label="Open for" />
    {editing.has('left') && <Limit editing={editing} measure="left" words="The door is left unlocked" note="Closed, and nobody locks it." label="Unlocked for" />}
  </section>
);

const Times = ({ editing }: { readonly editing: Editing }) => (
  <section class="panel" aria-labelledby="times">
    <h2 id="times">At each opening</h2>
    {editing.has('latch') && <Span editing={editing} measure="latch" label="The latch stays drawn for" />}
    {editing.has('release') && <Span editing={editing} measure="release" label="The door stays free for" />}
  </section>
);

const Form = ({ door, built, seen, onDone }: FormProps) => {
  const doing = useDoing();
  const [draft, fault]: [Signal<PolicyDraft>, Signal<PolicyFault | undefined>] = [useSignal(draftOfPolicy(seen.policy)), useSignal(undefined)];
  const measures = measuresOf(built);
  const has = (measure: Measure): boolean => measures.includes(measure);
  const put = (over: Partial<PolicyDraft>): void => { [draft.value, fault.value] = [{ ...draft.value, ...over }, undefined]; };
  const editing: Editing = { draft: draft.value, put, has };
  const save = async (): Promise<void> => {
    const policy = policyOfDraft(draft.value, seen.policy, built);
    fault.value = policy.ok ? undefined : policy.error;
    if (!policy.ok) return;
    if ((await doing.run('Waiting for your device', 'The lock goes by what it did.', 'Signed: the lock hears of it next.', () => signPolicy(door, seen, policy.value))) !== undefined) onDone(true);
  };
  return (
    <form class="stack" aria-label="What the door goes by" onSubmit={(event) => { event.preventDefault(); void save(); }}>
      {has('relock') && <Locking editing={editing} zone={door.zone} />}
      <Alarms editing={editing} />
      {(has('latch') || has('release')) && <Times editing={editing} />}
      <HoursFields
        title="Unlocked hours" zone={door.zone} hours={draft.value.hours} most={MAX_HOLD_HOURS - draft.value.otherHours.length} none="None. In such hours anybody can walk in; whoever locks it ends them until the next."
        first="Keep it unlocked at certain hours" onChange={(hours) => put({ hours })}
      />
      {fault.value !== undefined && <Banner tone="denied"><b>That does not hold together yet.</b> {FIELD_WORDS[fault.value.field]}: {fault.value.says}</Banner>}
      <Failed doing={doing} />
      <div class="lend__do"><button class="btn" type="button" onClick={() => onDone(false)}>Leave it</button><button class="btn btn--main" type="submit" aria-disabled={doing.busy.value !== undefined}>{doing.busy.value ?? 'Sign and send to the lock'}</button></div>
      <p class="fine muted">Signed by you in this browser, with the lock’s next roster. The hub carries it and cannot change it.</p>
    </form>
  );
};

const FIELD_WORDS: Readonly<Record<PolicyFault['field'], string>> = {
  relock: 'Lock after', night: 'At night, lock after', nightTimes: 'The night', ajar: 'The door stands open', left: 'Left unlocked', latch: 'The latch stays drawn for', release: 'The door stays free for', hours: 'Unlocked hours',
};

const Delivery = ({ door, version }: { readonly door: Door; readonly version: number }) => {
  const { delivery, version: newest, code } = door.lock.roster;
  if (newest !== version) return <Chip tone="wait">On its way</Chip>;
  if (delivery === 'delivered') return <Chip tone="ok">On the lock</Chip>;
  return delivery === 'waiting' ? <Chip tone="wait">On its way</Chip> : <Chip tone="alarm">Refused by the lock{code === null ? '' : `: ${code}`}</Chip>;
};

const WAITING = <Banner icon="clock"><b>The lock has yet to hear of the last change.</b> Until then it goes by what it knew before. It hears of it on the link, or from any phone at the door.</Banner>;

type ShownProps = { readonly door: Door; readonly built: Built | undefined; readonly seen: SeenPolicy; readonly onChange: () => void };

const Shown = ({ door, built, seen, onChange }: ShownProps) => (
  <>
    {door.lock.roster.delivery === 'waiting' && WAITING}
    <section class="panel" aria-labelledby="goes-by">
      <div class="head"><h2 id="goes-by">What it goes by</h2><Delivery door={door} version={seen.version} /></div>
      <Facts rows={policyRows(seen.policy, built)} />
      {hasPolicy(built) ? <button class="btn btn--main btn--start" type="button" onClick={onChange}>Change</button> : <p class="small muted">This lock has no motor: it is closed by the hand that opens it, and there is nothing to set.</p>}
    </section>
  </>
);

const Policies = ({ door }: { readonly door: Door }) => {
  const [seen, failure, isOpen] = [useSignal<SeenPolicy | undefined>(undefined), useSignal<string | undefined>(undefined), useSignal(false)];
  const load = async (): Promise<void> => {
    const read = await readPolicy(door);
    if (read.ok) seen.value = read.value;
    failure.value = read.ok ? undefined : read.error;
  };
  // A form that is being filled in stays; what is shown follows the newest.
  useEffect(() => { if (!isOpen.value) void load(); }, [door.lock.roster.version]);
  const { built } = saidOf(door).said ?? {};
  const done = (signed: boolean): void => {
    isOpen.value = false;
    if (signed) void load();
  };
  if (failure.value !== undefined) return <Banner icon="unlinked" actions={<button class="link" type="button" onClick={() => void load()}>Try again</button>}><b>What this door goes by could not be read.</b> {failure.value}</Banner>;
  if (seen.value === undefined) return <Wait>Reading what the owners signed for this door</Wait>;
  return isOpen.value ? <Form door={door} built={built} seen={seen.value} onDone={done} /> : <Shown door={door} built={built} seen={seen.value} onChange={() => { isOpen.value = true; }} />;
};

export const PolicyScreen = ({ doorId }: { readonly doorId: string }) => {
  const door = doors.value?.find(({ id }) => id === doorId);
  return (
    <Page title="Locking and alarms" note={door === undefined ? undefined : `${door.name}, ${zoneName(door.zone)}`} back={doorPath(doorId)}>
      <div class="narrow"><div class="stack">
        {door !== undefined && <Policies door={door} />}
        {door === undefined && (doors.value === undefined ? <Wait>Asking the hub for this door</Wait> : <Banner icon="refused"><b>There is no such door here.</b> It may have been removed. <a href="/">See all doors</a></Banner>)}
      </div></div>
    </Page>
  );
};
