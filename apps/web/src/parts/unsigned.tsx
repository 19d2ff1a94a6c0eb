// Electronic keys that nobody could sign anew when an owner went.

import { ekeysUnsigned } from '../words/owner-gone.ts';
import { Banner } from './small.tsx';

export const Unsigned = ({ names }: { names: readonly string[] }) => {
  const says = ekeysUnsigned(names);
  return says === undefined ? null : <Banner tone="alarm"><b>Electronic keys that are to be registered again.</b> {says}</Banner>;
};
