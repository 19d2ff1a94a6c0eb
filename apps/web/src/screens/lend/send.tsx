// How the key gets to the person: by mail or SMS, by the owner's own hand, or straight into the app of who has one already.

import { grants } from '../../model/grants.ts';
import { change, lendTerms, lendZone } from '../../model/lend.ts';
import { isConfirmed, redeemByOf, type LendDraft, type LendWay } from '../../model/lend-draft.ts';
import { now } from '../../model/live.ts';
import { Check, Input, Seg } from '../../parts/choice.tsx';
import { Banner } from '../../parts/small.tsx';
import { MAX_WORD_CHARACTERS } from '@mortise/api/grants.ts';
import { firstName, possessive } from '@mortise/words/lists.ts';
import { endTime, zoneName } from '@mortise/words/time.ts';
import { useId } from 'preact/hooks';

const WAYS: readonly (readonly [LendWay, string])[] = [['mail', 'E-mail'], ['sms', 'SMS'], ['share', 'Share'], ['qr', 'QR code']];
const IN_APP: readonly [LendWay, string] = ['app', 'In their app'];

const handedWords = (draft: LendDraft): string => {
  if (draft.way === 'qr') return 'You get a code for the camera of their phone. It works once, and for 15 minutes.';
  if (draft.way === 'app') return 'The key appears in their app by itself, the next time it has a connection.';
  return `You get a link to pass on by any app, or to copy. Whoever opens it first ${isConfirmed(draft) ? 'asks you for the key' : 'gets the key'}: send it to one person.`;
};

const Address = ({ draft, name }: { draft: LendDraft; name: string }) => {
  if (draft.way === 'mail') return <Input label={`${possessive(name)} e-mail`} type="email" autocomplete="off" value={draft.address} onInput={(address) => change({ address })} />;
  if (draft.way === 'sms') return <Input label={`${possessive(name)} mobile number`} type="tel" value={draft.number} onInput={(number) => change({ number })} note="With its country, such as +41 79 123 45 67. The message carries the link only." />;
  return <p class="small muted">{handedWords(draft)}</p>;
};

const Word = ({ draft: { word } }: { draft: LendDraft }) => {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>A word from you</label>
      <textarea class="input" id={id} rows={2} maxLength={MAX_WORD_CHARACTERS} value={word} onInput={(event) => change({ word: event.currentTarget.value })} />
    </div>
  );
};

const Confirm = ({ draft, name }: { draft: LendDraft; name: string }) => (
  <Check
    words="Ask me before it becomes a key" on={isConfirmed(draft)} fixed={draft.remote} onChange={(confirm) => change({ confirm })}
    note={draft.remote ? 'It is to open from afar: such a key is never made by a link alone.' : `You see who opened the link, and sign then. Otherwise it becomes ${possessive(name)} key at once, also while you sleep.`}
  />
);

const Link = ({ draft, name }: { draft: LendDraft; name: string }) => {
  const terms = lendTerms.value;
  if (terms?.ok !== true || draft.way === 'app') return null;
  const until = endTime(redeemByOf(draft.way, terms.value, now.value), now.value, lendZone.value);
  return <Banner tone="accent" icon="phone">The link works once, until {until}, {zoneName(lendZone.value)}. {isConfirmed(draft) ? `Whoever opens it asks for the key; once you sign, it lives on ${possessive(name)} phone.` : `After that the key lives on ${possessive(name)} phone.`} You can take it back at any time.</Banner>;
};

/** That another link ends by this one; nothing is said of one that is over already. */
const Former = ({ id }: { id: string | undefined }) =>
  id !== undefined && grants.value?.find((grant) => grant.id === id)?.state === 'invited'
    ? <Banner icon="clock"><b>The former link ends.</b> Whoever has it gets nothing by it any more, before this one is sent.</Banner> : null;

export const Send = ({ draft }: { draft: LendDraft }) => {
  const name = firstName(draft.who.name) || 'The guest';
  return (
    <section class="lend__form" aria-labelledby="send">
      <h2 id="send">Send it</h2>
      <Former id={draft.replaces} />
      <Seg legend="Way to send" options={draft.who.kind === 'known' ? [IN_APP, ...WAYS] : WAYS} value={draft.way} onChange={(way) => change({ way })} />
      <Address draft={draft} name={name} />
      <Word draft={draft} />
      {draft.way !== 'app' && <Confirm draft={draft} name={name} />}
      <Link draft={draft} name={name} />
    </section>
  );
};
