// A lock that is here, to be added: by which way it is reached, and how it shall reach the hub. Its hello says which lock it is and whether somebody owns
// it; the handshake proves it.

import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { utf8 } from '@mortise/base/bytes.ts';
import { Secret } from '@mortise/base/secret.ts';
import { isHost, isPassphrase, isSsid } from '@mortise/documents/network-settings.ts';
import type { SetupCode } from '@mortise/documents/setup-code.ts';
import type { NetworkAsked } from '../keys/adopt.ts';
import { askForLock, canAsk } from '../model/bluetooth-port.ts';
import { findNear, freeWith, meetAt, wireAt } from '../model/near.ts';
import type { NearLink } from '../model/near-link.ts';
import { hasShell } from '../model/shell-port.ts';
import { known, rememberAddress } from '../model/socket-port.ts';
import { Check, Input, Seg } from '../parts/choice.tsx';
import { Field } from '../parts/small.tsx';
import { WHY_NONE } from '../words/radio.ts';
import { isLockOf } from '../words/setup-judgement.ts';

/** `mortise run` and the virtual locks of this machine. */
const USUAL_ADDRESS = 'ws://localhost:8401/near';
const USUAL_PORT = 8883;

const WAYS = [['radio', 'By Bluetooth'], ['address', 'At an address']] as const;
const way = signal<(typeof WAYS)[number][0]>('radio');
const address = signal(USUAL_ADDRESS);
const fault = signal<string | undefined>(undefined);

const hasRadio = (): boolean => canAsk() || hasShell();
/** Whether its radio is listened for. */
export const isByRadio = (): boolean => way.value === 'radio' && hasRadio();

const isAddress = (text: string): boolean => URL.canParse(text) && /^wss?:$/.test(new URL(text).protocol);

/** A lock that this connection powers has no link to tell of. */
export const hasLink = (place: string): boolean => wireAt(place) !== 'contact';

export const Where = () => (
  <>
    {hasRadio() && <Seg legend="How it is reached" options={WAYS} value={way.value} onChange={(value) => { way.value = value; fault.value = undefined; }} />}
    {isByRadio() ? <Radio /> : <Address />}
  </>
);

const Radio = () => fault.value === undefined
  ? <p class="small">Stand at the lock. {canAsk() ? 'Your browser then shows what it hears: choose the lock.' : 'This device then listens for it.'} Whether it is the one of the code, the lock has to prove.</p>
  : <p class="small" role="alert">{fault.value}</p>;

const Address = () => {
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

/** The lock that is here, if it is the code's and nobody's. From a press: a browser may ask which one. */
export const meetHere = async (code: SetupCode): Promise<Here | undefined> => {
  fault.value = undefined;
  const link = await (isByRadio() ? meetByRadio(code) : meetAtAddress());
  fault.value ??= faultOf(link, code);
  if (link === undefined || fault.value !== undefined) {
    link?.close();
    return undefined;
  }
  if (!isByRadio()) await rememberAddress(link.place);
  return { lockId: link.lockId, place: link.place };
};
export type Here = { readonly lockId: string; readonly place: string };

const faultOf = (link: NearLink | undefined, code: SetupCode): string | undefined => {
  if (link === undefined) return 'No lock answers there. See that it has power, and that you are close.';
  if (!isLockOf(code, link.lockId)) return 'Another lock answers there than the one of the code.';
  return link.sitePrefix === undefined ? undefined : 'The code’s lock already belongs to somebody. Its owner has to reset it first.';
};

// The connection stays for the adoption.
const meetByRadio = async (code: SetupCode): Promise<NearLink | undefined> => {
  const isMeant = (lockId: string): boolean => isLockOf(code, lockId);
  const ready = freeWith(isMeant);
  if (ready !== undefined) return ready;
  if (!canAsk()) return findNear(isMeant);
  const asked = await askForLock();
  if (!asked.ok) fault.value = WHY_NONE[asked.error];
  return asked.ok ? meetAt(asked.value) : undefined;
};

const meetAtAddress = async (): Promise<NearLink | undefined> => {
  const where = address.value;
  if (!isAddress(where)) {
    fault.value = 'An address begins with ws:// or wss://.';
    return undefined;
  }
  const link = await meetAt(where);
  link?.close();
  return link;
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
