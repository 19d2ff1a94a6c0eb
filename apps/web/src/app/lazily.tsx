// A screen whose code is fetched when somebody first comes to it, so that who never does has not to load it.

import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { link } from '../model/live.ts';
import { TaskDrawing } from '../parts/section.tsx';
import { Wait } from '../parts/small.tsx';
import { Task } from './shell.tsx';

type Loaded<P> = { readonly kind: 'not-yet' } | { readonly kind: 'failed' } | { readonly kind: 'here'; readonly screen: ComponentType<P> };

const ToDoors = () => <a class="btn btn--tall" href="/">To the doors</a>;

// A browser remembers that a module did not come, and does not ask for it again before the page is loaded anew.
const Failed = () => (
  <Task
    title="This page could not be fetched" say="The hub does not answer, or it has a newer app by now."
    bar={<><ToDoors /><button class="btn btn--main btn--tall" type="button" onClick={() => location.reload()}>Load the page again</button></>}
  >
    <TaskDrawing />
  </Task>
);

const Silent = () => <Task title="No connection to the hub" say="This page is fetched from it, and comes when it answers." bar={<ToDoors />}><TaskDrawing /></Task>;

const Fetching = () => (link.value.kind === 'lost' ? <Silent /> : <div class="task"><main class="main"><Wait>Fetching this page from the hub</Wait></main></div>);

export const lazily = <P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> => {
  const loaded = signal<Loaded<P>>({ kind: 'not-yet' });
  const fetchIt = async (): Promise<void> => {
    try {
      loaded.value = { kind: 'here', screen: await load() };
    } catch {
      loaded.value = { kind: 'failed' }; // said on the screen
    }
  };
  return (props: P) => {
    useEffect(() => { if (loaded.value.kind === 'not-yet') void fetchIt(); }, []);
    if (loaded.value.kind === 'here') {
      const Screen = loaded.value.screen;
      return <Screen {...props} />;
    }
    return loaded.value.kind === 'not-yet' ? <Fetching /> : <Failed />;
  };
};
