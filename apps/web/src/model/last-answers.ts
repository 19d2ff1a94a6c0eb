// What the hub said last to a question that does not change often, kept in this page's memory: so that an owner who walked out of the network's
// reach can still sign. Only where the hub cannot be reached; what it refuses is refused. Gone with the page, and at sign-out.

import type { Result } from '@mortise/base/result.ts';
import { ok } from '@mortise/base/result.ts';
import { call, SHORT_PATIENCE_MS, type Failure, type Route } from './client.ts';

const answers = new Map<string, unknown>();

export const callOrLast = async <A>(route: Route<A>): Promise<Result<A, Failure>> => {
  const answer = await call(route, { patienceMs: answers.has(route.path) ? SHORT_PATIENCE_MS : undefined });
  if (answer.ok) answers.set(route.path, answer.value);
  if (answer.ok || answer.error.kind !== 'unreachable') return answer;
  const last = route.answer.safeParse(answers.get(route.path));
  return last.success ? ok(last.data) : answer;
};

export const forgetAnswers = (): void => answers.clear();
