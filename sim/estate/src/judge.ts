// What ought to be, told from the grants as people meant them and from what the hub knew at that moment: each opening is held against it.

import { required } from '@mortise/base/assert.ts';
import { elementOf } from '@mortise/documents/place.ts';
import type { Agenda } from './agenda.ts';
import type { Checks } from './checks.ts';
import type { ElectronicKey } from './electronic-key.ts';
import { isWithin, type WorkingHours } from './hours.ts';
import type { Lent, Office } from './office.ts';
import type { PassiveLock } from './passive-lock.ts';

/** As far as an honest key's clock may be off, at the edges of hours and ends. */
const SKEW_MS = 60_000;

export class Judge {
  /** By access id; undefined: at all hours. */
  readonly hours = new Map<string, WorkingHours | undefined>();
  readonly #agenda: Agenda;
  readonly #office: Office;
  readonly #checks: Checks;

  constructor(agenda: Agenda, office: Office, checks: Checks) {
    [this.#agenda, this.#office, this.#checks] = [agenda, office, checks];
  }

  /** The lock lets its bolt be turned with this key there. */
  opened(key: ElectronicKey, lock: PassiveLock): void {
    const now = this.#agenda.now;
    const { orders } = key.state;
    const deadline = required(orders, 'a key without orders opens nothing').revalidateBy;
    this.#checks.check('deadline', deadline === undefined || now <= deadline + SKEW_MS, () => `${key.name} opened ${lock.name} past its deadline`);
    const grants = this.#office.grantsOf(key.keyId);
    this.#checks.check('closed', grants.some((grant) => this.#mayOpen(grant, lock, now)), () => `${key.name} opened ${lock.name}, which coverage called closed`);
  }

  #mayOpen(grant: Lent, lock: PassiveLock, now: number): boolean {
    const { terms } = grant;
    const named = new Set(terms.places.map(elementOf));
    const places = [elementOf({ kind: 'door', id: lock.place.door }), ...lock.place.groups.map((id) => elementOf({ kind: 'group', id }))];
    const hours = this.hours.get(terms.grantId);
    const isTime = now >= terms.from - SKEW_MS && now <= terms.until + SKEW_MS && (hours === undefined || [now - SKEW_MS, now, now + SKEW_MS].some((at) => isWithin(at, hours)));
    if (!places.some((place) => named.has(place)) || !isTime) return false;
    if (!grant.isTakenBack) return true;
    // Taken back: only where the hub itself says that this lock may not have heard, and for no longer than it says.
    const { opensUntil } = this.#office.coverageOf(lock.lockId, grant, now - SKEW_MS);
    return opensUntil === 'unbounded' || (opensUntil !== null && now <= opensUntil + SKEW_MS);
  }
}
