// Updating an electronic key: by whoever holds it, with the phone that has their key, or by an owner, any key of the site.

import { useEffect } from 'preact/hooks';
import { Page, Task } from '../app/shell.tsx';
import { ekeyUpdate } from '../model/ekey-update.ts';
import { ekeyZone, loadHeldEkeys } from '../model/held-ekeys.ts';
import { zone } from '../model/live.ts';
import { KeyUpdate } from '../parts/key-update.tsx';

const SAY = 'This page passes on between the key and the hub: records come home, and what it may open goes onto it. It can read none of it, and make none of it up.';

export const UpdateHeldEkey = () => {
  useEffect(() => void loadHeldEkeys(), []);
  const isDone = ekeyUpdate.value.kind === 'done';
  return (
    <Task title="Update the key" say={SAY} closes="/keys/electronic" bar={isDone ? <a class="btn btn--main btn--tall" href="/keys/electronic">See what it opens</a> : undefined}>
      <KeyUpdate by="holder" zone={ekeyZone.value} />
    </Task>
  );
};

export const UpdateEkey = () => (
  <Page title="Update a key" note="Any electronic key of this site" back="/estate/keys">
    <div class="narrow"><div class="stack">
      <p class="muted">{SAY}</p>
      <KeyUpdate by="owner" zone={zone.value} />
    </div></div>
  </Page>
);
