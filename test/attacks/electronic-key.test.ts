// Who has an electronic key in their hands, or stands between it and a passive lock: a copy of it, a contact played again, a key of another estate, a
// clock that was wound back. Each is refused with its reason and recorded, or, where a lock cannot tell, found at home; beside each stands the
// rightful key. What the lock alone is put to: packages/lock/src/passive-attacks.test.ts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { required } from '@mortise/base/assert.ts';
import { hex, type Bytes } from '@mortise/base/bytes.ts';
import { instant } from '@mortise/base/instant.ts';
import { decodeNearFrame, encodeNearFrame, sitePrefixOf } from '@mortise/courier/near-frame.ts';
import { KeyHub, siteNamed } from '@mortise/ekey/key-hub.conformance.ts';
import { Site, type Touch } from '@mortise/ekey/touch.conformance.ts';
import { KeyWorld } from '@mortise/ekey/world.conformance.ts';

const DAY_MS = 86_400_000;

const readySite = (): Site => {
  const site = new Site('passive');
  site.ready();
  return site;
};

/** A whole visit: the hand turns, and turns back. */
const visit = (site: Site, begin: (touch: Touch) => void = () => undefined): Touch => {
  const touch = site.touch();
  begin(touch);
  touch.begin('unlock');
  site.run(1500);
  if (site.guests.world.position === 'withdrawn') site.guests.world.turn('thrown');
  site.run(500);
  touch.lift();
  site.run(100);
  return touch;
};

const openings = ({ guests: { world } }: Site): number => world.drives.length;
const lastOf = ({ told }: { told: () => readonly string[] }, count: number): readonly string[] => told().slice(-count);
const toldBy = (key: KeyWorld) => ({ told: () => key.told() });

/** It opens as it should: whatever was tried before cost the rightful key nothing. */
const control = (site: Site): void => {
  const before = openings(site);
  visit(site);
  assert.equal(openings(site), before + 1, `control: ${lastOf(toldBy(site.key), 3).join()}`);
};

/** The key in hand, from now on. */
const handOver = (site: Site, key: KeyWorld): void => void Object.assign(site, { key });

test('a key that was copied with all that it holds: no lock can tell, each opening stands in the lock’s own journal, and the two histories part', () => {
  const site = readySite();
  const rightful = site.key;
  control(site);
  site.update();
  const copy = new KeyWorld(site.guests.world);
  const { values, entries, acknowledged } = rightful.stored;
  Object.assign(copy.stored, { values: new Map(values), entries: [...entries], acknowledged });
  rightful.restart();
  copy.restart();
  site.run(10_000);
  handOver(site, copy);
  const [opened, seq] = [openings(site), required(site.guests.world.stored.entries.at(-1), 'an entry').seq];
  visit(site);
  assert.equal(openings(site), opened + 1, 'it is the key');
  handOver(site, rightful);
  control(site);
  const credential = rightful.crypto.sha256(rightful.credential.publicKey);
  const decided = site.guests.world.records().filter((record, index) =>
    (site.guests.world.stored.entries[index]?.seq ?? 0) > seq && record.kind === 'decision' && record.credential !== undefined && hex(record.credential) === hex(credential));
  assert.equal(decided.length, 2, 'the lock tells of both');
  const ends = [rightful, copy].map(({ state: { journal } }) => ({ seq: journal.last.seq, head: hex(journal.last.head) }));
  assert.notEqual(ends[0]?.head, ends[1]?.head);
  site.update();
  const { records, known } = site.hub;
  assert.deepEqual([records.length, known.seq], [rightful.state.journal.last.seq, rightful.state.journal.last.seq], 'control: the rightful key’s journal is home, whole');
  handOver(site, copy);
  const home = records.length;
  assert.throws(() => {
    const hub = Object.assign(new KeyHub(copy, site.hub.site, () => instant(site.guests.site.now())), { known, records: [...records] });
    hub.link();
    site.run(500);
  }, /fork|merged/, 'the copy’s journal does not go on from there');
  assert.equal(site.hub.records.length, home);
});

test('a contact that was recorded, played to the key again: no signature leaves, and the key records it', () => {
  const site = readySite();
  const recorded: Bytes[] = [];
  const first = visit(site, (touch) => {
    touch.pins = (frame, to) => {
      if (to === 'key') recorded.push(frame);
      return [frame];
    };
  });
  assert.ok(!first.isOn && recorded.length > 8);
  for (let from = 0; from < recorded.length; from += 1) {
    let signed = 0;
    site.key.allow = (effect) => {
      signed += effect.kind === 'sign' && effect.key === 'credential' ? 1 : 0;
      return true;
    };
    const before = site.key.state.journal.last.seq;
    site.key.hearTouch = () => undefined;
    site.key.input({ kind: 'touched', via: 'contact', verb: 'unlock' });
    for (const frame of [required(recorded[0], 'the hello'), ...recorded.slice(Math.max(1, from))]) {
      site.key.input({ kind: 'frame', bytes: frame });
      site.run(400);
    }
    site.key.input({ kind: 'lifted' });
    site.run(100);
    assert.equal(signed, 0, `from frame ${from}`);
    assert.ok(site.key.state.journal.last.seq > before && lastOf(toldBy(site.key), 1).every((told) => /^(contact-failed|contact-broke-off|contact-refused)/.test(told)), lastOf(toldBy(site.key), 1).join());
  }
  site.key.allow = () => true;
  control(site);
});

test('a key of another estate, with grants of its own for all doors: the key says nothing, and where the lock is made to seem its own, nothing comes of it', () => {
  const site = readySite();
  const { world, site: owners } = site.guests;
  const [rightful, rightfulHub] = [site.key, site.hub];
  const theirs = new KeyWorld(world, 'their key');
  const hub = new KeyHub(theirs, siteNamed(theirs.crypto, 'another estate'), () => instant(owners.now()));
  handOver(site, theirs);
  Object.assign(site, { hub });
  theirs.start();
  site.ready([hub.ownTimeKey(), hub.grant({ places: [site.guests.door] })]);
  const opened = openings(site);
  visit(site);
  assert.deepEqual(lastOf(toldBy(theirs), 1), ['contact-failed contact:other-site']);
  visit(site, (touch) => {
    touch.pins = (frame, to) => {
      const hello = decodeNearFrame(frame);
      return [to === 'key' && hello?.kind === 'hello' ? encodeNearFrame({ ...hello, sitePrefix: sitePrefixOf(hub.site.ownerSet.siteId) }) : frame];
    };
  });
  assert.match(lastOf(toldBy(theirs), 1).join(), /^contact-(failed|broke-off|refused)/);
  assert.equal(openings(site), opened, 'nothing was freed');
  Object.assign(site, { hub: rightfulHub });
  handOver(site, rightful);
  control(site);
});

test('a key whose clock was wound back while it was off: it opens nothing, tells no lock the time, and says so until it is updated', () => {
  const site = readySite();
  control(site);
  const opened = openings(site);
  site.key.faults.rtcOffsetMs = -10 * DAY_MS;
  site.key.restart();
  site.run(5000);
  const asked: string[] = [];
  visit(site, (touch) => {
    touch.pins = (frame, to) => {
      const decoded = decodeNearFrame(frame);
      if (to === 'lock' && decoded?.kind === 'carry') asked.push(decoded.kind);
      return [frame];
    };
  });
  assert.deepEqual([openings(site), asked, lastOf(toldBy(site.key), 1), site.key.signal.name], [opened, [], ['key-clock-invalid'], 'clock-invalid']);
  site.key.faults.rtcOffsetMs = 0;
  site.key.restart();
  site.run(5000);
  site.update();
  control(site);
});
