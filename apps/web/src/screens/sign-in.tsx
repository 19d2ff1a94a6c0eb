// Signed out: sign in with a passkey, or go on with the recovery kit. And the two states before: no owner yet, no answer.

import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Task } from '../app/shell.tsx';
import { signInWithPasskey } from '../keys/sign-in.ts';
import { session } from '../model/live.ts';
import { begin, signedIn } from '../model/session.ts';
import { TaskDrawing } from '../parts/section.tsx';
import { Banner } from '../parts/small.tsx';
import { failureSentence } from '../words/failures.ts';
import type { Failure } from '../model/client.ts';

const busy = signal(false);
const failure = signal<string | undefined>(undefined);

const enter = async (): Promise<void> => {
  if (busy.value) return;
  busy.value = true;
  failure.value = undefined;
  const answer = await signInWithPasskey();
  busy.value = false;
  if (answer.ok) await signedIn(answer.value);
  else failure.value = answer.error;
};

export const SignIn = () => {
  const name = session.value.kind === 'out' ? session.value.siteName : undefined;
  return (
    <Task
      title={name ?? 'Sign in'} say="Sign in with the passkey on this device."
      bar={<button class="btn btn--main btn--tall" type="button" aria-disabled={busy.value} onClick={() => void enter()}>{busy.value ? 'Waiting for your device' : 'Sign in with a passkey'}</button>}
    >
      <TaskDrawing />
      {failure.value !== undefined && <Banner tone="denied"><b>Not signed in.</b> {failure.value}</Banner>}
      <p><a class="link" href="/restore">Use the recovery kit instead</a></p>
    </Task>
  );
};

export const Unclaimed = () => (
  <Task title="This hub has no owner yet" say="When it started, it printed a claim link in its window, beginning with this page’s address. Open that link to become its owner.">
    <TaskDrawing />
    <p class="muted">The link works once, and only who can see the hub’s window has it.</p>
    <button class="btn btn--start" type="button" onClick={() => void begin()}>Look again</button>
  </Task>
);

const RETRY_MS = 5000;
const asking = signal(false);

const ask = async (): Promise<void> => {
  if (asking.value) return;
  asking.value = true;
  await begin();
  asking.value = false;
};

/** Asks by itself while it is seen: whoever signed out here is gone from the hub without a press. */
const useAsking = (): void => useEffect(() => {
  const look = (): void => { if (!document.hidden) void ask(); };
  const timer = setInterval(look, RETRY_MS);
  addEventListener('online', look);
  return () => {
    clearInterval(timer);
    removeEventListener('online', look);
  };
}, []);

export const NoHub = ({ failure: cause, leaving }: { failure: Failure; leaving: boolean }) => {
  useAsking();
  return (
    <Task title="No answer from the hub" say={failureSentence(cause)} bar={<button class="btn btn--main btn--tall" type="button" onClick={() => void ask()}>Try again</button>}>
      <TaskDrawing />
      {leaving && <Banner icon="leave"><b>You are signed out on this device.</b> The hub hears of it as soon as it answers this page.</Banner>}
      <p class="muted">The locks do not need the hub to stay locked, and the inside handle always works.</p>
    </Task>
  );
};
