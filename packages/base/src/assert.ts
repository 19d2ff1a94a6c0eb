// Invariants stay on in production. A broken one is our bug; the shell that catches it takes its documented safe state.

export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

/** Throws `InvariantError` when `condition` is false. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}

/** Returns `value`, or throws `InvariantError` when it is null or undefined. */
export const required = <T>(value: T | null | undefined, message: string): T => {
  assert(value !== null && value !== undefined, message);
  return value;
};

/** The default branch of an exhaustive switch. */
export const unreachable = (value: never): never => {
  throw new InvariantError(`unreachable: ${JSON.stringify(value)}`);
};
