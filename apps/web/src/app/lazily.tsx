// A screen whose code is fetched when somebody first comes to it, so that who never does has not to load it.

import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { link } from '../model/live.ts';
import { Banner, Wait } from '../parts/small.tsx';

type Loaded<P> = { readonly kind: 'not-yet' } | { readonly kind: 'failed' } | { readonly kind: 'here'; readonly screen: ComponentType<P> };

// A browser remembers that a module did not come, and does not ask for it again before the page is loaded anew.
const Failed = () => (
  <Banner icon="unlinked" actions={<><button class="link" type="button" onClick={() => location.reload()}>Load the page again</button><a class="link" href="/">To the doors</a></>}>
    <b>This page could not be fetched.</b> The hub does not answer, or it has a newer app by now.
  </Banner>
);

const Fetching = () => link.value.kind !== 'lost' ? <Wait>Fetching this page from the hub</Wait> : (
  <Banner icon="unlinked" actions={<a class="link" href="/">To the doors</a>}><b>No connection to the hub.</b> This page is fetched from it, and comes when it answers.</Banner>
);

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
    return <div class="task"><main class="main">{loaded.value.kind === 'not-yet' ? <Fetching /> : <Failed />}</main></div>;
  };
};
