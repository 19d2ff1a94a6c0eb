// A lock that is here, to be added: where it answers, and how it shall reach the hub. Its hello says which lock it is and whether somebody owns
// it; the handshake proves it.

import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { utf8 } from '@mortise/base/bytes.ts';
import { Secret } from '@mortise/base/secret.ts';
import { isHost, isPassphrase, isSsid } from '@mortise/documents/network-settings.ts';
import type { SetupCode } from '@mortise/documents/setup-code.ts';
import type { NetworkAsked } from '../keys/adopt.ts';
import { meetAt } from '../model/near.ts';
import { known, rememberAddress } from '../model/socket-port.ts';
import { Check, Input } from '../parts/choice.tsx';
import { Field } from '../parts/small.tsx';
import { isLockOf } from '../words/setup-judgement.ts';

/** `mortise run` and the virtual locks of this machine. */
const USUAL_ADDRESS = 'ws://localhost:8401/near';
const USUAL_PORT = 8883;

const address = signal(USUAL_ADDRESS);
const fault = signal<string | undefined>(undefined);

const isAddress = (text: string): boolean => URL.canParse(text) && /^wss?:$/.test(new URL(text).protocol);

/** A lock that this connection powers has no link to tell of. */
export const hasLink = (where: string): boolean => !new URL(where).pathname.endsWith('/contact');

export const Where = () => {
  useEffect(() => {
    void known().then(([first]) => { if (first !== undefined && address.value === USUAL_ADDRESS) address.value = first; });
  }, []);
  return (
    <Field
      label="Where the lock answers" value={address.value} onInput={(value) => { address.value = value.trim(); fault.value = undefined; }} bad={fault.value !== undefined}
      note={fault.value ?? 'Of a virtual lock, the address of its Workbench: …/near, or …/contact for a lock without power, which is touched by it.'}
    />
  );
};

/** The lock that answers there, if it is the code's and nobody's. */
export const meetHere = async (code: SetupCode): Promise<{ readonly lockId: string; readonly address: string } | undefined> => {
  const where = address.value;
  fault.value = isAddress(where) ? undefined : 'An address begins with ws:// or wss://.';
  const link = fault.value === undefined ? await meetAt(where) : undefined;
  link?.close();
  if (link === undefined) fault.value ??= 'No lock answers there. See that it has power, and that you are close.';
  else if (!isLockOf(code, link.lockId)) fault.value = 'Another lock answers there than the one of the code.';
  else if (link.sitePrefix !== undefined) fault.value = 'The code’s lock already belongs to somebody. Its owner has to reset it first.';
  if (link === undefined || fault.value !== undefined) return undefined;
  await rememberAddress(where);
  return { lockId: link.lockId, address: where };
};

const isTold = signal(true);
const hub = signal(`${location.hostname}:${USUAL_PORT}`);
const isWifi = signal(false);
const ssid = signal('');
const passphrase = signal('');

const hubOf = (text: string): NetworkAsked['hub'] | undefined => {
  const [, host = '', port = ''] = /^(.*):(\d{1,5})$/.exec(text.trim()) ?? [];
  return isHost(host) && Number(port) > 0 && Number(port) <= 65_535 ? { host, port: Number(port) } : undefined;
};

const wifiOf = (): NetworkAsked['wifi'] | 'wrong' => {
  if (!isWifi.value) return undefined;
  if (!isSsid(ssid.value) || (passphrase.value !== '' && !isPassphrase(passphrase.value))) return 'wrong';
  return { ssid: ssid.value, passphrase: passphrase.value === '' ? undefined : new Secret(utf8(passphrase.value)) };
};

/** What was written, or why it cannot be. `none`: nothing is to be told. */
export const networkAsked = (): NetworkAsked | 'none' | 'wrong' => {
  const [where, wifi] = [hubOf(hub.value), wifiOf()];
  if (!isTold.value) return 'none';
  return where === undefined || wifi === 'wrong' ? 'wrong' : { hub: where, wifi };
};

/** The passphrase is not kept on the page. */
export const forgetNetwork = (): void => {
  passphrase.value = '';
};

export const Network = () => (
  <fieldset class="stack"><legend class="vh">How the lock reaches the hub</legend>
    <Check words="Tell the lock where the hub is" note="It goes there by itself, now or once the network is back." on={isTold.value} onChange={(on) => { isTold.value = on; }} />
    {isTold.value && <Input label="Address of the hub for locks" value={hub.value} onInput={(value) => { hub.value = value; }} note={hubOf(hub.value) === undefined ? 'A name or an address, a colon, and a port.' : 'As the lock can reach it.'} />}
    {isTold.value && <Check words="Let it join a Wi-Fi network" note="Only the lock can read what you write here." on={isWifi.value} onChange={(on) => { isWifi.value = on; }} />}
    {isTold.value && isWifi.value && <>
      <Input label="Name of the Wi-Fi" value={ssid.value} onInput={(value) => { ssid.value = value; }} note={isSsid(ssid.value) || ssid.value === '' ? undefined : 'At most 32 bytes.'} />
      <Input label="Its passphrase" type="password" value={passphrase.value} onInput={(value) => { passphrase.value = value; }} note={passphrase.value === '' || isPassphrase(passphrase.value) ? 'Left empty: an open network.' : '8 to 63 letters, digits and signs.'} />
    </>}
  </fieldset>
);
