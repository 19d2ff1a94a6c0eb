// The frame of a signed-in page: a bar at the foot of a phone, a rail at a desk; the page's title; the live region.

import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { StorageError } from '@mortise/browser/storage.ts';
import { when, zoneName } from '@mortise/words/time.ts';
import { isKeyless, phoneKeyFault, readPhoneKey } from '../keys/phone-key.ts';
import { storageSentence } from '../keys/store.ts';
import { announcement } from '../model/announce.ts';
import { waitingRequests } from '../model/estate.ts';
import { doors, link, me, now, zone } from '../model/live.ts';
import { signOut } from '../model/session.ts';
import { Banner } from '../parts/small.tsx';
import { Icon, Mark, type IconName } from '../parts/icon.tsx';
import { path } from './router.ts';

const PLACES: readonly (readonly [string, string, IconName])[] = [
  ['/', 'Doors', 'doors'], ['/activity', 'Activity', 'activity'], ['/lent', 'Keys', 'key'], ['/people', 'People', 'people'], ['/trust', 'Trust', 'trust'],
];

/** The place of the navigation under which a path is found. */
const WITHIN: Readonly<Record<string, readonly string[]>> = { '/': ['/doors/', '/add-lock'], '/lent': ['/grants/', '/outbox', '/groups', '/holidays', '/hub-lends'], '/people': ['/owners/', '/alarms'], '/estate': ['/estate/'] };

const isHere = (to: string): boolean => path.value === to || (WITHIN[to] ?? []).some((within) => path.value.startsWith(within));

const count = (n: number): string => (n === 1 ? '1 door' : `${n} doors`);

const Nav = () => (
  <nav class="nav" aria-label="Main">
    <span class="nav__mark"><Mark />Mortise</span>
    {PLACES.map(([to, name, icon]) => <a key={to} href={to} aria-current={isHere(to) ? 'page' : undefined}><Icon name={icon} />{name}</a>)}
    <a class="wide-only" href="/estate" aria-current={isHere('/estate') ? 'page' : undefined}><Icon name="estate" />Estate{waitingRequests.value.length > 0 && <span class="pill__count">{waitingRequests.value.length}<span class="vh"> requests wait</span></span>}</a>
    <span class="nav__site">
      <b>{me.value?.site.name}</b>{doors.value !== undefined && `${count(doors.value.length)} · `}{zoneName(zone.value)}<br />Signed in as {me.value?.person.name}
      <button class="link" type="button" onClick={() => void signOut()}>Sign out</button>
    </span>
  </nav>
);

const Offline = () =>
  link.value.kind === 'lost' ? (
    <Banner icon="unlinked">
      <b>No connection to the hub</b> since {when(link.value.since, now.value, zone.value).replace(/^at /, '')}, {zoneName(zone.value)}. What stands here is from before. Doors that
      are locked stay locked; the inside handle always works. This page tries again by itself.
    </Banner>
  ) : null;

const KeyUnread = ({ error }: { error: StorageError }) => (
  <Banner icon="phone" actions={<button class="link" type="button" onClick={() => { if (me.value !== undefined) void readPhoneKey(me.value.site.id); }}>Try again</button>}>
    <b>This browser’s key could not be read.</b> {storageSentence(error)} The key may well be there: nothing has to be restored for now.
  </Banner>
);

/** Said where doors are shown: this browser can look, but not open. */
export const NoKey = () =>
  phoneKeyFault.value !== undefined ? <KeyUnread error={phoneKeyFault.value} /> : isKeyless.value ? (
    <Banner tone="accent" icon="phone" actions={<a class="link" href="/restore">Make this browser a key</a>}>
      <b>This browser cannot open a door.</b> It has no key of this site, or its data was cleared.
    </Banner>
  ) : null;

/** Says each announcement once, to who cannot see the change. */
export const LiveRegion = () => <p class="vh" role="status" aria-live="polite">{announcement.value}</p>;

export type PageProps = { readonly title: string; readonly note?: ComponentChildren; readonly back?: string; readonly action?: ComponentChildren; readonly children: ComponentChildren };

/** Title and content of a place; moves the focus to its heading when the place changes. */
export const Page = ({ title, note, back, action, children }: PageProps) => {
  const heading = useRef<HTMLHeadingElement>(null);
  useTitle(title, heading);
  return (
    <div class="app">
      <a class="skip" href="#main">To the content</a>
      <Nav />
      <div>
        <header class="top">
          {back !== undefined && <a class="btn btn--icon top__back" href={back} aria-label="Back"><Icon name="back" /></a>}
          <div class="top__title"><h1 ref={heading} tabIndex={-1}>{title}</h1>{note !== undefined && <p>{note}</p>}</div>
          {action}
        </header>
        <main class="main" id="main"><Offline />{children}</main>
      </div>
    </div>
  );
};

let firstPage = true;

/** The document's title; on every page but the first the heading gets the focus, so that a screen reader begins there. */
export const useTitle = (title: string, heading: { readonly current: HTMLElement | null }): void => {
  useEffect(() => {
    document.title = `${title} · Mortise`;
    if (!firstPage) heading.current?.focus({ preventScroll: true });
    firstPage = false;
  }, [title]);
};

export type TaskProps = {
  readonly title: string; readonly say?: ComponentChildren; readonly steps?: ComponentChildren; readonly closes?: string; readonly bar?: ComponentChildren; readonly children?: ComponentChildren;
  /** A block of its own: wider, or otherwise laid out. */
  readonly block?: string;
  /** The title stands in the top bar, where the content needs the room. */
  readonly inTop?: boolean;
};

/** One thing at a time: the mark, the title, the content, and at the foot the one button that goes on. */
export const Task = ({ title, say, steps, closes, bar, children, block, inTop = false }: TaskProps) => {
  const heading = useRef<HTMLHeadingElement>(null);
  useTitle(title, heading);
  return (
    <div class={block === undefined ? 'task' : `task ${block}`}>
      <header class="top">
        <div class="top__title">{inTop ? <h1 ref={heading} tabIndex={-1}>{title}</h1> : <span class="task__mark"><Mark />Mortise</span>}</div>
        {closes !== undefined && <a class="btn btn--icon" href={closes} aria-label="Close"><Icon name="close" /></a>}
      </header>
      <main class="main">
        {steps}
        {!inTop && <div class="task__say"><h1 ref={heading} tabIndex={-1} key={title}>{title}</h1>{say !== undefined && <p>{say}</p>}</div>}
        {children}
      </main>
      {bar !== undefined && <footer class="bar">{bar}</footer>}
    </div>
  );
};

export type StepsProps = {
  readonly names: readonly string[];
  readonly at: number;
  /** Goes to a step that was passed; left out: steps are only shown. */
  readonly onPick?: (index: number) => void;
};

export const Steps = ({ names, at, onPick }: StepsProps) => (
  <ol class="steps" aria-label="Steps">
    {names.map((name, index) => (
      <li key={name} data-done={index < at || undefined} aria-current={index === at ? 'step' : undefined}>
        {onPick !== undefined && index !== at ? <button type="button" onClick={() => onPick(index)}>{name}</button> : name}
      </li>
    ))}
  </ol>
);
