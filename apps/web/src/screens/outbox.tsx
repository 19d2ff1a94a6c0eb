// What would have been sent if a mail server or an SMS gateway were set: read here, its link copied and passed on by hand.

import { signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { OutboxMessage } from '@mortise/api/grants.ts';
import { ROUTES, type Answer } from '@mortise/api/routes.ts';
import { when, zoneName } from '@mortise/words/time.ts';
import { Page } from '../app/shell.tsx';
import { call, type Failure } from '../model/client.ts';
import { now, zone } from '../model/live.ts';
import { copyText } from '../parts/pass-on.tsx';
import { Icon } from '../parts/icon.tsx';
import { Banner, Empty, Wait } from '../parts/small.tsx';
import { failureSentence } from '../words/failures.ts';
import { outboxWords } from '../words/outbox.ts';
import { capital } from '../words/record.ts';

type Outbox = Answer<'outbox'>;

const outbox = signal<Outbox | undefined>(undefined);
const failure = signal<Failure | undefined>(undefined);

const load = async (): Promise<void> => {
  const answer = await call(ROUTES.outbox);
  failure.value = answer.ok ? undefined : answer.error;
  if (answer.ok) outbox.value = answer.value;
};

const LINK = /https?:\/\/\S+#\S+/;

const Message = ({ message }: { message: OutboxMessage }) => {
  const copied = useSignal<boolean | undefined>(undefined);
  const link = message.text.match(LINK)?.[0];
  return (
    <article class="panel" aria-label={`To ${message.to}`}>
      <div class="head"><h2>To {message.to}</h2><p>{capital(when(message.at, now.value, zone.value).replace(/^(?:at|on) /, ''))}</p></div>
      {message.subject !== '' && <p class="small"><b>{message.subject}</b></p>}
      <p class="outbox__text">{message.text}</p>
      {link !== undefined && (
        <div class="lend__do">
          <button class="btn" type="button" onClick={() => void copyText(link).then((done) => { copied.value = done; })}><Icon name="copy" />Copy the link</button>
          {copied.value !== undefined && <p class="small" role="status">{copied.value ? 'Copied. Pass it on to one person.' : 'The browser does not let this page copy. Mark the link above.'}</p>}
        </div>
      )}
    </article>
  );
};

const Content = () => {
  const [list, broke] = [outbox.value, failure.value];
  if (list === undefined) {
    return broke === undefined ? <Wait>Asking the hub for its outbox</Wait>
      : <Banner icon="unlinked" actions={<button class="link" type="button" onClick={() => void load()}>Try again</button>}><b>The outbox could not be fetched.</b> {failureSentence(broke)}</Banner>;
  }
  const missing = outboxWords(list);
  return (
    <div class="stack">
      {missing !== undefined && (
        <Banner tone="accent" icon="mail"><b>{missing.says}</b>{list.messages.length > 0 && ' Copy their links and pass them on yourself: whoever reads a link here can use it.'} To have them sent, set {missing.set.map((name, index) => <>{index > 0 && ' and '}<code class="mono">{name}</code></>)} on the hub.</Banner>
      )}
      {list.messages.length === 0 ? <Empty title="The outbox is empty"><p>Messages stand here when there is nobody to take them, until their links are used or lapse.</p></Empty> : list.messages.map((message) => <Message key={message.id} message={message} />)}
    </div>
  );
};

export const OutboxScreen = () => {
  useEffect(() => void load(), []);
  return <Page title="Outbox" note={`Times are ${zoneName(zone.value)}`} back="/lent"><div class="narrow"><Content /></div></Page>;
};
