// What the hub may do by itself: confirm and take back keys, always; and lend, within bounds that each lock enforces, where an owner signs
// that. Never more than this, whoever holds the hub.

import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { counted, listed } from '@mortise/words/lists.ts';
import { hoursWords, spanWords } from '@mortise/words/terms.ts';
import { shortDate, zoneName } from '@mortise/words/time.ts';
import { instantOfWall, wallTime, dayAfter } from '@mortise/words/wall-clock.ts';
import { Page } from '../app/shell.tsx';
import { giveHubPower, readHubPower, type HubIssue, type HubPower, type RosterWord } from '../keys/access.ts';
import { announce } from '../model/announce.ts';
import { NO_COUNT } from '../model/count.ts';
import { groups } from '../model/grants.ts';
import { areHours } from '../model/lend-draft.ts';
import { doors, now, zone } from '../model/live.ts';
import { nameOfPlace, placeOfDoor, placeOfGroup } from '../model/places.ts';
import { Check, Input, Pick, Select } from '../parts/choice.tsx';
import { CountField } from '../parts/count-field.tsx';
import { RosterWords } from '../parts/roster-words.tsx';
import { Banner, Chip, Facts, Wait } from '../parts/small.tsx';

const power = signal<HubPower | { readonly fault: string } | undefined>(undefined);
const edited = signal<HubIssue | undefined>(undefined);
const busy = signal<string | undefined>(undefined);
const failure = signal<string | undefined>(undefined);
const told = signal<readonly RosterWord[]>([]);

const load = async (): Promise<void> => {
  const read = await readHubPower();
  power.value = read.ok ? read.value : { fault: read.error };
};

const apply = async (issue: HubIssue | null): Promise<void> => {
  if (busy.value !== undefined) return;
  busy.value = 'Waiting for your device';
  failure.value = undefined;
  const given = await giveHubPower(issue, (door) => { busy.value = `Telling ${door}`; });
  busy.value = undefined;
  if (!given.ok) {
    failure.value = given.error;
    return;
  }
  told.value = given.value;
  edited.value = undefined;
  announce(issue === null ? 'The hub lends no more.' : 'The hub may lend within these bounds.');
  await load();
};

const DAY_S = 86_400;
const LONGEST: readonly (readonly [number, string])[] = [[DAY_S, 'a day'], [3 * DAY_S, '3 days'], [7 * DAY_S, 'a week'], [14 * DAY_S, '2 weeks'], [31 * DAY_S, 'a month']];
const MOST_PER_DAY = 512;

const fresh = (): HubIssue => ({
  places: [], longestS: 7 * DAY_S, perDay: 4, hours: [], until: instantOfWall({ day: dayAfter(wallTime(now.value, zone.value).day, 365), time: '00:00' }, zone.value) ?? now.value,
});

const Always = () => (
  <section class="panel" aria-labelledby="always">
    <h2 id="always">Always</h2>
    <ul class="plain small">
      <li>It confirms keys that were lent: a short-lived word that a key was not taken back. Without it a key lapses.</li>
      <li>It takes keys back when you tell it to, also when your passkey is not at hand. Owners’ own phones are beyond its reach.</li>
      <li>It cannot make a key that opens from afar, nor let others make keys.</li>
    </ul>
  </section>
);

const Bounds = ({ issue }: { issue: HubIssue }) => (
  <Facts rows={[
    ['Doors', listed(issue.places.map((place) => nameOfPlace(place) ?? 'a door that is gone'), 32)],
    ['Longest', `${spanWords(Math.round(issue.longestS / 60))} from first to last`],
    ['A day', `${counted(issue.perDay, 'new key')} at each lock`],
    ['Hours', hoursWords(issue.hours)],
    ['Until', `${shortDate(issue.until, now.value, zone.value)}, ${zoneName(zone.value)}`],
  ]} />
);

const Lends = ({ now: standing }: { now: HubPower }) => (
  <section class="panel" aria-labelledby="lends">
    <div class="head"><h2 id="lends">Lending by itself</h2><Chip tone={standing.issue === null ? 'open' : 'so'}>{standing.issue === null ? 'No' : 'Within bounds'}</Chip></div>
    {standing.issue === null
      ? <p class="small">The hub lends no key by itself: an owner signs each one, or the link of an invitation that an owner signed. For bookings that turn into keys at night, let it lend within bounds.</p>
      : <Bounds issue={standing.issue} />}
    {standing.behind.length > 0 && <p class="small muted">Not everywhere yet: {listed(standing.behind, 6)}.</p>}
    <div class="lend__do">
      <button class="btn" type="button" onClick={() => { edited.value = standing.issue ?? fresh(); }}>{standing.issue === null ? 'Let it lend within bounds' : 'Change the bounds'}</button>
      {standing.issue !== null && <button class="btn btn--alarm" type="button" aria-disabled={busy.value !== undefined} onClick={() => void apply(null)}>{busy.value ?? 'Let it lend no more'}</button>}
    </div>
  </section>
);

const Edit = ({ issue }: { issue: HubIssue }) => {
  const put = (over: Partial<HubIssue>): void => { edited.value = { ...issue, ...over }; };
  const toggle = (place: string): void => put({ places: issue.places.includes(place) ? issue.places.filter((each) => each !== place) : [...issue.places, place] });
  const wall = wallTime(issue.until, zone.value);
  const window = issue.hours[0];
  const ready = issue.places.length > 0 && issue.until > now.value && issue.perDay !== NO_COUNT && areHours(issue.hours) && busy.value === undefined;
  return (
    <form class="panel" aria-label="Bounds" onSubmit={(event) => { event.preventDefault(); if (ready) void apply(issue); }}>
      <h2>Which keys it may lend</h2>
      <Pick legend="Doors that the hub may lend" items={[...(doors.value ?? []).map(({ id, name }) => ({ id: placeOfDoor(id), name })), ...groups.value.map(({ id, name }) => ({ id: placeOfGroup(id), name, note: 'Group' }))]} picked={issue.places} onToggle={toggle} />
      <div class="limit"><p class="small">A key lasts at the longest</p><div class="limit__value"><Select label="Longest key" value={String(issue.longestS)} options={LONGEST.map(([seconds, words]) => [String(seconds), words])} onChange={(text) => put({ longestS: Number(text) })} /></div></div>
      <div class="limit"><p class="small">New keys that each lock takes in a day</p><div class="limit__value"><CountField label="New keys a day" value={issue.perDay} most={MOST_PER_DAY} onInput={(perDay) => put({ perDay })} /></div></div>
      <Check words="Only at certain hours" on={window !== undefined} onChange={(on) => put({ hours: on ? [{ days: [1, 2, 3, 4, 5, 6, 7], from: '08:00', until: '22:00' }] : [] })} />
      {window !== undefined && <div class="lend__when"><Input label={`From, ${zoneName(zone.value)}`} type="time" value={window.from} onInput={(from) => put({ hours: [{ ...window, from }] })} /><Input label="To" type="time" value={window.until} onInput={(until) => put({ hours: [{ ...window, until }] })} /></div>}
      <Input label="This permission ends on" type="date" value={wall.day} onInput={(day) => put({ until: instantOfWall({ day, time: '00:00' }, zone.value) ?? issue.until })} note="No key that it lends lasts longer." />
      {failure.value !== undefined && <Banner tone="denied"><b>Nothing was changed.</b> {failure.value}</Banner>}
      <div class="lend__do"><button class="btn" type="button" onClick={() => { edited.value = undefined; }}>Leave it</button><button class="btn btn--main" type="submit" aria-disabled={!ready}>{busy.value ?? 'Sign the bounds'}</button></div>
      <p class="fine muted">Each lock gets a new roster with these bounds and refuses what goes beyond them. Whoever took the hub could lend within them, and no further.</p>
    </form>
  );
};

const Content = () => {
  const standing = power.value;
  if (standing === undefined) return <Wait>Reading what the locks’ rosters let the hub do</Wait>;
  if ('fault' in standing) return <Banner icon="unlinked" actions={<button class="link" type="button" onClick={() => void load()}>Try again</button>}><b>It could not be read.</b> {standing.fault}</Banner>;
  return <><Always />{edited.value === undefined ? <Lends now={standing} /> : <Edit issue={edited.value} />}</>;
};

export const HubLends = () => {
  useEffect(() => void load(), []);
  return (
    <Page title="What the hub may do by itself" back="/lent">
      <div class="narrow"><div class="stack">
        {failure.value !== undefined && edited.value === undefined && <Banner tone="denied"><b>Nothing was changed.</b> {failure.value}</Banner>}
        <Content /><RosterWords words={told.value} />
      </div></div>
    </Page>
  );
};
