// What a key shows, in words: light and sound are never told by colour or by ear alone.

import type { EkeyWorkbench } from '@mortise/api/ekey-workbench.ts';

type Signal = EkeyWorkbench['signal'];

const COLOURS: { readonly [C in Signal['light']['colour']]: string } = { off: 'No light', white: 'White light', blue: 'Blue light', green: 'Green light', amber: 'Amber light', red: 'Red light' };
const SOUNDS: { readonly [S in Signal['sound']]: string } = { none: 'No sound', short: 'One short tone', double: 'Two tones', long: 'One long tone' };

/** Like “Green light, blinking. One short tone.” */
export const signalSentence = ({ light, sound }: Signal): string => `${COLOURS[light.colour]}${light.blinks ? ', blinking' : ''}. ${SOUNDS[sound]}.`;

const QUALITIES: { readonly [Q in EkeyWorkbench['clock']['quality']]: string } = { synced: 'Set', held: 'Runs on', lost: 'Unknown' };

export const clockWord = ({ quality }: EkeyWorkbench['clock']): string => QUALITIES[quality];

/** `show`: an instant as the reader writes it. */
export const clockSentence = ({ instant, errorMs }: EkeyWorkbench['clock'], show: (instant: number) => string): string =>
  instant === null ? 'The key does not know the time. An update by the hub sets it.' : `It says ${show(instant)}, and may be wrong by ${seconds(errorMs ?? 0)}.`;

const seconds = (ms: number): string => (ms < 1000 ? 'less than a second' : `${Math.ceil(ms / 1000)} s`);

export const ordersSentence = ({ version, staged, grants, revalidateBy }: EkeyWorkbench['orders'], show: (instant: number) => string): string => {
  if (version === 0) return staged === 0 ? 'It has no orders yet: it opens nothing.' : 'It is being given its first orders.';
  const until = revalidateBy === null ? '' : ` It must come home by ${show(revalidateBy)}.`;
  return `Orders ${version}, with ${grants} ${grants === 1 ? 'grant' : 'grants'}.${until}${staged === 0 ? '' : ' Newer ones are being gathered.'}`;
};

export const pinSentence = ({ asked, set, open }: EkeyWorkbench['pin']): string => {
  if (!asked) return 'Its orders ask for no PIN.';
  if (!set) return 'No PIN yet: choose one of 4 to 12 digits.';
  return open ? 'The PIN was entered and counts for now. It can be changed.' : 'Enter the PIN, then touch.';
};

export const kilobytes = (bytes: number): string => (bytes < 1000 ? `${bytes} bytes` : `${(bytes / 1000).toFixed(bytes < 100_000 ? 1 : 0)} KB`);
