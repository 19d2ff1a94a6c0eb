// The keys of this browser: the door, the hold, what the key may do. No account; what is shown stands on disk, and works at the door without
// a network.

import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { base64url } from '@mortise/base/bytes.ts';
import { askToKeep } from '@mortise/browser/storage.ts';
import { keyReason } from '@mortise/words/key-reason.ts';
import { possessive } from '@mortise/words/lists.ts';
import { ago, when } from '@mortise/words/time.ts';
import { keepPage, pageKept } from '../model/offline.ts';
import { Task, useTitle } from '../app/shell.tsx';
import { compareCode } from '../keys/compare.ts';
import { startKeys } from '../keys/held.ts';
import { calendarOf, chosenDoor, credential, heldDoors, heldKeys, heldSite, hubAnswers, keysOf, openings, refusalAt, type HeldDoor, type HeldKey, type HeldSite } from '../model/held.ts';
import { ekeyZone, inHand, loadHeldEkeys } from '../model/held-ekeys.ts';
import { keyDoorState, openByKey, wayTo } from '../model/key-open.ts';
import { now } from '../model/live.ts';
import { twoTaps } from '../model/settings.ts';
import { AT_DOOR } from '../model/ways.ts';
import { ByRadio } from '../parts/bluetooth.tsx';
import { Icon, Mark } from '../parts/icon.tsx';
import { KeyActs } from '../parts/key-acts.tsx';
import { KeyHold, KeyHoldSays } from '../parts/key-hold.tsx';
import { Section, TaskDrawing } from '../parts/section.tsx';
import { Banner, Facts, Wait } from '../parts/small.tsx';
import { WORDS } from '../words/door-state.ts';
import { ekeyStanding } from '../words/held-ekey.ts';
import { heldRows, heldSentence, isUsable, offlineWords, stampWords, standingAtDoor, triedWords, usesLeft } from '../words/held.ts';
import { capital } from '../words/record.ts';
import { useRef } from 'preact/hooks';

// ---- keeping -----------------------------------------------------------------------------------------------------------------

const kept = signal<'yes' | 'no' | undefined>(undefined);

const keep = async (): Promise<void> => {
  kept.value = (await askToKeep()) ? 'yes' : 'no';
};

const KEPT = {
  yes: 'This browser keeps the key until it is taken back, even when it is short of room. Put this page among your bookmarks or on the home screen: its address opens nothing for anybody else.',
  no: 'The key is kept, but this browser may clear it when it is short of room or this page is not opened for long. A bookmark, or this page on the home screen, helps.',
} as const;

// ---- one key -----------------------------------------------------------------------------------------------------------------

/** What the key is worth at this door, and that the lock says so where it did. */
const nowWords = (held: HeldKey, door: HeldDoor): string => {
  const [refusal, { grant }, times] = [refusalAt(door), held, { now: now.value, zone: door.zone }];
  if (refusal === undefined || !isUsable(grant, now.value)) return heldSentence(grant, times);
  const { says } = keyReason(refusal.code, { terms: grant.terms, calendarName: calendarOf(held), ...times });
  return `${says} The lock said so ${when(refusal.at, now.value, door.zone)}.`;
};

const Key = ({ held, door }: { held: HeldKey; door: HeldDoor }) => {
  const { grant } = held;
  const refusal = refusalAt(door);
  const times = { now: now.value, zone: door.zone };
  const used = openings.value[`${grant.id}:${door.id}`] ?? 0;
  const left = usesLeft(grant.terms, used, refusal?.code);
  const isOver = standingAtDoor(grant, held.stampUntil, refusal !== undefined, now.value) === 'over';
  const stamp = isOver ? undefined : stampWords(held.stampUntil, grant.terms, times);
  const rows = [
    ...heldRows(grant.terms, calendarOf(held), times),
    ...(left === undefined ? [] : [['Left', left] as const]),
    ...(stamp === undefined ? [] : [['Without internet', stamp] as const]),
    ...(grant.word === '' ? [] : [[`From ${grant.from}`, `“${grant.word}”`] as const]),
  ];
  const tried = triedWords(grant, times);
  return (
    <section class="panel" aria-label="Your key">
      <h2>Your key</h2>
      {!isUsable(grant, now.value) && <p class="small"><b>{heldSentence(grant, times)}</b></p>}
      <Facts rows={rows} />
      {tried !== undefined && <Banner tone="alarm"><b>{tried}</b> If that was you on another device: the key lives on this one only.</Banner>}
    </section>
  );
};

const Asking = ({ held }: { held: HeldKey }) => {
  const key = credential.value?.key.publicKey;
  return held.grant.state !== 'asking' ? null : (
    <div class="stack">
      <Wait>Waiting for {held.grant.from} to sign your key</Wait>
      {key !== undefined && <><p class="small">{held.grant.from} may ask you for these twelve characters:</p><p class="compare" aria-label="Compare">{compareCode(base64url(key))}</p></>}
    </div>
  );
};

const Offline = ({ site, door, held }: { site: HeldSite; door: HeldDoor; held: HeldKey }) => {
  const standing = standingAtDoor(held.grant, held.stampUntil, refusalAt(door) !== undefined, now.value);
  if (hubAnswers.value && standing !== 'works') return null;
  if (hubAnswers.value) return <Banner icon="near"><b>Works without internet</b>{pageKept.value === true ? '. ' : ' as long as this page stays open. '}The key is in this browser, and the lock decides by itself.</Banner>;
  return <Banner icon="unlinked"><b>No connection to the hub.</b> What stands here is from {ago(site.at, now.value, door.zone)}.{offlineWords(standing)}</Banner>;
};

/** Where somebody goes who has an electronic key in their hands too. */
const Electronic = () => {
  useEffect(() => void loadHeldEkeys(), []);
  const [first, ...more] = inHand.value;
  if (first === undefined) return null;
  const { word } = ekeyStanding(first, { now: now.value, zone: ekeyZone.value });
  return (
    <div class="list">
      <a class="row" href="/keys/electronic"><Icon name="ekey" />
        <span class="row__body"><span class="row__name">{more.length === 0 ? 'Your electronic key' : `Your ${more.length + 1} electronic keys`}</span><span class="row__note">{first.name}: {word}{more.length === 0 ? '' : ', and others'}</span></span>
        <span class="row__end muted" aria-hidden="true">›</span></a>
    </div>
  );
};

const Doors = ({ current }: { current: string }) =>
  heldDoors.value.length < 2 ? null : (
    <div class="pills" role="group" aria-label="Door">
      {heldDoors.value.map(({ id, name }) => <button key={id} class="pill" type="button" aria-pressed={id === current} onClick={() => { chosenDoor.value = id; }}>{name}</button>)}
    </div>
  );

const DoorPage = ({ site, door, held }: { site: HeldSite; door: HeldDoor; held: HeldKey }) => {
  const heading = useRef<HTMLHeadingElement>(null);
  useTitle(`Your key to ${door.name}`, heading);
  const state = keyDoorState(door);
  const keys = keysOf(door.id);
  return (
    <div class="guest">
      <header class="top"><span class="guest__from"><Mark />Key from {held.grant.from}</span></header>
      <main class="main">
        <Doors current={door.id} />
        <div class="guest__say">
          <h1 ref={heading} tabIndex={-1}>{door.name}</h1><p class="muted">{site.siteName}</p>
          <p class="guest__now" role="status">{state !== 'unknown' && <><b>{WORDS[state]}</b>. </>}{nowWords(held, door)}</p>
        </div>
        <Section state={state} hero />
        <div class="guest__hold"><KeyHold door={door} held={held} describedBy="key-says" /><KeyHoldSays door={door} held={held} id="key-says" /></div>
        <KeyActs door={door} held={held} />
        {door.identityKey === undefined && <Banner tone="alarm"><b>The hub cannot show whose lock this is.</b> No owner of {site.siteName} has signed for it, so it is not asked.</Banner>}
        <Asking held={held} />
        <Offline site={site} door={door} held={held} />
        <Electronic />
        {keys.map((each) => <Key key={each.grant.id} held={each} door={door} />)}
        <ByRadio target={{ id: `key:${door.id}`, name: door.name, lockId: door.lockId, start: () => openByKey(door, AT_DOOR) }} zone={door.zone} />
        <div class="guest__do"><button class="btn" type="button" onClick={() => void keep()}><Icon name="add" />Keep this key</button></div>
        {kept.value !== undefined && <p class="small" role="status">{KEPT[kept.value]}</p>}
        <label class="check"><input type="checkbox" checked={twoTaps.value} onChange={(event) => { twoTaps.value = event.currentTarget.checked; }} /><span>Open with two taps instead of holding</span></label>
        <p class="fine muted">{capital(held.grant.from)} sees when {possessive(site.personName)} key opens a door or is refused, and nothing else: not where you are, not who else you know.{wayTo(door) === 'near' ? ' Your phone also carries sealed news between lock and hub, which it cannot read.' : ''}</p>
      </main>
    </div>
  );
};

const None = () => (
  <Task title="There is no key in this browser" say="A key lives in the browser that opened its link. Open this page there, or ask whoever lent it to you for a new link.">
    <TaskDrawing />
    <Electronic />
    <p class="small muted">If you are an owner, <a href="/">sign in</a>.</p>
  </Task>
);

const NoDoor = ({ site }: { site: HeldSite }) => {
  const [first] = heldKeys.value;
  return first === undefined ? <None /> : (
    <Task title={`Your key at ${site.siteName}`} say={heldSentence(first.grant, { now: now.value, zone: 'UTC' })}><TaskDrawing /><Asking held={first} /><Electronic /></Task>
  );
};

export const Keys = () => {
  useEffect(startKeys, []);
  useEffect(() => void keepPage(), []);
  const site = heldSite.value;
  if (site === undefined) return <Task title="Your keys"><Wait>Reading the keys of this browser</Wait></Task>;
  if (site === 'none') return <None />;
  const door = heldDoors.value.find(({ id }) => id === chosenDoor.value) ?? heldDoors.value[0];
  const held = door === undefined ? undefined : keysOf(door.id)[0];
  return door === undefined || held === undefined ? <NoDoor site={site} /> : <DoorPage site={site} door={door} held={held} />;
};
