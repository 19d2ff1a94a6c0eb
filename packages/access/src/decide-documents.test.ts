// Each limit of a grant on both sides of its boundary, with the rightful case beside it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeDeviceResponse } from '@mortise/aliro/device-response.ts';
import { instant } from '@mortise/base/instant.ts';
import { identifierBytes, identifierOf, type GrantId } from '@mortise/base/identifiers.ts';
import { elementOf } from '@mortise/documents/place.ts';
import { MAX_RULE_LENGTH as JOURNAL_RULE_LENGTH } from '@mortise/journal/record.ts';
import type { Schedule } from '@mortise/schedule/schedule.ts';
import { clockQuality, instantOf, startClock } from './clock.ts';
import { decideKnown, MAX_RULE_LENGTH } from './decide-documents.ts';
import { NO_DOCUMENT_MEMORY } from './document-memory.ts';
import { accessDataOf, capabilityOf } from './grant-document.ts';
import { GRANT_VENDOR } from './grant-extension.ts';
import type { GrantTerms } from './grant.ts';
import {
  ANNA, at, BACK_DOOR, BEAT, crypto, DAY, decide, DOOR, GROUP, GUEST, HOUR, HUB, issue, issueData, MINUTE, NOW, OWNERS, RELAY, requestOf, say, STANDING, STRANGER,
  stamp, TERMS, withDelegations, ZURICH, type Changes,
} from './grants.fixture.ts';
import { readDocuments } from './known-document.ts';

const withTerms = (changes: Partial<GrantTerms>, asked: Changes = {}): string => say([issue({ ...TERMS, ...changes })], asked);

test('a grant opens, and the decision names document, element, window, clock and zone', () => {
  const { decision, known } = decide([issue(TERMS)]);
  const digest = Buffer.from(known?.digest ?? []).toString('hex').slice(0, 12);
  assert.deepEqual(decision, {
    allowed: true, reason: 'granted-document', rule: `owner:${digest} ${elementOf(DOOR)} always synced Europe/Zurich`, grant: identifierBytes(TERMS.grantId), until: TERMS.until,
  });
  const hours: readonly Schedule[] = [daily(3, 1), daily(9, 8)];
  const windowed = decide([issue({ ...TERMS, hours })], { quality: 'held' }).decision;
  assert.match(windowed.rule, / window 1 held Europe\/Zurich$/);
  assert.equal(say([issue(TERMS)], { verb: 'lock' }), 'secured-document');
});

test('a rule fits into the journal, whatever the zone is called', () => {
  assert.equal(MAX_RULE_LENGTH, JOURNAL_RULE_LENGTH);
  const zone = 'Z'.repeat(64);
  assert.equal(decide([issue(TERMS)], { place: { zone, zoneTable: ZURICH, calendars: [] } }).decision.rule.length, MAX_RULE_LENGTH);
});

test('from its first to its last millisecond', () => {
  const document = [issue(TERMS)];
  const told = [TERMS.from - 1, TERMS.from, TERMS.until, TERMS.until + 1].map((ms) => say(document, { now: instant(ms) }));
  assert.deepEqual(told, ['grant-not-yet', 'granted-document', 'granted-document', 'grant-expired']);
});

test('each verb with its capability only', () => {
  const verbs = ['unlock', 'lock', 'unlatch', 'hold'] as const;
  const asked = ['unlock', 'lock', 'unlatch', 'holdUnlocked', 'endHold'] as const;
  const right: Readonly<Record<(typeof asked)[number], (typeof verbs)[number]>> = { unlock: 'unlock', lock: 'lock', unlatch: 'unlatch', holdUnlocked: 'hold', endHold: 'hold' };
  for (const verb of asked) for (const granted of verbs) {
    const expected = right[verb] === granted ? ['granted-document', 'secured-document'] : ['right-missing'];
    assert.ok(expected.includes(withTerms({ verbs: [granted] }, { verb })), `${verb} with ${granted}`);
  }
  assert.equal(withTerms({}, { verb: undefined }), 'verb-missing');
  assert.equal(withTerms({}, { capabilities: ['lock'] }), 'verb-not-supported');
  assert.equal(withTerms({}, { verb: 'lockdownOn', capabilities: ['lockdownOn'] }), 'right-missing');
  assert.equal(capabilityOf('privacyOn'), undefined);
});

// ---- places ------------------------------------------------------------------------------------------------------------------

test('the lock’s own door, or a group of its roster, and nothing else', () => {
  assert.equal(withTerms({ places: [DOOR] }), 'granted-document', 'the control');
  assert.equal(withTerms({ places: [GROUP] }), 'granted-document');
  assert.equal(withTerms({ places: [BACK_DOOR, GROUP] }), 'granted-document');
  assert.equal(withTerms({ places: [BACK_DOOR] }), 'document-missing');
});

test('what comes back under another name is not used', () => {
  const document = issue({ ...TERMS, places: [BACK_DOOR] });
  const naive = { ...requestOf(), requests: [{ docType: 'aliro-a', elements: [elementOf(BACK_DOOR)] }] } as const;
  const known = readDocuments(crypto, encodeDeviceResponse([document]), { requests: naive.requests, credentialKey: GUEST.publicKey, authority: naive.authority, now: NOW }, new Map());
  assert.equal(decideKnown(crypto, known.documents, naive, NO_DOCUMENT_MEMORY).decision.reason, 'granted-document', 'a lock that takes any element opens');
  assert.equal(decideKnown(crypto, known.documents, requestOf(), NO_DOCUMENT_MEMORY).decision.reason, 'document-missing');
});

// ---- who signed, for whom ----------------------------------------------------------------------------------------------------

test('by a present owner, for the key that proved itself', () => {
  const document = issue(TERMS, { by: BEAT });
  assert.equal(say([document]), 'granted-document', 'the control');
  assert.equal(say([document], { credentialKey: STRANGER.publicKey }), 'other-credential');
  assert.equal(say([issue(TERMS, { by: STRANGER })]), 'issuer-unknown');
  const withoutBeat = { authority: { owners: { ...OWNERS, keys: [ANNA.publicKey] }, delegations: [] } };
  assert.equal(say([document], withoutBeat), 'issuer-unknown', 'an owner who left takes along what was signed');
  assert.equal(say([issue(TERMS)], withoutBeat), 'granted-document');
});

test('in the fast phase too, an owner who left has no power', () => {
  const { known } = decide([issue(TERMS, { by: BEAT })]);
  const again = (changes: Changes): string => decideKnown(crypto, known === undefined ? [] : [known], requestOf(changes), NO_DOCUMENT_MEMORY).decision.reason;
  assert.equal(again({}), 'granted-document', 'the control');
  assert.equal(again({ authority: { owners: { ...OWNERS, keys: [ANNA.publicKey] }, delegations: [] } }), 'issuer-unknown');
  assert.equal(again({ now: at(8 * DAY) }), 'grant-expired');
  assert.equal(again({ credentialKey: STRANGER.publicKey }), 'other-credential');
});

test('nothing, garbage and a damaged document each have their reason', () => {
  const document = issue(TERMS);
  assert.equal(say([]), 'document-missing');
  assert.equal(decide([Uint8Array.of(1, 2, 3)]).decision.reason, 'document-invalid');
  const damaged = document.with(document.length - 100, (document.at(-100) ?? 0) ^ 1);
  assert.equal(say([damaged]), 'document-invalid');
  assert.equal(say([damaged, document]), 'granted-document', 'any one suffices');
});

test('of several refusals the one that came furthest is told', () => {
  const [late, gone] = [issue({ ...TERMS, hours: [daily(3, 1)] }), issue({ ...TERMS, from: at(-3 * DAY), until: at(-2 * DAY) })];
  assert.equal(say([gone, late, issue(TERMS, { by: STRANGER })]), 'outside-hours');
  assert.equal(say([late, gone]), 'outside-hours');
});

// ---- hours -------------------------------------------------------------------------------------------------------------------

/** Every day from this hour of the wall clock, so many hours. */
function daily(hour: number, hours: number): Schedule {
  return { startS: Math.floor(TERMS.from / DAY) * (DAY / 1000) + hour * 3600, recurrence: { durationS: hours * 3600, mask: 0, pattern: 1, interval: 1, ordinal: 0 }, utc: false };
}

test('hours are the door’s, by its zone table', () => {
  const document = [issue({ ...TERMS, hours: [daily(12, 1)] })];
  const told = [at(-1), NOW, at(HOUR - 1), at(HOUR)].map((now) => say(document, { now }));
  assert.deepEqual(told, ['outside-hours', 'granted-document', 'granted-document', 'outside-hours'], 'noon in Zurich is 10:00 in UTC');
  assert.equal(say(document, { place: { zone: 'Europe/Zurich', calendars: [] } }), 'zone-unknown');
  const ended = { ...ZURICH, untilS: NOW / 1000, transitions: ZURICH.transitions.filter(({ fromS }) => fromS < NOW / 1000) };
  assert.equal(say(document, { place: { zone: 'Europe/Zurich', zoneTable: ended, calendars: [] } }), 'zone-unknown');
});

test('through both changes of the clocks a window is what the wall shows', () => {
  const nightly = (date: number): Schedule => ({ startS: date / 1000, recurrence: { durationS: 3600, mask: 0, pattern: 1, interval: 1, ordinal: 0 }, utc: false });
  const spring = instant(Date.UTC(2026, 2, 29, 1)); // 02:00 becomes 03:00
  const autumn = instant(Date.UTC(2026, 9, 25, 1)); // 03:00 becomes 02:00
  const year: GrantTerms = { ...TERMS, from: instant(Date.UTC(2026, 0, 1)), until: instant(Date.UTC(2026, 11, 31)) };
  const twoToThree = [issue({ ...year, hours: [nightly(Date.UTC(2026, 0, 1, 2))] })];
  const opens = (now: number): boolean => decide(twoToThree, { now: instant(now) }).decision.allowed;
  assert.deepEqual([spring - DAY, spring - DAY + HOUR - 1, spring - 1, spring, spring + HOUR - 1].map(opens), [true, true, false, false, false], '02:00 to 03:00 is not shown that night');
  assert.deepEqual([autumn - HOUR - 1, autumn - HOUR, autumn - 1, autumn, autumn + HOUR - 1, autumn + HOUR].map(opens), [false, true, true, true, true, false], 'and is shown twice that one');
  const oneOffset = { ...ZURICH, transitions: [], initialOffsetS: 3600 };
  const naive = decide(twoToThree, { now: instant(spring), place: { zone: 'Europe/Zurich', zoneTable: oneOffset, calendars: [] } }).decision;
  assert.ok(naive.allowed, 'a lock with one offset for ever opens then');
});

// ---- holidays ----------------------------------------------------------------------------------------------------------------

test('not on the days of the calendar that it names, from midnight to midnight at the door', () => {
  const today = Math.floor(NOW / DAY);
  const place = { zone: 'Europe/Zurich', zoneTable: ZURICH, calendars: [{ id: 3, days: [today], untilDay: today + 2 }] };
  const midnight = today * DAY - 2 * HOUR;
  const document = [issue({ ...TERMS, holidays: 3 })];
  const told = [midnight - 1, midnight, midnight + DAY - 1, midnight + DAY, midnight + 2 * DAY - 1, midnight + 2 * DAY].map((now) => say(document, { now: instant(now), place }));
  assert.deepEqual(told, ['granted-document', 'holiday', 'holiday', 'granted-document', 'granted-document', 'holiday'], 'and not where the calendar ends');
  assert.equal(say([issue(TERMS)], { place }), 'granted-document', 'a grant that names no calendar');
  assert.equal(withTerms({ holidays: 4 }, { place }), 'holiday', 'a calendar that the roster does not have');
  assert.equal(say(document, { place: { ...place, zoneTable: { ...ZURICH, untilS: 0, transitions: [] } } }), 'holiday', 'no zone, no date');
});

// ---- clock, remote, verification -----------------------------------------------------------------------------------------------

test('on a lost clock nothing opens by a document, and that is the reason', () => {
  for (const quality of ['synced', 'held'] as const) assert.equal(say([issue(TERMS)], { quality }), 'granted-document');
  assert.equal(say([issue(TERMS)], { quality: 'lost' }), 'clock-lost');
  assert.equal(withTerms({ hours: [daily(0, 24)] }, { quality: 'lost' }), 'clock-lost');
  assert.equal(withTerms({ verbs: ['lock'] }, { quality: 'lost', verb: 'lock' }), 'clock-lost');
});

test('a clock that was wound back below the floor is lost, and brings no grant back that has ended', () => {
  const document = [issue(TERMS)];
  const memory = { floor: at(8 * DAY), rtcOffsetMs: 0 };
  const after = (rtcMs: number): string => {
    const reading = { monotonicMs: 5, rtcMs };
    const clock = startClock(memory, reading);
    return say(document, { now: instantOf(clock, reading), quality: clockQuality(clock, reading) });
  };
  assert.equal(say(document, { now: NOW }), 'granted-document', 'a lock that believes its wound clock opens');
  assert.deepEqual([after(NOW), after(at(8 * DAY) - 1), after(at(8 * DAY))], ['clock-lost', 'clock-lost', 'grant-expired']);
});

test('nor by one whose issuer would let a lock without a clock skip the dates', () => {
  const untimed = issueData(accessDataOf(TERMS), { timeVerificationRequired: false });
  assert.deepEqual([say([untimed]), say([untimed], { quality: 'lost' })], ['granted-document', 'clock-lost']);
});

test('an extension that is not in the table is passed over if it may be, else refused', () => {
  const unknown = { vendor: GRANT_VENDOR, id: 99, version: 1, data: new Uint8Array(0) };
  const told = [false, true].map((critical) => say([issueData({ ...accessDataOf(TERMS), accessExtensions: [{ ...unknown, critical }] })]));
  assert.deepEqual(told, ['granted-document', 'condition-unknown']);
  const other = { ...unknown, id: 1, data: Uint8Array.of(0), critical: true };
  assert.equal(say([issueData({ ...accessDataOf(TERMS), accessExtensions: [other] })]), 'document-invalid', 'no uses at all is not in form');
  assert.equal(say([issueData({ ...accessDataOf(TERMS), accessExtensions: [{ ...other, version: 2 }] })]), 'condition-unknown');
});

test('what is counted has a name', () => {
  const { id: _, ...unnamed } = accessDataOf({ ...TERMS, uses: 1 });
  assert.equal(say([issueData(unnamed)]), 'document-invalid');
  const { accessExtensions: _all, ...uncounted } = unnamed;
  assert.equal(say([issueData(uncounted)]), 'granted-document', 'what is not, need not');
});

test('from afar with the remote right only', () => {
  assert.equal(withTerms({ remote: true }, { interface: RELAY }), 'granted-document', 'the control');
  assert.equal(withTerms({}, { interface: RELAY }), 'remote-not-allowed');
  assert.equal(withTerms({}, { interface: 0x00 }), 'remote-not-allowed', 'an interface that nobody knows');
  for (const near of [0x5e, 0xc3, 0xf0]) assert.equal(withTerms({}, { interface: near }), 'granted-document');
});

test('user verification where the grant asks for it', () => {
  assert.equal(withTerms({ userVerification: true }, { userVerified: true }), 'granted-document', 'the control');
  assert.equal(withTerms({ userVerification: true }), 'verification-missing');
});

// ---- freshness ---------------------------------------------------------------------------------------------------------------

test('a grant that must be confirmed opens until the stamp is too old', () => {
  const document = issue({ ...TERMS, freshForS: 3600 });
  const stamped = (now: number, ...stamps: Parameters<typeof stamp>[2][]): string => say([document, ...stamps.map((changes) => stamp(document, HUB, changes))], { now: instant(now) });
  assert.deepEqual([NOW, NOW + HOUR, NOW + HOUR + 1].map((now) => stamped(now, {})), ['granted-document', 'granted-document', 'freshness-lapsed']);
  assert.deepEqual([NOW - 5 * MINUTE - 1, NOW - 5 * MINUTE].map((now) => stamped(now, {})), ['freshness-lapsed', 'granted-document'], 'a lock that lags by five minutes');
  assert.deepEqual([NOW + MINUTE, NOW + MINUTE + 1].map((now) => stamped(now, { until: at(MINUTE) })), ['granted-document', 'freshness-lapsed'], 'the stamp’s own end');
  assert.equal(stamped(NOW), 'freshness-lapsed', 'no stamp');
  assert.equal(stamped(NOW + HOUR + 1, {}, { issued: at(HOUR) }), 'granted-document', 'the newer of two');
  assert.equal(withTerms({}), 'granted-document', 'a grant without it does not lapse');
  assert.equal(say([issue(TERMS)], { now: at(7 * DAY) }), 'granted-document');
});

test('a stamp is of one document, by a key that is certified for it', () => {
  const [document, other] = [issue({ ...TERMS, freshForS: 3600 }), issue({ ...TERMS, freshForS: 3600 })];
  const by = (...stamps: readonly Uint8Array[]): string => say([document, ...stamps]);
  assert.equal(by(stamp(document)), 'granted-document', 'the control');
  assert.equal(by(stamp(document, BEAT)), 'granted-document', 'an owner may');
  assert.equal(by(stamp(other)), 'freshness-lapsed', 'of another document');
  assert.equal(by(stamp(document, STRANGER)), 'freshness-lapsed');
  assert.equal(by(stamp(document, GUEST)), 'freshness-lapsed');
  const uncertified = { authority: { owners: OWNERS, delegations: [] } };
  assert.equal(say([document, stamp(document)], uncertified), 'freshness-lapsed');
  const { known } = decide([document, stamp(document)]);
  const again = (changes: Changes): string => decideKnown(crypto, known === undefined ? [] : [known], requestOf(changes), NO_DOCUMENT_MEMORY).decision.reason;
  const powerless = withDelegations({ ...STANDING, freshness: false });
  assert.equal(say([document, stamp(document)], powerless), 'freshness-lapsed', 'a delegate that may do other things');
  assert.deepEqual([again({}), again(uncertified), again(powerless)], ['granted-document', 'freshness-lapsed', 'freshness-lapsed'], 'nor in the fast phase');
  const ending = withDelegations({ ...STANDING, until: at(MINUTE) });
  assert.deepEqual([MINUTE, MINUTE + 1].map((ms) => again({ ...ending, now: at(ms) })), ['granted-document', 'freshness-lapsed'], 'no longer than its power');
  assert.equal(by(stamp(document, HUB, {}, new Map([[33, Uint8Array.of(0x30, 0)]]))), 'freshness-lapsed', 'nor with a certificate');
});

test('the end of an allowed opening is the first of all ends', () => {
  const until = (changes: Partial<GrantTerms>): number => {
    const document = issue({ ...TERMS, ...changes });
    return (decide([document, stamp(document)]).decision.until ?? 0) - NOW;
  };
  assert.deepEqual([until({}), until({ freshForS: 3600 }), until({ freshForS: 3600, minutesAfterFirstUse: 5 })], [7 * DAY, HOUR, 5 * MINUTE]);
  assert.deepEqual([until({ hours: [daily(9, 4)] }), until({ hours: [daily(9, 4), daily(12, 2), daily(20, 1)] }), until({ hours: [daily(0, 24)] })], [HOUR, 2 * HOUR, 7 * DAY], 'its windows, as they follow on each other');
});

// ---- uses --------------------------------------------------------------------------------------------------------------------

test('as many openings as it has uses, and locking is none', () => {
  const document = [issue({ ...TERMS, uses: 2 })];
  let memory = NO_DOCUMENT_MEMORY;
  const once = (verb: 'unlock' | 'lock'): string => {
    const outcome = decide(document, { verb }, memory);
    memory = outcome.memory;
    return outcome.decision.reason;
  };
  assert.deepEqual((['unlock', 'lock', 'lock', 'unlock', 'unlock', 'lock'] as const).map(once),
    ['granted-document', 'secured-document', 'secured-document', 'granted-document', 'uses-spent', 'secured-document']);
  assert.equal(say(document, {}, NO_DOCUMENT_MEMORY), 'granted-document', 'a lock that forgets opens again');
});

test('some minutes after the first use', () => {
  const document = [issue({ ...TERMS, minutesAfterFirstUse: 30 })];
  const { memory } = decide(document);
  assert.deepEqual([30 * MINUTE, 30 * MINUTE + 1].map((ms) => say(document, { now: at(ms) }, memory)), ['granted-document', 'first-use-over']);
  assert.equal(say(document, { now: at(DAY), verb: 'lock' }, memory), 'first-use-over');
  const locked = decide(document, { verb: 'lock' }).memory;
  assert.equal(say(document, { now: at(DAY) }, locked), 'granted-document', 'locking was no use');
});

test('a grant that an owner signs anew keeps its count, whoever of them signs', () => {
  const first = decide([issue({ ...TERMS, uses: 1 })]).memory;
  const renewed = issue({ ...TERMS, uses: 1, until: at(14 * DAY) }, { by: BEAT });
  assert.equal(say([renewed], {}, first), 'uses-spent');
  assert.equal(say([issue({ ...TERMS, uses: 2, until: at(14 * DAY) }, { by: BEAT })], {}, first), 'granted-document', 'one more use than before');
});

test('a changed grant goes on counting under the id it began with, and another grant does not', () => {
  const spent = decide([issue({ ...TERMS, uses: 1 })]).memory;
  const later: GrantTerms = { ...TERMS, grantId: identifierOf<GrantId>(new Uint8Array(16).fill(0xc4)), uses: 1 };
  assert.equal(say([issue(later)], {}, spent), 'granted-document', 'the control: under an id of its own it begins anew');
  assert.equal(say([issue({ ...later, countsAs: TERMS.grantId })], {}, spent), 'uses-spent');
  assert.equal(say([issue({ ...later, countsAs: TERMS.grantId, uses: 2 })], {}, spent), 'granted-document');
  const { memory } = decide([issue({ ...later, countsAs: TERMS.grantId })]);
  assert.equal(say([issue({ ...TERMS, uses: 1 })], {}, memory), 'uses-spent', 'and the other way round');
  const started = decide([issue({ ...TERMS, minutesAfterFirstUse: 30 })]).memory;
  assert.equal(say([issue({ ...TERMS, grantId: later.grantId, countsAs: TERMS.grantId, minutesAfterFirstUse: 30 })], { now: at(HOUR) }, started), 'first-use-over');
});

test('a use is not spent where another grant opens as well', () => {
  const [counted, free] = [issue({ ...TERMS, uses: 1 }), issue(TERMS)];
  const { memory, decision } = decide([counted, free]);
  assert.deepEqual([decision.reason, memory], ['granted-document', NO_DOCUMENT_MEMORY]);
});

test('a refusal spends nothing', () => {
  const document = [issue({ ...TERMS, uses: 1 })];
  for (const changes of [{ interface: RELAY }, { quality: 'lost' }, { now: at(8 * DAY) }, { verb: 'unlatch' }] as const) {
    assert.deepEqual(decide(document, changes).memory, NO_DOCUMENT_MEMORY, JSON.stringify(changes));
  }
});
