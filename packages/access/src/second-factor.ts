// Two factors of one person, one shortly after the other, in either order. Each must be allowed by itself but for the other. Kept in
// memory only: a restart forgets the first, and the person begins anew.

import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import type { EntryTerms, Factor } from '@mortise/documents/entry-terms.ts';

/** The second must come within this time after the first. */
export const PAIR_MS = 30_000;
export const MAX_PROOFS = 8;

/** A person (16 bytes: the pseudonym) proved themselves by a factor that was allowed, at a monotonic reading. */
export type Proof = {
  readonly factor: Factor;
  readonly pseudonym: Bytes;
  readonly atMs: number;
  /** Whether it was a duress PIN or finger: the pair then raises the alarm. */
  readonly duress: boolean;
};

const isRecent = ({ atMs }: Proof, nowMs: number): boolean => nowMs >= atMs && nowMs - atMs <= PAIR_MS;

/** The newest proof that makes a pair with this factor; undefined: none does yet. */
export const pairedWith = (proofs: readonly Proof[], factor: Factor, { pseudonym, second }: EntryTerms, nowMs: number): Proof | undefined =>
  proofs.findLast((proof) => isRecent(proof, nowMs) && proof.factor !== factor && second.includes(proof.factor) && equalBytes(proof.pseudonym, pseudonym));

/** With one more, and without those that are too old. The oldest go for want of room. */
export const withProof = (proofs: readonly Proof[], proof: Proof): readonly Proof[] =>
  [...proofs.filter((other) => isRecent(other, proof.atMs) && !isSame(other, proof)), proof].slice(-MAX_PROOFS);

/** Without any of this person: a pair counts once. */
export const withoutPerson = (proofs: readonly Proof[], pseudonym: Bytes): readonly Proof[] =>
  proofs.filter((proof) => !equalBytes(proof.pseudonym, pseudonym));

const isSame = (one: Proof, other: Proof): boolean => one.factor === other.factor && equalBytes(one.pseudonym, other.pseudonym);
