// The Workbench of an electronic key: the key in a hand, beside the passive lock that it touches.

import { render } from 'preact';
import { ekeyWorkbench, type EkeyAction, type EkeyWorkbench } from '@mortise/api/ekey-workbench.ts';
import { Banner, Wait } from '../parts/small.tsx';
import { BenchFrame } from './bench-frame.tsx';
import { followDevice } from './device.ts';
import { KeyInsides } from './key-insides.tsx';
import { KeyHand } from './key-hand.tsx';
import { LockSide } from './key-lock.tsx';
import { PinPad } from './pin-pad.tsx';

const device = followDevice<EkeyWorkbench, EkeyAction>(ekeyWorkbench);

const Page = () => {
  const now = device.view.value;
  const { send } = device;
  return (
    <BenchFrame device={device} title={now?.name ?? 'Workbench'} what="a virtual electronic key, and the lock that it touches. A page for hands.">
      {now === undefined ? <Wait>Waiting for the virtual key</Wait> : <>
        {now.fault !== null && <Banner tone="alarm"><b>The key is broken.</b> {now.fault}</Banner>}
        <div class="pair" data-touching={now.touch !== null || undefined}><KeyHand now={now} send={send} /><LockSide now={now} send={send} /></div>
        <div class="bench__cols"><PinPad now={now} send={send} /><KeyInsides now={now} send={send} /></div>
      </>}
    </BenchFrame>
  );
};

const root = document.getElementById('app');
if (root !== null) render(<Page />, root);
