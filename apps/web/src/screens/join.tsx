// Becoming an owner by a link: a passkey, an owner key and this browser's key are made here, then an owner looks and signs. The link's
// secret is out of the address before anything else happens.

import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Task } from '../app/shell.tsx';
import { go, takeFragment } from '../app/router.ts';
import { askToJoin, enterAsOwner, lookAtJoin, readJoinLink, type JoinLink, type JoinLook } from '../keys/join.ts';
import { compareCode } from '../keys/compare.ts';
import { now } from '../model/live.ts';
import { isName, NameField } from '../parts/name-field.tsx';
import { TaskDrawing } from '../parts/section.tsx';
import { Banner, Wait } from '../parts/small.tsx';
import { linkFaultWords, type LinkFault } from '../words/link.ts';

type State =
  | { readonly kind: 'reading' }
  | { readonly kind: 'fault'; readonly fault: LinkFault }
  | { readonly kind: 'hub'; readonly link: JoinLink; readonly says: string }
  | { readonly kind: 'open'; readonly link: JoinLink; readonly look: JoinLook }
  | { readonly kind: 'asking'; readonly link: JoinLink; readonly siteName: string; readonly ownerKey: string | undefined }
  | { readonly kind: 'done'; readonly siteName: string };

const state = signal<State>({ kind: 'reading' });
const name = signal('');
const busy = signal(false);
const failure = signal<string | undefined>(undefined);

const LOOK_MS = 3000;

const fault = (kind: 'missing' | 'mistyped' | 'other-site' | 'unknown' | 'asked-by-another'): State => ({ kind: 'fault', fault: { kind } });

const stateOf = (link: JoinLink, look: JoinLook, ownerKey: string | undefined): State => {
  if (ownerKey === undefined && (look.state === 'asking' || look.state === 'done')) return fault('asked-by-another');
  if (look.state === 'asking') return { kind: 'asking', link, siteName: look.siteName, ownerKey };
  if (look.state === 'done') return { kind: 'done', siteName: look.siteName };
  return look.state === 'open' ? { kind: 'open', link, look } : fault('unknown');
};

const lookAgain = async (link: JoinLink, ownerKey?: string): Promise<void> => {
  const look = await lookAtJoin(link);
  if (look.ok) state.value = stateOf(link, look.value, ownerKey ?? link.ownerKey);
  else if (look.error.kind !== 'hub') state.value = fault(look.error.kind);
  else if (state.value.kind !== 'asking') state.value = { kind: 'hub', link, says: look.error.says };
};

const read = async (): Promise<void> => {
  const link = await readJoinLink(takeFragment());
  if (link.ok) await lookAgain(link.value);
  else state.value = fault(link.error);
};

const ask = async (link: JoinLink, siteName: string): Promise<void> => {
  if (busy.value || !isName(name.value)) return;
  busy.value = true;
  failure.value = undefined;
  const asked = await askToJoin(link, name.value.trim());
  busy.value = false;
  if (asked.ok) state.value = { kind: 'asking', link, siteName, ownerKey: asked.value.ownerKey };
  else failure.value = asked.error;
};

const enter = async (): Promise<void> => {
  if (busy.value) return;
  busy.value = true;
  failure.value = undefined;
  const entered = await enterAsOwner();
  busy.value = false;
  if (entered.ok) go('/', 'replace');
  else failure.value = entered.error;
};

const Open = ({ link, look }: { link: JoinLink; look: JoinLook }) => (
  <form onSubmit={(event) => { event.preventDefault(); void ask(link, look.siteName); }}>
    <Task title={`Become an owner of ${look.siteName}`} say="You open every door, lend keys, and sign what the locks go by." bar={<button class="btn btn--main btn--tall" type="submit" aria-disabled={!isName(name.value) || busy.value}>{busy.value ? 'Waiting for your device' : 'Make the passkey and ask'}</button>}>
      {failure.value !== undefined && <Banner tone="denied"><b>Not asked yet.</b> {failure.value}</Banner>}
      <NameField label="Your name" value={name.value} onInput={(value) => { name.value = value; }} autocomplete="name" note="It stays on the hub. Locks know a number instead." />
      <ul class="plain">
        <li>Your device asks you for a passkey. There is no password.</li>
        <li>An owner key and this browser’s key are made here; the hub gets neither.</li>
        <li>Then an owner looks at your request and signs. Until then nothing changes.</li>
      </ul>
    </Task>
  </form>
);

const Asking = ({ link, siteName, ownerKey }: { link: JoinLink; siteName: string; ownerKey: string | undefined }) => {
  useEffect(() => {
    const timer = setInterval(() => void lookAgain(link, ownerKey), LOOK_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <Task title="An owner has to sign" say={`You have asked to become an owner of ${siteName}. This page notices by itself.`}>
      <TaskDrawing />
      <Wait>Waiting for an owner’s signature</Wait>
      {ownerKey !== undefined && <><p class="small">Who signs may ask you for these twelve characters:</p><p class="compare" aria-label="Compare">{compareCode(ownerKey)}</p></>}
    </Task>
  );
};

const Done = ({ siteName }: { siteName: string }) => (
  <Task title={`You are an owner of ${siteName}`} say="Sign in with the passkey that you made." bar={<button class="btn btn--main btn--tall" type="button" aria-disabled={busy.value} onClick={() => void enter()}>{busy.value ? 'Waiting for your device' : 'Sign in with a passkey'}</button>}>
    {failure.value !== undefined && <Banner tone="denied"><b>Not signed in.</b> {failure.value}</Banner>}
    <TaskDrawing />
  </Task>
);

export const Join = () => {
  useEffect(() => void read(), []);
  const at = state.value;
  switch (at.kind) {
    case 'reading':
      return <Task title="Become an owner"><Wait>Reading the link</Wait></Task>;
    case 'fault': {
      const words = linkFaultWords(at.fault, now.value);
      return <Task title={words.title} say={words.says}><TaskDrawing /></Task>;
    }
    case 'hub':
      return <Task title="No answer from the hub" say={at.says} bar={<button class="btn btn--main btn--tall" type="button" onClick={() => void lookAgain(at.link)}>Try again</button>}><TaskDrawing /></Task>;
    case 'open':
      return <Open link={at.link} look={at.look} />;
    case 'asking':
      return <Asking link={at.link} siteName={at.siteName} ownerKey={at.ownerKey} />;
    case 'done':
      return <Done siteName={at.siteName} />;
  }
};
