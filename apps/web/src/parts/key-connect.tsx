// Where a page meets an electronic key: on a cable, where the browser has serial ports, or a virtual one on this machine.

import { useEffect } from 'preact/hooks';
import { keyPort } from '../model/key-port.ts';
import { addressOfPort, hasSerial, isPort, lastPort, rememberPort, serialWire, socketWire, type OpenWire } from '../model/key-wire.ts';
import { Field } from './small.tsx';

const port = keyPort(lastPort);

export type KeyConnectProps = {
  /** What is done with it, on the buttons: "Update", "Look at". */
  readonly verb: string;
  readonly busy: boolean;
  readonly act: (open: OpenWire) => Promise<void>;
};

const overSocket = (act: KeyConnectProps['act']): void => {
  const text = port.shown.value.trim();
  if (!isPort(text)) return;
  void rememberPort(text);
  void act(socketWire(addressOfPort(text)));
};

export const KeyConnect = ({ verb, busy, act }: KeyConnectProps) => {
  useEffect(() => void port.recall(), []);
  const isGood = isPort(port.shown.value.trim());
  return (
    <div class="stack">
      {hasSerial() && (
        <section class="panel" aria-labelledby="cable">
          <h2 id="cable">On a cable</h2>
          <p class="small muted">Plug the key into this device. The browser asks which port it is.</p>
          <button class="btn btn--start" type="button" aria-disabled={busy} onClick={() => { if (!busy) void act(serialWire()); }}>{verb} the key</button>
        </section>
      )}
      <form class="panel" aria-labelledby="virtual" onSubmit={(event) => { event.preventDefault(); if (!busy) overSocket(act); }}>
        <h2 id="virtual">A virtual key</h2>
        <Field label="Port" value={port.shown.value} onInput={port.type} maxLength={5} bad={!isGood} note={isGood ? 'A key that runs as a program on this machine: mortise ekey says its port.' : 'A port is a number up to 65535.'} />
        <button class="btn btn--start" type="submit" aria-disabled={busy || !isGood}>{verb} the virtual key</button>
      </form>
    </div>
  );
};
