// Somebody asks for a door, and waits: said wherever the owner is likely to be.

import { counted } from '@mortise/words/lists.ts';
import { requestPath } from '../app/estate-place.ts';
import { waitingRequests } from '../model/estate.ts';
import { Banner } from './small.tsx';

export const AskedFor = () => {
  const [first, ...others] = waitingRequests.value;
  if (first === undefined) return null;
  return (
    <Banner tone="accent" icon="key" actions={<><a class="link" href={requestPath(first.id)}>Look and answer</a>{others.length > 0 && <a class="link" href="/estate/requests">All that wait</a>}</>}>
      <b>{first.person.name} asks for {first.door.name}.</b> “{first.reason}”{others.length > 0 && <> {counted(others.length, 'other request waits', 'other requests wait')}, too.</>}
    </Banner>
  );
};
