// What must hold, how often it was looked at, and where it did not. A check that was never made shows as none, and fails the run.

export const INVARIANTS = {
  evidence: 'a bolt moves only after a durable decision',
  closed: 'nothing opens where coverage said closed',
  chained: 'no record is lost, doubled or reordered',
  consistent: 'lock and key agree after a cut at any byte',
  named: 'a decision names its rule',
  deadline: 'a key that was not updated in time opens nothing',
  accounted: 'every record is at the hub, or still in its lock or key',
} as const;
export type Invariant = keyof typeof INVARIANTS;
export const INVARIANT_NAMES = ['evidence', 'closed', 'chained', 'consistent', 'named', 'deadline', 'accounted'] as const satisfies readonly Invariant[];

export type Broken = { readonly invariant: Invariant; readonly what: string };

const MAX_BROKEN = 100;

export class Checks {
  readonly counts: Record<Invariant, number> = { evidence: 0, closed: 0, chained: 0, consistent: 0, named: 0, deadline: 0, accounted: 0 };
  readonly broken: Broken[] = [];

  /** `what`: read only when it does not hold. */
  check(invariant: Invariant, holds: boolean, what: () => string): void {
    this.counts[invariant] += 1;
    if (!holds && this.broken.length < MAX_BROKEN) this.broken.push({ invariant, what: what() });
  }

  /** Whether all held, and each was looked at. */
  get held(): boolean {
    return this.broken.length === 0 && Object.values(this.counts).every((count) => count > 0);
  }
}
