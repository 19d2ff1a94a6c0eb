// Registering an electronic key: met on its wire and told by its own word, compared with the one in the hand, named and signed for; then its first
// update over the same connection, by which it becomes the site's.

import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Ekey } from '@mortise/api/ekeys.ts';
import { ROUTES } from '@mortise/api/routes.ts';
import { base64url } from '@mortise/base/bytes.ts';
import { parseIdentifier, type SiteId } from '@mortise/base/identifiers.ts';
import { Steps, Task } from '../../app/shell.tsx';
import { compareCode } from '../../keys/compare.ts';
import { refusedKey, registerEkey, type RegisterStep } from '../../keys/register-ekey.ts';
import { announce } from '../../model/announce.ts';
import { call } from '../../model/client.ts';
import { ekeyUpdate, forgetUpdate, updateOver } from '../../model/ekey-update.ts';
import { meetAt, type KeyLink, type MeetFault } from '../../model/key-link.ts';
import type { OpenWire } from '../../model/key-wire.ts';
import { me, zone } from '../../model/live.ts';
import { KeyConnect } from '../../parts/key-connect.tsx';
import { UpdateStart, UpdateState } from '../../parts/key-update.tsx';
import { isName, NameField } from '../../parts/name-field.tsx';
import { Banner, Facts, Field, Wait } from '../../parts/small.tsx';
import { MEET_WORDS } from '../../words/held-ekey.ts';
import { failureSentence } from '../../words/failures.ts';

type Met = { readonly link: KeyLink; readonly open: OpenWire };
type Step =
  | { readonly kind: 'connect'; readonly fault?: MeetFault; readonly says?: string; readonly known?: Ekey }
  | { readonly kind: 'meeting' }
  | { readonly kind: 'name'; readonly met: Met; readonly others: readonly string[] }
  | { readonly kind: 'working'; readonly at: RegisterStep }
  | { readonly kind: 'update'; readonly ekey: Ekey };

const step = signal<Step>({ kind: 'connect' });
const name = signal('');
const serial = signal('');
const failure = signal<string | undefined>(undefined);

const STEPS = ['Connect', 'Name', 'First update'];

/** Why this key is not to be registered; else the others' names, and its own where it is registered by owners who have gone. */
const look = async ({ key }: KeyLink): Promise<Omit<Extract<Step, { kind: 'connect' }>, 'kind'> | { readonly others: readonly string[]; readonly own: string | undefined }> => {
  const siteId = parseIdentifier<SiteId>(me.value?.site.id ?? '');
  const says = siteId === undefined ? failureSentence({ kind: 'unreadable' }) : refusedKey(key.signed, siteId);
  if (says !== undefined) return { says };
  const answer = await call(ROUTES.ekeys);
  if (!answer.ok) return { says: failureSentence(answer.error) };
  const known = answer.value.ekeys.find(({ id }) => id === key.keyId);
  if (known !== undefined && known.clock !== null) return { known };
  return { others: answer.value.ekeys.filter((ekey) => ekey !== known).map((ekey) => ekey.name), own: known?.name };
};

const freshName = (others: readonly string[]): string => {
  let number = others.length + 1;
  while (others.includes(`Key ${number}`)) number += 1;
  return `Key ${number}`;
};

const meet = async (open: OpenWire): Promise<void> => {
  step.value = { kind: 'meeting' };
  failure.value = undefined;
  const met = await meetAt(open);
  if (!met.ok) {
    step.value = { kind: 'connect', fault: met.error };
    return;
  }
  const found = await look(met.value);
  if (!('others' in found)) {
    met.value.close();
    step.value = { kind: 'connect', ...found };
    return;
  }
  name.value = found.own ?? freshName(found.others);
  serial.value = '';
  step.value = { kind: 'name', met: { link: met.value, open }, others: found.others };
};

const register = async (at: Extract<Step, { kind: 'name' }>): Promise<void> => {
  failure.value = undefined;
  const { link, open } = at.met;
  const registered = await registerEkey({ status: link.key.signed, name: name.value.trim(), serial: serial.value.trim() }, (working) => { step.value = { kind: 'working', at: working }; });
  if (!registered.ok) {
    failure.value = registered.error;
    step.value = at;
    return;
  }
  announce(`${registered.value.name} is registered.`);
  step.value = { kind: 'update', ekey: registered.value };
  forgetUpdate();
  await updateOver(link, open, 'owner');
};

const finish = (): void => {
  const at = step.value;
  if (at.kind === 'name') at.met.link.close();
  step.value = { kind: 'connect' };
  forgetUpdate();
};

const Refused = ({ at }: { at: Extract<Step, { kind: 'connect' }> }) => {
  if (at.fault !== undefined) return <Banner tone="denied"><b>{MEET_WORDS[at.fault].bold}</b> {MEET_WORDS[at.fault].says}</Banner>;
  if (at.says !== undefined) return <Banner tone="denied"><b>This key cannot be registered.</b> {at.says}</Banner>;
  if (at.known === undefined) return null;
  return (
    <Banner tone="denied" actions={<a class="link" href="/estate/keys/update">Update it</a>}>
      <b>It is registered already, as {at.known.name}.</b> {at.known.person === null ? 'Nobody has it.' : `${at.known.person.name} has it.`}
    </Banner>
  );
};

const Connect = ({ at }: { at: Extract<Step, { kind: 'connect' }> }) => (
  <Task title="Register a key" say="It says who it is by its own signature. Until you sign, nothing is changed on it." closes="/estate/keys" steps={<Steps names={STEPS} at={0} />}>
    <Refused at={at} />
    <KeyConnect verb="Look at" busy={false} act={meet} />
  </Task>
);

const Name = ({ at }: { at: Extract<Step, { kind: 'name' }> }) => {
  const { key } = at.met.link;
  const isDoubled = at.others.includes(name.value.trim());
  const isReady = isName(name.value) && !isDoubled;
  return (
    <form onSubmit={(event) => { event.preventDefault(); if (isReady) void register(at); }}>
      <Task
        title="Is this the one in your hand?" say="Its light blinks while it is connected here. Then your passkey signs it in: it becomes this site’s, and hears no other from then on." closes="/estate/keys" steps={<Steps names={STEPS} at={1} />}
        bar={<><button class="btn btn--tall" type="button" onClick={finish}>Not this one</button><button class="btn btn--main btn--tall" type="submit" aria-disabled={!isReady}>Sign it in</button></>}
      >
        {failure.value !== undefined && <Banner tone="denied"><b>The key was not registered.</b> {failure.value}</Banner>}
        <section class="panel" aria-label="The key as it says">
          <p class="compare" aria-label="Characters of the key">{compareCode(base64url(key.identityKey))}</p>
          <p class="small muted">These twelve characters are of its identity. A key whose case or display shows its own shows the same.</p>
          <Facts rows={[['Belongs to', key.siteId === undefined ? 'Nobody yet' : 'This site, which does not know it any more'], ['Records on it', String(key.seq - key.acknowledged)], ...(key.batteryMv === undefined ? [] : [['Battery', `${(key.batteryMv / 1000).toFixed(2)} V`] as const])]} />
        </section>
        <NameField label="Name of the key" value={name.value} onInput={(value) => { name.value = value; }} note="As people call it." fault={isDoubled ? 'Another key has this name.' : undefined} />
        <Field label="Number on its case" value={serial.value} onInput={(value) => { serial.value = value; }} maxLength={64} note="It may stay empty." />
      </Task>
    </form>
  );
};

const PROGRESS: readonly (readonly [RegisterStep, string])[] = [
  ['owner', 'Your owner key is opened for the signature'],
  ['signing', 'You sign that the key is of this site, how well its clock runs, and by whose word it goes'],
  ['storing', 'The hub writes it down'],
];

const Working = ({ at }: { at: RegisterStep }) => {
  const index = PROGRESS.findIndex(([each]) => each === at);
  return (
    <Task title="The key becomes yours" steps={<Steps names={STEPS} at={1} />}>
      <ol class="stepsdone" aria-live="polite">{PROGRESS.map(([each, words], place) => <li key={each} data-done={place < index || undefined} aria-current={place === index ? 'step' : undefined}>{words}</li>)}</ol>
    </Task>
  );
};

const Update = ({ ekey }: { ekey: Ekey }) => {
  const { kind } = ekeyUpdate.value;
  const isCut = kind === 'cut' || kind === 'unmet';
  return (
    <Task
      title={kind === 'done' ? `${ekey.name} is this site’s` : `First update of ${ekey.name}`} say={kind === 'done' ? 'It can be given out now. Once somebody has it, grants may be for it.' : 'The hub knows it. Now the key hears whose it is.'}
      steps={<Steps names={STEPS} at={2} />} closes="/estate/keys" bar={kind === 'done' ? <button class="btn btn--main btn--tall" type="button" onClick={finish}>Register another key</button> : undefined}
    >
      <UpdateState zone={zone.value} />
      {isCut && <UpdateStart by="owner" />}
    </Task>
  );
};

export const RegisterKey = () => {
  useEffect(() => finish, []);
  const at = step.value;
  switch (at.kind) {
    case 'connect':
      return <Connect at={at} />;
    case 'meeting':
      return <Task title="Register a key" steps={<Steps names={STEPS} at={0} />}><Wait>Waiting for the key’s word</Wait></Task>;
    case 'name':
      return <Name at={at} />;
    case 'working':
      return <Working at={at.at} />;
    case 'update':
      return <Update ekey={at.ekey} />;
  }
};
