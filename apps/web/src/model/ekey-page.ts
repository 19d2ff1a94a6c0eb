// One electronic key as its page shows it: with its log, which is asked for anew whenever the stream tells that the key is another than before.

import { signal } from '@preact/signals';
import type { EkeyAnswer, EkeyPatch, IssueBody } from '@mortise/api/ekeys.ts';
import { ROUTES } from '@mortise/api/routes.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { failureSentence } from '../words/failures.ts';
import { call, type Failure } from './client.ts';
import { hearEkey } from './estate.ts';

export const ekeyShown = signal<EkeyAnswer | undefined>(undefined);
export const ekeyFailure = signal<Failure | undefined>(undefined);

/** Another key's page has been come to meanwhile: then the answer is not shown. */
let wanted = '';

const show = (answer: EkeyAnswer): void => {
  if (answer.ekey.id === wanted) ekeyShown.value = answer;
  hearEkey(answer.ekey);
};

export const loadEkey = async (ekeyId: string): Promise<void> => {
  if (ekeyId !== wanted) ekeyShown.value = undefined;
  wanted = ekeyId;
  const answer = await call(ROUTES.ekey, { parameters: { ekeyId } });
  if (ekeyId !== wanted) return;
  ekeyFailure.value = answer.ok ? undefined : answer.error;
  if (answer.ok) show(answer.value);
};

const told = (answer: Awaited<ReturnType<typeof call<EkeyAnswer>>>): Result<void, string> => {
  if (!answer.ok) return err(failureSentence(answer.error));
  show(answer.value);
  return ok(undefined);
};

/** What `keys/ekey.ts` answered. */
export const showEkey = (answer: Result<EkeyAnswer, string>): Result<void, string> => {
  if (!answer.ok) return answer;
  show(answer.value);
  return ok(undefined);
};

export const issueEkey = async (ekeyId: string, body: IssueBody): Promise<Result<void, string>> => told(await call(ROUTES.issueEkey, { parameters: { ekeyId }, body }));
export const returnEkey = async (ekeyId: string, note: string): Promise<Result<void, string>> => told(await call(ROUTES.returnEkey, { parameters: { ekeyId }, body: { note } }));
export const patchEkey = async (ekeyId: string, body: EkeyPatch): Promise<Result<void, string>> => told(await call(ROUTES.patchEkey, { parameters: { ekeyId }, body }));
