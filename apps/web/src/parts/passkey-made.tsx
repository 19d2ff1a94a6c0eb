// What a passkey that was just made is good for.

import { Banner } from './small.tsx';

export const PasskeyMade = ({ prf }: { prf: boolean }) => (
  <Banner icon="phone"><b>The passkey is made.</b> {prf ? 'Next time, sign in with it.' : 'It cannot draw a key (no PRF): on another browser the kit stays the only way back.'}</Banner>
);
