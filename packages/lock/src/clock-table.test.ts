// docs/CLOCK.md, done: each row at a real lock, at each quality of its clock. A cell that the lock does not keep fails, and so does a
// row that this test does not know. So does the table of passive locks.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { clockQuality } from '@mortise/access/clock.ts';
import { encodeToLock, NO_SESSION, type ToLockType } from '@mortise/courier/link-message.ts';
import { utf8, type Bytes } from '@mortise/base/bytes.ts';
import { identifierOf, type LockId } from '@mortise/base/identifiers.ts';
import { instant } from '@mortise/base/instant.ts';
import type { Verb } from '@mortise/aliro/vendor.ts';
import type { StoredDocument } from '@mortise/aliro/device-response.ts';
import { Contacts, passiveLock, type Telling } from './contact.conformance.ts';
import { DAY_MS, Guests, HOUR_MS, welcomingLock } from './guests.conformance.ts';
import { Site } from './site.conformance.ts';
import { World } from './world.conformance.ts';

const QUALITIES = ['synced', 'held', 'lost'] as const;
const BASIS = { synced: 'answer', held: 'rtc', lost: 'none' } as const;
type Quality = (typeof QUALITIES)[number];

const base = welcomingLock();

const lockAt = (quality: Quality): Guests => {
  const world = new World();
  const site = new Site(world);
  world.takeOver(base.world);
  site.takeOver(base.site);
  site.tellsTime = false;
  world.state = { ...world.state, clock: { ...world.state.clock, basis: BASIS[quality] } };
  assert.equal(clockQuality(world.state.clock, { monotonicMs: world.nowMs, rtcMs: 0 }), quality);
  return new Guests(site);
};

const said = (reason: string, allowed: boolean | undefined, done: string): string => (allowed === true ? done : `\`${reason}\``);

const asks = (verb: Verb, documents: (guests: Guests) => readonly StoredDocument[]) => (guests: Guests): string => {
  const { decision } = guests.ask(documents(guests), { verb, via: guests.site.connect() });
  return said(decision.reason, decision.allowed, verb === 'syncOnly' ? 'carries' : 'opens');
};

const owner = (verb: Verb) => (guests: Guests): string => {
  const via = guests.site.connect();
  const run = guests.site.askAndWait({ verb, via });
  const opened = run.receipt?.record.allowed === true;
  if (verb !== 'syncOnly') return opened ? 'opens' : 'does not';
  return opened && via.bodies('journal').length > 0 ? 'carries' : 'does not';
};

/** Whether a message that a phone brings changes what the journal says. */
const brings = (message: (guests: Guests) => readonly [ToLockType, Bytes], expires = 0) => (guests: Guests): string => {
  const { site, world } = guests;
  const via = site.connect();
  site.askAndWait({ verb: 'syncOnly', via });
  const [type, body] = message(guests);
  const before = world.records().length;
  via.say({ kind: 'carry', message: encodeToLock({ type, session: NO_SESSION, seq: 1, expires: expires === 0 ? 0 : instant(expires), body }) });
  world.run(200);
  return world.records().slice(before).some(({ reason }) => reason.endsWith('-accepted')) ? 'taken' : 'not taken';
};

const OPEN_HOURS = { startS: 0, recurrence: { durationS: 86_400, mask: 0, pattern: 1, interval: 1, ordinal: 0 }, utc: true } as const;

const ROWS: Readonly<Record<string, (guests: Guests) => string>> = {
  'a key of the roster asks to open': owner('unlock'),
  'an owner\'s grant': asks('unlock', (guests) => [guests.issue()]),
  'a grant of the hub, within its delegation': asks('unlock', (guests) => [guests.issue({ remote: false }, { by: guests.hub })]),
  'an invitation that was redeemed, with its stamp': asks('unlock', (guests) => {
    const document = guests.redeem(guests.guest);
    return [document, guests.stamp(document)];
  }),
  'a grant with hours that are open': asks('unlock', (guests) => [guests.issue({ hours: [OPEN_HOURS] })]),
  'a grant whose time is over': asks('unlock', (guests) => [guests.issue({ until: guests.at(-HOUR_MS) })]),
  'a grant that was taken back': asks('unlock', (guests) => [guests.issue(), guests.revoke(guests.id('grant'))]),
  'a key of the roster asks to carry': owner('syncOnly'),
  'an owner\'s grant asks to carry': asks('syncOnly', (guests) => [guests.issue()]),
  'a revocation is brought': brings((guests) => ['revocation', guests.revoke(guests.id('grant')).bytes]),
  'a change of owners is brought': brings(({ site }) => ['owner-set', site.owners([site.owner, site.issuer])]),
  'a roster is brought': brings((guests) => ['roster', guests.roster()]),
  'a message past its expiry is brought': brings((guests) => ['roster', guests.roster()], 1),
};

const page = readFileSync(new URL('../../../docs/CLOCK.md', import.meta.url), 'utf8');
const rowsOf = (from: string, to: string): readonly (readonly string[])[] =>
  page.slice(page.indexOf(from), page.indexOf(to)).split('\n').filter((line) => /^\| .* \|$/.test(line)).map((line) => line.slice(2, -2).split(' | ')).slice(1);

const rows = rowsOf('## What counts at which quality', '## What moves the clock');

test('the page has the rows that are tried, and no other', () => {
  assert.deepEqual(rows.map(([row]) => row), Object.keys(ROWS));
});

for (const [row = '', ...cells] of rows) {
  test(`docs/CLOCK.md: ${row}`, () => {
    const does = ROWS[row];
    assert.ok(does !== undefined);
    assert.deepEqual(QUALITIES.map((quality) => does(lockAt(quality))), cells);
  });
}

// ---- passive locks -------------------------------------------------------------------------------------------------------------

const passive = passiveLock();
const earlier = passive.tell(new Uint8Array(16));
const wound = (ms: number): Telling => ({ fields: { instant: instant(passive.site.now() + ms), lastSync: instant(passive.site.now() + Math.min(0, ms)) } });

const TELLINGS: Readonly<Record<string, Telling>> = {
  'by its own certified clock': {},
  'by its own certified clock, which runs ahead': wound(DAY_MS),
  'the hub\'s answer, with the hub\'s certificate': { by: passive.site.timeKey, certificate: passive.site.certify(passive.site.timeKey, { kind: 'hub' }) },
  'nothing': { silent: true },
  'to the nonce of an earlier contact': { body: () => earlier },
  'as to another lock': { fields: { lockId: identifierOf<LockId>(passive.guests.id('another lock')) } },
  'with a certificate that has ended': { certificate: passive.site.certify(passive.clock, { until: instant(passive.site.now() - HOUR_MS) }) },
  'with a drift since it was set that admits more than ten minutes': { fields: { lastSync: instant(passive.site.now() - 200 * DAY_MS) } },
  'with a certificate by a stranger': { certificate: passive.site.certify(passive.clock, {}, passive.site.issuer) },
  'by a clock that was wound back below the floor': wound(-DAY_MS),
  'what is no answer': { body: () => utf8('garbage') },
};

const afterTelling = (telling: Telling): readonly string[] => {
  const world = new World('a lock', 'passive');
  const contacts = Contacts.after(passive, new Guests(new Site(world)));
  const { floor } = world.state.clock;
  const { records } = contacts.visit([contacts.guests.issue()], {}, telling);
  const decision = records.find(({ kind }) => kind === 'decision');
  const refused = records.find(({ reason }) => reason === 'time-refused');
  return [decision?.clock ?? '', world.state.clock.floor > floor ? 'rises' : 'stays', said(decision?.reason ?? '', decision?.allowed, 'opens'), refused === undefined ? 'nothing' : `\`${refused.rule}\``];
};

const passiveRows = rowsOf('## A passive lock', 'Who holds a key whose certificate');

test('the page has the answers that are tried at a passive lock, and no other', () => {
  assert.deepEqual(passiveRows.map(([row]) => row), Object.keys(TELLINGS));
});

for (const [row = '', ...cells] of passiveRows) {
  test(`docs/CLOCK.md, a passive lock: ${row}`, () => {
    const telling = TELLINGS[row];
    assert.ok(telling !== undefined);
    assert.deepEqual(afterTelling(telling), cells);
  });
}
