// The answer about a signed key is the lock's own, whatever the key and the instant; and of what does not prove itself there is none.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant, type Instant } from '@mortise/base/instant.ts';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import { exampleEntropy, exampleKey, exampleLock, exampleSite, rosterFields, signRoster } from '@mortise/documents/example-site.ts';
import { identifierOf, type GroupId, type SiteId } from '@mortise/base/identifiers.ts';
import { keyOpening, type KeyQuestion, type ShownKey, type ShownLock } from './key-opening.ts';
import { DAY_MS, NOW, site } from './lending.fixture.ts';
import { exampleAccess, lockDecides, shownKey, shownLock, WEEKDAYS, type Showing } from './shown-key.fixture.ts';

const at = (text: string): Instant => instant(Date.parse(text));
const ask = (key: ShownKey, lock: ShownLock, when: Instant, how: Partial<KeyQuestion> = {}) => keyOpening(crypto, key, lock, { at: when, remote: false, confirmed: false, ...how });
const reasonOf = (answer: ReturnType<typeof ask>): string => (answer.ok ? answer.value.reason : `${answer.error.part}: ${answer.error.code}`);
const says = (key: ShownKey, lock: ShownLock, when: string, how: Partial<KeyQuestion> = {}): string => reasonOf(ask(key, lock, at(when), how));

test('it is what the lock decides, of keys of all kinds, at the door and from afar, through a fortnight', (t) => {
  const kinds: readonly Showing[] = [
    {}, { terms: { hours: [WEEKDAYS] } }, { terms: { remote: true, until: instant(NOW + 3 * DAY_MS) } }, { terms: { holidays: 1 } }, { terms: { verbs: ['lock'] } }, { terms: { userVerification: true } },
    { terms: { freshForS: 86_400 }, stampedAt: NOW }, { terms: { freshForS: 3600 } }, { revokedAt: instant(NOW + DAY_MS) }, { terms: { places: [{ kind: 'group', id: identifierOf<GroupId>(exampleEntropy('group').slice(0, 16)) }] } },
  ];
  const lock = shownLock();
  const said = new Set<string>();
  for (const kind of kinds) {
    const key = shownKey(kind);
    for (let hour = -24; hour < 14 * 24; hour += 29) {
      for (const remote of [false, true]) {
        const question = { at: instant(NOW + hour * 3_600_000), remote };
        const reason = reasonOf(ask(key, lock, question.at, { remote }));
        assert.equal(reason, lockDecides(key, lock, question), `${JSON.stringify(kind)} ${new Date(question.at).toISOString()} ${remote}`);
        said.add(reason);
      }
    }
  }
  t.diagnostic([...said].toSorted().join(', '));
  for (const reason of ['granted-document', 'grant-not-yet', 'grant-expired', 'outside-hours', 'remote-not-allowed', 'holiday', 'right-missing', 'verification-missing', 'freshness-lapsed', 'revoked', 'document-missing']) assert.ok(said.has(reason), reason);
});

test('a key that must be confirmed is asked about as if the hub had confirmed it, where the roster lets the hub', () => {
  const key = shownKey({ terms: { freshForS: 3600, until: at('2026-12-20T00:00:00Z') } });
  assert.equal(says(key, shownLock(), '2026-06-02T10:00:00Z'), 'freshness-lapsed');
  assert.equal(says(key, shownLock(), '2026-06-02T10:00:00Z', { confirmed: true }), 'granted-document');
  assert.equal(says(key, shownLock(), '2026-12-02T10:00:00Z', { confirmed: true }), 'freshness-lapsed', 'the hub’s power ends with November');
  assert.equal(says(key, shownLock({ access: { ...exampleAccess(), delegations: [] } }), '2026-06-02T10:00:00Z', { confirmed: true }), 'freshness-lapsed', 'nobody may confirm there');
  assert.equal(says(shownKey({ revokedAt: NOW }), shownLock(), '2026-06-02T10:00:00Z', { confirmed: true }), 'revoked', 'which nothing confirms');
});

test('where it does not open it is told when it opens next', () => {
  const answer = ask(shownKey({ terms: { hours: [WEEKDAYS] } }), shownLock(), at('2026-06-06T08:00:00Z'));
  assert.ok(answer.ok && !answer.value.opening.opens);
  assert.equal(answer.value.opening.next, at('2026-06-08T07:00:00Z'));
  const over = ask(shownKey(), shownLock(), at('2026-07-01T08:00:00Z'));
  assert.deepEqual(over.ok && over.value.opening, { opens: false, reason: 'grant-expired' });
});

test('a lock whose roster lets no document count knows no such key', () => {
  const lock = shownLock();
  const first = { ...lock, roster: signRoster(site.owner, rosterFields(site, exampleLock())) };
  assert.equal(says(shownKey(), first, '2026-06-02T10:00:00Z'), 'credential-unknown');
  assert.equal(says(shownKey(), lock, '2026-06-02T10:00:00Z'), 'granted-document', 'the control');
});

test('what does not prove itself is named, and nothing is answered', () => {
  const [key, lock] = [shownKey(), shownLock()];
  const other = exampleSite('other');
  const bent: readonly (readonly [string, ShownKey, ShownLock])[] = [
    ['site: malformed', { ...key, ownerSets: [] }, lock],
    ['site: other-site', { ...key, ownerSets: [other.document] }, lock],
    ['site: other-site', { ...key, siteId: identifierOf<SiteId>(new Uint8Array(16)) }, lock],
    ['lock: identity-mismatch', key, { ...lock, claimed: { ...lock.claimed, identityKey: exampleKey('hub’s own').publicKey } }],
    ['lock: keys-differ', key, { ...lock, claimed: { ...lock.claimed, sealKey: exampleKey('hub’s own').publicKey } }],
    ['lock: other-lock', key, { ...lock, roster: shownLock({}, 'another').roster }],
    ['lock: malformed', key, { ...lock, roster: new Uint8Array(9) }],
  ];
  for (const [expected, shown, at2] of bent) assert.equal(says(shown, at2, '2026-06-02T10:00:00Z'), expected);
});

test('a key’s own documents, bent or of somebody else, are refused as the lock refuses them', () => {
  const [key, lock] = [shownKey(), shownLock()];
  const [document = new Uint8Array(0)] = key.documents;
  const question = { at: at('2026-06-02T10:00:00Z'), remote: false };
  const bent: readonly ShownKey[] = [
    { ...key, credentialKey: exampleKey('stranger').publicKey }, { ...key, documents: [] }, { ...key, documents: [new Uint8Array(40)] },
    ...Array.from({ length: 40 }, (_, index): ShownKey => ({ ...key, documents: [document.map((byte, place) => (place === Math.floor((index * document.length) / 40) ? byte ^ 1 : byte))] })),
  ];
  for (const one of bent) {
    const reason = reasonOf(ask(one, lock, question.at));
    assert.equal(reason, lockDecides(one, lock, question));
    assert.notEqual(reason, 'granted-document');
  }
});
