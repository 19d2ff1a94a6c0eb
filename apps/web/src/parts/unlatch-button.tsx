// Draws the latch of a door: held, as whatever opens.

import { HeldButton } from './hold-bar.tsx';
import { UnlatchIcon } from './icon.tsx';

const NOTE = { rest: 'Hold: latch too', armed: 'Tap again', holding: 'Keep holding', asking: 'Asking the lock', refused: 'Hold: latch too' } as const;

/** `against`: why it cannot be asked for now. */
export type UnlatchProps = { readonly name: string; readonly against: string | undefined; readonly act: () => Promise<unknown> };

export const UnlatchButton = ({ name, against, act }: UnlatchProps) => (
  <HeldButton look="act act--held" tapAgain={`Tap again to draw the latch of ${name}.`} off={against !== undefined && against !== 'Asking the lock'} act={act}>
    {(phase) => <><UnlatchIcon /><span>Unlatch<small>{against ?? NOTE[phase]}</small></span></>}
  </HeldButton>
);
