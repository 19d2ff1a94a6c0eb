// What the hub said last to a question that does not change often, kept in this page's memory: so that an owner who walked out of the network's
// reach can still sign. Only where the hub cannot be reached; what it refuses is refused. Gone with the page, and at sign-out.

import type { Result } from '@mortise/base/result.ts';
import { ok } from '@mortise/base/result.ts';
import { call, SHORT_PATIENCE_MS, type Failure, type Route } from './client.ts';

/** So long after the hub was silent nobody waits for it anew. */
const SILENT_MS = 10_000;

const answers = new Map<string, unknown>();
let silentUntilMs = 0;

export const callOrLast = async <A>(route: Route<A>): Promise<Result<A, Failure>> => {
  const last = route.answer.safeParse(answers.get(route.path));
  if (last.success && performance.now() < silentUntilMs) return ok(last.data);
  const answer = await call(route, { patienceMs: last.success ? SHORT_PATIENCE_MS : undefined });
  if (answer.ok) answers.set(route.path, answer.value);
  const isSilent = !answer.ok && answer.error.kind === 'unreachable';
  silentUntilMs = isSilent ? performance.now() + SILENT_MS : 0;
  if (!isSilent) return answer;
  return last.success ? ok(last.data) : answer;
};

export const forgetAnswers = (): void => answers.clear();
