// Where alarms reach this owner: an e-mail address, a mobile number, each set, tried and removed; how much of it shows on a locked screen; what is sent.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { AlarmAddresses } from '@mortise/api/alarms.ts';
import { sentAlarms } from '@mortise/words/alarms.ts';
import { Page } from '../app/shell.tsx';
import { alarmAddresses, alarmsFailure, ALARM_WAYS, loadAlarms, setAlarms, testAlarm, typedAddress, watchAlarms, type AlarmWay } from '../model/alarms.ts';
import { doors, now, zone } from '../model/live.ts';
import { Check, Input } from '../parts/choice.tsx';
import { Failed, useDoing } from '../parts/failed.tsx';
import { Icon } from '../parts/icon.tsx';
import { Banner, Chip, Wait } from '../parts/small.tsx';
import { lastWords, WAY_WORDS, type Last } from '../words/alarm.ts';
import { failureSentence } from '../words/failures.ts';
import { capital } from '../words/record.ts';

const CHIPS = { sent: ['ok', 'Taken'], queued: ['wait', 'On its way'], refused: ['alarm', 'Not taken'], outbox: ['alarm', 'Not taken'] } as const satisfies Record<Last['state'], readonly ['ok' | 'wait' | 'alarm', string]>;

const Lacking = ({ way }: { readonly way: AlarmWay }) => (
  <p class="small">{WAY_WORDS[way].lacks} Whoever runs it sets {WAY_WORDS[way].set.map((name, index) => <>{index > 0 && ' and '}<code class="mono">{name}</code></>)} and starts it again.</p>
);

const Adding = ({ way }: { readonly way: AlarmWay }) => {
  const [doing, to] = [useDoing(), useSignal('')];
  const save = async (): Promise<void> => {
    if (to.value.trim() === '') return;
    await doing.run('Saving', 'It was not saved.', 'Saved.', async () => {
      const address = typedAddress(way, to.value);
      return address.ok ? setAlarms({ [way]: address.value }) : address;
    });
  };
  return (
    <form class="stack" onSubmit={(event) => { event.preventDefault(); void save(); }}>
      <Input label={WAY_WORDS[way].field} type={way === 'mail' ? 'email' : 'tel'} autocomplete={way === 'mail' ? 'email' : 'tel'} value={to.value} onInput={(text) => { to.value = text; }} note={way === 'mail' ? undefined : 'With its country, such as +41 79 123 45 67.'} />
      <Failed doing={doing} />
      <button class="btn btn--start" type="submit" aria-disabled={to.value.trim() === '' || doing.busy.value !== undefined}>{doing.busy.value ?? 'Save it'}</button>
    </form>
  );
};

const There = ({ way, address, last }: { readonly way: AlarmWay } & NonNullable<AlarmAddresses['mail']>) => {
  const doing = useDoing();
  const tryIt = (): void => void doing.run('Sending', 'No test was sent.', 'A test is on its way.', () => testAlarm(way));
  const remove = (): void => void doing.run('Removing', 'It was not removed.', 'Removed.', () => setAlarms({ [way]: null }));
  return (
    <>
      <p class="alarms__to"><b>{address}</b>{last !== null && <Chip tone={CHIPS[last.state][0]}>{CHIPS[last.state][1]}</Chip>}</p>
      <p class="small muted" role="status">{lastWords(way, last, now.value, zone.value)}</p>
      <Failed doing={doing} />
      <div class="lend__do">
        <button class="btn" type="button" aria-disabled={doing.busy.value !== undefined} onClick={tryIt}><Icon name="mail" />{doing.busy.value === 'Sending' ? 'Sending' : 'Send a test'}</button>
        <button class="btn" type="button" aria-disabled={doing.busy.value !== undefined} aria-label={`Remove ${address}`} onClick={remove}>{doing.busy.value === 'Removing' ? 'Removing' : 'Remove'}</button>
      </div>
    </>
  );
};

const WayPanel = ({ way, addresses }: { readonly way: AlarmWay; readonly addresses: AlarmAddresses }) => {
  const there = addresses[way];
  return (
    <section class="panel" aria-labelledby={`to-${way}`}>
      <h2 id={`to-${way}`}>{WAY_WORDS[way].title}</h2>
      {there !== null && <There way={way} {...there} />}
      {!addresses.sends[way] && <Lacking way={way} />}
      {there === null && addresses.sends[way] && <Adding way={way} />}
    </section>
  );
};

const Screen = ({ plain }: Pick<AlarmAddresses, 'plain'>) => {
  const doing = useDoing();
  const door = doors.value?.[0]?.name ?? 'the door';
  return (
    <section class="panel" aria-labelledby="screen">
      <h2 id="screen">On a locked screen</h2>
      <Check
        words="Say in the first words what happened" on={plain} onChange={(on) => void doing.run('Saving', 'It was not saved.', 'Saved.', () => setAlarms({ plain: on }))}
        note={`Else they are “Mortise: please look at ${door}”, and an SMS says no more than that: whoever threatens somebody may read along. What happened then stands further down in the mail, and in Activity.`}
      />
      <Failed doing={doing} />
    </section>
  );
};

const What = () => (
  <section class="panel" aria-labelledby="what">
    <h2 id="what">What is sent</h2>
    <ul class="plain small">{sentAlarms().map(({ brief, says }) => <li key={brief}><b>{capital(brief)}:</b> {says}</li>)}</ul>
    <p class="small muted">At the door nothing tells that a message went out. What a lock could not tell at once comes later, with its own time. Of many alarms of one kind the first few of an hour are sent, then one that says that there are more. Everything else stands in Activity.</p>
  </section>
);

const Content = () => {
  const [addresses, broke] = [alarmAddresses.value, alarmsFailure.value];
  if (addresses === undefined) {
    return broke === undefined ? <Wait>Asking the hub where alarms reach you</Wait>
      : <Banner icon="unlinked" actions={<button class="link" type="button" onClick={() => void loadAlarms()}>Try again</button>}><b>Your addresses could not be fetched.</b> {failureSentence(broke)}</Banner>;
  }
  const isAny = ALARM_WAYS.some((way) => addresses[way] !== null);
  return (
    <div class="stack">
      {!isAny && <Banner tone="accent" icon="alarm"><b>No alarm reaches you yet.</b> It shows in Activity, and nowhere else.</Banner>}
      {ALARM_WAYS.map((way) => <WayPanel key={way} way={way} addresses={addresses} />)}
      {isAny && <Screen plain={addresses.plain} />}
      <What />
    </div>
  );
};

export const Alarms = () => {
  useEffect(() => void loadAlarms(), []);
  useEffect(watchAlarms, []);
  return <Page title="Your alarms" note="Where they reach you. Other owners do not see it." back="/people"><div class="narrow"><Content /></div></Page>;
};
