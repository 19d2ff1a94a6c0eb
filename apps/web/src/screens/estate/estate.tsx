// The estate's screens: what an owner needs who manages many locks. They come with their own code and style, once somebody comes to one.

import '../../style/estate.css';
import type { EstatePlace } from '../../app/estate-place.ts';
import { Coverage } from './coverage.tsx';
import { EkeyScreen } from './ekey.tsx';
import { EkeyGrant } from './ekey-grant.tsx';
import { Ekeys } from './ekeys.tsx';
import { LocationScreen } from './location.tsx';
import { Locations } from './locations.tsx';
import { Records } from './records.tsx';
import { RequestScreen } from './request.tsx';
import { Requests } from './requests.tsx';

export const Estate = ({ at }: { readonly at: EstatePlace }) => {
  switch (at.kind) {
    case 'locations': return <Locations />;
    case 'location': return <LocationScreen locationId={at.locationId} />;
    case 'ekeys': return <Ekeys />;
    case 'ekey': return <EkeyScreen key={at.ekeyId} ekeyId={at.ekeyId} />;
    case 'ekey-grant': return <EkeyGrant ekeyId={at.ekeyId} />;
    case 'ekey-coverage': return <Coverage key={at.ekeyId} ekeyId={at.ekeyId} />;
    case 'requests': return <Requests />;
    case 'request': return <RequestScreen requestId={at.requestId} />;
    case 'records': return <Records />;
  }
};
