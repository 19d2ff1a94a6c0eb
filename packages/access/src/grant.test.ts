// Terms as documents and back; their bounds; and that a narrower grant never opens what a wider one does not.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { accessDataCbor, readAccessData, type AccessData } from '@mortise/aliro/access-data.ts';
import type { AccessExtension } from '@mortise/aliro/extension.ts';
import type { VerifiedDocument } from '@mortise/aliro/verify-document.ts';
import { encodeCbor } from '@mortise/base/cbor.ts';
import { identifierBytes, identifierOf, type DoorId, type GrantId, type GroupId } from '@mortise/base/identifiers.ts';
import { instant } from '@mortise/base/instant.ts';
import { elementOf, type Place } from '@mortise/documents/place.ts';
import type { Schedule } from '@mortise/schedule/schedule.ts';
import { decideKnown } from './decide-documents.ts';
import { NO_DOCUMENT_MEMORY, type DocumentMemory } from './document-memory.ts';
import { accessDataOf, termsOf, termsOfDocument } from './grant-document.ts';
import { conditionExtensions, GRANT_VENDOR, readConditions } from './grant-extension.ts';
import { changeTerms, GRANT_VERBS, type GrantPatch, type GrantTerms } from './grant.ts';
import { ANNA, at, BACK_DOOR, crypto, DAY, DOOR, GROUP, GUEST, HOUR, INVITATION, INVITED, issue, NFC, NOW, RELAY, requestOf, TERMS, ZURICH, type Changes } from './grants.fixture.ts';
import { termsOfInvitation } from './invitation.ts';
import type { KnownDocument } from './known-document.ts';

// ---- terms -----------------------------------------------------------------------------------------------------------------------

const anyId = fc.uint8Array({ minLength: 16, maxLength: 16 });
const anyPlace: fc.Arbitrary<Place> = fc.oneof(
  fc.constantFrom(DOOR, GROUP, BACK_DOOR),
  anyId.map((id): Place => ({ kind: 'door', id: identifierOf<DoorId>(id) })),
  anyId.map((id): Place => ({ kind: 'group', id: identifierOf<GroupId>(id) })),
);
const startS = Math.floor((NOW - 7 * DAY) / DAY) * (DAY / 1000);
const anyWindow: fc.Arbitrary<Schedule> = fc.record({ hour: fc.nat(23), hours: fc.integer({ min: 1, max: 24 }), mask: fc.integer({ min: 1, max: 127 }), utc: fc.boolean() })
  .map(({ hour, hours, mask, utc }) => ({ startS: startS + hour * 3600, recurrence: { durationS: hours * 3600, mask, pattern: 2, interval: 1, ordinal: 0 }, utc }));
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
const anySecond = (min: number, max: number) => fc.integer({ min, max }).map((s) => at(s * 1000));

const anyTerms: fc.Arbitrary<GrantTerms> = fc.record({
  grantId: anyId.map((id) => identifierOf<GrantId>(id)),
  places: fc.uniqueArray(anyPlace, { minLength: 1, maxLength: 4, selector: elementOf }),
  verbs: fc.subarray([...GRANT_VERBS], { minLength: 1 }),
  from: anySecond(-86_400, 3600),
  until: anySecond(3601, 86_400),
  hours: fc.array(anyWindow, { maxLength: 3 }),
  uses: maybe(fc.integer({ min: 1, max: 3 })),
  minutesAfterFirstUse: maybe(fc.integer({ min: 1, max: 600 })),
  freshForS: maybe(fc.integer({ min: 60, max: 90_000 })),
  holidays: maybe(fc.integer({ min: 1, max: 2 })),
  countsAs: maybe(anyId.map((id) => identifierOf<GrantId>(id))),
  userVerification: fc.boolean(),
  remote: fc.boolean(),
}).map(withoutUndefined);

function withoutUndefined({ uses, minutesAfterFirstUse, freshForS, holidays, countsAs, ...terms }: Required<{ [K in keyof GrantTerms]: GrantTerms[K] | undefined }> & Omit<GrantTerms, 'uses' | 'minutesAfterFirstUse' | 'freshForS' | 'holidays' | 'countsAs'>): GrantTerms {
  return {
    ...terms, ...(uses !== undefined && { uses }), ...(minutesAfterFirstUse !== undefined && { minutesAfterFirstUse }), ...(freshForS !== undefined && { freshForS }),
    ...(holidays !== undefined && { holidays }), ...(countsAs !== undefined && { countsAs }),
  };
}

test('a guest reads the terms that the owner chose', () => {
  fc.assert(fc.property(anyTerms, (terms) => {
    const { places, from, until } = terms;
    const read = readAccessData(accessDataCbor(accessDataOf(terms)));
    assert.ok(read.ok);
    assert.deepEqual(termsOf(read.value, { places, from, until }), terms);
  }));
});

test('and from the signed document itself', () => {
  fc.assert(fc.property(anyTerms, (terms) => {
    assert.deepEqual(termsOfDocument(issue(terms)), terms);
  }), { numRuns: 20 });
  assert.deepEqual(termsOfInvitation(INVITATION), INVITED);
  assert.equal(termsOfDocument(Uint8Array.of(1)), undefined);
});

test('what is no grant of ours is not put into words', () => {
  const data = accessDataOf(TERMS);
  const setting = { places: TERMS.places, from: TERMS.from, until: TERMS.until };
  const { rules: _rules, ...unruled } = data;
  const { id: _id, ...unnamed } = data;
  const extension: AccessExtension = { vendor: GRANT_VENDOR, id: 99, version: 1, data: new Uint8Array(0), critical: false };
  assert.deepEqual(termsOf(data, setting), TERMS, 'the control');
  const others: readonly AccessData[] = [
    unruled, unnamed, { ...data, rules: [{ capabilities: 7 }] }, { ...data, rules: [{ capabilities: 3 }, { capabilities: 1 }] }, { ...data, rules: [{ capabilities: 3, deny: 1 }] },
    { ...data, readerRuleIds: [1] }, { ...data, accessExtensions: [extension] }, { ...data, extensions: [extension] }, { ...data, id: new Uint8Array(15) }, { ...data, rules: [{ capabilities: 0 }] },
  ];
  for (const other of others) assert.equal(termsOf(other, setting), undefined);
  assert.equal(termsOf(data, { ...setting, until: setting.from }), undefined);
});

test('terms out of bounds are our bug', () => {
  const bad: readonly Partial<GrantTerms>[] = [
    { places: [] }, { places: [DOOR, DOOR] }, { verbs: [] }, { verbs: ['lock', 'unlock'] }, { verbs: ['lock', 'lock'] }, { from: at(1) }, { until: TERMS.from }, { until: at(1500) },
    { uses: 0 }, { uses: 65_536 }, { uses: 1.5 }, { minutesAfterFirstUse: 0 }, { minutesAfterFirstUse: 525_601 }, { freshForS: 59 }, { freshForS: 366 * 86_400 + 1 },
    { holidays: 0 }, { holidays: 256 }, { hours: Array.from({ length: 9 }, () => ({ startS: 0, utc: true })) }, { hours: [{ startS: -1, utc: true }] },
    { places: Array.from({ length: 33 }, (_, index): Place => ({ kind: 'door', id: identifierOf<DoorId>(new Uint8Array(16).fill(index)) })) },
  ];
  for (const changes of bad) assert.throws(() => accessDataOf({ ...TERMS, ...changes }), { name: 'InvariantError' }, JSON.stringify(changes).slice(0, 60));
  const edges: readonly Partial<GrantTerms>[] = [{ uses: 1 }, { uses: 65_535 }, { minutesAfterFirstUse: 525_600 }, { freshForS: 60 }, { holidays: 255 }, { hours: Array.from({ length: 8 }, () => ({ startS: 0, utc: true })) }];
  for (const changes of edges) assert.ok(accessDataOf({ ...TERMS, ...changes }));
});

// ---- extensions ------------------------------------------------------------------------------------------------------------------

test('what narrows is critical, what widens is not', () => {
  const all = conditionExtensions({ uses: 1, minutesAfterFirstUse: 2, freshForS: 60, holidays: 3, userVerification: true, remote: true, countsAs: TERMS.grantId }) ?? [];
  assert.deepEqual(all.map(({ id, critical, version }) => [id, critical, version]), [[1, true, 1], [2, true, 1], [3, true, 1], [4, true, 1], [5, true, 1], [6, false, 1], [7, true, 1]]);
  assert.equal(conditionExtensions({ userVerification: false, remote: false }), undefined);
});

test('a condition in another form is none that we may pass over', () => {
  const one = (changes: Partial<AccessExtension>): AccessExtension => ({ vendor: GRANT_VENDOR, id: 1, version: 1, data: encodeCbor(5), critical: true, ...changes });
  assert.deepEqual(readConditions([one({})]), { uses: 5, userVerification: false, remote: false }, 'the control');
  assert.deepEqual(readConditions([one({ critical: false })]), { uses: 5, userVerification: false, remote: false }, 'a limit holds, however it is marked');
  for (const other of [one({ vendor: 1 }), one({ id: 99 }), one({ version: 2 })]) assert.deepEqual(readConditions([other]), { userVerification: false, remote: false }, 'Aliro’s rules refuse the critical ones');
  const bad = [one({ data: encodeCbor(0) }), one({ data: encodeCbor(65_536) }), one({ data: encodeCbor('5') }), one({ data: new Uint8Array(0) }), one({ data: new Uint8Array(99) }), one({ id: 5, data: encodeCbor(1) }), one({ id: 7, data: new Uint8Array(15) }), one({ id: 7, data: new Uint8Array(0) })];
  for (const extension of bad) assert.equal(readConditions([extension]), undefined);
  assert.equal(readConditions([one({}), one({ data: encodeCbor(9) })]), undefined, 'twice');
});

// ---- changes ---------------------------------------------------------------------------------------------------------------------

test('what a patch leaves out stays, null takes a condition away, and nothing else', () => {
  const limited: GrantTerms = { ...TERMS, uses: 3, holidays: 1, hours: [{ startS: 0, utc: true }] };
  assert.deepEqual(changeTerms(limited, {}), limited);
  assert.deepEqual(changeTerms(limited, { until: at(DAY) }), { ...limited, until: at(DAY) });
  const { uses: _, ...unlimited } = limited;
  assert.deepEqual(changeTerms(limited, { uses: null }), unlimited);
  assert.deepEqual(changeTerms(limited, { hours: null, places: null, until: null, remote: null }), limited, 'what must be there');
  fc.assert(fc.property(anyTerms, fc.record({ remote: fc.constant(false), userVerification: fc.constant(true) }, { requiredKeys: [] }), (terms, patch) => {
    const changed = changeTerms(terms, patch);
    assert.deepEqual({ ...changed, ...terms }, { ...terms });
    assert.deepEqual(changeTerms(changed, { remote: terms.remote, userVerification: terms.userVerification }), terms, 'and back: the limits are as they were');
  }));
});

// ---- narrowing -------------------------------------------------------------------------------------------------------------------

type Narrowing = { readonly part: keyof GrantPatch; readonly by: number };
const anyNarrowing: fc.Arbitrary<Narrowing> = fc.record({
  part: fc.constantFrom('places', 'verbs', 'from', 'until', 'hours', 'uses', 'minutesAfterFirstUse', 'freshForS', 'holidays', 'userVerification', 'remote'),
  by: fc.integer({ min: 1, max: 3000 }),
});

const fewer = <T>(items: readonly T[]): readonly T[] => (items.length > 1 ? items.slice(1) : items);
const less = (value: number | undefined, by: number, min: number, most: number): number => Math.max(min, (value ?? most + by) - by);

/** A patch that narrows one part. */
const patchOf = (terms: GrantTerms, { part, by }: Narrowing): GrantPatch => {
  switch (part) {
    case 'places': return { places: fewer(terms.places) };
    case 'verbs': return { verbs: fewer(terms.verbs) };
    case 'from': return { from: instant(Math.min(terms.from + by * 1000, terms.until - 1000)) };
    case 'until': return { until: instant(Math.max(terms.until - by * 1000, terms.from + 1000)) };
    case 'hours': return { hours: terms.hours.length > 0 ? fewer(terms.hours) : [{ startS: startS + by * 60, recurrence: { durationS: 40_000, mask: 0, pattern: 1, interval: 1, ordinal: 0 }, utc: false }] };
    case 'uses': return { uses: less(terms.uses, by % 3, 1, 3) };
    case 'minutesAfterFirstUse': return { minutesAfterFirstUse: less(terms.minutesAfterFirstUse, by, 1, 600) };
    case 'freshForS': return { freshForS: less(terms.freshForS, by, 60, 90_000) };
    case 'holidays': return { holidays: terms.holidays ?? 1 };
    case 'userVerification': return { userVerification: true };
    case 'remote': return { remote: false };
  }
};

/** As if the document had been read; the property is about the decision, not the signature. */
const known = (terms: GrantTerms, stampedAtMs: number): KnownDocument => {
  const value = accessDataCbor(accessDataOf(terms));
  const document: VerifiedDocument = {
    docType: 'aliro-a', issuer: ANNA.publicKey, deviceKey: GUEST.publicKey, validity: { signed: terms.from, validFrom: terms.from, validUntil: terms.until },
    timeVerificationRequired: true, elements: terms.places.map((place) => ({ identifier: elementOf(place), value })),
  };
  const issued = at(stampedAtMs);
  return { document, digest: new Uint8Array(32), stamps: [{ digest: new Uint8Array(32), by: ANNA.publicKey, issued, from: issued, until: at(2 * DAY) }] };
};

const today = Math.floor(NOW / DAY);
const PLACE = { zone: 'Europe/Zurich', zoneTable: ZURICH, calendars: [{ id: 1, days: [today + 1], untilDay: today + 9 }, { id: 2, days: [today - 1], untilDay: today + 9 }] };

const anyAsked = fc.record({
  ms: fc.integer({ min: -DAY, max: DAY }), verb: fc.constantFrom('unlock', 'unlock', 'lock', 'unlatch', 'holdUnlocked', 'endHold'), interface: fc.constantFrom(NFC, NFC, RELAY),
  userVerified: fc.boolean(), stampedAtMs: fc.integer({ min: -DAY, max: HOUR }), used: fc.nat(3), firstMs: fc.integer({ min: -DAY, max: 0 }),
});

test('a grant that was narrowed never opens what it did not open before', () => {
  const count = { decided: 0, wide: 0, narrow: 0 };
  // Terms that open often enough for a narrower one to show a difference.
  const openTerms = anyTerms.map((terms): GrantTerms => ({ ...terms, places: [DOOR, GROUP], verbs: GRANT_VERBS, from: at(-DAY), hours: terms.hours.slice(1), userVerification: false }));
  fc.assert(fc.property(openTerms, fc.array(anyNarrowing, { minLength: 1, maxLength: 3 }), fc.array(anyAsked, { minLength: 6, maxLength: 6 }), (terms, narrowings, asked) => {
    const narrow = narrowings.reduce((sofar, narrowing) => changeTerms(sofar, patchOf(sofar, narrowing)), terms);
    for (const { ms, stampedAtMs, used, firstMs, ...more } of asked) {
      const key = `owners:${Buffer.from(identifierBytes(terms.grantId)).toString('hex')}`;
      const use = { uses: used, first: at(firstMs), until: terms.until };
      const memory: DocumentMemory = { ...NO_DOCUMENT_MEMORY, uses: { ...NO_DOCUMENT_MEMORY.uses, uses: new Map(used === 0 ? [] : [[key, use]]) } };
      const changes: Changes = { ...more, now: at(ms), place: PLACE };
      const opens = (one: GrantTerms): boolean => decideKnown(crypto, [known(one, stampedAtMs)], requestOf(changes), memory).decision.allowed;
      const [wide, narrowed] = [opens(terms), opens(narrow)];
      count.decided += 1;
      count.wide += Number(wide);
      count.narrow += Number(narrowed);
      assert.ok(!narrowed || wide, JSON.stringify({ narrowings, changes }));
    }
  }), { numRuns: 1500 });
  console.log(`narrowing: of ${count.decided} questions the wider grants opened ${count.wide}, the narrower ones ${count.narrow}`);
  assert.ok(count.narrow > 100 && count.wide > count.narrow);
});
