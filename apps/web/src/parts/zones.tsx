// The site's time zone: guessed from this device, found by typing a city. The list is what this browser knows.

import { useId, useState } from 'preact/hooks';
import { offsetName, zoneName } from '@mortise/words/time.ts';

const ALL: readonly string[] = [...new Set([...Intl.supportedValuesOf('timeZone'), 'UTC'])];
const MAX_SHOWN = 60;

/** This device's zone, when it is one of the list. */
export const guessedZone = (): string => {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return ALL.includes(own) ? own : 'UTC';
};

const plain = (text: string): string => text.toLowerCase().replaceAll(/[^a-z]/g, '');

export const matching = (query: string, chosen: string): readonly string[] => {
  const wanted = plain(query);
  const found = ALL.filter((zone) => plain(zone).includes(wanted)).slice(0, MAX_SHOWN);
  return found.includes(chosen) ? found : [chosen, ...found];
};

export const ZonePicker = ({ zone, onChange }: { zone: string; onChange: (zone: string) => void }) => {
  const [query, setQuery] = useState('');
  const [open, setOpen] = useState(false);
  const id = useId();
  if (!open) {
    return (
      <div class="field">
        <span class="legend" id={`${id}-legend`}>Time zone</span>
        <div class="zone" role="group" aria-labelledby={`${id}-legend`}><span><b>{zoneName(zone)}</b> <span class="muted small">{offsetName(zone, Date.now())}</span></span>
          <button class="btn btn--s" type="button" onClick={() => setOpen(true)}>Choose another</button></div>
        <p class="field__note">All times are told in this zone, wherever you are. Guessed from this device.</p>
      </div>
    );
  }
  return (
    <fieldset class="field">
      <legend class="legend">Time zone</legend>
      <input class="input" type="search" value={query} placeholder="A city, such as Zurich" aria-label="Find a city" onInput={(event) => setQuery(event.currentTarget.value)} />
      <div class="zones" role="radiogroup" aria-label="Time zones">
        {matching(query, zone).map((each) => (
          <label key={each}><input type="radio" name={id} checked={each === zone} onChange={() => onChange(each)} />
            <span>{each.replaceAll('_', ' ')}</span><small>{offsetName(each, Date.now())}</small></label>
        ))}
      </div>
    </fieldset>
  );
};
